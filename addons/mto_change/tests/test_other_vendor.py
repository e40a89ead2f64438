from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestOtherVendor(ChangeCommon):
    """Bolts of two orders come from another vendor: links and shares move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Express"})
        # One request for all orders.
        cls.vendor.group_rfq = "all"
        cls.bolt.seller_ids = [
            Command.create({"partner_id": cls.other.id, "price": 12, "delay": 1})
        ]
        cls.first = cls._create_order((cls.bolt, 4))
        cls.second = cls._create_order((cls.bolt, 6))
        cls.line = cls.env["purchase.order.line"].search(
            [("product_id", "=", cls.bolt.id)]
        )
        cls.purchase = cls.line.order_id

    def _open(self, user=None):
        purchase = self.purchase.with_user(user or self.env.user)
        action = purchase.action_other_vendor()
        model = purchase.env[action["res_model"]].with_context(**action["context"])
        return Form(model)

    def _replace(self, user=None):
        form = self._open(user)
        form.partner_id = self.other
        action = form.save().action_apply()
        return self.env["purchase.order"].browse(action["res_id"])

    def _get_shares(self, line):
        return {
            row["order_id"]: row["quantity"] for row in line.get_demand()[0]["demand"]
        }

    def test_screen(self):
        """Date and cost of each order, before anything is done."""
        form = self._open()
        form.partner_id = self.other
        wizard = form.save()
        shares = {share.order_name: share for share in wizard.share_ids}
        self.assertEqual(set(shares), {self.first.name, self.second.name})
        share = shares[self.second.name]
        self.assertEqual(
            (share.quantity, share.cost_before, share.cost_after), (6, 60, 72)
        )
        self.assertEqual(wizard.cost_difference, 20)
        self.assertTrue(share.date_after)
        self.assertEqual(wizard.known_ids, self.other)
        self.assertEqual(self.purchase.state, "draft")

    def test_arrival_of_a_late_request(self):
        """What was not ordered in time comes a lead time from now, not in the past."""
        self.bolt.seller_ids.filtered(lambda s: s.partner_id == self.vendor).delay = 30
        now = fields.Datetime.now()
        self.line.date_planned = now - timedelta(days=3)
        share = self._open_share()
        self.assertGreaterEqual(share.date_before, now + timedelta(days=30))
        self.assertLess(share.date_after, share.date_before)
        self.purchase.button_confirm()
        self.line.date_planned = now - timedelta(days=3)
        share = self._open_share()
        self.assertGreaterEqual(share.date_before, now)
        self.assertLess(share.date_before, now + timedelta(days=1))

    def _open_share(self):
        form = self._open()
        form.partner_id = self.other
        return form.save().share_ids[:1]

    def test_request(self):
        buyer = self._create_user("purchasing")
        replacement = self._replace(buyer)
        self.assertEqual(self.purchase.state, "cancel")
        self.assertEqual(replacement.partner_id, self.other)
        self.assertEqual(replacement.order_line.price_unit, 12)
        self.assertEqual(
            self._get_shares(replacement.order_line),
            {self.first.id: 4, self.second.id: 6},
        )
        self.assertServed(self.bolt)
        self.assertFalse(self._get_issues("shortage"))
        self.assertEqual(self._get_purchased(self.bolt), 10)

    def test_confirmed(self):
        self.purchase.button_confirm()
        replacement = self._replace()
        self.assertEqual(self.purchase.state, "cancel")
        self.assertEqual(
            self._get_shares(replacement.order_line),
            {self.first.id: 4, self.second.id: 6},
        )
        self.assertServed(self.bolt)
        replacement.button_confirm()
        for picking in replacement.picking_ids:
            self._move(picking)
        for order in self.first | self.second:
            demand = self._get_deliveries(order)
            self.assertEqual(demand.quantity, demand.product_uom_qty)

    def test_partly_received(self):
        """What has come stays; the rest comes from the other one."""
        self.purchase.button_confirm()
        self._move(self.purchase.picking_ids, 3)
        replacement = self._replace()
        self.assertEqual(self.purchase.state, "purchase")
        self.assertEqual(self.line.product_qty, 3)
        self.assertEqual(replacement.order_line.product_qty, 7)
        self.assertServed(self.bolt)
        self.assertFalse(self._get_issues("shortage"))
        replacement.button_confirm()
        for picking in replacement.picking_ids:
            self._move(picking)
        deliveries = self._get_deliveries(self.first | self.second)
        self.assertEqual(sum(deliveries.mapped("quantity")), 10)

    def test_partly_received_and_late(self):
        """What a vendor brings on another day than Odoo thinks ends as well."""
        self.purchase.button_confirm()
        self.line.date_planned += timedelta(days=10)
        rest = self._move(self.purchase.picking_ids, 3)
        self._replace()
        self.assertEqual(rest.state, "cancel")
        self.assertEqual(self.line.move_ids.picking_id, self.purchase.picking_ids)
        self.assertEqual(set(self.line.move_ids.mapped("state")), {"done", "cancel"})
        self.assertServed(self.bolt)

    def test_request_in_steps(self):
        """Where goods are put away first, components are not cancelled either."""
        self.warehouse.reception_steps = "two_steps"
        self._create_order((self.bike, 1))
        demands = self._get_demands(self.bolt)
        self.assertTrue(demands.raw_material_production_id)
        replacement = self._replace()
        self.assertEqual(replacement.order_line.move_dest_ids, demands)

    def test_lowered_with_two_vendors(self):
        """A delivery waits for two requests: what is foretold is given up, once."""
        nut = self._create_part("Nut", "stock_then_order")
        order = self._create_order((nut, 4))
        self.purchase = self._get_lines(nut).order_id
        self._replace()
        order.order_line.product_uom_qty = 10
        lines = self._get_lines(nut)
        before = {line: line.product_qty for line in lines}
        self.assertEqual(sorted(before.values()), [4, 6])
        answer = self._preview(order, {"line_id": order.order_line.id, "quantity": 9})
        rows = {line: self._get_row(answer, line) for line in lines}
        order.order_line.product_uom_qty = 9
        self.assertEqual(self._get_purchased(nut), 9)
        for line, row in rows.items():
            self.assertEqual(
                line.product_qty, row["quantity_after"] if row else before[line]
            )

    def test_what_is_too_much_is_not_requested(self):
        """Of 10 bolts 7 are needed, and nobody decided about 3 yet."""
        self.purchase.button_confirm()
        self.second.order_line.product_uom_qty = 3
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, self.purchase.id)
        form = self._open()
        form.partner_id = self.other
        shares = form.save().share_ids
        self.assertEqual(sorted(shares.mapped("quantity")), [3, 4])
        replacement = self._replace()
        self.assertEqual(replacement.order_line.product_qty, 7)
        self.assertEqual((self.purchase.state, issue.state), ("cancel", "closed"))
        self.assertServed(self.bolt)

    def test_what_is_kept_for_stock_is_requested(self):
        """What a buyer added, and what somebody decided to keep, is wanted."""
        self.purchase.button_confirm()
        self.line.product_qty = 15
        self.second.order_line.product_uom_qty = 3
        self.assertEqual(self.line._get_replaceable_quantity(), 12)
        self._get_issues("change_decision").action_run("change_keep")
        self.assertEqual(self._replace().order_line.product_qty, 15)

    def test_nobody_needs_the_goods(self):
        self.purchase.button_confirm()
        (self.first | self.second)._action_cancel()
        with self.assertRaisesRegex(UserError, "no goods"):
            self.purchase.action_other_vendor()

    def test_refused(self):
        form = self._open()
        form.partner_id = self.other
        wizard = form.save()
        wizard.partner_id = self.purchase.partner_id
        with self.assertRaisesRegex(UserError, "another vendor"):
            wizard.action_apply()
        self.purchase.button_cancel()
        with self.assertRaisesRegex(UserError, "no goods"):
            self.purchase.action_other_vendor()

    def test_roles(self):
        with self.assertRaises(AccessError):
            self.purchase.with_user(self._create_user("sales")).action_other_vendor()

    def test_button_of_an_issue(self):
        """An issue about a purchase offers it to buyers."""
        self.purchase.button_confirm()
        issue = self.env["operation.exception"]._raise_exception(
            "test-late", "delayed_supply", self.purchase
        )
        codes = [action["code"] for action in issue.get_actions()[0]["actions"]]
        self.assertIn("change_other_vendor", codes)
        action = issue.action_run("change_other_vendor")
        self.assertEqual(action["res_model"], "purchase.order.other.vendor")
