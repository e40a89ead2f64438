from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestLeadTimeSuggestion(LeadTimeCommon):
    """Lead times as they were, suggested and accepted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()

    def _buy(self, days, product=None, promised=25, receive=True):
        """A purchase that took ``days`` from its confirmation to the receipt."""
        product = product or self.steel
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 10})
                ],
            }
        )
        order.button_confirm()
        if receive:
            order.picking_ids.move_ids.quantity = 10
            order.picking_ids.button_validate()
        ordered = self.now - timedelta(days=100)
        order.date_approve = ordered
        order.order_line.date_planned = ordered + timedelta(days=promised)
        order.picking_ids.move_ids.date = ordered + timedelta(days=days)
        return order

    def _make(self, days):
        order = self.env["mrp.production"].create(
            {"product_id": self.frame.id, "product_qty": 1}
        )
        order.action_confirm()
        order.qty_producing = 1
        order._set_qty_producing()
        order.move_raw_ids.picked = True
        order.button_mark_done()
        start = self.now - timedelta(days=60)
        order.with_context(force_date=True).write(
            {"date_start": start, "date_finished": start + timedelta(days=days)}
        )
        return order

    def _open(self, user=None):
        Suggestion = self.env["mto.lead.time.suggestion"]
        action = Suggestion.with_user(user or self.env.user).action_open()
        return Suggestion.with_user(user or self.env.user).search(action["domain"])

    def _get_of(self, product, user=None):
        return self._open(user).filtered(
            lambda line: line.product_tmpl_id == product.product_tmpl_id
        )

    def test_vendor_that_is_slower_than_he_says(self):
        """30, 31, 32, 33 and 41 days in place of 25: median 32, nine of ten 41."""
        for days in (30, 41, 32, 33, 31):
            self._buy(days)
        line = self._get_of(self.steel)
        self.assertEqual((line.source, line.vendor_id), ("vendor", self.vendor))
        self.assertEqual((line.sample_count, line.current_days), (5, 25))
        self.assertAlmostEqual(line.median_days, 32)
        self.assertAlmostEqual(line.high_days, 41)
        self.assertAlmostEqual(line.shortest_days, 30)
        self.assertAlmostEqual(line.longest_days, 41)
        self.assertAlmostEqual(line.late_share, 1)
        self.assertEqual((line.suggested_days, line.difference), (41, 16))

    def test_two_purchases_are_no_experience(self):
        for days in (30, 31):
            self._buy(days)
        self.assertFalse(self._get_of(self.steel))

    def test_what_is_not_there_yet_does_not_count(self):
        for days in (30, 31, 32):
            self._buy(days)
        self._buy(90, receive=False)
        self.assertEqual(self._get_of(self.steel).sample_count, 3)

    def test_purchases_of_another_company_do_not_count(self):
        for days in (30, 31, 32):
            self._buy(days)
        other = self.env["res.company"].create({"name": "Other"})
        Suggestion = self.env["mto.lead.time.suggestion"].with_company(other)
        Suggestion.action_open()
        self.assertFalse(
            Suggestion.search([("product_tmpl_id", "=", self.steel.product_tmpl_id.id)])
        )

    def test_accepting_writes_the_lead_time_and_a_note(self):
        for days in (30, 31, 33):
            self._buy(days)
        line = self._get_of(self.steel)
        line.suggested_days = 35
        line.action_accept()
        self.assertEqual(self.steel.seller_ids.delay, 35)
        self.assertTrue(line.is_accepted)
        note = self.steel.product_tmpl_id.message_ids[0].body
        self.assertIn("35 days in place of 25: of 3 purchases", note)

    def test_making_that_takes_longer(self):
        for days in (7, 8, 6):
            self._make(days)
        line = self._get_of(self.frame)
        self.assertEqual((line.source, line.bom_id), ("bom", self.frame_bom))
        self.assertEqual((line.current_days, line.suggested_days), (5, 8))
        line.action_accept()
        self.assertEqual(self.frame_bom.produce_delay, 8)
        self.assertIn("8 days in place of 5", self.frame_bom.message_ids[0].body)

    def test_negative_lead_time_is_refused(self):
        for days in (30, 31, 33):
            self._buy(days)
        line = self._get_of(self.steel)
        line.suggested_days = -2
        with self.assertRaises(UserError):
            line.action_accept()

    def test_roles(self):
        for days in (30, 31, 33):
            self._buy(days)
        purchaser = self._create_user("purchasing")
        line = self._get_of(self.steel, purchaser)
        self.assertEqual(line.suggested_days, 33)
        with self.assertRaises(AccessError):
            self._open(self._create_user("sales"))
        # Of the lists of others nobody reads.
        manager = self._create_user("product_manager")
        with self.assertRaises(AccessError):
            line.with_user(manager).read(["suggested_days"])
        self._get_of(self.steel, manager).action_accept()
        self.assertEqual(self.steel.seller_ids.delay, 33)
