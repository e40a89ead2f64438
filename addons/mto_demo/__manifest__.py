{
    "name": "Make to Order Demonstration",
    "summary": "A bicycle company to try the Make to Order suite with",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "mto_suite",
        "operation_exception",
        "rollout_gate_stock",
        "rollout_readiness",
        "sale_management",
        "sale_crm",
        "mrp_account",
        "mrp_subcontracting",
        "account",
    ],
    "data": [
        # Security
        "security/mto_demo_groups.xml",
        "security/ir.model.access.csv",
        # The page after login
        "views/mto_demo_menus.xml",
        # Company and people
        "data/res_company_data.xml",
        "data/res_users_data.xml",
        "data/res_partner_data.xml",
        # Plants and products
        "data/stock_warehouse_data.xml",
        "data/mrp_workcenter_data.xml",
        "data/product_category_data.xml",
        "data/product_product_data.xml",
        "data/product_supplierinfo_data.xml",
        "data/mrp_bom_data.xml",
        "data/stock_quant_data.xml",
        "data/mto_supply_rule_data.xml",
        # Orders at each stage
        "data/crm_lead_data.xml",
        "data/sale_order_data.xml",
        "data/mto_demo_stage_data.xml",
        "data/mto_demo_card_data.xml",
        # What went wrong
        "data/operation_exception_data.xml",
        # How the company goes live
        "data/rollout_programme_data.xml",
        # What is not ready
        "data/readiness_data.xml",
        "data/rollout_golive_data.xml",
    ],
    "assets": {
        "web.assets_backend": ["mto_demo/static/src/**/*"],
        "web.assets_tests": ["mto_demo/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["mto_demo/static/tests/**/*.test.js"],
    },
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
