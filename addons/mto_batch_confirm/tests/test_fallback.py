"""What cannot be done for a level at once, and what fails."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mrp.models.mrp_production import MrpProduction

from ..cascade import current
from ..models import stock_rule
from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestFallback(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.low = cls._assembly("Low", [(cls._part("Part"), 2)])
        cls.middle = cls._assembly("Middle", [(cls.low, 2)])
        cls.tops = [cls._assembly(f"Top {n}", [(cls.middle, 1)]) for n in range(2)]

    def setUp(self):
        super().setUp()
        stock_rule._logged.clear()

    def test_override_that_takes_one_order(self):
        """An override for single orders: they are confirmed one by one; logged."""
        confirm = MrpProduction.action_confirm

        def action_confirm(self):
            self.ensure_one()
            return confirm(self)

        order = self._order(*((top, 1) for top in self.tops))
        with (
            patch.object(MrpProduction, "action_confirm", action_confirm),
            self.assertLogs(stock_rule._logger.name, "WARNING") as logs,
        ):
            self._assert_identical(order.action_confirm)
        self.assertEqual(len(logs.records), 1)

    def test_error_names_the_path(self):
        """What nothing can supply is told from the top; all is undone."""
        lost = self._product("Lost")
        self._bom(self.low, [(lost, 1)], sequence=-1)
        order = self._order((self.tops[0], 1))
        before = self.env["mrp.production"].search_count([("state", "!=", "x")])
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            order.action_confirm()
        self.assertIn(f"{order.name} > Top 0 > Middle > Low", str(caught.exception))
        self.assertIn("Lost", str(caught.exception))
        self.assertIsNone(current(self.env))
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            self.env["mrp.production"].search_count([("state", "!=", "x")]), before
        )
