from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PeggingCommon


@tagged("post_install", "-at_install")
class TestPurchaseProposal(PeggingCommon):
    """To order: what, by when at the latest, from whom and for whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = cls.env.cr.now().replace(microsecond=0) + timedelta(days=60)

    def _create_promised(self, *lines):
        order = self._create_order(*lines, commitment_date=self.promise)
        self._refresh()
        return order

    def _get_rows(self, *products, user=None):
        rows = self.env["mto.purchase.proposal"]
        rows.invalidate_model()
        return rows.with_user(user or self.env.user).search(
            [("product_id", "in", [product.id for product in products])]
        )

    def test_row_of_a_request(self):
        self.bolt.seller_ids.min_qty = 5
        order = self._create_promised((self.bike, 2))
        row = self._get_rows(self.bolt)
        line = row.purchase_line_id
        needed = min(line.move_dest_ids.mapped("date")).date()
        self.assertEqual((row.quantity, row.minimum_qty), (18, 5))
        self.assertEqual(row.needed_on, needed)
        # The vendor delivers in 3 days.
        self.assertEqual(row.order_by, needed - timedelta(days=3))
        self.assertEqual(row.days_left, (row.order_by - self._get_today()).days)
        self.assertEqual(row.partner_id, self.vendor)
        self.assertEqual(row.source, "orders")
        self.assertEqual(row.customer_order_ids.mapped("name"), [order.name])
        self.assertEqual(row.customer_ids, self.customer)
        self.assertEqual(row.customer_quantity, 18)

    def _create_buyer(self):
        # Core confirms a purchase for an order with rights on stock only.
        groups = "purchase.group_purchase_user,stock.group_stock_user"
        return new_test_user(self.env, login="buyer", groups=groups)

    def _get_today(self):
        self.env.cr.execute("SELECT CURRENT_DATE")
        return self.env.cr.fetchone()[0]

    def test_security_days_and_lead_times_move_the_last_safe_day(self):
        self._create_promised((self.bike, 1))
        before = self._get_rows(self.bolt).order_by
        self.company.days_to_purchase = 4
        self.env.flush_all()
        self.assertEqual(self._get_rows(self.bolt).order_by, before - timedelta(days=4))
        self.bolt.seller_ids.delay = 10
        self._refresh()
        row = self._get_rows(self.bolt)
        self.assertEqual(row.vendor_days, 10)
        self.assertEqual(row.order_by, before - timedelta(days=11))

    def test_reordering_rule_is_told_as_such(self):
        part = self._create_part("Paint", delay=2)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": part.id,
                "product_min_qty": 5,
                "product_max_qty": 5,
                "location_id": self.stock.id,
            }
        ).action_replenish()
        self._refresh()
        row = self._get_rows(part)
        self.assertEqual((row.quantity, row.source), (5, "reordering"))
        self.assertFalse(row.customer_order_ids)

    def test_most_urgent_first(self):
        slow = self._create_part("Slow", "make_to_order", delay=30)
        cart = self._create_product("Cart", "make_to_order")
        self._create_bom(cart, [(self.bolt, 1), (slow, 1)])
        self._create_promised((cart, 1))
        self.assertEqual(
            self._get_rows(self.bolt, slow).mapped("product_id"), slow | self.bolt
        )

    def test_selected_are_ordered_and_the_others_are_told(self):
        nut = self._create_part("Nut", "make_to_order")
        cart = self._create_product("Cart", "make_to_order")
        self._create_bom(cart, [(self.bolt, 1), (nut, 1)])
        self._create_promised((cart, 1))
        rows = self._get_rows(self.bolt, nut)
        order = rows.purchase_id
        self.assertEqual(len(order), 1)
        buyer = self._create_buyer()
        action = self._get_rows(self.bolt, user=buyer).action_order()
        wizard = self.env[action["res_model"]].with_user(buyer)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.order_ids, order)
        self.assertEqual(wizard.other_line_ids.product_id, nut)
        answer = wizard.action_confirm()
        self.assertIn(order.name, answer["params"]["message"])
        self.assertEqual(order.state, "purchase")
        self.assertFalse(self._get_rows(self.bolt, nut))
        with self.assertRaises(UserError):
            wizard.action_confirm()
        with self.assertRaises(UserError):
            rows.action_order()

    def test_queries_do_not_grow_with_rows(self):
        for _order in range(5):
            self._create_promised((self.bike, 1))
        buyer = self._create_buyer()

        def count(rows):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(rows.customer_order_ids), len(rows))
            self.assertEqual(rows.customer_ids, self.customer)
            return self.env.cr.sql_log_count - before

        rows = self._get_rows(self.bolt, user=buyer)
        self.assertEqual(len(rows), 5)
        count(rows)
        self.assertEqual(count(rows), count(rows[:1].with_prefetch()))

    def test_request_that_waits_for_approval_is_told(self):
        self.company.po_double_validation = "two_step"
        self.company.po_double_validation_amount = 0
        self._create_promised((self.bike, 1))
        buyer = self._create_buyer()
        action = self._get_rows(self.bolt, user=buyer).action_order()
        wizard = self.env[action["res_model"]].with_user(buyer)
        answer = wizard.browse(action["res_id"]).action_confirm()
        self.assertIn("approval", answer["params"]["message"])

    def test_line_typed_by_hand_is_there_before_it_is_derived(self):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.bolt.id, "product_qty": 2})
                ],
            }
        )
        row = self._get_rows(self.bolt)
        self.assertEqual((row.purchase_id, row.source), (purchase, "manual"))
        self.assertEqual(row.order_by, purchase.date_order.date())

    def test_others_see_nothing(self):
        self._create_promised((self.bike, 1))
        for role in ("sales", "shop_floor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._get_rows(self.bolt, user=self._create_user(role))
        company = self.env["res.company"].create({"name": "Other Company"})
        stranger = self._create_user(
            "purchasing", company_id=company.id, company_ids=company.ids
        )
        self.assertFalse(self._get_rows(self.bolt, user=stranger))
