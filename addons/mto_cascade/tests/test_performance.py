from unittest.mock import patch

from odoo import Command
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

    def test_who_shares_a_supply_is_counted_once(self):
        """Reserving 190 orders that wait for one took minutes."""

        def count(number):
            sub = self._create_product("Sub", "make_to_order")
            self._create_bom(sub, [(self._create_part("Part", "make_to_order"), 1)])
            top = self._create_product("Top", "make_to_order")
            self._create_bom(top, [(sub, 1)], enable_batch_size=True, batch_size=1)
            self._create_order((top, number))
            demands = self._get_demands(sub)
            self.assertEqual(len(demands), number)
            moves = self.registry["stock.move"]
            ask = moves._get_demanded_quantity
            asked = []
            with patch.object(
                moves,
                "_get_demanded_quantity",
                lambda move: asked.append(move.id) or ask(move),
            ):
                self.assertFalse(self.env["mto.supply.network"]._find_stranded(demands))
            return len(asked)

        self.assertLess(count(12), 4 * count(4))

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

    # Levels

    def _create_bike(self, count):
        """A bike of ``count`` bought parts."""
        parts = self.env["product.product"].create(
            [
                {
                    "name": f"Part {index}",
                    "is_storable": True,
                    "seller_ids": [
                        Command.create({"partner_id": self.vendor.id, "delay": 21})
                    ],
                }
                for index in range(count)
            ]
        )
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(part, 1) for part in parts])
        return bike

    def _create_component_demands(self, count):
        """The components of a confirmed bike, as drafts again."""
        order = self._create_order((self._create_bike(count), 1))
        moves = self._get_productions(order.order_line.product_id).move_raw_ids
        moves.write({"state": "draft"})
        return moves.browse(moves.ids)

    def _create_rules(self):
        self.env["mto.supply.rule"].create(
            [
                {
                    "name": name,
                    "result": "make_to_stock",
                    "lead_time_min": 20 + sequence,
                    "cost_min": 5,
                    "supply": "buy",
                    "vendor_id": self.vendor.id,
                    "category_id": self.env.ref("product.product_category_goods").id,
                    "partner_id": self.customer.id,
                    "quantity_min": 1,
                }
                for sequence, name in enumerate(("First", "Second"))
            ]
        )

    def test_levels_are_flat(self):
        """All levels asked, of 3 components or of 40: the same number of queries."""
        for apply in (
            lambda: self.company.write({"supply_preset": "assemblies"}),
            lambda: self.warehouse.write({"supply_policy": "make_to_stock"}),
            self._create_rules,
        ):
            apply()
            few, many = (self._create_component_demands(count) for count in (3, 40))
            self._count_queries(few._get_policy_decisions)  # fills Odoo's caches
            self.assertEqual(
                self._count_queries(few._get_policy_decisions),
                self._count_queries(many._get_policy_decisions),
            )

    def test_nothing_is_read_for_levels_that_say_nothing(self):
        """Without rules and preset the decision costs what is in the cache anyway."""
        moves = self._create_component_demands(5)
        self.env.flush_all()
        moves.env.invalidate_all()
        moves._get_policy_decisions()
        with self.assertQueryCount(0):
            moves._get_policy_decisions()
        with patch.object(
            self.registry["product.product"], "_get_supply_kinds"
        ) as load:
            moves._get_policy_decisions()
        load.assert_not_called()

    def test_asking_is_flat(self):
        self._create_rules()
        self.company.supply_preset = "assemblies"

        def count(number):
            bike = self._create_bike(number)
            lines = bike.bom_ids.bom_line_ids
            order = self._create_order(
                *[(line.product_id, 1) for line in lines], confirm=False
            )
            moves = self._create_component_demands(number)
            return [
                self._count_queries(records.browse(records.ids).get_supply_decision)
                for records in (lines, order.order_line, moves)
            ]

        count(2)
        self.assertEqual(count(3), count(20))

    def test_the_quotation_is_flat(self):
        self._create_rules()
        self.company.supply_preset = "assemblies"

        def count(number):
            parts = self._create_bike(number).bom_ids.bom_line_ids.product_id
            order = self._create_order(*[(part, 1) for part in parts], confirm=False)
            lines = order.order_line
            lines.mapped("display_qty_widget")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            lines._get_policy_decisions()
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(3), count(20))

    def test_confirming_costs_little_more(self):
        """A bike of three assemblies of three parts: at most 10 % over stock Odoo."""

        def count(routes=None):
            parts = [
                self._create_part(f"Part {index}", delay=21, route_ids=routes)
                for index in range(9)
            ]
            frames = [self._create_product(n, route_ids=routes) for n in "ABC"]
            for index, frame in enumerate(frames):
                used = parts[3 * index : 3 * index + 3]
                self._create_bom(frame, [(part, 1) for part in used])
            bike = self._create_product("Bike", route_ids=routes)
            self._create_bom(bike, [(frame, 1) for frame in frames])
            order = self._create_order((bike, 1), confirm=False)
            order = order.browse(order.ids)
            queries = self._count_queries(order.action_confirm)
            made = self._get_productions(bike.union(*frames))
            bought = sum(self._get_purchased(part) for part in parts)
            self.assertEqual((len(made), bought), (4, 9))
            return queries

        Move = self.registry["stock.move"]
        count(self.mto_route.ids)
        with (
            patch.object(Move, "_decide_supply", lambda self: None),
            patch.object(Move, "_link_supply", lambda self, before=None: None),
        ):
            core = count(self.mto_route.ids)
        self.assertLessEqual(count(self.mto_route.ids), 1.02 * core, "not configured")
        self.company.supply_preset = "all"
        self.assertLessEqual(count(), 1.1 * core, "preset")
        self.company.supply_preset = False
        self.env["mto.supply.rule"].create(
            [
                {"name": "Made", "result": "make_to_order", "supply": "make"},
                {"name": "Far", "result": "make_to_order", "lead_time_min": 20},
            ]
        )
        count()
        self.assertLessEqual(count(), 1.1 * core, "rules")
