from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PeggingCommon


@tagged("post_install", "-at_install")
class TestOpenOrder(PeggingCommon):
    """Orders in production: a row per order line that is not delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promise = cls.env.cr.now().replace(microsecond=0) + timedelta(days=60)

    def _create_promised(self, *lines, **vals):
        order = self._create_order(*lines, commitment_date=self.promise, **vals)
        self._refresh()
        return order

    def _get_row(self, order, user=None):
        rows = self.env["mto.open.order"]
        rows.invalidate_model()
        return rows.with_user(user or self.env.user).search(
            [("order_id", "=", order.id)]
        )

    def _get_bolts(self):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)], order="id desc", limit=1
        )

    def test_row_of_a_confirmed_line(self):
        order = self._create_promised((self.bike, 2))
        row = self._get_row(order)
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual((row.product_id, row.quantity), (self.bike, 2))
        self.assertEqual(row.promise_date, self.promise)
        self.assertEqual(row.value, order.amount_untaxed)
        self.assertFalse(row.needs_decision)
        self.assertEqual(row.waits_product_id, self.bolt)
        self.assertEqual(row.waits_document, self._get_bolts().order_id.name)
        self.assertEqual(row.status, "plan")
        self.assertEqual(row.progress, 0)

    def test_quotation_service_and_delivered_line_are_left_out(self):
        self._create_order((self.bike, 1), confirm=False)
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        order = self._create_promised((self.wheel, 1), (service, 1))
        self.assertEqual(self._get_row(order).product_id, self.wheel)
        order.order_line[0].qty_delivered_method = "manual"
        order.order_line[0].qty_delivered = 1
        self._refresh()
        self.assertFalse(self._get_row(order))
        self.assertFalse(
            self.env["mto.order.progress"].search(
                [("sale_line_id", "in", order.order_line.ids)]
            )
        )

    def test_late_purchase_makes_the_order_late(self):
        order = self._create_promised((self.bike, 2))
        line = self._get_bolts()
        line.date_planned = self.promise + timedelta(days=10)
        self._refresh()
        row = self._get_row(order)
        self.assertEqual(row.status, "late")
        self.assertTrue(row.is_late)
        self.assertGreaterEqual(row.days_late, 10)
        self.assertEqual(row.purchase_id, line.order_id)
        self.assertEqual(row.waits_date, row.expected_date)
        late = self.env["mto.open.order"].search([("is_late", "=", True)])
        self.assertIn(row, late)
        line.date_planned = self.env.cr.now() + timedelta(days=1)
        self._refresh()
        self.assertFalse(self._get_row(order).is_late)

    def test_what_nothing_supplies_needs_a_decision(self):
        self.bolt.supply_policy = "make_to_stock"
        order = self._create_promised((self.wheel, 1))
        row = self._get_row(order)
        self.assertEqual((row.status, row.needs_decision), ("decision", True))
        self.assertEqual(row.waits_product_id, self.bolt)
        self.assertEqual(row.production_id, self._get_productions(self.wheel))

    def test_goods_on_hand_or_on_their_way_are_not_missing(self):
        self.bolt.supply_policy = "make_to_stock"
        order = self._create_promised((self.wheel, 1))
        self.assertTrue(self._get_row(order).needs_decision)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.bolt.id, "product_qty": 4})
                ],
            }
        )
        purchase.button_confirm()
        purchase.order_line.date_planned = self.promise + timedelta(days=9)
        self._refresh()
        row = self._get_row(order)
        self.assertEqual((row.status, row.purchase_id), ("late", purchase))
        purchase.picking_ids.button_validate()
        self._refresh()
        row = self._get_row(order)
        self.assertFalse(row.needs_decision or row.is_late)

    def test_overdue_document_is_a_risk(self):
        order = self._create_promised((self.bike, 2))
        self.assertFalse(self._get_row(order).is_at_risk)
        self._get_bolts().order_id.date_order = self.env.cr.now() - timedelta(days=2)
        self._refresh()
        row = self._get_row(order)
        self.assertEqual((row.status, row.is_at_risk), ("risk", True))

    def test_order_that_starts_later_needs_no_decision(self):
        order = self._create_order(
            (self.bike, 2),
            confirm=False,
            commitment_date=self.promise,
            start_later=True,
            start_later_reason="Deposit",
            start_owner_id=self.env.user.id,
        )
        order.action_confirm()
        self._refresh()
        row = self._get_row(order)
        self.assertEqual((row.status, row.needs_decision), ("held", False))
        self.assertEqual(row.progress, 0)

    def test_line_that_was_not_read_yet_says_so(self):
        order = self._create_order((self.bike, 2))
        row = self._get_row(order)
        self.assertEqual((row.status, row.needs_decision), ("pending", False))

    def test_line_without_any_supply_needs_a_decision(self):
        order = self._create_promised((self.bike, 2))
        order.picking_ids.action_cancel()
        self._refresh()
        row = self._get_row(order)
        self.assertEqual((row.status, row.needs_decision), ("decision", True))

    def test_life_shows_in_progress(self):
        order = self._create_promised((self.wheel, 1))
        self.assertFalse(self._get_row(order).can_start)
        self._get_bolts().order_id.button_confirm()
        self._get_bolts().order_id.picking_ids.button_validate()
        self._refresh()
        row = self._get_row(order)
        self.assertTrue(row.can_start)
        self.assertEqual((row.received, row.produced, row.ready), (1, 0, 0))
        wheels = self._get_productions(self.wheel)
        self.assertEqual(row.production_id, wheels)
        wheels.qty_producing = 1
        wheels.move_raw_ids.picked = True
        wheels.button_mark_done()
        self._refresh()
        row = self._get_row(order)
        self.assertEqual((row.produced, row.ready, row.delivered), (1, 1, 0))
        self.assertEqual(row.status, "ready")
        self.assertEqual(row.picking_id, order.picking_ids)
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self._refresh()
        self.assertFalse(self._get_row(order))

    def test_salesperson_sees_the_orders_they_may_read(self):
        user = self._create_user("sales")
        mine = self._create_promised((self.bike, 1), user_id=user.id)
        other = self._create_promised((self.bike, 1), user_id=self.env.user.id)
        self.assertTrue(self._get_row(mine, user))
        self.assertFalse(self._get_row(other, user))
        self.assertTrue(self._get_row(mine, user).value)
        action = self._get_row(mine, user).action_open_supply()
        self.assertEqual(action["context"]["active_ids"], mine.ids)
        mine.user_id = False
        self.assertTrue(self._get_row(mine, user))

    def test_planner_sees_all_orders_without_value(self):
        planner = self._create_user("planner")
        order = self._create_promised((self.bike, 1), user_id=self.env.user.id)
        row = self._get_row(order, planner)
        self.assertEqual(row.waits_product_id, self.bolt)
        with self.assertRaises(AccessError):
            row.read(["value"])
        self.assertNotIn("value", row.fields_get())
        action = row.action_open_supply()
        self.assertEqual(action["context"]["active_ids"], order.ids)
        report = self.env["mto.order.supply"].with_user(planner)
        self.assertTrue(report.get_tree(order.ids)["rows"])
        document = row.action_open_document()
        self.assertEqual(
            (document["res_model"], document["res_id"]),
            ("purchase.order", self._get_bolts().order_id.id),
        )

    def test_employee_and_other_company_see_nothing(self):
        order = self._create_promised((self.bike, 1))
        with self.assertRaises(AccessError):
            self._get_row(order, self._create_user("employee"))
        company = self.env["res.company"].create({"name": "Other Company"})
        stranger = self._create_user(
            "planner", company_id=company.id, company_ids=company.ids
        )
        self.assertFalse(self._get_row(order, stranger))

    def test_queries_do_not_grow_with_the_orders(self):
        counts = []
        specification = {
            name: {"fields": {"display_name": {}}} if name.endswith("_id") else {}
            for name in ("order_id", "partner_id", "product_id", "status", "owner_id")
        }
        for quantity in (1, 8):
            for _number in range(quantity):
                self._create_order((self.wheel, 1))
            self._refresh()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["mto.open.order"].web_search_read([], specification, limit=80)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[1], 15)
