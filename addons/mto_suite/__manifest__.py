{
    "name": "Make to Order",
    "summary": "Run the factory from confirmed sales orders: menus and settings",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "mto_batch_confirm",
        "mto_cascade",
        "mto_change",
        "mto_pegging",
        "operation_exception",
    ],
    "data": [
        "views/sale_order_views.xml",
        "views/mrp_production_views.xml",
        "views/purchase_order_views.xml",
        "views/product_template_views.xml",
        "views/product_category_views.xml",
        "views/res_config_settings_views.xml",
        "views/mto_suite_menus.xml",
    ],
    "assets": {
        "web.assets_tests": ["mto_suite/static/tests/tours/**/*"],
    },
    "application": True,
}
