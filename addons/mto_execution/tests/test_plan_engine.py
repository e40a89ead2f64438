import random

from odoo.tests import BaseCase

from ..engine import Deviation, Figure, compare_figures, divide, is_above


class TestPlanEngine(BaseCase):
    def test_divided_plan_is_the_plan(self):
        rng = random.Random(7)
        for _turn in range(500):
            quantity = rng.choice([0, 1, 7, 20, 0.3, 1e6])
            weights = [rng.choice([0, 1, 2.5, 9]) for _n in range(rng.randint(1, 6))]
            shares = divide(quantity, weights)
            self.assertEqual(len(shares), len(weights))
            self.assertAlmostEqual(sum(shares), quantity, places=6)
            self.assertTrue(all(share >= -1e-9 for share in shares))

    def test_shares(self):
        self.assertEqual(divide(20, [14, 6]), [14, 6])
        self.assertEqual(divide(20, [0, 0]), [20, 0])

    def test_compare(self):
        found = compare_figures(
            [Figure("a", 10, 5), Figure("a", 10, 5), Figure("b", 3)],
            [Figure("a", 22, 11), Figure("c", 1, 2)],
        )
        self.assertEqual(
            [(d.key, d.planned, d.actual, d.is_planned) for d in found],
            [("a", 20, 22, True), ("b", 3, 0, True), ("c", 0, 1, False)],
        )
        self.assertEqual([d.percent for d in found], [10, -100, 100])
        self.assertEqual(found[0].actual_cost - found[0].planned_cost, 1)

    def test_tolerance(self):
        deviation = Deviation("a", 100, 105, 0, 0, True)
        self.assertFalse(is_above(deviation, 5))
        self.assertTrue(is_above(deviation, 4.9))
        self.assertTrue(is_above(Deviation("a", 100, 90, 0, 0, True), 5))
