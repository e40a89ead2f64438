from odoo.tests import tagged

from .common import SupplyCommon
from .lives import live

# Lives that went wrong once, with what was wrong.
FOUND = {
    0: "the order of a stock-first assembly was raised without a link",
    4: "a reservation took the share of another demand of the same purchase",
    15: "merging manufacturing orders ordered a piece that was free",
    29: "an order that was still a draft was raised without a link",
    31: "a demand whose supply another one had used up was taken for covered",
    64: "a lowered line gave back of the purchase of another line",
    70: "merging twice lost whom the merged orders were made for",
    405: "the rest of a dozen was promised to two demands",
    71: "merging a backorder lost whom it was made for",
}
SEEDS = (50, 51, 52, 53, 54)


@tagged("post_install", "-at_install")
class TestLives(SupplyCommon):
    """Random lives: nothing is stranded, doubled or promised twice."""

    def test_random_lives(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assertTrue(live(self.env, seed))

    def test_lives_that_went_wrong(self):
        for seed, what in FOUND.items():
            with self.subTest(seed=seed, what=what):
                self.assertTrue(live(self.env, seed))
