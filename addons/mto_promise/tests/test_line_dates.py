from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestLineDates(PromiseCommon):
    """A wanted and a promised date for each order line."""

    def test_line_without_dates_follows_its_order(self):
        order = self._create_order((self.bike, 1), commitment_date=self._in_days(40))
        line = order.order_line
        self.assertFalse(line.promised_date or line.wanted_date)
        self.assertEqual(line._get_promise_date(), self._in_days(40))

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
