from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestLineDates(PromiseCommon):
    """A wanted and a promised date for each order line."""

    def test_line_without_dates_follows_its_order(self):
        order = self._create_order((self.bike, 1), commitment_date=self._in_days(40))
        line = order.order_line
        self.assertFalse(line.promised_date or line.wanted_date or line.planned_date)
        self.assertEqual(line._get_promise_date(), self._in_days(40))
        self.assertEqual(self._get_delivery(line).date_deadline, self._in_days(40))

    def test_promised_goes_before_wanted_before_the_order(self):
        order = self._create_order(
            (self.bike, 1, {"wanted_date": self._in_days(30)}),
            commitment_date=self._in_days(40),
        )
        line = order.order_line
        self.assertEqual(line._get_promise_date(), self._in_days(30))
        line.promised_date = self._in_days(35)
        self.assertEqual(line._get_promise_date(), self._in_days(35))
        self.assertEqual(order.commitment_date, self._in_days(40))

    def test_lists_tell_the_promise_of_the_line(self):
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30)}),
            (self.wheel, 1),
            commitment_date=self._in_days(40),
        )
        self._refresh()
        bike, wheel = order.order_line
        self.assertEqual(self._get_row(bike).promise_date, self._in_days(30))
        self.assertEqual(self._get_row(wheel).promise_date, self._in_days(40))
        bike.promised_date = self._in_days(33)
        self.assertEqual(self._get_row(bike).promise_date, self._in_days(33))
        self._refresh()
        made = self._get_productions(self.bike)
        self.assertEqual(made.customer_promise_date, self._in_days(33))

    def test_factory_works_towards_the_promise_of_the_line(self):
        self.company.security_lead = 2
        self._create_bom(
            product := self._create_product("Frame", "make_to_order"),
            [(self.bolt, 1)],
            produce_delay=5,
        )
        self._create_order(
            (product, 1, {"promised_date": self._in_days(30)}),
            commitment_date=self._in_days(60),
        )
        made = self._get_productions(product)
        self.assertEqual(made.date_deadline, self._in_days(30))
        self.assertEqual(made.date_start, self._in_days(30 - 2 - 5))
        bolts = self._get_purchase_line(self.bolt)
        self.assertLessEqual(bolts.date_planned, made.date_start)

    # Deliveries

    def test_lines_of_different_days_leave_apart(self):
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30)}),
            (self.wheel, 1, {"promised_date": self._in_days(30)}),
            (self.bolt, 1),
            commitment_date=self._in_days(40),
        )
        bike, wheel, bolt = order.order_line
        self.assertEqual(
            self._get_delivery(bike).picking_id, self._get_delivery(wheel).picking_id
        )
        self.assertNotEqual(
            self._get_delivery(bike).picking_id, self._get_delivery(bolt).picking_id
        )
        self.assertEqual(
            self._get_delivery(bolt).picking_id.date_deadline, self._in_days(40)
        )
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.bolt.id,
                            "product_uom_qty": 3,
                            "promised_date": self._in_days(30),
                        }
                    )
                ]
            }
        )
        self.assertEqual(
            self._get_delivery(order.order_line[3]).picking_id,
            self._get_delivery(bike).picking_id,
        )

    def test_one_delivery_where_the_customer_wants_one(self):
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30)}),
            (self.wheel, 1, {"promised_date": self._in_days(50)}),
            picking_policy="one",
        )
        self.assertEqual(len(order.picking_ids), 1)

    def test_without_dates_of_lines_one_transfer_as_core(self):
        order = self._create_order((self.bike, 1), (self.wheel, 1))
        self.assertEqual(len(order.picking_ids), 1)

    def test_two_step_delivery_follows_the_line(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30)}),
            (self.wheel, 1, {"promised_date": self._in_days(50)}),
        )
        bike, wheel = order.order_line
        self.assertFalse(
            self._get_delivery(bike).picking_id & self._get_delivery(wheel).picking_id
        )

    # Changes

    def test_new_promise_moves_deadlines_of_its_line_only(self):
        order = self._create_order(
            (self.bike, 1), (self.wheel, 1), commitment_date=self._in_days(40)
        )
        bike, wheel = order.order_line
        bike.promised_date = self._in_days(50)
        self.assertEqual(self._get_delivery(bike).date_deadline, self._in_days(50))
        self.assertEqual(self._get_delivery(wheel).date_deadline, self._in_days(40))
        order.commitment_date = self._in_days(45)
        self.assertEqual(self._get_delivery(bike).date_deadline, self._in_days(50))
        self.assertEqual(self._get_delivery(wheel).date_deadline, self._in_days(45))

    def test_production_is_due_when_it_is_promised(self):
        """Core leaves the deadline of the order where it was."""
        order = self._create_order((self.bike, 1), commitment_date=self._in_days(40))
        made = self._get_productions(self.bike)
        start = made.date_start
        order.order_line.promised_date = self._in_days(30)
        self.assertEqual(made.date_deadline, self._in_days(30))
        self.assertEqual(made.date_start, start)
        self.assertTrue(made.is_delayed)

    def test_lead_time_moves_no_promise(self):
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30)}), (self.wheel, 1)
        )
        bike, wheel = order.order_line
        order.order_line.customer_lead = 77
        self.assertEqual(self._get_delivery(bike).date_deadline, self._in_days(30))
        self.assertEqual(
            self._get_delivery(wheel).date_deadline,
            order.date_order + timedelta(days=77),
        )

    def test_copies_carry_no_dates(self):
        order = self._create_order(
            (self.bike, 1, {"promised_date": self._in_days(30), "promise_weeks": 3})
        )
        line = order.copy().order_line
        self.assertFalse(line.promised_date or line.wanted_date or line.promise_weeks)

    def test_weeks_count_from_the_order(self):
        order = self._create_order((self.bike, 1), confirm=False, promise_weeks=4)
        line = order.order_line
        self.assertAlmostEqual(
            line._get_promise_date(), self._in_days(28), delta=timedelta(minutes=5)
        )
        line.promise_weeks = 6
        self.assertAlmostEqual(
            line._get_promise_date(), self._in_days(42), delta=timedelta(minutes=5)
        )
        with self.assertRaises(Exception), self.cr.savepoint():
            line.promise_weeks = -1
            line.flush_recordset()


