from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form

from .common import SeatCase, waits_for


class TestMachineDown(SeatCase):
    """ "Maintenance-driven downtime": the sewing machine stands still."""

    def setUp(self):
        super().setUp()
        self.stock_parts_for(6)
        self.order = self.sell((self.seat, 6, 80))
        self.production = self.productions_of(self.order)
        self.by_planner = self.production.with_env(self.as_("planner"))
        self.by_planner.button_plan()
        self.work = self.production.workorder_ids

    def stop_machine(self, days):
        """The planner enters the downtime, from the planned start of the order on."""
        start = self.production.date_start - timedelta(hours=1)
        downtime = self.as_("planner")["resource.calendar.leaves"].create(
            {
                "name": "Motor repair",
                "resource_id": self.sewing.resource_id.id,
                "calendar_id": self.sewing.resource_calendar_id.id,
                "date_from": start,
                "date_to": start + timedelta(days=days),
            }
        )
        return downtime.with_env(self.env)

    def replan(self):
        """The planner takes the order out of the plan and plans it again."""
        self.by_planner.button_unplan()
        self.by_planner.button_plan()

    def ship_and_invoice(self, unit_cost):
        self.produce(self.production, 6)
        self.assertAmount(self.stock_value(self.seat), 6 * unit_cost)
        self.move_goods(self.order.picking_ids)
        invoice = self.invoice(self.order)
        self.assertAmount(invoice.amount_untaxed, 6 * 80)
        self.assertGoodsCost(invoice, 6 * unit_cost)

    def test_order_waits_for_the_repair(self):
        """10 days of repair: the plan moves behind them, beyond the order's date."""
        self.assertEqual(self.work.duration_expected, 60)
        self.assertEqual(self.production.date_start, self.work.date_start)
        self.assertLess(self.production.date_finished, self.order.commitment_date)
        self.assertFalse(self.production.is_delayed)
        planned = self.production.date_start

        downtime = self.stop_machine(10)
        self.replan()
        self.assertGreaterEqual(self.work.date_start, downtime.date_to)
        self.assertGreater(self.production.date_start, planned)
        self.assertEqual(self.production.date_finished, self.work.date_finished)
        self.assertGreater(self.production.date_finished, self.order.commitment_date)
        self.assertTrue(self.production.is_delayed)
        # The promise is still what the customer was told.
        self.assertEqual(
            self.order.picking_ids.date_deadline, self.order.commitment_date
        )
        self.assertEqual(self.production.date_deadline, self.order.commitment_date)
        self.ship_and_invoice(self.UNIT_COST)

    def test_other_machine_takes_over(self):
        """Another machine at 90.00 an hour keeps the date: a seat costs 5.00 more."""
        planned = self.production.date_start
        other = self.sewing.copy({"name": "Sewing, old machine", "costs_hour": 90})
        self.sewing.alternative_workcenter_ids = [Command.link(other.id)]
        self.stop_machine(10)
        self.replan()
        self.assertEqual(self.work.workcenter_id, other)
        self.assertEqual(self.production.date_start, planned)
        self.assertLess(self.production.date_finished, self.order.commitment_date)
        self.assertFalse(self.production.is_delayed)
        self.ship_and_invoice(self.UNIT_COST + 5)

    def test_machine_breaks_while_it_runs(self):
        """The shop floor blocks it; nobody can go on until the repair is done."""
        # The seconds this test runs are no minutes of work: they would cost money.
        self.startPatcher(freeze_time(fields.Datetime.now()))
        shop = self.as_("shop_floor")
        work = self.work.with_env(shop)
        work.button_start()
        self.assertEqual((work.state, self.production.state), ("progress", "progress"))
        dialog = Form(
            shop["mrp.workcenter.productivity"].with_context(
                default_workcenter_id=self.sewing.id
            ),
            "mrp.mrp_workcenter_block_wizard_form",
        )
        dialog.loss_id = shop.ref("mrp.block_reason1")
        dialog.description = "Motor burnt out"
        block = dialog.save()
        block.button_block()
        self.assertEqual(self.sewing.working_state, "blocked")
        self.assertFalse(self.work.time_ids.filtered(lambda time: not time.date_end))
        with self.assertRaisesRegex(UserError, "unblock the work center"):
            work.button_start()
        self.sewing.with_env(shop).unblock()
        self.assertEqual(self.sewing.working_state, "normal")
        self.assertTrue(block.date_end)
        work.button_start()
        work.button_finish()
        self.assertEqual(work.state, "done")
        # 72 minutes of work; the time of the repair costs the seats nothing.
        work.duration = 72
        self.produce(self.production, 6)
        self.assertEqual(self.production.qty_produced, 6)
        self.assertAmount(self.stock_value(self.seat), 6 * 26 + 72)
        self.move_goods(self.order.picking_ids)
        self.assertEqual(self.order.order_line.qty_delivered, 6)

    @waits_for(
        "sale.order",
        "get_promise",
        "delays travel to the customer's order (mto_promise)",
    )
    def test_customer_order_hears_of_the_downtime(self):
        """The order shows the projected date, the days late and the machine."""
        self.stop_machine(10)
        self.replan()
        promise = self.order.with_env(self.as_("sales")).get_promise()[0]["lines"][0]
        self.assertGreater(promise["days_late"], 0)
        self.assertGreater(promise["projected_date"], promise["promised_date"])
        self.assertIn(self.sewing.name, promise["message"])
