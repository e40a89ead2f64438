from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.mto_change.tests.common import ChangeCommon
from odoo.addons.mto_promise.tests.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestChangePromise(ChangeCommon, PromiseCommon):
    """When more can be had is told before the order is changed.

    Bolts take 3 days to come, wheels and bikes a day each to be made.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boms = (cls.wheel | cls.bike).bom_ids
        boms.produce_delay = 1
        cls.order = cls._create_order((cls.bike, 2), commitment_date=cls._in_days(20))
        cls.line = cls.order.order_line

    def _raise(self, quantity=5, order=None):
        order = order or self.order
        return self._preview(
            order, {"line_id": order.order_line[:1].id, "quantity": quantity}
        )

    def _tell_day(self, moment):
        return self.env["mto.promise"]._format_moment(moment)

    def _get_earliest(self):
        """Bolts 3 days, wheels 1, bikes 1: until work ends on that day, at midnight."""
        return self._in_days(6).replace(hour=0, minute=0)

    def _promise_at(self, days):
        self.line.promised_date = self._in_days(days)

    def test_in_time(self):
        answer = self._raise()
        self.assertIn("the promise can be kept", answer["summary"])
        row = self._get_row(answer, self.line)
        wanted = fields.Datetime.to_string(self._in_days(20))
        self.assertEqual((row["date_before"], row["date_after"]), (wanted, wanted))
        self.assertNotIn("is_late", row)

    def test_later_than_promised(self):
        """3 more cannot be there tomorrow: the bolts decide, and are named."""
        self._promise_at(1)
        answer = self._raise()
        earliest = self._get_earliest()
        self.assertIn(
            f"3 Units Bike more on {self._tell_day(earliest)}, not as promised on "
            f"{self._tell_day(self._in_days(1))} (Bolt: ",
            answer["summary"],
        )
        row = self._get_row(answer, self.line)
        self.assertTrue(row["is_late"])
        self.assertEqual(
            (row["date_before"], row["date_after"]),
            tuple(
                fields.Datetime.to_string(moment)
                for moment in (self._in_days(1), earliest)
            ),
        )
        self.assertIn("Bolt: ", row["reason"])

    def test_as_a_quotation_would_be_told(self):
        self._promise_at(1)
        quotation = self._create_order((self.bike, 3), confirm=False)
        told = quotation.get_promise()[0]["lines"][0]
        row = self._get_row(self._raise(), self.line)
        self.assertEqual(row["date_after"], told["feasible_date"])
        self.assertIn(told["message"], row["reason"])

    def test_from_stock(self):
        """What is free is there at once, whatever the structure needs."""
        self.bike.supply_policy = "stock_then_order"
        self._add_stock(self.bike, 10)
        order = self._create_order((self.bike, 2), commitment_date=self._in_days(1))
        summary = self._raise(order=order)["summary"]
        self.assertIn("the promise can be kept", summary)

    def test_nothing_was_promised(self):
        self.order.commitment_date = False
        summary = self._raise()["summary"]
        day = self._tell_day(self._get_earliest())
        self.assertIn(f"3 Units Bike more on {day} (Bolt: ", summary)

    def test_without_vendor(self):
        self.bolt.seller_ids.unlink()
        answer = self._raise()
        self.assertIn(
            "3 Units Bike more: No date: Bolt has no vendor", answer["summary"]
        )
        row = self._get_row(answer, self.line)
        self.assertTrue(row["is_late"])
        self.assertFalse(row["date_after"])

    def test_less_is_there_as_promised(self):
        self._promise_at(1)
        self.assertIn("promise unchanged", self._raise(1)["summary"])

    def test_added_line(self):
        """A new line is wanted with its order; services are no question of dates."""
        self.order.commitment_date = self._in_days(1)
        fee = self.env["product.product"].create({"name": "Fee", "type": "service"})
        answer = self._preview(
            self.order,
            {"product_id": fee.id, "quantity": 1},
            {"product_id": self.wheel.id, "quantity": 4},
        )
        self.assertIn("4 Units Wheel more on ", answer["summary"])
        rows = {row["product"]: row for row in answer["documents"] if not row["level"]}
        self.assertTrue(rows["Wheel"]["is_late"])
        self.assertNotIn("is_late", rows["Fee"])

    def test_several_lines(self):
        """The last one is told, and how many others are late; they share the stock."""
        order = self._create_order(
            (self.bike, 2), (self.wheel, 2), commitment_date=self._in_days(1)
        )
        bike, wheel = order.order_line
        answer = self._preview(
            order,
            {"line_id": bike.id, "quantity": 4},
            {"line_id": wheel.id, "quantity": 4},
        )
        self.assertIn("2 Units Bike more on ", answer["summary"])
        self.assertIn("other lines later than promised: 1", answer["summary"])

    def test_in_the_unit_of_the_line(self):
        self._promise_at(1)
        order = self._create_order((self.bike, 12), commitment_date=self._in_days(1))
        order.order_line.product_uom_id = self.dozen
        order.order_line.product_uom_qty = 1
        self.assertIn("12 Units Bike more on ", self._raise(2, order)["summary"])

    def test_another_date_as_well(self):
        """The date that is asked for with the quantity is the one to be kept."""
        self._promise_at(1)
        answer = self._preview(
            self.order,
            {
                "line_id": self.line.id,
                "quantity": 5,
                "date": fields.Datetime.to_string(self._in_days(20)),
            },
        )
        self.assertIn("the promise can be kept", answer["summary"])

    def test_another_warehouse(self):
        """All that is not delivered is asked for where it shall come from."""
        other = self.env["stock.warehouse"].create({"name": "West", "code": "WEST"})
        self._promise_at(1)
        answer = self._preview(self.order, {"warehouse_id": other.id})
        self.assertIn("2 Units Bike more on ", answer["summary"])
        self._add_stock(self.bike, 2, other.lot_stock_id)
        self.bike.supply_policy = "make_to_stock"
        answer = self._preview(self.order, {"warehouse_id": other.id})
        self.assertIn("the promise can be kept", answer["summary"])

    def test_on_the_screen(self):
        """A salesperson reads it in the dialog, the late line is marked."""
        self._promise_at(1)
        seller = self._create_user("sales")
        self.order.user_id = seller
        action = self.order.with_user(seller).action_open_change()
        change = (
            self.env[action["res_model"]].with_user(seller).browse(action["res_id"])
        )
        with Form(change) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 5
            self.assertIn("not as promised on", form.summary)
            self.assertTrue(form.tree["rows"][0]["problem"])
        change.action_apply()
        self.assertEqual(self.line.product_uom_qty, 5)

    def test_queries_do_not_grow_with_lines(self):
        def count(lines):
            order = self._create_order(*[(self.bike, 1)] * lines)
            changes = [{"line_id": line.id, "quantity": 2} for line in order.order_line]
            Preview = self.env["mto.change.preview"]
            self._preview(order, *changes)
            request = self.env["mto.change.request"]._read(order, changes)
            asked = Preview.sudo()._get_procurements(
                request, self.env["mto.change"]._plan_lines({}, (), request.raised)
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            Preview._get_earliest(request, asked)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(20), count(1) + 2)
