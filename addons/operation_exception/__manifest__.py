{
    "name": "Open Issues",
    "summary": "An open issue always has an owner, a due date and an impact",
    "version": "19.0.1.1.0",
    "development_status": "Beta",
    "category": "Supply Chain/Manufacturing",
    "author": "Make to Order Suite contributors",
    "license": "LGPL-3",
    "depends": ["mail"],
    "data": [
        # Security
        "security/operation_exception_groups.xml",
        "security/ir.model.access.csv",
        "security/operation_exception_security.xml",
        # Data
        "data/operation_exception_type_data.xml",
        "data/operation_exception_reason_data.xml",
        "data/operation_exception_rung_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        # Screens
        "report/review_templates.xml",
        "wizards/operation_exception_hand_over_views.xml",
        "views/operation_exception_views.xml",
        "views/operation_exception_review_views.xml",
        "views/operation_exception_report_views.xml",
        "views/operation_exception_configuration_views.xml",
        "views/res_config_settings_views.xml",
        "views/operation_exception_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["operation_exception/static/src/**/*"],
        "web.assets_tests": ["operation_exception/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
}
