"""Raised and cancelled orders: the documents are core's as well."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.mrp.wizard.change_production_qty import ChangeProductionQty

from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestRaised(BatchCommon):
    def _tree(self, name, depth, **vals):
        """Two assemblies below each one, and a part."""
        part = self._part(f"{name} part", vendor=depth % 2)
        if not depth:
            return part
        below = [self._tree(f"{name}{side}", depth - 1, **vals) for side in "ab"]
        return self._assembly(name, [(part, 1), *((b, 2) for b in below)], **vals)

    def _raise(self, order, *quantities, user=None):
        """Raise the lines of an order that is confirmed, as one who saves the form."""

        def change():
            order.with_user(user or self.env.user).write(
                {
                    "order_line": [
                        Command.update(line.id, {"product_uom_qty": quantity})
                        for line, quantity in zip(
                            order.order_line, quantities, strict=False
                        )
                    ]
                }
            )

        return change

    def _assert_raised(
        self, lines, *quantities, user=None, changes=True, by_level=True
    ):
        order = self._order(*lines)
        order.action_confirm()
        with self._watched() as walks:
            self._assert_identical(self._raise(order, *quantities, user=user), changes)
        self.assertTrue(walks)
        self.assertEqual(all(walks), by_level, walks)

    def test_deep(self):
        """Drafts of requests grow, orders are enlarged, each level at once."""
        top = self._tree("A", 3, operations=2)
        self._assert_raised([(top, 2), (self._tree("B", 1), 1)], 5, 4)

    def test_shared(self):
        low = self._assembly("L", [(self._part("P"), 2)])
        middle = self._assembly("M", [(low, 2), (self._part("Q"), 1)])
        tops = [self._assembly(f"T{n}", [(middle, n + 1), (low, 1)]) for n in range(3)]
        self._assert_raised([(top, 1) for top in tops], 3, 2, 4)

    def test_same_product_on_several_lines(self):
        top = self._tree("A", 2)
        self._assert_raised([(top, 2), (top, 1)], 3, 6)

    def test_fractions(self):
        low = self._assembly("L", [(self._part("P"), 0.3333)])
        tops = [self._assembly(f"T{n}", [(low, 1.7)]) for n in range(2)]
        self._assert_raised([(top, 3) for top in tops], 3.5, 7)

    def test_kits_and_batches(self):
        inner = self._tree("I", 1)
        kit = self._assembly("K", [(inner, 2)], bom={"type": "phantom"})
        batch = self._assembly(
            "B", [(inner, 1)], bom={"enable_batch_size": True, "batch_size": 2}
        )
        top = self._assembly("T", [(kit, 2), (batch, 3)], operations=2)
        order = self._order((top, 1), (kit, 2))
        order.action_confirm()
        self._assert_identical(self._raise(order, 4, 3))

    def test_by_products_and_operations(self):
        waste = self._product("W", mto=False)
        low = self._assembly("L", [(self._part("P"), 1)], operations=0)
        top = self._assembly("T", [(low, 1), (self._part("Q"), 2)], operations=3)
        bom = top.bom_ids
        bom.byproduct_ids = [Command.create({"product_id": waste.id, "product_qty": 1})]
        bom.bom_line_ids[0].operation_id = bom.operation_ids[1]
        self._assert_raised([(top, 2), (low, 1)], 5, 4)

    def test_units_and_serials(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        low = self._assembly(
            "L",
            [(self._part("P", tracking="lot"), 1)],
            bom={"product_qty": 5},
            tracking="lot",
        )
        top = self._assembly(
            "T", [(low, 1, {"product_uom_id": dozen.id})], tracking="serial"
        )
        self._assert_raised([(top, 2), (low, 7)], 3, 20)

    def test_stock_partly_there(self):
        """Who comes first in core's walk takes what is there."""
        part = self._part("P", mto=False)
        trees = []
        for name in "AB":
            low = self._assembly(f"L{name}", [(part, 2)])
            middle = self._assembly(f"M{name}", [(low, 1), (part, 1)])
            trees.append(self._assembly(f"T{name}", [(middle, 1), (part, 1)]))
        order = self._order((trees[0], 1), (trees[1], 1))
        order.action_confirm()
        self._stock(part, 9)
        self._assert_identical(self._raise(order, 3, 3))

    def test_parts_of_one_order(self):
        """One order deep in another, and both take the same part."""
        part = self._part("P", mto=False, on_hand=11)
        low = self._assembly("L", [(part, 1)])
        middle = self._assembly("M", [(low, 1), (part, 1), (self._part("Q"), 1)])
        top = self._assembly("T", [(middle, 2), (part, 1), (low, 1)])
        order = self._order((top, 1))
        order.action_confirm()
        self._assert_identical(self._raise(order, 4))

    def test_stock_then_order(self):
        self.mto.rule_ids.procure_method = "mts_else_mto"
        part = self._part("P", on_hand=5)
        low = self._assembly("L", [(part, 1)], on_hand=2)
        top = self._assembly("T", [(low, 2), (part, 1)])
        order = self._order((top, 1))
        order.action_confirm()
        self._assert_identical(self._raise(order, 3))

    def test_steps(self):
        for steps in ("pbm", "pbm_sam"):
            with self.subTest(steps), self.env.cr.savepoint() as savepoint:
                self.warehouse.manufacture_steps = steps
                self._assert_raised(
                    [(self._tree("A", 2), 2)],
                    5,
                    # It joins transfers while it links.
                    by_level="mto.supply.batch" not in self.env,
                )
                savepoint.rollback()

    def test_bought_already(self):
        """What is ordered at the vendor's is asked for anew."""
        top = self._tree("A", 2)
        order = self._order((top, 2))
        order.action_confirm()
        self.env["purchase.order"].search([("state", "=", "draft")])[
            :1
        ].button_confirm()
        self._assert_identical(self._raise(order, 5))

    def test_started(self):
        """An order in progress is not enlarged: the rest gets one of its own."""
        top = self._tree("A", 2)
        order = self._order((top, 2))
        order.action_confirm()
        made = self.env["mrp.production"].search([("product_id", "=", top.id)])
        made.workorder_ids[0].button_start()
        self._assert_identical(self._raise(order, 5))

    def test_reordering_rules(self):
        """Rules that order go core's way, rules that have enough do not matter."""
        for on_hand, by_level in ((100, True), (10, False)):
            part = self._part(f"P{on_hand}", mto=False, on_hand=on_hand, vendor=1)
            self.env["stock.warehouse.orderpoint"].create(
                {"product_id": part.id, "product_min_qty": 3, "product_max_qty": 9}
            )
            low = self._assembly(f"L{on_hand}", [(part, 2)])
            top = self._assembly(f"T{on_hand}", [(part, 1), (low, 1)])
            with self.subTest(on_hand=on_hand):
                self._assert_raised([(top, 1)], 5, changes=False, by_level=by_level)

    def test_subcontracting(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        welded = self._part("Welded")
        inner = self._tree("I", 1)
        self._bom(
            welded,
            [(inner, 2)],
            operations=0,
            type="subcontract",
            subcontractor_ids=welded.seller_ids.partner_id.ids,
        )
        top = self._assembly("T", [(welded, 1), (inner, 1)])
        self._assert_raised([(top, 2)], 5)

    def test_user_without_manufacturing_rights(self):
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        self._assert_raised([(self._tree("A", 2), 2)], 5, user=seller)

    def test_override_of_the_wizard(self):
        """What another module adds to the wizard is called for each order."""
        change, seen = ChangeProductionQty.change_prod_qty, []

        def change_prod_qty(self):
            seen.append(self.mo_id.product_id.name)
            result = change(self)
            self.mo_id.origin = f"{self.mo_id.origin} raised"
            return result

        order = self._order((self._tree("A", 2), 2))
        order.action_confirm()
        with patch.object(ChangeProductionQty, "change_prod_qty", change_prod_qty):
            self._assert_identical(self._raise(order, 5))
        self.assertEqual(sorted(seen), sorted(2 * ["A", "Aa", "Ab"]))

    def test_lowered(self):
        self._assert_lowered(self._tree("A", 2))

    def _assert_lowered(self, top):
        order = self._order((top, 5))
        order.action_confirm()
        self._assert_identical(self._raise(order, 2))

    def test_cancelled(self):
        order = self._order((self._tree("A", 2), 2), (self._tree("B", 1), 1))
        order.action_confirm()
        self._assert_identical(order._action_cancel)

    def test_cancelled_productions(self):
        """Orders with all that core cancels above them, several at once."""
        order = self._order((self._tree("A", 2), 2), (self._tree("B", 1), 1))
        order.action_confirm()
        made = self.env["mrp.production"].search([("state", "=", "confirmed")])
        self._assert_identical(made.action_cancel)
