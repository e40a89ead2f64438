{
    "name": "Make to Order Cascade",
    "summary": "Supply policy per product and category, from order to last component",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["sale_mrp", "purchase_mrp", "sale_purchase_stock"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_default_data.xml",
        "views/mrp_production_views.xml",
        "views/product_category_views.xml",
        "views/product_template_views.xml",
        "views/stock_picking_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
