from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestOutlook(PromiseCommon):
    """How a confirmed order stands, in one row on its form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order((cls.bike, 2), commitment_date=cls._in_days(60))

    def _slip(self, days):
        """The last purchase of the order is confirmed for much later."""
        lines = self.order.stock_reference_ids.purchase_ids.order_line
        lines.order_id.button_confirm()
        lines[0].date_planned = self._in_days(60 + days)
        self._refresh()
        self.order.invalidate_recordset()
        return lines[0]

    def test_order_in_time(self):
        self._refresh()
        self.assertTrue(self.order.has_outlook)
        self.assertEqual(self.order.outlook_promised_date, self._in_days(60))
        self.assertEqual(self.order.outlook_days_late, 0)

    def test_delay_names_document_and_owner(self):
        self._slip(14)
        self.assertGreaterEqual(self.order.outlook_days_late, 14)
        self.assertGreater(
            self.order.outlook_projected_date, self._in_days(60) + timedelta(days=13)
        )
        self.assertIn("waits for receipt", self.order.outlook_message)
        action = self.order.action_open_outlook_document()
        document = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(document.display_name, self.order.outlook_document)
        self.assertTrue(self.order.outlook_owner_id)

    def test_salesperson_reads_it_and_may_not_open_what_is_not_hers(self):
        self._slip(14)
        sales = self._create_user("sales")
        self.order.user_id = sales
        order = self.order.with_user(sales)
        self.assertGreaterEqual(order.outlook_days_late, 14)
        self.assertTrue(order.outlook_message)
        with self.assertRaises(AccessError):
            order.action_open_outlook_document()

    def test_quotations_have_none(self):
        order = self._create_order((self.bike, 2), confirm=False)
        self.assertFalse(order.has_outlook)
        self.assertFalse(order.action_open_outlook_document())
