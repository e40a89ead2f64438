from datetime import timedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestQuotationTour(HttpCase, LeadTimeCommon):
    """A salesperson without any right on purchases or manufacturing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="mto_promise_tour",
            groups="sales_team.group_sale_salesman",
        )

    def _quote(self, quantity, **values):
        return self._create_order(
            (self.trailer, quantity, values), user_id=self.user.id, confirm=False
        )

    def _start(self, order, tour):
        self.start_tour(f"/odoo/sales/{order.id}", tour, login=self.user.login)

    def test_quotation(self):
        wanted = self.env.cr.now() + timedelta(days=10)
        order = self._quote(2, wanted_date=wanted)
        self._start(order, "mto_promise_quotation")
        self.assertGreaterEqual(
            (order.order_line.promised_date - self.env.cr.now()).days, 31
        )

    def test_session_tells_what_dates_depend_on(self):
        """The list stands on the server only."""
        self.authenticate(self.user.login, self.user.login)
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        expected = self.env["sale.order"]._get_typed_promise_fields()
        self.assertEqual(info["promise_fields"], expected)

    def test_two_parts(self):
        self.trailer.supply_policy = "stock_then_order"
        self._add_stock(self.trailer, 14)
        order = self._quote(20)
        self._start(order, "mto_promise_two_parts")
        lines = order.order_line
        self.assertEqual(lines.mapped("product_uom_qty"), [14, 6])
        self.assertLess(lines[0].promised_date, lines[1].promised_date)
