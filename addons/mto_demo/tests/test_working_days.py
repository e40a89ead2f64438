import unittest
from datetime import date, timedelta

from odoo.addons.mto_demo.engine.working_days import (
    add_working_days,
    count_working_days,
    is_working_day,
    month_end,
    promised_month_end,
)

# Every day of four years, a leap year among them.
MANY_DAYS = [date(2026, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]


class TestWorkingDays(unittest.TestCase):
    def test_known_days(self):
        friday = date(2026, 11, 20)
        saturday = date(2026, 11, 21)
        monday = date(2026, 11, 23)
        self.assertEqual(add_working_days(friday, 1), monday)
        self.assertEqual(add_working_days(saturday, 1), monday)
        self.assertEqual(add_working_days(saturday, 0), monday)
        self.assertEqual(add_working_days(monday, 0), monday)
        self.assertEqual(add_working_days(monday, -1), friday)
        self.assertEqual(add_working_days(saturday, -1), friday)
        self.assertEqual(add_working_days(friday, 10), date(2026, 12, 4))
        self.assertEqual(add_working_days(date(2028, 2, 28), 1), date(2028, 2, 29))

    def test_add_is_the_inverse_of_count(self):
        for day in MANY_DAYS[::7] + MANY_DAYS[5::7]:
            for count in (1, 4, 5, 25, 70):
                later = add_working_days(day, count)
                self.assertTrue(is_working_day(later))
                self.assertEqual(count_working_days(day, later), count)

    def test_month_end_known(self):
        self.assertEqual(month_end(date(2028, 2, 1)), date(2028, 2, 29))
        self.assertEqual(month_end(date(2026, 2, 28)), date(2026, 2, 27))
        self.assertEqual(month_end(date(2026, 5, 31)), date(2026, 5, 29))

    def test_promised_month_end_known(self):
        for today, promised in (
            # 25 working days to 31 July: just enough.
            (date(2026, 6, 26), date(2026, 7, 31)),
            # 24 only: the month after.
            (date(2026, 6, 29), date(2026, 8, 31)),
            (date(2026, 11, 20), date(2026, 12, 31)),
            (date(2026, 12, 31), date(2027, 2, 26)),
            (date(2027, 1, 31), date(2027, 3, 31)),
            (date(2028, 2, 29), date(2028, 4, 28)),
        ):
            with self.subTest(today=today):
                self.assertEqual(promised_month_end(today), promised)

    def test_promised_month_end_every_day(self):
        """The last working day of a month, 25 working days away, and the first such."""
        for today in MANY_DAYS:
            promised = promised_month_end(today)
            between = [
                today + timedelta(days=n)
                for n in range(1, (promised - today).days + 1)
                if (today + timedelta(days=n)).isoweekday() <= 5
            ]
            self.assertGreaterEqual(len(between), 25)
            self.assertEqual(between[-1], promised)
            self.assertNotEqual(add_working_days(promised, 1).month, promised.month)
            earlier_months = [day for day in between if day.month != promised.month]
            self.assertLess(len(earlier_months), 25)
