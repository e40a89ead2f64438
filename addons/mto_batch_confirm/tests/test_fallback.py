"""What cannot be done for a level at once, and what fails."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mrp.models.mrp_production import MrpProduction

from ..cascade import current
from ..models import stock_rule
from .common import BatchCommon
from .comparator import differences, snapshot


@tagged("post_install", "-at_install")
class TestFallback(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        part = cls._part("Part")
        cls.lows = [cls._assembly(f"Low {n}", [(part, 2)]) for n in range(3)]
        cls.tops = [
            cls._assembly(f"Top {n}", [(cls._assembly(f"Middle {n}", [(low, 2)]), 1)])
            for n, low in enumerate(cls.lows)
        ]

    def setUp(self):
        super().setUp()
        stock_rule._logged.clear()

    def test_override_that_takes_one_order(self):
        """An override for single orders: they are confirmed one by one; logged."""
        confirm = MrpProduction.action_confirm

        def action_confirm(self):
            self.ensure_one()
            return confirm(self)

        order = self._order(*((top, 1) for top in self.tops[1:]))
        with (
            patch.object(MrpProduction, "action_confirm", action_confirm),
            self.assertLogs(stock_rule._logger.name, "WARNING") as logs,
        ):
            self._assert_identical(order.action_confirm)
        self.assertEqual(len(logs.records), 1)

    def test_error_names_the_path(self):
        """What fails in the middle of the third level is told from the top.

        All is undone, and nothing of it is left for the next attempt.
        """
        lost = self._product("Lost")
        bom = self._bom(self.lows[1], [(lost, 1)], sequence=-1)
        order = self._order(*((top, 1) for top in self.tops))
        before = snapshot(self.env)
        with self.assertRaises(UserError) as caught, self._thrown_away():
            order.action_confirm()
        told = str(caught.exception)
        self.assertIn(f"{order.name} > Top 1 > Middle 1 > Low 1", told)
        self.assertIn("Lost", told)
        self.assertIsNone(current(self.env))
        self.assertFalse(differences(snapshot(self.env), before))
        self.assertEqual(order.state, "draft")
        bom.unlink()
        self._assert_identical(self._order((self.tops[1], 1)).action_confirm)
