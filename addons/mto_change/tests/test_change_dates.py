from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ChangeCommon

DAY = timedelta(days=1)
BASE = datetime(2031, 5, 5, 12)


@tagged("post_install", "-at_install")
class TestChangeDates(ChangeCommon):
    """Another date, address, warehouse or product, and what supplies the order."""

    def setUp(self):
        super().setUp()
        self.order = self._create_order((self.bike, 2), commitment_date=BASE)
        self.bikes = self._get_productions(self.bike)
        self.wheels = self._get_productions(self.wheel)
        self.bolts = self._get_lines(self.bolt)

    def _read(self):
        delivery = self._get_deliveries(self.order)
        return [
            delivery.date,
            self.bikes.date_start,
            self.bikes.date_finished,
            self.wheels.date_start,
            self.bolts.date_planned,
        ]

    def _date(self, days):
        return {"commitment_date": str(BASE + days * DAY)}

    def test_all_levels_follow(self):
        for days in (6, -3, 0):
            before = self._read()
            shift = BASE + days * DAY - self.order.commitment_date
            preview = self._preview(self.order, self._date(days))
            self._apply(self.order, self._date(days))
            self.assertEqual(self._read(), [date + shift for date in before])
            for record in (self.bikes, self.wheels):
                row = self._get_row(preview, record)
                self.assertEqual(row["action"], "reschedule")
                self.assertEqual(row["date_after"], str(record.date_finished))
                self.assertTrue(row["reason"])
            row = self._get_row(preview, self.bolts)
            self.assertEqual(row["date_after"], str(self.bolts.date_planned))
        self.assertEqual(self.bikes.date_deadline, self.order.commitment_date)

    def test_shown_as_a_tree(self):
        """Each document below what it moves with, both dates, no empty column."""
        answer = self._preview(self.order, self._date(6))
        levels = {row["node"]: row["level"] for row in answer["documents"]}
        delivery = self._get_deliveries(self.order)
        chain = (delivery, self.bikes, self.wheels)
        self.assertEqual(
            [levels[f"{record._name},{record.id}"] for record in chain], [0, 1, 2]
        )
        self.assertIn("anufacturing orders: 2 rescheduled", answer["summary"])
        tree = self.env["mto.change.tree"]._make_tree(answer)
        columns = {column["name"]: column for column in tree["columns"]}
        self.assertEqual(
            list(columns),
            ["product", "document", "action", "after", "date_before", "date", "reason"],
        )
        self.assertFalse(columns["date"].get("optional"))
        row = tree["rows"][levels[f"{self.bikes._name},{self.bikes.id}"]]
        before = self.bikes.date_finished
        self.assertEqual(row["cells"]["date_before"], str(before))
        self.assertEqual(row["cells"]["date"], str(before + 6 * DAY))

    def test_written_by_code(self):
        before = self._read()
        self.order.commitment_date = BASE + 4 * DAY
        self.assertEqual(self._read(), [date + 4 * DAY for date in before])

    def test_switched_off(self):
        """As in Odoo: the deadline follows, and nothing else."""
        self.company.order_change_rules = False
        before = self._read()
        self.order.commitment_date = BASE + 4 * DAY
        self.assertEqual(self._read(), before)

    def test_what_others_need_stays(self):
        """Bolts of two orders come for the first of them."""
        need = self.wheels.move_raw_ids.date
        other = self._create_order((self.bolt, 1), commitment_date=need + 2 * DAY)
        demand = self._get_deliveries(other)
        demand.date = need + 2 * DAY
        (self._get_lines(self.bolt) - self.bolts).order_id.button_cancel()
        self.bolts.product_qty += 1
        demand.write(
            {
                "procure_method": "make_to_order",
                "created_purchase_line_ids": self.bolts.ids,
            }
        )
        before = self.bolts.date_planned
        self._apply(self.order, self._date(9))
        self.assertEqual(self.bolts.date_planned - before, 2 * DAY)

    def test_started_stays_and_is_decided(self):
        """Earlier than what was begun can be: its owner is asked."""
        self._start(self.bikes)
        before = self._read()
        preview = self._preview(self.order, self._date(-8))
        self.assertEqual(self._get_row(preview, self.bikes)["action"], "decide")
        self._apply(self.order, self._date(-8))
        self.assertEqual(self._read()[1:], before[1:])
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, self.bikes.id)
        self.assertTrue(issue.owner_id)
        issue.action_run("change_stay")
        self.assertEqual(issue.state, "closed")

    def test_started_and_later_is_no_problem(self):
        self._start(self.bikes)
        self._apply(self.order, self._date(8))
        self.assertFalse(self._get_issues("change_decision"))

    def test_confirmed_purchase_stays_and_is_decided(self):
        self.bolts.order_id.button_confirm()
        before = self.bolts.date_planned
        preview = self._preview(self.order, self._date(8))
        self.assertEqual(self._get_row(preview, self.bolts)["action"], "decide")
        self._apply(self.order, self._date(8))
        self.assertEqual(self.bolts.date_planned, before)
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, self.bolts.order_id.id)
        self._receive(self.bolt)
        self.assertEqual(issue.state, "closed")

    def test_planned_by_hand_stays(self):
        """Whoever placed an order in time is asked before it moves."""
        center = self.env["mrp.workcenter"].create({"name": "Bench"})
        self._get_productions(self.bike).workorder_ids = [
            Command.create({"name": "Build", "workcenter_id": center.id})
        ]
        self.bikes.button_plan()
        before = self.bikes.date_start
        preview = self._preview(self.order, self._date(-8))
        row = self._get_row(preview, self.bikes)
        self.assertEqual(row["action"], "decide")
        self.assertIn("by hand", row["reason"])
        self._apply(self.order, self._date(-8))
        self.assertEqual(self.bikes.date_start, before)

    def test_a_row_is_kept(self):
        before = self._read()
        node = f"mrp.production,{self.bikes.id}"
        self._apply(
            self.order,
            self._date(8),
            decisions=[{"node": node, "action": "keep_surplus"}],
        )
        self.assertEqual(self._read()[0], before[0] + 8 * DAY)
        self.assertEqual(self._read()[1:], before[1:])

    def test_never_before_today(self):
        """What cannot be sooner begins now, and comes late: told and asked."""
        now = datetime.now().replace(microsecond=0)
        change = {"commitment_date": str(now + DAY)}
        preview = self._preview(self.order, change)
        self.assertIn(
            "after it is needed", self._get_row(preview, self.bolts)["reason"]
        )
        self._apply(self.order, change)
        self.assertGreaterEqual(self.bolts.date_planned, now + 2 * DAY)
        self.assertTrue(self._get_issues("change_decision"))

    def test_date_and_quantity_at_once(self):
        before = self._read()
        change = {"line_id": self.order.order_line.id, "quantity": 1}
        self._apply(self.order, change, self._date(5))
        self.assertEqual(self._read(), [date + 5 * DAY for date in before])
        self.assertEqual(self.bikes.product_qty, 1)

    def test_cancelled_documents_have_no_date(self):
        change = {"line_id": self.order.order_line.id, "cancel": True}
        preview = self._apply(self.order, change, self._date(5))
        self.assertEqual(self._get_row(preview, self.bikes)["action"], "cancel")
        self.assertEqual(self.bikes.state, "cancel")

    def test_stale_dates(self):
        """Somebody moved what would be moved: refused with its name."""
        preview = self._preview(self.order, self._date(5))
        self.wheels.date_start += DAY
        with self.assertRaisesRegex(UserError, self.wheels.name):
            self.order.apply_change([self._date(5)], preview["fingerprint"])

    # Other changes

    def test_address(self):
        partner = self.env["res.partner"].create(
            {"name": "Yard", "parent_id": self.customer.id, "type": "delivery"}
        )
        change = {"partner_shipping_id": partner.id}
        delivery = self._get_deliveries(self.order)
        row = self._get_row(self._preview(self.order, change), delivery)
        self.assertIn("Yard", row["reason"])
        self._apply(self.order, change)
        self.assertEqual(delivery.picking_id.partner_id, partner)
        self.assertEqual(self.order.partner_shipping_id, partner)

    def test_salesperson(self):
        """Who only sells makes every kind of change: all of it follows."""
        other = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NOR", "company_id": self.company.id}
        )
        address = self.env["res.partner"].create(
            {"name": "Yard", "parent_id": self.customer.id, "type": "delivery"}
        )
        self.order.user_id = seller = self._create_user("sales")
        order = self.order.with_user(seller)
        line = order.order_line
        for change in (
            {"line_id": line.id, "quantity": 4},
            {"product_id": self.wheel.id, "quantity": 3},
            self._date(5),
            {"partner_shipping_id": address.id},
            {"warehouse_id": other.id},
            {"line_id": line.id, "product_id": self.wheel.id},
        ):
            with self.subTest(change=change):
                self.env.flush_all()
                self.env.invalidate_all()
                self._apply(order, change)
        made = self._get_productions(self.wheel)
        self.assertEqual(made.picking_type_id.warehouse_id, other)
        self.assertEqual(sum(made.mapped("product_qty")), 7)
        order.action_cancel()
        self.assertFalse(self._get_made(self.wheel))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._get_made(self.wheel), 7)

    def test_warehouse(self):
        """All is stopped in one warehouse and ordered for the other."""
        other = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NOR", "company_id": self.company.id}
        )
        change = {"warehouse_id": other.id}
        preview = self._preview(self.order, change)
        self.assertEqual(self._get_row(preview, self.bikes)["action"], "cancel")
        new = [row for row in preview["documents"] if row["action"] == "increase"]
        self.assertIn(
            ("mrp.production", 2.0), [(r["model"], r["quantity_after"]) for r in new]
        )
        self._apply(self.order, change)
        self.assertEqual(self.bikes.state, "cancel")
        made = self._get_productions(self.bike)
        self.assertEqual(made.product_qty, 2)
        self.assertEqual(made.picking_type_id.warehouse_id, other)
        delivery = self._get_deliveries(self.order)
        self.assertEqual(delivery.location_id.warehouse_id, other)
        self.assertEqual(sum(delivery.mapped("product_uom_qty")), 2)
        self.assertEqual(self.order.warehouse_id, other)
        self.assertServed(self.bike, self.wheel)
        with self.assertRaisesRegex(UserError, "warehouse first"):
            self._preview(
                self.order, {"warehouse_id": self.warehouse.id}, self._date(3)
            )

    def test_warehouse_after_a_part_was_delivered(self):
        self._add_stock(self.bike, 1)
        delivery = self._get_deliveries(self.order)
        delivery.procure_method = "make_to_stock"
        self._move(delivery.picking_id, 1)
        other = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NOR", "company_id": self.company.id}
        )
        self._apply(self.order, {"warehouse_id": other.id})
        moves = self._get_deliveries(self.order).filtered(lambda m: m.state != "done")
        self.assertEqual(moves.location_id.warehouse_id, other)
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1)

    def test_another_variant(self):
        """What is not delivered yet becomes a line of the other product."""
        change = {"line_id": self.order.order_line.id, "product_id": self.wheel.id}
        preview = self._apply(self.order, change)
        self.assertEqual(self._get_row(preview, self.bikes)["action"], "cancel")
        self.assertEqual(
            [
                (line.product_id, line.product_uom_qty)
                for line in self.order.order_line.sorted("id")
            ],
            [(self.bike, 0), (self.wheel, 2)],
        )
        self.assertEqual(self._get_made(self.wheel), 2)
        self.assertEqual(self._get_purchased(self.bolt), 8)
        self.assertServed(self.wheel, self.bolt)
        with self.assertRaisesRegex(UserError, "ordered already"):
            line = self.order.order_line[-1:]
            self._preview(
                self.order, {"line_id": line.id, "product_id": line.product_id.id}
            )
