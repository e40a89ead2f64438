from odoo import fields
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

    def test_arrived_part_taken_by_a_raised_one(self):
        """12 of 20 came: who is raised reserves them, the other one needs its order."""

        def scenario(policy):
            part = self._create_bought("Part", policy)
            top = self._create_assembly("Top", [(part, 1)], policy)
            other = self._create_assembly("Other", [(part, 1)], policy)
            order = self._create_order((top, 10), (other, 10))
            demands = self._get_demands(part)
            demands.created_purchase_line_ids.order_id.button_confirm()
            self._receive_some(part, 12)
            first, second = demands.sorted("quantity")
            second.raw_material_production_id.do_unreserve()
            self.env["change.production.qty"].create(
                {"mo_id": first.raw_material_production_id.id, "product_qty": 14}
            ).change_prod_qty()
            self.assertEqual((first.quantity, second.quantity), (12, 0))
            self.assertEqual(self._get_purchased(part), 24)
            self.assertFalse(self._get_stranded([part]))
            self.assertTrue(order)

        self._for_each_way(scenario)

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


@tagged("post_install", "-at_install")
class TestLinkOfEachReplenishment(LinksCommon):
    """Which link exists when: each way of replenishment, with its link or without."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = cls._create_user("planner")

    def _create_reordering_rule(self, product, minimum, trigger="auto", **vals):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": self.stock.id,
                "product_min_qty": minimum,
                "product_max_qty": minimum,
                "trigger": trigger,
                **vals,
            }
        )

    def _get_lines(self, product):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)], order="id"
        )

    def _create_later_order(self, *lines, days=60):
        """An order that has time: open supply arrives before it is needed."""
        return self._create_order(
            *lines,
            commitment_date=fields.Datetime.add(fields.Datetime.now(), days=days),
        )

    def test_production_is_made(self):
        for policy in ("make_to_order", None):
            top = self._create_assembly("Top", [(self._create_bought("P"), 1)], policy)
            order = self._create_order((top, 2))
            move = order.picking_ids.move_ids
            production = self._get_productions(top)
            self.assertEqual(move.move_orig_ids, production.move_finished_ids)
            self.assertEqual(move.created_production_id, production)
            self.assertEqual(production.sale_line_id, order.order_line)

    def test_existing_production_is_enlarged(self):
        """Core links neither move nor order with what it enlarged; the suite does."""
        for policy in ("make_to_order", None):
            part = self._create_bought("Part", policy)
            sub = self._create_assembly("Sub", [(part, 1)], policy)
            first = self._create_assembly("First", [(sub, 1)], policy)
            second = self._create_assembly("Second", [(sub, 1)], policy)
            self._create_order((first, 1), (second, 1))
            production = self._get_productions(sub)
            raws = self._get_productions(first + second).move_raw_ids
            self.assertEqual(production.product_qty, 2)
            self.assertEqual(raws.move_orig_ids, production.move_finished_ids)
            self.assertEqual(raws.created_production_id, production)
            self.assertEqual(
                production._get_sources(), self._get_productions(first + second)
            )

    def test_draft_purchase(self):
        """The link is on the line until the purchase is confirmed, then on the move."""
        for policy in ("make_to_order", None):
            part = self._create_bought("Part", policy)
            move = self._create_order((part, 2)).picking_ids.move_ids
            line = self._get_lines(part)
            self.assertEqual(move.created_purchase_line_ids, line)
            self.assertFalse(move.move_orig_ids)
            self.assertFalse(self._get_stranded(part))
            line.order_id.button_confirm()
            self.assertEqual(move.move_orig_ids, line.move_ids)
            self.assertFalse(self._get_stranded(part))

    def test_core_rule_that_takes_from_stock(self):
        """Core's own rule keeps no link; the same wish as a policy has one."""
        self.mto_route.rule_ids.procure_method = "mts_else_mto"
        by_rule = self._create_bought("By rule", None, on_hand=1)
        by_policy = self._create_bought("By policy", "stock_then_order", on_hand=1)
        order = self._create_order((by_rule, 3), (by_policy, 3))
        ruled, decided = order.picking_ids.move_ids.sorted("product_id")
        if ruled.product_id != by_rule:
            ruled, decided = decided, ruled
        self.assertFalse(ruled.created_purchase_line_ids, "documents equal core's")
        self.assertEqual(decided.created_purchase_line_ids.product_qty, 2)

    def test_reordering_rule_in_time(self):
        """What a reordering rule ordered for nobody and arrives in time is linked.

        A rule that runs by itself orders again what was taken from it, and no more.
        """
        for trigger, purchased in (("manual", 5), ("auto", 9)):
            part = self._create_bought("Part", "stock_then_order")
            rule = self._create_reordering_rule(part, 5, trigger)
            rule.action_replenish()
            line = self._get_lines(part)
            self.assertEqual(line.product_qty, 5)
            order = self._create_later_order((part, 4))
            move = order.picking_ids.move_ids
            self.assertEqual(move.created_purchase_line_ids, line)
            self.assertEqual(self._get_purchased(part), purchased)
            if rule.exists():
                rule.invalidate_recordset()
                self.assertEqual(rule.qty_forecast, purchased - 4)

    def test_reordering_rule_too_late(self):
        part = self._create_bought("Part", "stock_then_order", delay=40)
        self._create_reordering_rule(part, 5, trigger="manual").action_replenish()
        line = self._get_lines(part)
        order = self._create_later_order((part, 4), days=10)
        self.assertEqual(self._get_purchased(part), 9)
        self.assertTrue(order.picking_ids.move_ids.created_purchase_line_ids)
        network = self.env["mto.supply.network"]
        flow = network._load_open(order.picking_ids.move_ids).solve()
        added = sum(self._get_lines(part).mapped("product_qty")) - 5
        self.assertEqual(flow.covered(order.picking_ids.move_ids.id), added)
        self.assertTrue(line)

    def test_production_of_a_reordering_rule(self):
        """The same with what is made for stock."""
        part = self._create_bought("Part", "make_to_stock", on_hand=50)
        top = self._create_assembly("Top", [(part, 1)], "stock_then_order")
        self._create_reordering_rule(top, 5, "manual").action_replenish()
        production = self._get_productions(top)
        self.assertEqual(production.product_qty, 5)
        production.action_confirm()
        order = self._create_later_order((top, 4))
        move = order.picking_ids.move_ids
        self.assertEqual(move.move_orig_ids, production.move_finished_ids)
        self.assertEqual(self._get_productions(top), production)

    def test_manual_production_and_purchase_in_time(self):
        """What a person ordered for stock serves a demand that looks there first."""
        part = self._create_bought("Part", "stock_then_order")
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": part.id, "product_qty": 5})],
            }
        )
        purchase.button_confirm()
        order = self._create_later_order((part, 4))
        move = order.picking_ids.move_ids
        self.assertEqual(move.move_orig_ids, purchase.order_line.move_ids)
        self.assertEqual(self._get_purchased(part), 5)

    def test_open_supply_after_the_need(self):
        """What comes too late is not counted on: the demand orders its own."""
        part = self._create_bought("Part", "stock_then_order")
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": part.id,
                            "product_qty": 5,
                            "date_planned": fields.Datetime.add(
                                fields.Datetime.now(), days=90
                            ),
                        },
                    )
                ],
            }
        )
        purchase.button_confirm()
        order = self._create_later_order((part, 4))
        self.assertFalse(order.picking_ids.move_ids.move_orig_ids)
        self.assertEqual(self._get_purchased(part), 9)

    def test_allocation_report(self):
        """What a person allocated to one demand is promised to nobody else."""
        part = self._create_bought("Part", "make_to_stock")
        first = self._create_order((part, 5))
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": part.id, "product_qty": 5})],
            }
        )
        purchase.button_confirm()
        demand = first.picking_ids.move_ids
        self.env["report.stock.report_reception"].action_assign(
            demand.ids, [5], [purchase.order_line.move_ids.ids]
        )
        self.assertEqual(demand.move_orig_ids, purchase.order_line.move_ids)
        self.assertFalse(self._get_stranded(part))
        part.supply_policy = "stock_then_order"
        second = self._create_later_order((part, 3))
        self.assertFalse(second.picking_ids.move_ids.move_orig_ids)
        self.assertEqual(self._get_purchased(part), 8)

    def test_purchase_line_of_three_orders(self):
        """One line of 24 for 3 orders: each has its own share, the order counts."""
        self.vendor.group_rfq = "all"
        part = self._create_bought("Part")
        orders = [self._create_order((part, quantity)) for quantity in (4, 8, 12)]
        line = self._get_lines(part)
        self.assertEqual(line.product_qty, 24)
        moves = [order.picking_ids.move_ids for order in orders]
        self.assertEqual(len(line.move_dest_ids), 3)
        network = self.env["mto.supply.network"]
        flow = network._load_open(line.move_dest_ids).solve()
        shares = [flow.covered(move.id) for move in moves]
        self.assertEqual(shares, [4, 8, 12])
        self._receive(part)
        self.assertEqual({move.state for move in moves}, {"assigned"})

    def test_surplus_of_a_purchase_is_linked_with_nobody(self):
        """The buyer orders 10 for 6: 6 for the order, 4 free to stock."""
        for policy in ("make_to_order", None):
            part = self._create_bought("Part", policy)
            move = self._create_order((part, 6)).picking_ids.move_ids
            line = self._get_lines(part)
            line.product_qty = 10
            line.order_id.button_confirm()
            linked = line.move_ids.filtered("move_dest_ids")
            # By Odoo's own route the receipt is one, as in core.
            self.assertEqual(linked.product_uom_qty, 6 if policy else 10)
            self.assertEqual(linked.move_dest_ids, move)
            self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 10)
            self._receive(part)
            self.assertEqual(part.free_qty, 4)