@tagged("post_install", "-at_install")
class TestTwoParts(PromiseCommon):
    """ "Deliver in two parts" makes two lines of one."""

    def _split(self, line, quantity, first=20, second=40):
        return line._split_delivery(
            quantity, self._in_days(first), self._in_days(second)
        )

    def test_quotation_keeps_price_discount_and_taxes(self):
        tax = self.env["account.tax"].create({"name": "Test 7%", "amount": 7})
        order = self._create_order(
            (
                self.bike,
                20,
                {
                    "price_unit": 123,
                    "discount": 10,
                    "tax_ids": [Command.set(tax.ids)],
                    "name": "Bike, red",
                },
            ),
            confirm=False,
        )
        total = order.amount_total
        line = order.order_line
        second = self._split(line, 14)
        self.assertEqual((line.product_uom_qty, second.product_uom_qty), (14, 6))
        for part in line | second:
            self.assertEqual((part.price_unit, part.discount), (123, 10))
            self.assertEqual((part.tax_ids, part.name), (tax, "Bike, red"))
        self.assertAlmostEqual(order.amount_total, total, 2)
        self.assertEqual(line.promised_date, self._in_days(20))
        self.assertEqual(second.promised_date, self._in_days(40))
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(
            sorted(order.picking_ids.mapped("date_deadline")),
            [self._in_days(20), self._in_days(40)],
        )

    def test_impossible_parts_are_refused(self):
        line = self._create_order((self.bike, 5), confirm=False).order_line
        for quantity in (0, 5, 7, -1):
            with self.assertRaises(UserError):
                self._split(line, quantity)

    def test_confirmed_line_orders_nothing_new(self):
        order = self._create_order((self.bike, 10), commitment_date=self._in_days(30))
        line = order.order_line
        bikes, bolts = self._get_productions(self.bike), self._get_purchased(self.bolt)
        second = self._split(line, 6)
        self.assertEqual((line.product_uom_qty, second.product_uom_qty), (6, 4))
        self.assertEqual(self._get_productions(self.bike), bikes)
        self.assertEqual(bikes.product_qty, 10)
        self.assertEqual(self._get_purchased(self.bolt), bolts)
        self.assertEqual(self._get_delivery(line).product_uom_qty, 6)
        self.assertEqual(self._get_delivery(second).product_uom_qty, 4)
        self.assertNotEqual(
            self._get_delivery(line).picking_id, self._get_delivery(second).picking_id
        )
        self.assertEqual(self._get_delivery(second).date_deadline, self._in_days(40))
        self.assertEqual(
            self._get_delivery(second).move_orig_ids,
            self._get_delivery(line).move_orig_ids,
        )
        rows = self._get_rows(order)
        self.assertEqual(rows["mrp.production", "Bike", "confirmed"], (10, 10))
        second.product_uom_qty = 5
        self.assertEqual(sum(self._get_delivery(second).mapped("product_uom_qty")), 5)
        self.assertEqual(
            sum(self._get_productions(self.bike).mapped("product_qty")), 11
        )

    def test_confirmed_line_from_stock_stays_reserved(self):
        frame = self._create_product("Frame", on_hand=10)
        order = self._create_order((frame, 10))
        line = order.order_line
        order.picking_ids.action_assign()
        second = self._split(line, 4)
        self.assertEqual(line.move_ids.quantity, 4)
        self.assertEqual(second.move_ids.quantity, 6)
        self.assertEqual(len(order.picking_ids), 2)

    def test_two_step_delivery_is_divided_at_each_step(self):
        self.warehouse.delivery_steps = "pick_ship"
        frame = self._create_product("Frame", on_hand=10)
        order = self._create_order((frame, 10))
        line = order.order_line
        second = self._split(line, 4)
        self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 4)
        self.assertEqual(sum(second.move_ids.mapped("product_uom_qty")), 6)

    def test_delivered_part_stays_in_the_first_line(self):
        frame = self._create_product("Frame", on_hand=10)
        order = self._create_order((frame, 10))
        line, delivery = order.order_line, order.picking_ids
        delivery.action_assign()
        delivery.move_ids.write({"quantity": 3, "picked": True})
        delivery.with_context(skip_backorder=True).button_validate()
        self.assertEqual(line.qty_delivered, 3)
        with self.assertRaises(UserError):
            self._split(line, 2)
        second = self._split(line, 5)
        self.assertEqual((line.product_uom_qty, second.product_uom_qty), (5, 5))
        self.assertEqual((line.qty_delivered, second.qty_delivered), (3, 0))

    def test_dialog_splits_the_line(self):
        order = self._create_order((self.bike, 4), confirm=False)
        action = order.order_line.action_split_delivery()
        wizard = self.env[action["res_model"]].create(
            {
                **{
                    key.removeprefix("default_"): value
                    for key, value in action["context"].items()
                },
                "quantity": 1,
                "first_date": self._in_days(5),
                "second_date": self._in_days(9),
            }
        )
        self.assertEqual(wizard.rest, 3)
        wizard.action_split()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 3])
