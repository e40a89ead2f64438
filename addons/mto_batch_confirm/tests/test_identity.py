"""The documents of a confirmation are core's, whatever is confirmed."""

from odoo.tests import tagged

from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestIdentity(BatchCommon):
    def _chain(self, name, depth, **vals):
        below = self._part(f"{name} part")
        for level in range(depth):
            below = self._assembly(
                f"{name} {level}",
                [(below, 2), (self._part(f"{name} bought {level}"), 1)],
                **vals,
            )
        return below

    def _assert_confirmed(self, *lines, changes=True, **vals):
        order = self._order(*lines, **vals)
        result = self._assert_identical(order.action_confirm, changes)
        made = sum(key[0] == "mrp.production" for key in result.values)
        self.assertTrue(made)
        return made

    def test_distinct(self):
        made = self._assert_confirmed(
            (self._chain("A", 3), 2), (self._chain("B", 2), 3)
        )
        self.assertEqual(made, 5)

    def test_shared_on_one_level(self):
        shared = self._chain("S", 1)
        top = [self._assembly(f"T{n}", [(shared, n + 1)]) for n in range(3)]
        self._assert_confirmed(*((product, 2) for product in top))

    def test_shared_on_several_levels(self):
        shared = self._chain("S", 1)
        middle = self._assembly("M", [(shared, 2)])
        top = self._assembly("T", [(shared, 1), (middle, 1)])
        other = self._assembly("O", [(middle, 1), (shared, 3)])
        self._assert_confirmed((top, 2), (other, 1), (middle, 4))

    def test_same_product_on_several_lines(self):
        product = self._chain("A", 2)
        self._assert_confirmed((product, 2), (product, 3))

    def test_fractions(self):
        shared = self._assembly("S", [(self._part("P"), 0.3333)])
        top = [self._assembly(f"T{n}", [(shared, 1.7)]) for n in range(2)]
        self._assert_confirmed(*((product, 3) for product in top))

    def test_shared_parts(self):
        part = self._part("P")
        deep = self._assembly("D", [(part, 1)])
        first = self._assembly("F", [(deep, 1), (part, 2)])
        second = self._assembly("G", [(part, 2), (deep, 1)], bom={"produce_delay": 5})
        self._assert_confirmed((first, 2), (second, 1))

    def test_part_before_assembly_dates(self):
        part, late = self._part("P", delay=1), self._part("L", delay=30)
        deep = self._assembly("D", [(late, 1)], bom={"produce_delay": 9})
        first = self._assembly("F", [(part, 1), (deep, 1)])
        second = self._assembly("G", [(deep, 1), (part, 1)])
        self._assert_confirmed((first, 1), (second, 1))

    def test_kits(self):
        inner = self._chain("I", 2)
        kit = self._assembly(
            "K", [(inner, 2), (self._part("KP"), 1)], bom={"type": "phantom"}
        )
        top = self._assembly("T", [(kit, 2), (inner, 1)], operations=2)
        self._assert_confirmed((top, 1), (kit, 2))

    def test_batch_size(self):
        low = self._chain("L", 1)
        middle = self._assembly(
            "M", [(low, 1)], bom={"enable_batch_size": True, "batch_size": 2}
        )
        top = self._assembly("T", [(middle, 1)])
        self._assert_confirmed((top, 3), (middle, 3))

    def test_by_products(self):
        waste, scrap = self._product("W", mto=False), self._product("X", mto=False)
        low = self._chain("L", 1)
        top = self._assembly("T", [(low, 1)])
        top.bom_ids.byproduct_ids = [
            (0, 0, {"product_id": waste.id, "product_qty": 1, "cost_share": 5}),
            (0, 0, {"product_id": scrap.id, "product_qty": 2}),
        ]
        self._assert_confirmed((top, 5))

    def test_operation_dependencies(self):
        low = self._chain("L", 1)
        top = self._assembly("T", [(low, 1)], operations=3)
        bom = top.bom_ids
        bom.allow_operation_dependencies = True
        first, second, third = bom.operation_ids
        third.blocked_by_operation_ids = first | second
        bom.bom_line_ids.operation_id = second
        self._assert_confirmed((top, 5), (self._chain("O", 1, operations=3), 1))

    def test_serials_and_lots(self):
        low = self._assembly(
            "L", [(self._part("P", tracking="lot"), 2)], tracking="lot"
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        top = self._assembly(
            "T",
            [(low, 1)],
            tracking="serial",
            bom={"product_uom_id": dozen.id},
        )
        self._assert_confirmed((top, 12))

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        low = self._assembly("L", [(self._part("P"), 1)], bom={"product_qty": 5})
        top = self._assembly("T", [(low, 1, {"product_uom_id": dozen.id})])
        self._assert_confirmed((top, 3), (low, 7))

    def test_stock_partly_there(self):
        part = self._part("P", mto=False, on_hand=7)
        low = self._assembly("L", [(part, 1)])
        middle = self._assembly("M", [(part, 2), (low, 1)])
        top = self._assembly("T", [(middle, 1), (part, 1)])
        other = self._assembly("O", [(part, 1), (low, 1)])
        self._assert_confirmed((top, 1), (other, 2), (low, 1))

    def test_stock_of_shared_assemblies(self):
        part = self._part("P", mto=False, on_hand=5)
        low = self._assembly("L", [(part, 1)])
        tops = [self._assembly(f"T{n}", [(low, 1), (part, 1)]) for n in range(3)]
        self._assert_confirmed(*((product, 1) for product in tops))

    def test_stock_then_order(self):
        self.mto.rule_ids.procure_method = "mts_else_mto"
        part = self._part("P", on_hand=3)
        low = self._assembly("L", [(part, 1)], on_hand=1)
        middle = self._assembly("M", [(part, 2), (low, 1)])
        top = self._assembly("T", [(middle, 1), (part, 1)])
        self._assert_confirmed((top, 1), (middle, 2))

    def test_stock_then_order_without_stock(self):
        self.mto.rule_ids.procure_method = "mts_else_mto"
        self._assert_confirmed((self._chain("A", 2), 2), (self._chain("B", 1), 3))

    def test_stock_then_order_with_enough(self):
        """There is enough of some, and nothing of others: it is clear who orders."""
        self.mto.rule_ids.procure_method = "mts_else_mto"
        part, other = self._part("P", on_hand=90), self._part("Q")
        low = self._assembly("L", [(part, 1), (other, 2)])
        middle = self._assembly("M", [(part, 2), (low, 1)])
        there = self._assembly("S", [(other, 1)], on_hand=50)
        top = self._assembly("T", [(middle, 1), (part, 1), (there, 2)])
        self._assert_by_level((top, 1), (there, 2), (low, 3))

    def test_steps(self):
        for steps, count in (("pbm", 1), ("pbm_sam", 2)):
            with self.subTest(steps):
                self.warehouse.manufacture_steps = steps
                shared = self._chain(f"S{steps}", 1)
                tops = [
                    self._assembly(f"{steps} {n}", [(shared, n + 1)])
                    for n in range(count)
                ]
                self._assert_confirmed(*((top, 2) for top in tops))

    def test_delivery_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.reception_steps = "two_steps"
        self._assert_confirmed((self._chain("A", 2), 2), (self._chain("B", 1), 3))

    def test_reordering_rules(self):
        screw = self._part("Screw", mto=False, on_hand=10)
        bracket = self._assembly("Bracket", [(screw, 2)], mto=False)
        self.env["stock.warehouse.orderpoint"].create(
            [
                {"product_id": screw.id, "product_min_qty": 5, "product_max_qty": 30},
                {"product_id": bracket.id, "product_min_qty": 2, "product_max_qty": 9},
            ]
        )
        low = self._assembly("L", [(screw, 3), (bracket, 1)])
        top = self._assembly("T", [(low, 1), (bracket, 2), (screw, 1)])
        self._assert_confirmed((top, 2), (low, 3))

    def _replenished(self, name, least, most, **vals):
        part = self._part(name, mto=False, **vals)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": part.id,
                "product_min_qty": least,
                "product_max_qty": most,
            }
        )
        return part

    def _assert_by_level(self, *lines, changes=True):
        with self._watched() as walks:
            self._assert_confirmed(*lines, changes=changes)
        self.assertTrue(walks and all(walks), walks)

    def _assert_in_turn(self, *lines):
        with self._watched() as walks:
            self._assert_confirmed(*lines)
        self.assertIn(False, walks)

    def _using(self, screw):
        tops = []
        for number in range(2):
            low = self._assembly(f"L{number}", [(screw, 3), (self._part("P"), 1)])
            tops.append(self._assembly(f"T{number}", [(screw, 2), (low, 2)]))
        return tops

    def test_reordering_rules_with_enough(self):
        """Rules that have nothing to order do not slow down anything."""
        first, second = self._using(self._replenished("S", 5, 20, on_hand=100))
        self._assert_by_level((first, 2), (second, 3), changes=False)

    def test_reordering_rules_that_order(self):
        """Each order sees what was confirmed before it, and what was ordered then."""
        for on_hand, least, most in ((9, 5, 11), (30, 2, 2), (0, 0, 0)):
            with self.subTest(on_hand=on_hand), self.env.cr.savepoint() as savepoint:
                screw = self._replenished("S", least, most, on_hand=on_hand, vendor=1)
                first, second = self._using(screw)
                self._assert_by_level((first, 2), (second, 3), changes=False)
                savepoint.rollback()

    def test_reordering_rules_of_the_same_vendor(self):
        """Their lines come into requests of orders: core knows which."""
        first, second = self._using(self._replenished("S", 5, 20))
        self._assert_in_turn((first, 2), (second, 3))

    def test_reordering_rules_in_steps(self):
        self.warehouse.manufacture_steps = "pbm"
        first, second = self._using(self._replenished("S", 5, 9, on_hand=9, vendor=1))
        self._assert_by_level((first, 2), (second, 3), changes=False)

    def test_several_orders(self):
        shared = self._chain("S", 1)
        orders = self.env["sale.order"].union(
            *(
                self._order((self._assembly(f"T{n}", [(shared, 1)]), 2), (shared, 1))
                for n in range(2)
            )
        )
        self._assert_identical(orders.action_confirm)

    def _many_lines(self):
        first, second = self._chain("A", 1), self._chain("B", 1)
        inner = self._chain("I", 1)
        kit = self._assembly("K", [(inner, 2)], bom={"type": "phantom"})
        stocked = self._part("S", mto=False, on_hand=3)
        lines = [(first, 2), (second, 1), (kit, 1), (stocked, 2), (first, 1)]
        return [*lines, (inner, 2)]

    def test_many_lines(self):
        """Deliveries of many lines, of two customers."""
        lines = self._many_lines()
        other = self.env["res.partner"].create({"name": "Other Customer"})
        orders = self._order(*lines) | self._order(*lines[:5], partner_id=other.id)
        self._assert_identical(orders.action_confirm)

    def test_many_lines_in_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self._assert_identical(self._order(*self._many_lines()).action_confirm)

    def test_order_by_hand(self):
        """A manufacturing order that somebody made and confirms."""
        product = self._chain("A", 2)

        def confirm():
            order = self.env["mrp.production"].create({"product_id": product.id})
            order.action_confirm()

        self._assert_identical(confirm)
