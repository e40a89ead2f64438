{
    "name": "Rollout Readiness: Make to Order",
    "summary": "Complete supply paths, promises and links as readiness checks",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["rollout_readiness", "mto_promise"],
    "auto_install": True,
}
