from odoo.tests import tagged

from odoo.addons.rollout_gate.tests.common import LockCommon


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner = cls.env["res.partner"].create({"name": "Vendor"})
        product = cls.env["product.product"].create(
            {"name": "Painting", "type": "service"}
        )
        cls.order = cls.env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 1})],
            }
        )

    def test_without_a_lock(self):
        self.order.button_confirm()
        self.assertEqual(self.order.state, "purchase")

    def test_refused_until_live(self):
        self._lock()
        self.assertIn("G6 Go-live", self.order._confirmation_error_message())
        self._assert_passes_when_live(self.order.button_confirm)
        self.assertEqual(self.order.state, "purchase")

    def test_refused_past_the_method(self):
        self._lock()
        self._assert_waits(self.order.button_approve)
        self._assert_waits(self.order.write, {"state": "purchase"})
        self._assert_waits(self.order.copy, {"state": "purchase"})
        with_default = self.order.with_context(default_state="purchase")
        self._assert_waits(with_default.copy)

    def test_open_documents_are_shown(self):
        shown = dict(self._create_lock()._get_open_documents())
        self.assertIn(self.order, shown["Purchase Order"])
