{
    "name": "Make to Order Promise",
    "summary": "Honest delivery dates on the quotation, and delays that reach the customer's order",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mto_pegging", "operation_exception"],
    "data": [
        "security/mto_promise_security.xml",
        "security/ir.model.access.csv",
        "wizards/mto_lead_time_suggestion_views.xml",
        "wizards/mto_stock_decision_views.xml",
        "views/product_views.xml",
        "views/sale_order_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["mto_promise/static/src/**/*"],
        "web.assets_unit_tests": ["mto_promise/static/tests/**/*.test.js"],
    },
}
