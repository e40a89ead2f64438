{
    "name": "Rollout: Manufacturing",
    "summary": "Manufacturing orders and bills of materials obey locks",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["rollout_gate", "mrp"],
    "auto_install": True,
}
