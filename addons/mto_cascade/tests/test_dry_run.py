import os

from odoo.tests import tagged

from .common import SupplyCommon
from .dry_run import compare, compare_structure

SEEDS = range(*map(int, os.environ.get("DRY_SEEDS", "0,12").split(",")))


@tagged("post_install", "-at_install")
class TestDryRun(SupplyCommon):
    """What was foretold is what confirming does."""

    def assert_foretold(self, orders):
        self.assertEqual(compare(orders), [])

    def _create_bicycle(self, policy, **frame):
        self.tube = self._create_part("Tube", policy)
        self.wheel = self._create_part("Wheel", policy)
        self.frame = self._create_product("Frame", policy)
        self.bicycle = self._create_product("Bicycle", policy)
        self._create_bom(self.frame, [(self.tube, 3)], **frame)
        self._create_bom(self.bicycle, [(self.frame, 1), (self.wheel, 2)])
        return self.bicycle

    def test_made_to_order(self):
        order = self._create_order(
            (self._create_bicycle("make_to_order"), 4), confirm=False
        )
        [answer] = order.preview_cascade()
        self.assertEqual(
            answer["documents"], {"mrp.production": 2, "purchase.order": 1}
        )
        [line] = answer["lines"]
        self.assertEqual(line["supply"], "manufacture")
        self.assertEqual(
            [
                (node["product"], node["level"], node["quantity"], node["supply"])
                for node in line["children"]
            ],
            [("Frame", 1, 4, "manufacture"), ("Wheel", 1, 8, "buy")],
        )
        [tube] = line["children"][0]["children"]
        self.assertEqual((tube["product"], tube["quantity"]), ("Tube", 12))
        self.assert_foretold(order)

    def test_stock_first(self):
        self._create_bicycle("stock_then_order")
        self._add_stock(self.frame, 3)
        self._add_stock(self.tube, 4)
        self._add_stock(self.wheel, 5)
        orders = self._create_order((self.bicycle, 4), confirm=False)
        orders |= self._create_order((self.frame, 2), (self.bicycle, 1), confirm=False)
        self.assert_foretold(orders)

    def test_batches(self):
        self._create_bicycle("make_to_order", enable_batch_size=True, batch_size=3)
        order = self._create_order((self.bicycle, 4), (self.bicycle, 1), confirm=False)
        self.assert_foretold(order)

    def test_shared_assembly(self):
        self._create_bicycle("make_to_order")
        order = self._create_order(
            (self.bicycle, 4), (self.frame, 1), (self.bicycle, 2), confirm=False
        )
        self.assert_foretold(order)

    def test_writes_nothing(self):
        order = self._create_order(
            (self._create_bicycle("stock_then_order"), 4), confirm=False
        )
        self.env.flush_all()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        self.assertTrue(order.preview_cascade()[0]["supplies"])

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def test_no_query_for_a_node(self):
        """As many for 2 lines of 3 levels as for 8."""

        def count(number):
            bikes = [self._create_bicycle("stock_then_order") for _n in range(number)]
            order = self._create_order(*[(bike, 2) for bike in bikes], confirm=False)
            return self._count_queries(order.preview_cascade)

        count(1)
        few = count(2)
        self.assertEqual(few, count(8))
        self.assertLessEqual(few, 30 + 6 * 3)

    def test_random_orders(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                compare_structure(self.env, seed)
