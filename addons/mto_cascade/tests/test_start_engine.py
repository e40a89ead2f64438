from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..engine import start_moment

NOW = datetime(2026, 3, 2, 8)


@tagged("post_install", "-at_install")
class TestStartEngine(BaseCase):
    def test_what_started_keeps_its_moment(self):
        started = datetime(2026, 2, 1, 9)
        self.assertEqual(start_moment(NOW, started, False), started)
        self.assertEqual(start_moment(NOW, started, date(2026, 5, 1)), started)

    def test_what_waits_starts_on_the_wanted_day_or_now(self):
        self.assertEqual(start_moment(NOW, False, False), NOW)
        self.assertEqual(start_moment(NOW, False, date(2026, 3, 1)), NOW)
        wanted = start_moment(NOW, False, date(2026, 3, 9))
        self.assertEqual(wanted, datetime(2026, 3, 9, 12))
