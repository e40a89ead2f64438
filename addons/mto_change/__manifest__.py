{
    "name": "Make to Order Changes",
    "summary": "A change to an order reaches the factory, and shows what it will do",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_pegging", "operation_exception"],
    "data": [
        "security/ir.model.access.csv",
        "data/operation_exception_rung_data.xml",
        "data/change_message.xml",
        "wizards/sale_order_change_views.xml",
        "views/sale_order_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["mto_change/static/src/**/*"],
    },
}
