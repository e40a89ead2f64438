import os

from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import SupplyCommon
from odoo.addons.mto_cascade.tests.lives import LifeError

from .lives import live_changes

SEEDS = (
    [int(x) for x in os.environ["S"].split(",")]
    if "S" in os.environ
    else range(int(os.environ.get("A", 0)), int(os.environ.get("B", 10)))
)


@tagged("post_install", "-at_install")
class TestChangeLives(SupplyCommon):
    """Random lives of orders that change: what the factory does follows."""

    def test_random_lives(self):
        bad = []
        for seed in SEEDS:
            try:
                live_changes(self.env, seed)
            except LifeError as e:
                bad.append(seed)
                print("BAD", str(e)[:3000])
                import traceback

                if e.__cause__:
                    traceback.print_exception(e.__cause__)
        print("BADSEEDS", bad)
        self.assertFalse(bad)
