from datetime import date, datetime, timedelta

from odoo.tests import BaseCase

from ..engine.delay import count_working_days, is_worth_telling
from ..engine.hindrance import Absence, find_start

NOW = datetime(2027, 3, 1, 8)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class TestDelayEngine(BaseCase):
    def test_working_days_as_counted_one_by_one(self):
        start = date(2027, 3, 1)
        for first in range(7):
            for length in range(-3, 40):
                begin = start + first * DAY
                end = begin + length * DAY
                counted = sum(
                    (begin + day * DAY).weekday() < 5 for day in range(1, length + 1)
                )
                self.assertEqual(count_working_days(begin, end), counted)

    def test_slack_small_slips_and_weekends_are_silent(self):
        monday = date(2027, 3, 1)
        self.assertFalse(is_worth_telling(monday, monday - DAY))
        self.assertFalse(is_worth_telling(monday, monday + DAY))
        self.assertTrue(is_worth_telling(monday, monday + 2 * DAY))
        friday = monday + 4 * DAY
        self.assertFalse(is_worth_telling(friday, friday + 3 * DAY))
        self.assertTrue(is_worth_telling(friday, friday + 4 * DAY))

    def test_work_begins_behind_absences(self):
        away = [
            Absence("saw", NOW + 2 * DAY, NOW + 4 * DAY),
            Absence("saw", NOW + DAY, NOW + 2 * DAY),
        ]
        self.assertEqual(find_start(NOW, HOUR, away, NOW), (NOW, None))
        start, reason = find_start(NOW, DAY + HOUR, away, NOW)
        self.assertEqual((start, reason), (NOW + 4 * DAY, away[0]))
        after = NOW + 4 * DAY
        self.assertEqual(find_start(after, HOUR, away, NOW), (after, None))

    def test_short_gap_between_absences_is_used_or_not(self):
        away = [
            Absence("saw", NOW, NOW + DAY),
            Absence("saw", NOW + DAY + HOUR, NOW + 3 * DAY),
        ]
        self.assertEqual(find_start(NOW, HOUR, away, NOW)[0], NOW + DAY)
        self.assertEqual(find_start(NOW, 2 * HOUR, away, NOW)[0], NOW + 3 * DAY)

    def test_blocked_work_begins_now_at_the_earliest(self):
        blocked = [Absence("saw", NOW)]
        start, reason = find_start(NOW - DAY, HOUR, blocked, NOW)
        self.assertEqual((start, reason), (NOW, blocked[0]))
        later = NOW + 5 * DAY
        self.assertEqual(find_start(later, HOUR, blocked, NOW), (later, None))
