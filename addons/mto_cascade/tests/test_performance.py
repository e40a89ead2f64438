from unittest.mock import patch

from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestPerformance(SupplyCommon):
    """Deciding costs the same number of queries for 2 demands as for 50."""

    def _create_demands(self, count, policy):
        category = self._create_category("Category", policy)
        rule = self.warehouse.delivery_route_id.rule_ids.filtered(
            lambda r: r.location_src_id == self.stock
        )[:1]
        products = self.env["product.product"].create(
            [
                {"name": f"P{index}", "is_storable": True, "categ_id": category.id}
                for index in range(count)
            ]
        )
        for product in products:
            self._add_stock(product, 10)
        return self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": 5,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customer.property_stock_customer.id,
                    "rule_id": rule.id,
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "warehouse_id": self.warehouse.id,
                }
                for product in products
            ]
        )

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_deciding_is_flat(self):
        for policy in ("make_to_order", "make_to_stock", "stock_then_order", None):
            few, many = (
                self._count_queries(self._create_demands(count, policy)._decide_supply)
                for count in (2, 50)
            )
            self.assertEqual(few, many, policy)

    def test_counting_the_missing_is_flat(self):
        def count(number):
            moves = self._create_demands(number, "stock_then_order")
            moves._decide_supply()
            moves.write({"state": "confirmed"})
            network = self.env["mto.supply.network"]
            return self._count_queries(lambda: network._share_free(moves))

        self.assertEqual(count(2), count(50))

    def test_explaining_is_flat(self):
        def count(number):
            products = self._create_demands(number, "make_to_order").product_id
            products = products.browse(products.ids)
            return self._count_queries(products.get_supply_decision)

        self.assertEqual(count(2), count(50))

    def test_inherit_adds_no_write(self):
        moves = self._create_demands(5, None)
        with patch.object(self.registry["stock.move"], "write") as write:
            moves._decide_supply()
        write.assert_not_called()
