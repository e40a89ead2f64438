"""Raised, lowered and cancelled orders: the documents are core's as well."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.mrp.wizard.change_production_qty import ChangeProductionQty

from .common import RaisedCommon


@tagged("post_install", "-at_install")
class TestRaised(RaisedCommon):
    def _tree(self, name, depth):
        """Two assemblies below each one, and a part."""
        part = self._part(f"{name} part", vendor=depth % 2)
        if not depth:
            return part
        below = [self._tree(f"{name}{side}", depth - 1) for side in "ab"]
        return self._assembly(name, [(part, 1), *((b, 2) for b in below)])

    def test_deep(self):
        """Raised by a user who may do nothing but sell."""
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        lines = [(self._tree("A", 2), 2), (self._tree("B", 1), 1)]
        self._assert_raised(lines, 5, 4, user=seller)

    def test_shared(self):
        """Assemblies of several lines, one product on two of them, and fractions."""
        low = self._assembly("L", [(self._part("P"), 0.3333)])
        middle = self._assembly("M", [(low, 1.7), (self._part("Q"), 1)])
        tops = [self._assembly(f"T{n}", [(middle, n + 1), (low, 1)]) for n in range(2)]
        self._assert_raised([(top, 1) for top in (*tops, tops[0])], 3.5, 2, 4)

    def test_line_added(self):
        product, other = self._tree("A", 1), self._tree("B", 1)
        order = self._confirmed((product, 2), (other, 1))

        def change():
            order.order_line[0].product_uom_qty = 5
            order.write(
                {"order_line": [(0, 0, {"product_id": other.id, "product_uom_qty": 2})]}
            )

        self._assert_identical(change)

    def test_batches(self):
        inner = self._assembly("I", [(self._part("P"), 1)])
        batch = self._assembly(
            "B", [(inner, 1)], bom={"enable_batch_size": True, "batch_size": 2}
        )
        top = self._assembly("T", [(batch, 2)])
        self._assert_identical(self._raise(self._confirmed((top, 1)), 2))

    def test_bills_of_all_kinds(self):
        """By-products, operations, units, serials and lots."""
        dozen = self.env.ref("uom.product_uom_dozen")
        waste = self._product("W", mto=False)
        part = self._part("P", tracking="lot")
        low = self._assembly(
            "L", [(part, 1)], bom={"product_qty": 5}, tracking="lot", operations=0
        )
        top = self._assembly(
            "T",
            [(low, 1, {"product_uom_id": dozen.id}), (self._part("Q"), 2)],
            operations=2,
            tracking="serial",
        )
        bom = top.bom_ids
        bom.byproduct_ids = [Command.create({"product_id": waste.id, "product_qty": 1})]
        bom.bom_line_ids[0].operation_id = bom.operation_ids[1]
        self._assert_raised([(top, 2), (low, 7)], 3, 20)

    def test_part_in_two_units(self):
        """Both needs of an order are added to the line that is there."""
        part, dozen = self._part("P"), self.env.ref("uom.product_uom_dozen")
        top = self._assembly("T", [(part, 3), (part, 1, {"product_uom_id": dozen.id})])
        self._assert_raised([(top, 2)], 5)

    def test_stock_partly_there(self):
        """Who comes first in core's walk takes what is there."""
        part = self._part("P", mto=False)
        tops = []
        for name in "AB":
            low = self._assembly(f"L{name}", [(part, 2)])
            tops.append(self._assembly(f"T{name}", [(low, 1), (part, 1)]))
        order = self._confirmed(*((top, 1) for top in tops))
        self._stock(part, 6)
        self._assert_identical(self._raise(order, 3, 3))

    def test_parts_of_shared_assemblies(self):
        """An order deep in another and beside it, and all take the same part."""
        part = self._part("P", mto=False, on_hand=11)
        low = self._assembly("L", [(part, 1)])
        middle = self._assembly("M", [(low, 1), (part, 1), (self._part("Q"), 1)])
        top = self._assembly("T", [(middle, 2), (part, 1), (low, 1)])
        self._assert_identical(self._raise(self._confirmed((top, 1)), 4))

    def test_stock_then_order(self):
        self.mto.rule_ids.procure_method = "mts_else_mto"
        part = self._part("P", on_hand=5)
        low = self._assembly("L", [(part, 1)], on_hand=2)
        top = self._assembly("T", [(low, 2), (part, 1)])
        self._assert_identical(self._raise(self._confirmed((top, 1)), 3))

    def test_steps(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        # With mto_cascade, links decide which transfers are joined.
        by_level = "mto.supply.batch" not in self.env
        self._assert_raised([(self._tree("A", 1), 2)], 5, by_level=by_level)

    def test_under_way(self):
        """An order in progress is not enlarged, nor is what a vendor has confirmed."""
        first, second = self._tree("A", 1), self._tree("B", 1)
        order = self._confirmed((first, 2), (second, 2))
        made = self.env["mrp.production"].search([("product_id", "=", first.id)])
        made.workorder_ids[0].button_start()
        requests = self.env["purchase.order"].search([("state", "=", "draft")])
        requests[:1].button_confirm()
        self._assert_identical(self._raise(order, 5, 5))

    def test_reordering_rules(self):
        """Rules that order go core's way, rules that have enough do not matter."""
        for on_hand in (100, 10):
            part = self._part(f"P{on_hand}", mto=False, on_hand=on_hand, vendor=1)
            self.env["stock.warehouse.orderpoint"].create(
                {"product_id": part.id, "product_min_qty": 3, "product_max_qty": 9}
            )
            low = self._assembly(f"L{on_hand}", [(part, 2)])
            top = self._assembly(f"T{on_hand}", [(part, 1), (low, 1)])
            with self.subTest(on_hand=on_hand):
                self._assert_raised(
                    [(top, 1)], 5, changes=False, by_level=on_hand == 100
                )

    def test_override_of_the_wizard(self):
        """What another module adds to the wizard is called for each order."""
        change, seen = ChangeProductionQty.change_prod_qty, []

        def change_prod_qty(self):
            seen.append(self.mo_id.product_id.name)
            result = change(self)
            self.mo_id.origin = f"{self.mo_id.origin} raised"
            return result

        low = self._assembly("L", [(self._part("P"), 1)])
        order = self._confirmed((self._assembly("T", [(low, 1)]), 2))
        with patch.object(ChangeProductionQty, "change_prod_qty", change_prod_qty):
            self._assert_identical(self._raise(order, 5))
        self.assertEqual(sorted(seen), sorted(2 * ["T", "L"]))

    def test_override_that_takes_one_order(self):
        """What cannot take the demands of many orders is called for each."""
        procure = type(self.env["stock.move"])._run_procurement

        def run_procurement(self, *args, **kwargs):
            if len(self.raw_material_production_id) > 1:
                raise ValueError("One order at a time")
            return procure(self, *args, **kwargs)

        order = self._confirmed((self._tree("A", 2), 2))
        with (
            patch.object(
                type(self.env["stock.move"]), "_run_procurement", run_procurement
            ),
            self.assertLogs("odoo.addons.mto_batch_confirm", "WARNING"),
        ):
            self._assert_identical(self._raise(order, 3))

    def test_lowered_and_cancelled(self):
        order = self._confirmed((self._tree("A", 1), 5), (self._tree("B", 1), 1))
        self._assert_identical(self._raise(order, 2))
        self._assert_identical(order._action_cancel)
        made = self.env["mrp.production"].search([("state", "=", "confirmed")])
        self._assert_identical(made.action_cancel)
