from odoo.tests import tagged

from .common import SupplyCommon


class LinksCommon(SupplyCommon):
    """What must hold of the links, whatever happened to the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.reference"].check_access("read")

    def _create_assembly(self, name, components, policy="make_to_order", **vals):
        """A product made of ``components``; by Odoo's own route if policy is None."""
        routes = {} if policy else {"route_ids": self.mto_route.ids}
        product = self._create_product(name, policy, **routes)
        self._create_bom(product, components, **vals)
        return product

    def _create_bought(self, name, policy="make_to_order", **vals):
        routes = {} if policy else {"route_ids": self.mto_route.ids}
        return self._create_part(name, policy, **routes, **vals)

    def _get_stranded(self, products):
        moves = self._get_demands(products[0]).browse()
        for product in products:
            moves |= self._get_demands(product)
        return self.env["mto.supply.network"]._find_stranded(moves)

    def _receive(self, products):
        """Confirm and receive every request for quotation of the products."""
        lines = self.env["purchase.order.line"].search(
            [("product_id", "in", products.ids), ("state", "!=", "cancel")]
        )
        for order in lines.order_id:
            if order.state in ("draft", "sent"):
                order.button_confirm()
            for picking in order.picking_ids.filtered(
                lambda p: p.state not in ("done", "cancel")
            ):
                picking.move_ids.picked = True
                picking._action_done()

    def _produce(self, productions):
        for production in productions.filtered(
            lambda p: p.state not in ("done", "cancel")
        ):
            production.action_assign()
            self.assertEqual(
                production.reservation_state, "assigned", production.display_name
            )
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.with_context(skip_consumption=True).button_mark_done()
            self.assertEqual(production.state, "done")

    def _live_to_the_end(self, order, bought, *levels):
        """Buy, make from the bottom up and deliver; nothing may be stuck."""
        self._receive(bought)
        for product in levels:
            self._produce(self._get_productions(product))
        pickings = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        pickings.action_assign()
        self.assertEqual(set(pickings.move_ids.mapped("state")), {"assigned"})
        pickings.move_ids.picked = True
        pickings._action_done()
        for line in order.order_line:
            self.assertEqual(line.qty_delivered, line.product_uom_qty)


