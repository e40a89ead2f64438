from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import SupplyCommon

from .lives import add_up, live_changes

SEEDS = range(60)


@tagged("post_install", "-at_install")
class TestChangeLives(SupplyCommon):
    """Random lives of orders that change: what the factory does follows."""

    def test_random_lives(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assertTrue(live_changes(self.env, seed, steps=4))

    def test_it_adds_up(self):
        """Whatever the way, the supply is that of one change to the final values."""
        for seed in range(4):
            with self.subTest(seed=seed):
                add_up(self.env, seed)
