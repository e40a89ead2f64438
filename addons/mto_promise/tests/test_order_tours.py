from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import PromiseCommon
from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestOrderTours(HttpCase, PromiseCommon):
    """Promising too early, and what happens after the confirmation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            login="mto_promise_seller",
            groups="sales_team.group_sale_salesman",
        )
        cls.planner = new_test_user(
            cls.env,
            login="mto_promise_planner",
            groups="sales_team.group_sale_salesman_all_leads,mrp.group_mrp_manager,"
            "stock.group_stock_user",
        )

    def _start(self, order, tour, user=None):
        login = (user or self.seller).login
        self.start_tour(f"/odoo/sales/{order.id}", tour, login=login)

    def _sell_late(self):
        """A confirmed order; the vendor of its bolts comes a month later."""
        order = self._create_order(
            (self.bike, 2), user_id=self.seller.id, commitment_date=self._in_days(30)
        )
        bolts = self._get_purchase_line(self.bolt)
        bolts.order_id.button_confirm()
        self._refresh()
        bolts.date_planned = self._in_days(60)
        self._refresh()
        return order

    def test_early_promise_with_a_reason(self):
        self.company.promise_early = "reason"
        motor = self._create_part("Motor", "make_to_order", delay=30)
        order = self._create_order(
            (motor, 1, {"promised_date": self._in_days(5)}),
            user_id=self.seller.id,
            confirm=False,
        )
        self._start(order, "mto_promise_early")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.order_line.early_promise_reason, "Trade fair")

    def test_delay_and_promise_anew(self):
        order = self._sell_late()
        self._start(order, "mto_promise_delay")
        self.assertGreaterEqual(order.order_line.promised_date, self._in_days(60))

    def test_dates_are_moved(self):
        order = self._sell_late()
        wheel = self._get_productions(self.wheel)
        wheel.is_date_by_hand = False
        self._start(order, "mto_promise_move_dates", self.planner)
        self.assertGreaterEqual(wheel.date_start, self._in_days(60))

    def test_planner_without_sales_moves_dates(self):
        """They cannot open the order; "Orders in Production" is their door."""
        self._sell_late()
        wheel = self._get_productions(self.wheel)
        wheel.is_date_by_hand = False
        planner = new_test_user(
            self.env,
            login="mto_promise_factory",
            groups="mrp.group_mrp_user,stock.group_stock_user",
        )
        self.start_tour(
            "/odoo/orders-in-production",
            "mto_promise_factory_moves_dates",
            login=planner.login,
        )
        self.assertGreaterEqual(wheel.date_start, self._in_days(60))


@tagged("post_install", "-at_install")
class TestLeadTimeTours(HttpCase, LeadTimeCommon):
    """Discipline: lead times from the past, and which parts to stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="mto_promise_lead_times",
            groups="product.group_product_manager,purchase.group_purchase_user,"
            "mrp.group_mrp_manager,stock.group_stock_manager,"
            "mto_cascade.group_supply_cost",
        )

    def test_suggestion_is_accepted(self):
        now = self.env.cr.now()
        for days in (30, 31, 33):
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "order_line": [
                        (0, 0, {"product_id": self.steel.id, "product_qty": 10})
                    ],
                }
            )
            purchase.button_confirm()
            purchase.picking_ids.move_ids.quantity = 10
            purchase.picking_ids.button_validate()
            ordered = now - timedelta(days=100)
            purchase.date_approve = ordered
            purchase.picking_ids.move_ids.date = ordered + timedelta(days=days)
        self.start_tour(
            "/odoo/action-mto_promise.mto_lead_time_suggestion_action_open",
            "mto_promise_suggestion",
            login=self.user.login,
        )
        self.assertEqual(self.steel.seller_ids.delay, 33)

    def test_parts_are_stocked(self):
        template = self.trailer.product_tmpl_id
        template.target_wait_days = 11
        self.start_tour(
            f"/odoo/product.template/{template.id}",
            "mto_promise_stocking",
            login=self.user.login,
        )
        rule = self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", self.steel.id)]
        )
        self.assertTrue(rule)
        self.assertEqual(self.steel.supply_policy, "make_to_stock")
