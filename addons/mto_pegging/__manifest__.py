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
        "views/order_supply_views.xml",
        "views/demand_tree_views.xml",
        "views/order_changes_views.xml",
        "report/order_supply_print.xml",
        "views/sale_portal_templates.xml",
    ],
    "assets": {
        "web.assets_tests": ["mto_pegging/static/tests/tours/**/*"],
    },
}
