{
    "name": "Make to Order Pegging",
    "summary": "Which production serves which customer order, with quantities",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_cascade"],
    "data": [
        "security/ir.model.access.csv",
        "security/mto_integrity_security.xml",
        "data/ir_cron_data.xml",
        "views/order_supply_views.xml",
        "views/demand_tree_views.xml",
        "views/demand_goods_views.xml",
        "views/mto_integrity_issue_views.xml",
    ],
    "assets": {
        "web.assets_tests": ["mto_pegging/static/tests/tours/**/*"],
    },
}