@tagged("post_install", "-at_install")
class TestLinksOfChangedProductions(LinksCommon):
    """Merged, split and continued orders keep whom they serve, and their supply."""

    def _create_two_levels(self, policy="make_to_order"):
        self.part = self._create_bought("Part", policy)
        self.sub = self._create_assembly("Sub", [(self.part, 1)], policy)
        self.top = self._create_assembly("Top", [(self.sub, 1)], policy)

    def _get_open(self, product):
        return self._get_productions(product).filtered(lambda p: p.state != "done")

    def _confirm_purchases(self):
        self.env["purchase.order"].search(
            [("product_id", "=", self.part.id), ("state", "=", "draft")]
        ).button_confirm()

    def _check_served(self, line, products):
        for level, product in enumerate(products):
            for production in self._get_productions(product):
                self.assertEqual(production.demand_line_id, line)
                self.assertEqual(production.demand_level, level)
                self.assertEqual(production.move_raw_ids.demand_line_id, line)
        self.assertFalse(self._get_stranded(self.top + self.sub + self.part))

    def test_split_with_a_confirmed_purchase(self):
        for policy in ("make_to_order", None):
            self._create_two_levels(policy)
            order = self._create_order((self.top, 6))
            self._confirm_purchases()
            for product in self.sub + self.top:
                production = self._get_productions(product)
                production._split_productions({production: [2, 4]})
            self._check_served(order.order_line, self.top + self.sub)
            self._live_to_the_end(order, self.part, self.sub, self.top)

    def test_merge_with_a_confirmed_purchase(self):
        for policy in ("make_to_order", None):
            self._create_two_levels(policy)
            first = self._create_order((self.top, 2))
            second = self._create_order((self.top, 3))
            self._confirm_purchases()
            for product in self.sub + self.top:
                self._get_productions(product).action_merge()
            merged = self._get_productions(self.top)
            self.assertEqual(merged.product_qty, 5)
            self.assertEqual(merged.demand_line_id, first.order_line)
            self.assertFalse(self._get_stranded(self.top + self.sub + self.part))
            self._receive(self.part)
            self._produce(self._get_productions(self.sub))
            self._produce(merged)
            for order in first + second:
                self.assertEqual(order.picking_ids.move_ids.state, "assigned")

    def test_backorder(self):
        """4 of 6 are made: the rest serves the same line and has its parts."""
        for policy in ("make_to_order", None):
            self._create_two_levels(policy)
            order = self._create_order((self.top, 6))
            self._receive(self.part)
            production = self._get_productions(self.sub)
            production.qty_producing = 4
            production._set_qty_producing()
            production.with_context(
                skip_backorder=True, mo_ids_to_backorder=production.ids
            ).button_mark_done()
            self.assertEqual(self._get_open(self.sub).product_qty, 2)
            self._check_served(order.order_line, self.top + self.sub)
            self._live_to_the_end(order, self.part, self.sub, self.top)

    def _raise_after(self, change, policy):
        """Raise an order from 2 to 5 after a change of its production."""
        self._create_two_levels(policy)
        order = self._create_order((self.top, 2))
        change(self._get_productions(self.top))
        order.order_line.product_uom_qty = 5
        productions = self._get_productions(self.top)
        self.assertEqual(productions.mapped("product_qty"), [2, 3])
        self.assertFalse(self._get_stranded(self.top + self.sub + self.part))
        deliveries = order.picking_ids.move_ids
        self.assertEqual(deliveries.move_orig_ids, productions.move_finished_ids)
        self._live_to_the_end(order, self.part, self.sub, self.top)

    def test_raise_with_a_responsible_user(self):
        """A person has the order: a second one is made, and linked, at every level."""
        for policy in ("make_to_order", None):
            self._raise_after(lambda p: p.write({"user_id": self.env.uid}), policy)

    def test_raise_of_a_started_order(self):
        def start(production):
            self._receive(self.part)
            self._produce(self._get_productions(self.sub))
            production.action_start()
            self.assertEqual(production.state, "progress")

        for policy in ("make_to_order", None):
            self._raise_after(start, policy)

    def test_raise_of_a_planned_order(self):
        center = self.env["mrp.workcenter"].create({"name": "Bench"})

        def plan(production):
            self.env["mrp.workorder"].create(
                {
                    "name": "Assemble",
                    "production_id": production.id,
                    "workcenter_id": center.id,
                    "product_uom_id": production.product_uom_id.id,
                }
            )
            production.button_plan()
            self.assertTrue(production.is_planned)

        for policy in ("make_to_order", None):
            self._raise_after(plan, policy)

    def test_raise_after_the_order_is_done(self):
        """All 2 are made: the growth is made anew and linked."""

        def make(production):
            self._receive(self.part)
            self._produce(self._get_productions(self.sub))
            self._produce(production)

        for policy in ("make_to_order", None):
            self._raise_after(make, policy)
