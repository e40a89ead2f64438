from functools import partial

from odoo.tests import tagged

from odoo.addons.rollout_gate.tests.common import LockCommon


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order()

    @classmethod
    def _create_order(cls, **values):
        partner = cls.env["res.partner"].create({"name": "Customer"})
        product = cls.env["product.product"].create(
            {"name": "Engraving", "type": "service", "list_price": 10}
        )
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "order_line": [(0, 0, {"product_id": product.id})],
                **values,
            }
        )

    def test_without_a_lock(self):
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_refused_until_live(self):
        self._lock()
        self.assertIn("G6 Go-live", self.order._confirmation_error_message())
        self._assert_passes_when_live(self.order.action_confirm)
        self.assertEqual(self.order.state, "sale")

    def test_refused_past_the_method(self):
        """A state written or imported is no way around."""
        self._lock()
        self._assert_waits(self.order.write, {"state": "sale"})
        create = partial(self._create_order, state="sale")
        self._assert_refused("is not live yet", create)
        with_default = self.order.with_context(default_state="sale").copy
        self._assert_refused("is not live yet", with_default)
        result = self.order.load([".id", "state"], [[str(self.order.id), "sale"]])
        self.assertIn("not live yet", result["messages"][0]["message"])
        self.assertEqual(self.order.state, "draft")

    def test_customers_are_not_asked(self):
        """What would be refused afterwards is neither signed nor paid."""
        self.order.write(
            {"require_signature": True, "require_payment": True, "state": "sent"}
        )
        self.assertTrue(self.order._has_to_be_signed())
        self.assertTrue(self.order._has_to_be_paid())
        self._lock()
        self.assertFalse(self.order._has_to_be_signed())
        self.assertFalse(self.order._has_to_be_paid())

    def test_a_payment_is_never_refused(self):
        self._lock()
        methods = self.env["payment.method"].with_context(active_test=False)
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].create({"name": "P"}).id,
                "payment_method_id": methods.search([], limit=1).id,
                "reference": "Paid at once",
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.order.partner_id.id,
                "sale_order_ids": [(6, 0, self.order.ids)],
                "state": "done",
            }
        )
        confirmed = payment._check_amount_and_confirm_order()
        self.assertFalse(confirmed)
        self.assertEqual(self.order.state, "draft")
        self.assertIn("Paid", self.order.activity_ids.summary)
        self.site.sudo()._go("live")
        self.assertEqual(payment._check_amount_and_confirm_order(), self.order)

    def test_open_documents_are_shown(self):
        lock = self._create_lock()
        shown = dict(lock._get_open_documents())
        self.assertIn(self.order, shown["Sales Order"])
        self.assertIn(self.order.name, lock._show_open_documents())
        other = self.env["res.company"].create({"name": "Other"})
        strange = self._create_order(company_id=other.id)
        self.assertNotIn(strange, dict(lock._get_open_documents())["Sales Order"])

    def test_queries_do_not_grow(self):
        """A locked company asks once, whatever it confirms."""
        self._lock()
        self.site.sudo()._go("live")
        few, many = ([self._create_order() for _n in range(size)] for size in (1, 6))
        counts = []
        for orders in (few, many):
            orders = self.order.union(*orders)
            orders.mapped("warehouse_id" if "warehouse_id" in orders else "name")
            self.env["rollout.lock"]._get_sites()
            before = self.env.cr.sql_log_count
            orders._check_site_live()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
