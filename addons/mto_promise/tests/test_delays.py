from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..wizards import mto_date_move_wizard
from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestDelays(PromiseCommon):
    """What really happens reaches the customer's order, at every depth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order((cls.bike, 2), commitment_date=cls._in_days(30))
        cls.line = cls.order.order_line
        cls.planner = cls._create_user("planner")

    def setUp(self):
        super().setUp()
        self.purchase = self._get_purchase_line(self.bolt).order_id
        self.bolts = self.purchase.order_line

    def _buy(self):
        self.purchase.button_confirm()
        return self.purchase.picking_ids

    def _get_delay(self, live=False):
        self._refresh()
        self.env.invalidate_all()
        return self.line._get_delays(live)[self.line]

    def _open_issues(self, kind):
        settings = self.env["operation.exception.setting"]._complete()
        settings = self.env["operation.exception.setting"].search(
            [("detector", "=", f"operation.exception.detector.{kind}")]
        )
        settings.mode = "open"
        return settings

    def _get_issues(self, code):
        return self.env["operation.exception"].search(
            [("type_id.code", "=", code), ("state", "!=", "closed")]
        )

    def test_on_time(self):
        delay = self._get_delay()
        self.assertEqual(delay["days_late"], 0)
        self.assertFalse(self.line.days_late)

    # 4.6: core moves the deadline of a receipt only; the order is blind

    def test_vendor_moves_a_confirmed_date(self):
        receipt = self._buy()
        self._refresh()
        planned = receipt.scheduled_date
        before = self.bolts.date_planned
        self.bolts.date_planned = self._in_days(60)
        self.assertEqual(receipt.scheduled_date, planned, "core moves it now")
        delay = self._get_delay()
        self.assertGreater(delay["days_late"], 28)
        self.assertGreaterEqual(delay["projected_date"], self._in_days(60))
        self.assertEqual(delay["document"], self.purchase)
        for name in (receipt.name, "Vendor"):
            self.assertIn(name, delay["message"])
        for made in self._get_productions(self.bike | self.wheel):
            if made.product_id == self.wheel:
                self.assertIn(made.name, delay["message"])
        self.assertIn(self.line._format_day(before), delay["message"])
        self.assertIn(self.line._format_day(self._in_days(60)), delay["message"])
        self.assertEqual(self.line.delay_message, delay["message"])

    def test_what_is_not_ordered_needs_its_whole_lead_time(self):
        """4.4: confirmed for today, the purchase should have been sent long ago."""
        slow = self._create_part("Motor", "make_to_order", delay=40)
        self.order = self._create_order((slow, 1), commitment_date=self._in_days(3))
        self.line = self.order.order_line
        delay = self._get_delay()
        self.assertGreater(delay["days_late"], 35)
        purchase = self._get_purchase_line(slow).order_id
        self.assertIn(purchase.name, delay["message"])

    def test_vendor_comes_earlier_again(self):
        self._buy()
        self.bolts.date_planned = self._in_days(60)
        self.assertTrue(self._get_delay()["days_late"])
        self.bolts.date_planned = self._in_days(5)
        self.assertFalse(self._get_delay()["days_late"])

    def test_receipt_date_set_by_hand_counts(self):
        receipt = self._buy()
        receipt.scheduled_date = self._in_days(70)
        self.assertTrue(receipt.is_date_by_hand)
        self.assertGreater(self._get_delay()["days_late"], 38)

    def test_child_order_late_reaches_the_delivery(self):
        """4.6: core tells the parent order, not the delivery two levels above."""
        wheel = self._get_productions(self.wheel)
        wheel.date_start = self._in_days(50)
        delay = self._get_delay()
        self.assertGreater(delay["days_late"], 18)
        self.assertEqual(delay["document"], wheel)
        self.assertIn(wheel.name, delay["message"])

    # Receipts

    def test_short_receipt_waits_for_the_rest(self):
        receipt = self._buy()
        receipt.move_ids[0].write({"quantity": 1, "picked": True})
        receipt.with_context(skip_backorder=True).button_validate()
        rest = receipt.backorder_ids
        self.bolts.date_planned = self._in_days(60)
        delay = self._get_delay()
        self.assertGreater(delay["days_late"], 28)
        self.assertIn(rest.name, delay["message"])

    def test_returned_receipt_is_missing_again(self):
        receipt = self._buy()
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertFalse(self._get_delay()["days_late"])
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.button_validate()
        self._refresh()
        row = self.env["mto.order.progress"].search(
            [("sale_line_id", "=", self.line.id)]
        )
        self.assertTrue(row.is_missing or self._get_delay()["days_late"])
        self.assertIn("Bolt", self._get_delay()["message"])

    # Work

    def _add_operation(self, product, minutes=60):
        center = self.env["mrp.workcenter"].create(
            {"name": f"Machine for {product.name}", "time_start": 0, "time_stop": 0}
        )
        product.bom_ids.operation_ids = [
            Command.create(
                {
                    "name": "Work",
                    "workcenter_id": center.id,
                    "time_mode": "manual",
                    "time_cycle_manual": minutes,
                }
            )
        ]
        return center

    def _sell_worked(self, days=30):
        frame = self._create_product("Frame", "make_to_order")
        part = self._create_part("Tube", "make_to_order", on_hand=100)
        part.supply_policy = "make_to_stock"
        self._create_bom(frame, [(part, 1)], produce_delay=1)
        center = self._add_operation(frame)
        order = self._create_order((frame, 5), commitment_date=self._in_days(days))
        self.order, self.line = order, order.order_line
        return center, self._get_productions(frame)

    def test_machine_away_moves_the_order(self):
        center, made = self._sell_worked()
        self._refresh()
        self.assertFalse(self._get_delay()["days_late"])
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Repair",
                "resource_id": center.resource_id.id,
                "calendar_id": center.resource_calendar_id.id,
                "date_from": made.date_start - timedelta(hours=1),
                "date_to": made.date_start + timedelta(days=10),
            }
        )
        delay = self._get_delay()
        self.assertGreaterEqual(delay["days_late"], 9)
        self.assertIn(center.name, delay["message"])
        self.assertIn(self.line._format_day(leave.date_to), delay["message"])
        leave.unlink()
        self.assertFalse(self._get_delay()["days_late"])

    def test_planned_behind_the_absence_names_the_machine(self):
        center, made = self._sell_worked(days=3)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Repair",
                "resource_id": center.resource_id.id,
                "calendar_id": center.resource_calendar_id.id,
                "date_from": self._in_days(-1),
                "date_to": self._in_days(10),
            }
        )
        made.button_plan()
        self.assertGreaterEqual(made.date_start, self._in_days(10))
        delay = self._get_delay()
        self.assertGreater(delay["days_late"], 5)
        self.assertIn(center.name, delay["message"])
        live = self._get_delay(live=True)
        self.assertTrue(live.pop("path"))
        self.assertEqual(live, {key: delay[key] for key in live})

    def test_blocked_machine_is_told(self):
        center, made = self._sell_worked(days=3)
        made.date_start = self._in_days(-4)
        loss = self.env["mrp.workcenter.productivity.loss"].search(
            [("loss_type", "=", "availability")], limit=1
        )
        self.env["mrp.workcenter.productivity"].create(
            {"workcenter_id": center.id, "loss_id": loss.id}
        )
        center.invalidate_recordset()
        self.assertEqual(center.working_state, "blocked")
        delay = self._get_delay()
        self.assertIn(center.name, delay["message"])
        self.assertIn("blocked", delay["message"])

    def test_running_order_needs_the_rest_of_its_time(self):
        _center, made = self._sell_worked()
        made.write({"date_start": self._in_days(-10)})
        made.workorder_ids.button_start()
        made.date_finished = self._in_days(-5)
        self.assertEqual(made.state, "progress")
        half = self._get_delay()["projected_date"]
        self.assertGreaterEqual(half, self._in_days(4))

    # Open issues

    def test_late_promise_and_delayed_supply_within_a_minute(self):
        """The queue opens them; nobody waits for the hourly look."""
        self.order.user_id = self._create_user("sales")
        self.purchase.user_id = self._create_user("purchasing")
        self._open_issues("late.promise")
        self._open_issues("delayed.supply")
        self._buy()
        self._refresh()
        self.assertFalse(self._get_issues("late_promise"))
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        late = self._get_issues("late_promise")
        self.assertEqual(
            (late.document, late.owner_id), (self.order, self.order.user_id)
        )
        self.assertIn("Vendor", late.description)
        self.assertGreater(late.impact_days, 15)
        supply = self._get_issues("delayed_supply")
        self.assertEqual(supply.document, self.purchase)
        self.assertEqual(supply.owner_id, self.purchase.user_id)
        self.assertEqual(supply.impact_ids.res_id, self.order.id)
        self.assertEqual(
            [action["code"] for action in late.get_actions()[0]["actions"]],
            ["open_document", "renew_promises", "tell_customer"],
        )
        # Promised anew: both are over.
        self.line.promised_date = self._in_days(70)
        self._refresh()
        self.assertFalse(
            self._get_issues("late_promise") | self._get_issues("delayed_supply")
        )

    def test_documents_tell_their_open_issues(self):
        """A button on each document that an issue is about, for employees only."""
        self._open_issues("delayed.supply")
        self._buy()
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        issue = self._get_issues("delayed_supply")
        for document in (self.order, self.purchase):
            self.assertEqual(document.open_issue_count, 1)
            action = document.action_view_open_issues()
            self.assertEqual(self.env[issue._name].search(action["domain"]), issue)
        made = self._get_productions(self.bike)
        self.assertFalse(made.open_issue_count)
        customer = new_test_user(self.env, "customer", groups="base.group_portal")
        for document in (self.order, self.purchase, made, self.purchase.picking_ids):
            arch = document.get_view(view_type="form")["arch"]
            self.assertIn('name="action_view_open_issues"', arch)
            told = document.with_user(customer)
            field = told._fields["open_issue_count"]
            self.assertFalse(told._has_field_access(field, "read"))

    def test_observing_opens_nothing(self):
        self._buy()
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        self.assertFalse(self._get_issues("late_promise"))
        self.env["operation.exception.setting"]._complete()
        settings = self.env["operation.exception.setting"].search(
            [("detector", "=", "operation.exception.detector.late.promise")]
        )
        settings.action_run()
        mine = settings.filtered(lambda s: s.company_id == self.company)
        self.assertEqual((mine.mode, mine.found_count), ("observe", 1))
        self.assertFalse(self._get_issues("late_promise"))

    def test_slack_and_small_slips_are_silent(self):
        self._open_issues("late.promise")
        self._buy()
        self._refresh()
        self.bolts.date_planned = self._in_days(25)
        self._refresh()
        self.assertFalse(self._get_issues("late_promise"))
        row = self.env["mto.order.progress"].search(
            [("sale_line_id", "=", self.line.id)]
        )
        monday = self.now + timedelta(days=30 - self._in_days(30).weekday())
        row.write({"promise_date": monday, "expected_date": monday + timedelta(days=1)})
        self.assertFalse(row._is_worth_telling())
        row.expected_date = monday + timedelta(days=2)
        self.assertTrue(row._is_worth_telling())
        row.write(
            {
                "promise_date": monday + timedelta(days=4),
                "expected_date": monday + timedelta(days=7),
            }
        )
        self.assertFalse(row._is_worth_telling(), "a weekend is no delay")

    def test_only_orders_it_serves_are_projected_again(self):
        other = self._create_order((self.bike, 1), commitment_date=self._in_days(90))
        apart = self._create_part("Saddle", "make_to_order", delay=3)
        third = self._create_order((apart, 1), commitment_date=self._in_days(90))
        self._buy()
        self._refresh()
        progress = self.env["mto.order.progress"]
        seen = []

        def derive(self_, lines):
            seen.append(lines.order_id)
            return derive.super(self_, lines)

        derive.super = type(progress)._derive
        self.patch(type(progress), "_derive", derive)
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        self.assertIn(self.order, seen[0])
        self.assertNotIn(third, seen[0])
        self.assertTrue(other)

    # Moving dates

    def test_dates_are_proposed_and_moved_by_a_person(self):
        self._buy()
        wheel = self._get_productions(self.wheel)
        bike = self._get_productions(self.bike)
        for made in wheel | bike:
            made.is_date_by_hand = False
        start = wheel.date_start
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        self.assertEqual(wheel.date_start, start)
        wizard = self._propose_dates(self._get_row(self.line))
        rows = {row.name: row for row in wizard.line_ids}
        self.assertEqual(rows[wheel.display_name].served, self.order.name)
        self.assertTrue(rows[wheel.display_name].is_chosen)
        self.assertGreaterEqual(
            rows[wheel.display_name].proposed_date, self._in_days(60)
        )
        wizard.action_apply()
        self.assertGreaterEqual(wheel.date_start, self._in_days(60))
        self.assertFalse(wheel.is_date_by_hand)
        self.assertEqual(self.bolts.date_planned, self._in_days(60))

    def _propose_dates(self, records):
        """What a planner without rights on sales is proposed."""
        user = self.planner
        self.assertFalse(user.has_group("sales_team.group_sale_salesman"))
        action = records.with_user(user).action_move_dates()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_dates_of_several_orders_are_proposed_at_once(self):
        """What two orders wait for is moved once, for both."""
        other = self._create_order((self.bike, 1), commitment_date=self._in_days(90))
        self._buy()
        wheels = self._get_productions(self.wheel)
        bikes = self._get_productions(self.bike)
        for made in wheels | bikes:
            made.is_date_by_hand = False
        bolts = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        bolts.date_planned = self._in_days(100)
        self._refresh()
        rows = self._get_row(self.line) | self._get_row(other.order_line)
        wizard = self._propose_dates(rows)
        self.assertEqual(len(wizard.line_ids), len(set(wizard.line_ids.mapped("name"))))
        self.assertLessEqual(
            {self.order.name, other.name},
            {name for row in wizard.line_ids for name in row.served.split(", ")},
        )
        alone = self._propose_dates(self._get_row(self.line))
        names = {self.order.name}
        self.assertTrue(all(names & set(r.served.split(", ")) for r in alone.line_ids))

    def test_document_one_may_not_change_stays(self):
        """It says so before anything is applied; and is refused if it is ticked."""
        self._buy()
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        wheel = self._get_productions(self.wheel)
        wheel.is_date_by_hand = False
        self.env["ir.model.access"].search(
            [("model_id.model", "=", "mrp.production")]
        ).perm_write = False
        wizard = self._propose_dates(self._get_row(self.line))
        row = wizard.line_ids.filtered(lambda one: one.name == wheel.display_name)
        self.assertFalse(row.is_chosen)
        self.assertIn("no right", row.reason)
        row.is_chosen = True
        with self.assertRaises(AccessError):
            wizard.action_apply()

    def test_too_many_lines_are_refused(self):
        self.patch(mto_date_move_wizard, "MOST_LINES", 0)
        with self.assertRaises(UserError):
            self._propose_dates(self._get_row(self.line))

    def test_with_the_switch_dates_move_and_hands_are_respected(self):
        self.company.promise_move_dates = True
        self._buy()
        self._refresh()
        wheel = self._get_productions(self.wheel)
        bike = self._get_productions(self.bike)
        self.assertFalse((wheel | bike).filtered("is_date_by_hand"))
        by_hand = bike.date_start + timedelta(hours=3)
        bike.date_start = by_hand
        self.assertTrue(bike.is_date_by_hand)
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        self.assertGreaterEqual(wheel.date_start, self._in_days(60))
        self.assertEqual(bike.date_start, by_hand)
        self.assertGreaterEqual(self._get_delivery(self.line).date, self._in_days(60))
        self.assertEqual(self._get_delivery(self.line).date_deadline, self._in_days(30))
        self.assertEqual(self.bolts.date_planned, self._in_days(60))
        self.assertEqual(self.line._get_promise_date(), self._in_days(30))

    def test_started_order_stays(self):
        self.company.promise_move_dates = True
        self._buy()
        wheel = self._get_productions(self.wheel)
        wheel.qty_producing = 1
        self.assertIn(wheel.state, ("progress", "to_close"))
        start = wheel.date_start
        self.bolts.date_planned = self._in_days(60)
        self._refresh()
        self.assertEqual(wheel.date_start, start)
