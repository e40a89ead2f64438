{
    "name": "Rollout: Sales",
    "summary": "Orders wait until their site is live, where a lock is on",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Sales",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["rollout_gate", "sale"],
    "auto_install": True,
}
