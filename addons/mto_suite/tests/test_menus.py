from odoo.tests import tagged

from .common import MtoSuiteCommon

ORDERS = {
    "mto_order_change_menu",
    "mto_open_order_menu",
    "sale_order_quotation_menu",
    "sale_order_order_menu",
    "sale_order_line_engineering_menu",
}
RELIABILITY = {"mto_promise_reliability_menu"}
MAKE = {
    "mrp_production_menu",
    "mrp_production_board_menu",
    "mto_production_closing_line_menu",
}
BUY = {
    "mto_purchase_proposal_menu",
    "purchase_order_rfq_menu",
    "purchase_order_order_menu",
}
CHECK = {"mto_integrity_issue_menu", "mto_peg_override_menu"}
PRODUCTS = {"product_template_menu", "product_category_menu"}
LEAD_TIMES = {"mto_lead_time_suggestion_menu"}
REPAIR = {"stock_move_stranded_menu"}
SETTINGS = {"settings_menu"}
START = {"start_menu"}

ADVANCED = {"supply_rule_menu", "mrp_bom_line_menu", "mto_supply_problem_menu"}

VISIBLE = {
    "sales": ORDERS | RELIABILITY | PRODUCTS,
    "purchasing": BUY | CHECK | PRODUCTS | LEAD_TIMES,
    "shop_floor": ORDERS | MAKE | CHECK | PRODUCTS,
    "warehouse": set(),
    "finance": set(),
    "administrator": SETTINGS | START,
    "planner": ORDERS
    | RELIABILITY
    | MAKE
    | BUY
    | CHECK
    | PRODUCTS
    | LEAD_TIMES
    | REPAIR
    | ADVANCED
    | START,
}


@tagged("post_install", "-at_install")
class TestMenus(MtoSuiteCommon):
    def _get_visible(self, role):
        """Return the names of the app's entries with an action that a role sees."""
        prefix = "mto_suite."
        menus = self.env["ir.ui.menu"].with_user(self.users[role]).load_menus(False)
        return {
            menu["xmlid"].removeprefix(prefix)
            for key, menu in menus.items()
            if key != "root"
            and menu["xmlid"].startswith(prefix)
            and menu["action_id"]
            and not menu["children"]
        }

    def test_each_role_sees_what_it_may_use(self):
        for role, expected in VISIBLE.items():
            with self.subTest(role=role):
                self.assertEqual(self._get_visible(role), expected)

    def test_app_hidden_from_who_has_no_entry(self):
        root = self.env.ref("mto_suite.mto_suite_menu_root")
        for role, expected in VISIBLE.items():
            with self.subTest(role=role):
                menus = self.env["ir.ui.menu"].with_user(self.users[role])
                apps = menus.load_menus(False)["root"]["children"]
                self.assertEqual(root.id in apps, bool(expected))

    def test_menus_follow_the_order_of_a_day(self):
        root = self.env.ref("mto_suite.mto_suite_menu_root")
        self.assertEqual(
            root.child_id.sorted().mapped("name"),
            ["Orders", "Supply", "Products", "Configuration"],
        )