@tagged("post_install", "-at_install")
class TestLinks(LinksCommon):
    """Traps of core: the second demand is never left alone, by policy and by route."""

    def _for_each_way(self, scenario):
        for policy in ("make_to_order", None):
            with self.subTest(policy=policy or "core's route"):
                scenario(policy)

    def test_raised_order(self):
        """2 -> 5: the growth is linked with the order that was raised for it."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            top = self._create_assembly("Top", [(part, 2)], policy)
            order = self._create_order((top, 2))
            order.order_line.product_uom_qty = 5
            production = self._get_productions(top)
            self.assertEqual(production.product_qty, 5)
            moves = order.picking_ids.move_ids
            self.assertEqual(moves.move_orig_ids, production.move_finished_ids)
            self.assertFalse(self._get_stranded(top + part))
            self._live_to_the_end(order, part, top)

        self._for_each_way(scenario)

    def test_two_lines_share_a_sub_assembly(self):
        def scenario(policy):
            part = self._create_bought("Part", policy)
            sub = self._create_assembly("Sub", [(part, 1)], policy)
            first = self._create_assembly("First", [(sub, 1)], policy)
            second = self._create_assembly("Second", [(sub, 2)], policy)
            order = self._create_order((first, 1), (second, 1))
            self.assertEqual(sum(self._get_productions(sub).mapped("product_qty")), 3)
            self.assertFalse(self._get_stranded(first + second + sub + part))
            for product in first + second:
                raw = self._get_productions(product).move_raw_ids
                self.assertTrue(raw.move_orig_ids.production_id)
                self.assertIn(
                    self._get_productions(product),
                    self._get_productions(sub)._get_sources(),
                )
            self._live_to_the_end(order, part, sub, first, second)

        self._for_each_way(scenario)

    def test_batch_size(self):
        """5 in batches of 2: all three orders are linked with the demand."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            sub = self._create_assembly("Sub", [(part, 1)], policy)
            top = self._create_assembly(
                "Top", [(sub, 1)], policy, enable_batch_size=True, batch_size=2
            )
            order = self._create_order((top, 5))
            productions = self._get_productions(top)
            self.assertEqual(productions.mapped("product_qty"), [2, 2, 2])
            delivery = order.picking_ids.move_ids
            self.assertEqual(delivery.move_orig_ids, productions.move_finished_ids)
            self.assertFalse(self._get_stranded(top + sub + part))
            self._live_to_the_end(order, part, sub, top)

        self._for_each_way(scenario)

    def test_split_with_a_draft_purchase(self):
        """Each part of a split order waits for the same request for quotation."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            top = self._create_assembly("Top", [(part, 1)], policy)
            order = self._create_order((top, 6))
            production = self._get_productions(top)
            production._split_productions({production: [2, 4]})
            self.assertEqual(len(self._get_productions(top)), 2)
            self.assertFalse(self._get_stranded(part + top))
            self._live_to_the_end(order, part, top)

        self._for_each_way(scenario)

    def test_merge_with_a_draft_purchase(self):
        def scenario(policy):
            part = self._create_bought("Part", policy)
            top = self._create_assembly("Top", [(part, 1)], policy)
            first = self._create_order((top, 2))
            second = self._create_order((top, 3))
            productions = self._get_productions(top)
            self.assertEqual(len(productions), 2)
            productions.action_merge()
            merged = self._get_productions(top)
            self.assertEqual(merged.product_qty, 5)
            self.assertFalse(self._get_stranded(part + top))
            self._receive(part)
            self._produce(merged)
            for order in first + second:
                self.assertEqual(order.picking_ids.move_ids.state, "assigned")

        self._for_each_way(scenario)

    def test_line_added_to_a_confirmed_order(self):
        def scenario(policy):
            part = self._create_bought("Part", policy)
            sub = self._create_assembly("Sub", [(part, 1)], policy)
            first = self._create_assembly("First", [(sub, 1)], policy)
            second = self._create_assembly("Second", [(sub, 1)], policy)
            order = self._create_order((first, 1))
            order.order_line = [(0, 0, {"product_id": second.id, "product_uom_qty": 1})]
            self.assertFalse(self._get_stranded(first + second + sub + part))
            self._live_to_the_end(order, part, sub, first, second)

        self._for_each_way(scenario)

    def test_order_enlarged_before_it_was_confirmed(self):
        """The order for 12 is a draft yet when the component of the other adds 2."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            sub = self._create_assembly("Sub", [(part, 1)], policy)
            top = self._create_assembly("Top", [(sub, 2)], policy)
            order = self._create_order((top, 1), (sub, 12))
            self.assertEqual(self._get_productions(sub).product_qty, 14)
            self.assertFalse(self._get_stranded(top + sub + part))
            self._live_to_the_end(order, part, sub, top)

        self._for_each_way(scenario)

    def test_raised_stock_first_assembly(self):
        """What Odoo adds to the order for the missing part is linked and arrives."""
        part = self._create_bought("Part")
        top = self._create_assembly("Top", [(part, 1)], "stock_then_order")
        self._add_stock(top, 3)
        order = self._create_order((top, 5))
        order.order_line = [(0, 0, {"product_id": top.id, "product_uom_qty": 4})]
        self.assertEqual(self._get_productions(top).product_qty, 6)
        for move in order.picking_ids.move_ids:
            self.assertFalse(self._get_uncovered(move))
        self._live_to_the_end(order, part, top)

    def _get_uncovered(self, moves):
        return self.env["mto.supply.network"]._find_uncovered(moves)

    def _receive_some(self, product, quantity):
        """Receive a part of the one open receipt of the product."""
        picking = self.env["stock.picking"].search(
            [
                ("product_id", "=", product.id),
                ("picking_type_code", "=", "incoming"),
                ("state", "=", "assigned"),
            ]
        )
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking._action_done()

    def test_share_taken_by_another_demand(self):
        """4 ordered for two; the first, raised, takes 3 and gives of its new order."""
        part = self._create_bought("Part", "stock_then_order")
        top = self._create_assembly("Top", [(part, 2)])
        order = self._create_order((part, 2), (top, 1))
        purchase = self.env["purchase.order.line"].search(
            [("product_id", "=", part.id)]
        )
        self.assertEqual(purchase.product_qty, 4)
        purchase.order_id.button_confirm()
        self.env["change.production.qty"].create(
            {"mo_id": self._get_productions(top).id, "product_qty": 5}
        ).change_prod_qty()
        self.assertEqual(self._get_purchased(part), 12)
        demands = self._get_demands(part)
        self._receive_some(part, 2)
        self.assertFalse(self._get_uncovered(demands))
        self._receive_some(part, 1)
        self.assertFalse(self._get_uncovered(demands))
        self._receive(part)
        self.assertEqual(set(demands.mapped("state")), {"assigned"})
        self.assertTrue(order)

    def test_make_to_order_shares_with_stock_first(self):
        """What the other one took from stock is not counted as taken from the order."""
        part = self._create_bought("Part", "stock_then_order", on_hand=6)
        top = self._create_assembly("Top", [(part, 1)])
        order = self._create_order((top, 10))
        part.supply_policy = "make_to_order"
        other = self._create_assembly("Other", [(part, 1)])
        order.order_line = [(0, 0, {"product_id": other.id, "product_uom_qty": 3})]
        self.assertEqual(self._get_purchased(part), 7)
        line = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertEqual(len(line), 1)
        self.assertEqual(len(line.move_dest_ids), 2)
        self._live_to_the_end(order, part, top, other)

    def test_merge_of_a_backorder(self):
        """The rest of one order and another order become one: both are supplied."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            top = self._create_assembly("Top", [(part, 1)], policy)
            first = self._create_order((top, 5))
            second = self._create_order((top, 2))
            self._receive(part)
            production, other = self._get_productions(top)
            production.qty_producing = 3
            production._set_qty_producing()
            production.with_context(
                skip_backorder=True, mo_ids_to_backorder=production.ids
            ).button_mark_done()
            rest = self._get_productions(top) - production - other
            (rest + other).action_merge()
            self.assertFalse(self._get_stranded(top))
            self._produce(self._get_productions(top))
            for order in first + second:
                states = set(order.picking_ids.move_ids.mapped("state"))
                self.assertEqual(states, {"assigned"})

        self._for_each_way(scenario)

    def test_lowered_lines_of_one_product(self):
        """Each line gives back of the purchase that was ordered for it."""
        part = self._create_bought("Part", "stock_then_order")
        order = self._create_order((part, 6), (part, 5))
        lines = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertEqual(sum(lines.mapped("product_qty")), 11)
        for line in order.order_line:
            line.product_uom_qty = 1
            self.assertFalse(self._get_uncovered(order.picking_ids.move_ids))
        self.assertEqual(sum(lines.mapped("product_qty")), 2)
        self.assertGreaterEqual(min(lines.mapped("product_qty")), 0)

    def test_merge_orders_nothing_again(self):
        """Two orders that have their parts, reserved and ordered, become one."""
        part = self._create_bought("Part", "stock_then_order", on_hand=5)
        top = self._create_assembly("Top", [(part, 1)])
        first = self._create_order((top, 3), (part, 4))
        second = self._create_order((top, 3))
        self.assertEqual(self._get_purchased(part), 5)
        self._get_productions(top).action_merge()
        self.assertEqual(self._get_productions(top).product_qty, 6)
        self.assertEqual(self._get_purchased(part), 5)
        self._receive(part)
        self._produce(self._get_productions(top))
        for order in first + second:
            self.assertEqual(
                set(order.picking_ids.move_ids.mapped("state")), {"assigned"}
            )
