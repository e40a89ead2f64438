{
    "name": "Rollout Readiness",
    "summary": "What the database says about being ready, and what to put right",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "rollout_gate",
        "rollout_gate_stock",
        "sale_mrp",
        "purchase_mrp",
        "sale_purchase_stock",
        "mrp_account",
        "stock_account",
    ],
    "data": [
        # Security
        "security/ir.model.access.csv",
        "security/rollout_readiness_security.xml",
        # Data
        "data/ir_cron_data.xml",
        # Screens
        "report/readiness_report.xml",
        "views/readiness_check_views.xml",
        "views/rollout_gate_views.xml",
        "views/rollout_register_views.xml",
        "views/rollout_readiness_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["rollout_readiness/static/src/**/*"],
        "web.assets_tests": ["rollout_readiness/static/tests/tours/**/*"],
    },
}
