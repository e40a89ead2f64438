import doctest

from odoo.tests import BaseCase

from ..engine import Series, diagnose, recurring


class TestRecurring(BaseCase):
    """Four diagnoses, and silence where nothing recurs."""

    def _diagnose(self, *args, tolerance=5, **kwargs):
        return diagnose(Series(*args, **kwargs), tolerance)

    def test_docs(self):
        self.assertFalse(doctest.testmod(recurring).failed)

    def test_steady_overuse_is_the_bill_of_materials(self):
        found = self._diagnose("component", 1.0, [1.1, 1.12, 1.1, 1.0, 1.1])
        self.assertEqual((found.kind, found.times, found.looked_at), ("bom", 4, 5))
        self.assertEqual((found.mean, found.suggested), (1.084, 1.084))

    def test_steady_underuse_too(self):
        found = self._diagnose("component", 1.0, [0.8, 0.8, 0.82])
        self.assertEqual((found.kind, found.suggested), ("bom", 0.807))

    def test_irregular_overuse_is_a_fragile_part(self):
        found = self._diagnose("component", 1.0, [1.0, 2.0, 1.0, 1.5, 1.0, 1.3])
        self.assertEqual((found.kind, found.times), ("fragile", 3))

    def test_what_is_scrapped_is_fragile(self):
        """Steady, but thrown away each time: not the quantity is wrong."""
        values = [1.1, 1.1, 1.1, 1.1]
        self.assertEqual(self._diagnose("component", 1.0, values).kind, "bom")
        found = self._diagnose("component", 1.0, values, scrapped=[0.1, 0.1, 0, 0])
        self.assertEqual(found.kind, "fragile")

    def test_step(self):
        found = self._diagnose("step", 30, [40, 42, 38, 30], tolerance=15)
        self.assertEqual((found.kind, found.suggested), ("step", 37.5))

    def test_deadline_is_whole_days(self):
        found = self._diagnose("deadline", 2, [4, 5, 4.2, 2], tolerance=0.5)
        self.assertEqual((found.kind, found.suggested), ("deadline", 4))
        found = self._diagnose("deadline", 2, [-3, -3, -3], tolerance=0.5)
        self.assertEqual(found.suggested, 0)

    def test_silence(self):
        for values in (
            [],
            [1.5, 1.5],
            [1.0] * 10,
            [1.04, 1.04, 1.04, 1.04],
            [1.5, 0.5, 1.5, 0.5, 1.0],
            [1.5, 1.5, 1.5, *[1.0] * 7],
        ):
            self.assertIsNone(self._diagnose("component", 1.0, values), values)

    def test_what_nobody_planned(self):
        found = self._diagnose("component", 0.0, [1, 1, 1, 0])
        self.assertEqual((found.kind, found.suggested), ("bom", 0.75))
