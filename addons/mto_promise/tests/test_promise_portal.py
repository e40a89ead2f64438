from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PromiseCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
    "kgAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestPromisePortal(PromiseCommon, HttpCase):
    """Customers see the promise of each line, and nothing of the factory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = new_test_user(
            cls.env, login="customer", groups="base.group_portal", password="customer"
        )
        cls.customer = cls.portal_user.partner_id
        cls.order = cls._create_order(
            (cls.bike, 1, {"promised_date": cls._in_days(20)}),
            (cls.wheel, 1, {"promised_date": cls._in_days(27)}),
            commitment_date=cls._in_days(5),
        )
        cls.order.message_subscribe(cls.customer.ids)

    def _format(self, days):
        return self.env["ir.qweb.field.datetime"].value_to_html(
            self._in_days(days), {"date_only": True}
        )

    def _get_page(self):
        self.authenticate("customer", "customer")
        return self.url_open(self.order.get_portal_url()).text

    def _get_report(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", self.order.ids
        )
        return html.decode()

    def test_page_and_print_follow_the_lines(self):
        for text in (self._get_page(), self._get_report()):
            self.assertIn(self._format(20), text)
            self.assertIn(self._format(27), text)
            self.assertNotIn(self._format(5), text)

    def test_only_the_current_promise_is_shown(self):
        self.order.order_line[0].promised_date = self._in_days(33)
        for text in (self._get_page(), self._get_report()):
            lines = text.partition("sale_tbody")[2]
            self.assertIn(self._format(33), lines)
            self.assertNotIn(self._format(20), lines)

    def test_order_without_dates_of_lines_is_cores(self):
        self.order.order_line.promised_date = False
        for text in (self._get_page(), self._get_report()):
            self.assertIn(self._format(5), text)
            self.assertNotIn('name="line_promise"', text)

    def test_planned_dates_of_deliveries_are_shown_unless_switched_off(self):
        """Core shows when a delivery is planned, which moves with the factory."""
        deliveries = self.order.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing"
        )
        for delivery in deliveries:
            delivery.scheduled_date = self._in_days(44)
        told = self._get_page().partition("Last Delivery Orders")[2]
        self.assertIn(self._format(44), told)
        self.company.promise_portal_only = True
        told = self._get_page().partition("Last Delivery Orders")[2]
        self.assertNotIn(self._format(44), told)
        for days in (20, 27):
            self.assertIn(self._format(days), told)

    def test_dates_of_manufacturing_orders_follow_the_same_switch(self):
        self.order.mrp_production_ids.date_finished = self._in_days(46)
        self.assertIn(self._format(46), self._get_page())
        self.company.promise_portal_only = True
        page = self._get_page()
        self.assertIn(self.order.mrp_production_ids[0].name, page)
        self.assertNotIn(self._format(46), page)

    def test_delivery_slip_follows_the_same_switch(self):
        delivery = self._get_delivery(self.order.order_line[0]).picking_id
        delivery.scheduled_date = self._in_days(44)

        def read_slip():
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "stock.action_report_delivery", delivery.ids
            )
            return html.decode()

        self.assertIn(self._format(44), read_slip())
        self.company.promise_portal_only = True
        slip = read_slip()
        self.assertNotIn(self._format(44), slip)
        self.assertIn(self._format(20), slip)

    def test_weeks_of_a_quotation(self):
        quotation = self._create_order((self.bike, 1), confirm=False, promise_weeks=6)
        self.order = quotation
        quotation.state = "sent"
        self.assertRegex(self._get_report(), r"Delivery\s*<span>6</span>\s*weeks")

    def test_customers_are_told_nothing_of_delays(self):
        bolts = self._get_purchase_line(self.bolt)
        bolts.order_id.button_confirm()
        bolts.date_planned = self._in_days(90)
        self._refresh()
        line = self.order.order_line[0]
        self.assertTrue(line._get_delays())
        self.assertFalse(line.with_user(self.portal_user)._get_delays())
        self.assertFalse(line.with_user(self.portal_user).sudo()._get_delays())
        told = self.order.with_user(self.portal_user)
        with self.assertRaises(AccessError):
            told.order_line.read(["planned_date"])
        self.assertEqual(
            told.order_line[0].read(["delay_message", "projected_date", "days_late"]),
            [
                {
                    "id": line.id,
                    "delay_message": False,
                    "projected_date": False,
                    "days_late": 0,
                }
            ],
        )
        self.assertNotIn("Vendor", self._get_page())

    def test_signature_in_the_portal_is_taken(self):
        """Too early, and the company wants approval: the customer may sign."""
        self.company.promise_early = "approve"
        seller = self._create_user("sales")
        slow = self._create_part("Motor", "make_to_order", delay=30)
        quotation = self._create_order(
            (slow, 1, {"promised_date": self._in_days(3)}),
            confirm=False,
            require_signature=True,
        )
        quotation.write({"state": "sent", "user_id": seller.id})
        self.authenticate("customer", "customer")
        answer = self.make_jsonrpc_request(
            f"/my/orders/{quotation.id}/accept",
            {
                "access_token": quotation._portal_ensure_token(),
                "name": "Customer",
                "signature": PIXEL,
            },
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertEqual(quotation.state, "sale")
        issue = self.env["operation.exception"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", quotation.id)]
        )
        self.assertEqual((issue.owner_id, issue.type_id.code), (seller, "late_promise"))
        self.assertEqual(quotation.order_line.promised_date, self._in_days(3))
        self.assertLess(
            abs(quotation.signed_on - self.env.cr.now()), timedelta(minutes=5)
        )
