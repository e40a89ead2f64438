{
    "name": "Rollout: Inventory",
    "summary": "Warehouses of sites; transfers and the design of supply obey locks",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Inventory",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["rollout_gate", "stock"],
    "data": ["views/rollout_site_views.xml"],
    "auto_install": True,
}
