from datetime import timedelta

from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestCoreDates(PromiseCommon):
    """Where Odoo's own dates stop, each with what is told instead.

    Odoo's half is asserted too: if a later version closes a gap, its test says so.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.security_lead = 0
        cls.motor = cls._create_part("Motor", "make_to_order", delay=30)
        cls.drive = cls._create_product("Drive", "make_to_order")
        cls.cargo = cls._create_product("Cargo bike", "make_to_order")
        cls.drive_bom = cls._create_bom(cls.drive, [(cls.motor, 1)], produce_delay=4)
        cls.cargo_bom = cls._create_bom(cls.cargo, [(cls.drive, 1)], produce_delay=2)

    def _quote(self, **vals):
        return self._create_order((self.cargo, 1), confirm=False, **vals)

    def _get_promise(self, order):
        return order.order_line._get_promises()[order.order_line]

    def _sell(self, days=60):
        order = self._create_order((self.cargo, 1), commitment_date=self._in_days(days))
        self._refresh()
        return order

    def _get_delay(self, order):
        self._refresh()
        self.env.invalidate_all()
        return order.order_line._get_delays()[order.order_line]

    # Lead times

    def test_lead_days_know_one_level(self):
        rule = self.env["stock.rule"]._get_rule(
            self.cargo, self.stock, {"warehouse_id": self.warehouse}
        )
        delays, _description = rule._get_lead_days(self.cargo)
        self.assertEqual(delays["manufacture_delay"], 2)
        self.assertEqual(delays["purchase_delay"], 0)
        promise = self._get_promise(self._quote())
        self.assertGreaterEqual(promise.feasible, self._in_days(36))

    def test_days_to_prepare_are_no_lead_time_of_an_order(self):
        """A number for reordering rules; the parts themselves say how long it takes."""
        before = self._get_promise(self._quote()).feasible
        self.cargo_bom.days_to_prepare_mo = 200
        order = self._quote()
        self.assertEqual(self._get_promise(order).feasible, before)
        order.commitment_date = self._in_days(60)
        order.action_confirm()
        made = self._get_productions(self.cargo)
        self.assertGreater(made.date_start, self._in_days(57))

    # The quotation

    def test_expected_date_is_a_number_on_the_product(self):
        order = self._quote()
        self.cargo.sale_delay = 3
        order.order_line.customer_lead = 3
        self.assertLess(order.expected_date, self._in_days(4))
        [answer] = order.get_promise()[0]["lines"]
        self.assertEqual(answer["limiting_component"], "Motor")
        self.assertGreater(answer["feasible_date"], str(self._in_days(35)))

    def test_wish_is_compared_with_that_number_only(self):
        order = self._quote(commitment_date=self._in_days(5))
        self.assertFalse(order._onchange_commitment_date())
        self.assertTrue(order.order_line.is_mto, "core never shows it in red")
        line = order.order_line
        found = order.read_typed_promise(
            {"id": order.id}, [{"key": "x", "id": line.id}]
        )
        self.assertEqual(found["answers"]["x"]["state"], "late")
        # Nor is it looked at when it is confirmed, by whatever way.
        order.order_line.promised_date = self._in_days(5)
        order.action_confirm()
        self.assertIn("earliest date", order.message_ids.mapped("body")[0])

    # After the confirmation

    def test_date_of_the_order_stops_before_the_manufacturing_order(self):
        order = self._sell()
        made = self._get_productions(self.cargo)
        before = made.date_deadline
        order.commitment_date = self._in_days(50)
        self.assertEqual(
            self._get_delivery(order.order_line).date_deadline.date(),
            self._in_days(50).date(),
        )
        self.assertEqual(made.date_deadline, before, "core moves it now")
        self.company.promise_move_dates = True
        order.commitment_date = self._in_days(45)
        self.assertEqual(made.date_deadline, self._in_days(45))

    def test_moved_order_leaves_its_parts_where_they_are(self):
        order = self._sell()
        made = self._get_productions(self.cargo)
        drive = self._get_productions(self.drive)
        before = drive.date_finished
        made.date_start = self._in_days(10)
        self.assertEqual(drive.date_finished, before, "core moves it now")
        # Its start is not believed: the drive comes when it comes.
        delay = self._get_delay(order)
        self.assertGreaterEqual(delay["projected_date"], before + timedelta(days=2))

    def test_alert_ends_at_the_next_document(self):
        order = self._sell()
        drive = self._get_productions(self.drive)
        made = self._get_productions(self.cargo)
        delivery = self._get_delivery(order.order_line).picking_id
        drive.date_start += timedelta(days=30)
        self.assertTrue(made.delay_alert_date)
        self.assertFalse(delivery.delay_alert_date, "core tells it now")
        self.assertFalse(order.late_availability)
        delay = self._get_delay(order)
        self.assertGreaterEqual(delay["days_late"], 25)
        self.assertEqual(delay["document"], drive)

    def test_moved_purchase_is_seen_by_nobody(self):
        order = self._sell()
        motor = self._get_purchase_line(self.motor)
        motor.order_id.button_confirm()
        receipt = motor.order_id.picking_ids
        drive = self._get_productions(self.drive)
        planned, words = receipt.scheduled_date, drive.components_availability
        motor.date_planned = self._in_days(100)
        self.env.invalidate_all()
        self.assertEqual(receipt.scheduled_date, planned, "core moves it now")
        self.assertFalse(drive.delay_alert_date)
        self.assertEqual(drive.components_availability, words)
        self.assertFalse(order.late_availability)
        delay = self._get_delay(order)
        self.assertGreaterEqual(delay["projected_date"], self._in_days(106))
        self.assertIn(receipt.name, delay["message"])
