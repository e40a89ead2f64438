from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import SupplyCommon

from .lives import live_changes

SEEDS = range(12)


@tagged("post_install", "-at_install")
class TestChangeLives(SupplyCommon):
    """Random lives of orders that change: what the factory does follows."""

    def test_random_lives(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assertTrue(live_changes(self.env, seed, steps=5))
