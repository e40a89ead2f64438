from itertools import pairwise

from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestCascade(SupplyCommon):
    """What documents a policy creates."""

    def test_sold_product_made_to_order(self):
        bike = self._create_product("Bike", "make_to_order")
        frame = self._create_part("Frame", on_hand=100)
        self._create_bom(bike, [(frame, 1)])
        order = self._create_order((bike, 20))
        production = self._get_productions(bike)
        self.assertEqual(production.product_qty, 20)
        self.assertEqual(production.state, "confirmed")
        self.assertEqual(production.sale_line_id, order.order_line)
        delivery = order.picking_ids.move_ids
        self.assertEqual(delivery.move_orig_ids, production.move_finished_ids)
        self.assertEqual(delivery.procure_method, "make_to_order")
        self.assertEqual(delivery.supply_policy, "make_to_order")
        self.assertEqual(delivery.supply_reason["code"], "product_policy")
        self.assertEqual(
            delivery.supply_explanation,
            "Made or bought for the order: policy of the product",
        )
        self.assertEqual(production.move_raw_ids.procure_method, "make_to_stock")

    def test_four_levels_without_any_route(self):
        """The category of assemblies says make to order; four levels are made."""
        self.mto_route.active = False
        assemblies = self._create_category("Assemblies", "make_to_order")
        levels = [
            self._create_product(f"Level {level}", categ_id=assemblies.id)
            for level in range(4)
        ]
        part = self._create_part("Part", "make_to_order")
        for parent, child in zip(levels, [*levels[1:], part], strict=True):
            self._create_bom(parent, [(child, 2)])
        order = self._create_order((levels[0], 5))
        productions = [self._get_productions(product) for product in levels]
        self.assertEqual([p.product_qty for p in productions], [5, 10, 20, 40])
        self.assertEqual(self._get_purchased(part), 80)
        for parent, child in pairwise(productions):
            self.assertEqual(child._get_sources(), parent)
            self.assertEqual(parent.move_raw_ids.move_orig_ids, child.move_finished_ids)
        self.assertEqual(
            self.env["purchase.order.line"]
            .search([("product_id", "=", part.id)])
            .move_dest_ids,
            productions[-1].move_raw_ids,
        )
        self.assertFalse(order.order_line.product_id.route_ids)

    def test_category_inherits_from_parent(self):
        grand = self._create_category("Bicycles", "make_to_order")
        middle = self._create_category("City", "inherit", grand)
        leaf = self._create_category("Folding", None, middle)
        bike = self._create_product("Bike", categ_id=leaf.id)
        self._create_bom(bike, [(self._create_part("Frame"), 1)])
        order = self._create_order((bike, 1))
        self.assertEqual(self._get_productions(bike).product_qty, 1)
        self.assertEqual(
            order.picking_ids.move_ids.supply_reason,
            {"code": "category_policy", "record_id": grand.id, "name": "Bicycles"},
        )
        middle.supply_policy = "make_to_stock"
        self._create_order((bike, 1))
        self.assertEqual(len(self._get_productions(bike)), 1)

    def test_product_overrules_category(self):
        category = self._create_category("Bicycles", "make_to_order")
        bike = self._create_product("Bike", "make_to_stock", categ_id=category.id)
        self._create_bom(bike, [(self._create_part("Frame"), 1)])
        self._create_order((bike, 1))
        self.assertFalse(self._get_productions(bike))

    def test_make_to_stock_overrules_a_route(self):
        bike = self._create_product(
            "Bike", "make_to_stock", route_ids=self.mto_route.ids
        )
        frame = self._create_part(
            "Frame", "make_to_stock", route_ids=self.mto_route.ids
        )
        self._create_bom(bike, [(frame, 1)])
        order = self._create_order((bike, 1))
        self.assertFalse(self._get_productions(bike))
        self.assertEqual(order.picking_ids.move_ids.procure_method, "make_to_stock")
        production = self._create_production(bike, 3)
        self.assertEqual(production.move_raw_ids.procure_method, "make_to_stock")
        self.assertFalse(self._get_purchased(frame))
        self._set_production_qty(production, 5)
        self.assertEqual(production.move_raw_ids.product_uom_qty, 5)
        self.assertEqual(production.move_raw_ids.procure_method, "make_to_stock")
        self.assertFalse(self._get_purchased(frame))

    def test_raised_production_of_a_component_made_to_order(self):
        bike = self._create_product("Bike")
        frame = self._create_part("Frame", "make_to_order", on_hand=50)
        self._create_bom(bike, [(frame, 1)])
        production = self._create_production(bike, 20)
        self.assertEqual(self._get_purchased(frame), 20)
        self._set_production_qty(production, 25)
        self.assertEqual(self._get_purchased(frame), 25)
        self.assertEqual(production.move_raw_ids.procure_method, "make_to_order")
        # Decided when it was confirmed: a policy changed since does not turn it.
        frame.supply_policy = "make_to_stock"
        self._set_production_qty(production, 22)
        self.assertEqual(self._get_purchased(frame), 22)

    def test_make_to_stock_overrules_a_stock_or_order_rule(self):
        self._set_mto_rules("mts_else_mto")
        bike = self._create_product("Bike")
        frame = self._create_part(
            "Frame", "make_to_stock", route_ids=self.mto_route.ids
        )
        self._create_bom(bike, [(frame, 1)])
        production = self._create_production(bike, 3)
        self._set_production_qty(production, 5)
        self._create_order((frame, 2))
        self.assertFalse(self._get_purchased(frame))

    def test_policies_over_a_stock_or_order_rule(self):
        """The rule takes from stock; the policy decides how much is ordered."""
        self._set_mto_rules("mts_else_mto")
        routes = self.mto_route.ids
        ordered = self._create_part("A", "make_to_order", 14, route_ids=routes)
        mixed = self._create_part("B", "stock_then_order", 14, route_ids=routes)
        self._create_order((ordered, 20), (mixed, 20))
        self.assertEqual(self._get_purchased(ordered), 20)
        self.assertEqual(self._get_purchased(mixed), 6)

    def test_make_to_order_bought(self):
        """The demand is linked when the purchase is confirmed, and reserved."""
        part = self._create_part("Part", "make_to_order", on_hand=100)
        order = self._create_order((part, 3))
        line = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertEqual(line.product_qty, 3)
        move = order.picking_ids.move_ids
        self.assertEqual(line.move_dest_ids, move)
        self.assertEqual(move.state, "waiting")
        line.order_id.button_confirm()
        line.order_id.picking_ids.button_validate()
        self.assertEqual(move.state, "assigned")

    def test_two_step_delivery(self):
        self.warehouse.delivery_steps = "pick_ship"
        bike = self._create_product("Bike", "make_to_order")
        part = self._create_part("Brakes", "stock_then_order", on_hand=14)
        self._create_bom(bike, [(self._create_part("Frame", on_hand=5), 1)])
        order = self._create_order((bike, 2), (part, 20))
        self.assertEqual(self._get_productions(bike).product_qty, 2)
        self.assertEqual(self._get_purchased(part), 6)
        first = self._get_demands(bike)
        self.assertEqual(first.location_dest_id, self.warehouse.wh_output_stock_loc_id)
        self.assertEqual(first.move_orig_ids.production_id, self._get_productions(bike))
        self.assertEqual(len(order.picking_ids), 1)

    def test_manufacturing_in_two_steps(self):
        self._check_manufacturing_steps("pbm")

    def test_manufacturing_in_three_steps(self):
        self._check_manufacturing_steps("pbm_sam")

    def _check_manufacturing_steps(self, steps):
        """The transfer that picks the components is decided, not the consumption."""
        self.warehouse.manufacture_steps = steps
        bike = self._create_product("Bike", "make_to_order")
        frame = self._create_product("Frame", "make_to_order")
        brakes = self._create_part("Brakes", "stock_then_order", on_hand=14)
        tube = self._create_part("Tube", on_hand=100)
        self._create_bom(bike, [(frame, 1), (brakes, 1)])
        self._create_bom(frame, [(tube, 3)])
        self._create_order((bike, 20))
        production = self._get_productions(bike)
        self.assertEqual(production.product_qty, 20)
        self.assertEqual(self._get_productions(frame).product_qty, 20)
        self.assertEqual(self._get_purchased(brakes), 6)
        for product, policy in ((frame, "make_to_order"), (brakes, "stock_then_order")):
            pick = self._get_demands(product)
            self.assertEqual(pick.location_dest_id, self.warehouse.pbm_loc_id)
            self.assertEqual(pick.supply_policy, policy)
        self.assertFalse(any(production.move_raw_ids.mapped("supply_policy")))
        self._set_production_qty(production, 25)
        self.assertEqual(self._get_purchased(brakes), 11)
        self.assertEqual(self._get_demands(brakes).product_uom_qty, 25)
        self._set_production_qty(production, 23)
        self.assertEqual(self._get_purchased(brakes), 9)
        self.assertEqual(self._get_demands(brakes).product_uom_qty, 23)

    def test_kit_components_follow_their_own_policy(self):
        kit = self._create_product("Brake kit", "make_to_stock")
        lever = self._create_part("Lever", "make_to_order", on_hand=50)
        pad = self._create_part("Pad", "stock_then_order", on_hand=14)
        self._create_bom(kit, [(lever, 1), (pad, 2)], type="phantom")
        order = self._create_order((kit, 10))
        self.assertEqual(self._get_purchased(lever), 10)
        self.assertEqual(self._get_purchased(pad), 6)
        self.assertEqual(order.picking_ids.move_ids.product_id, lever | pad)
        # As a component of a manufacturing order.
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(kit, 1)])
        self._create_order((bike, 3))
        self.assertEqual(self._get_purchased(lever), 13)
        self.assertEqual(self._get_purchased(pad), 12)

    def test_kit_added_to_a_running_order(self):
        """A kit that core explodes while it confirms the move."""
        kit = self._create_product("Brake kit")
        tube = self._create_part("Tube", "make_to_order", on_hand=50)
        lever = self._create_product("Lever", "make_to_order", on_hand=50)
        self._create_bom(lever, [(tube, 1)])
        pad = self._create_part("Pad", "stock_then_order", on_hand=14)
        self._create_bom(kit, [(lever, 1), (pad, 2)], type="phantom")
        bike = self._create_product("Bike")
        self._create_bom(bike, [(self._create_part("Frame", on_hand=9), 1)])
        production = self._create_production(bike, 5)
        self._add_component(production, kit, 10)
        self.assertEqual(self._get_productions(lever).product_qty, 10)
        self.assertEqual(self._get_purchased(tube), 10)
        self.assertEqual(self._get_purchased(pad), 6)

    def test_component_added_to_a_running_order(self):
        """Its own components are ordered in turn, whichever policy it has."""
        bike = self._create_product("Bike")
        self._create_bom(bike, [(self._create_part("Frame", on_hand=9), 1)])
        tube = self._create_part("Tube", "make_to_order", on_hand=50)
        rack = self._create_product("Rack", "stock_then_order", on_hand=2)
        self._create_bom(rack, [(tube, 1)])
        production = self._create_production(bike, 5)
        self._add_component(production, rack, 5)
        self.assertEqual(self._get_productions(rack).product_qty, 3)
        self.assertEqual(self._get_purchased(tube), 3)

    def test_order_confirmed_without_procurements(self):
        """Core orders nothing below a component of its MTO route that is added later:
        what is below is taken from stock, it does not wait for nobody.
        """
        bike = self._create_product("Bike")
        self._create_bom(bike, [(self._create_part("Frame", on_hand=9), 1)])
        tube = self._create_part("Tube", "make_to_order", on_hand=50)
        rack = self._create_product("Rack", route_ids=self.mto_route.ids)
        self._create_bom(rack, [(tube, 1)])
        production = self._create_production(bike, 5)
        self._add_component(production, rack, 5)
        component = self._get_productions(rack).move_raw_ids
        self.assertFalse(self._get_purchased(tube))
        self.assertEqual(component.state, "assigned")
        self.assertFalse(component.supply_policy)

    def test_component_that_is_already_used(self):
        """Added while producing: it is in hand, nothing is ordered for it."""
        bike = self._create_product("Bike")
        self._create_bom(bike, [(self._create_part("Frame", on_hand=9), 1)])
        bell = self._create_part("Bell", "make_to_order", on_hand=9)
        production = self._create_production(bike, 5)
        production.qty_producing = 5
        production._set_qty_producing()
        self._add_component(production, bell, 5)
        added = production.move_raw_ids.filtered(lambda m: m.product_id == bell)
        self.assertTrue(added.picked)
        self.assertFalse(self._get_purchased(bell))

    def test_merged_productions(self):
        """Merging orders nothing again, and what was linked stays linked."""
        bike = self._create_product("Bike")
        brakes = self._create_part("Brakes", "stock_then_order", on_hand=14)
        frame = self._create_product("Frame", "make_to_order")
        self._create_bom(bike, [(brakes, 1), (frame, 1)])
        self._create_bom(frame, [(self._create_part("Tube", on_hand=50), 1)])
        productions = self._create_production(bike, 10)
        productions |= self._create_production(bike, 10)
        self.assertEqual(self._get_purchased(brakes), 6)
        frames = self._get_productions(frame)
        productions.action_merge()
        merged = self._get_productions(bike)
        self.assertEqual(merged.product_qty, 20)
        self.assertEqual(self._get_purchased(brakes), 6)
        self.assertEqual(self._get_productions(frame), frames)
        raw = merged.move_raw_ids.filtered(lambda m: m.product_id == frame)
        self.assertEqual(raw.procure_method, "make_to_order")
        self.assertEqual(raw.move_orig_ids, frames.move_finished_ids)

    def test_resupply_from_another_warehouse(self):
        """Two plants: one makes frames, the other assembles."""
        plant = self.env["stock.warehouse"].create(
            {"name": "Frame plant", "code": "FRM"}
        )
        self.warehouse.resupply_wh_ids = plant
        route = self.warehouse.resupply_route_ids
        bike = self._create_product("Bike", "make_to_order")
        frame = self._create_product("Frame", "make_to_order", route_ids=route.ids)
        self._create_bom(bike, [(frame, 1)])
        self._create_bom(
            frame,
            [(self._create_part("Tube"), 1)],
            picking_type_id=plant.manu_type_id.id,
        )
        self._create_order((bike, 4))
        production = self._get_productions(frame)
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(production.warehouse_id, plant)
        shipment = self._get_demands(frame).filtered(
            lambda move: move.location_id == plant.lot_stock_id
        )
        self.assertEqual(shipment.move_orig_ids, production.move_finished_ids)

    def test_what_is_not_a_demand_is_left_alone(self):
        """Receipts, transfers by hand and returns are not decided."""
        part = self._create_part("Part", "make_to_order", on_hand=10)
        out_type = self.warehouse.out_type_id
        by_hand = self.env["stock.picking"].create(
            {
                "picking_type_id": out_type.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customer.property_stock_customer.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": part.id,
                            "product_uom_qty": 4,
                            "location_id": self.stock.id,
                            "location_dest_id": (
                                self.customer.property_stock_customer.id
                            ),
                        },
                    )
                ],
            }
        )
        by_hand.action_confirm()
        self.assertFalse(by_hand.move_ids.supply_policy)
        self.assertEqual(by_hand.state, "assigned")
        by_hand.button_validate()
        wizard = self.env["stock.return.picking"].create({"picking_id": by_hand.id})
        wizard.product_return_moves.quantity = 4
        returned = wizard._create_return()
        self.assertFalse(returned.move_ids.supply_policy)
        self.assertFalse(self._get_purchased(part))
        order = self._create_order((part, 2))
        receipt = self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        receipt.button_confirm()
        self.assertFalse(receipt.picking_ids.move_ids.supply_policy)
        demand = order.picking_ids.move_ids
        self.assertTrue(demand.supply_policy)
        draft = demand.copy()
        self.assertTrue(draft._is_supply_demand())
        self.assertFalse(draft.supply_policy, "a copy is decided anew")
        draft.origin_returned_move_id = demand
        self.assertFalse(draft._is_supply_demand())

    def test_raised_and_lowered_order(self):
        """A bought product follows the order in both directions, as on core's route."""
        by_policy = self._create_part("Policy", "make_to_order")
        by_route = self._create_part("Route", route_ids=self.mto_route.ids)
        order = self._create_order((by_policy, 5), (by_route, 5))
        for quantity in (8, 3):
            for line in order.order_line:
                line.product_uom_qty = quantity
            self.assertEqual(self._get_purchased(by_policy), quantity)
            self.assertEqual(self._get_purchased(by_route), quantity)
            self.assertEqual(len(order.picking_ids), 1)
            moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertEqual(
                [
                    sum(
                        moves.filtered(lambda m, p=p: m.product_id == p).mapped(
                            "product_uom_qty"
                        )
                    )
                    for p in (by_policy, by_route)
                ],
                [quantity, quantity],
            )

    def test_policy_changed_while_an_order_runs(self):
        """A running order is lowered in place: no return, no purchase for stock."""
        part = self._create_part("Part", "make_to_order")
        order = self._create_order((part, 5))
        part.supply_policy = "make_to_stock"
        order.order_line.product_uom_qty = 3
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 3)
        self.assertEqual(self._get_purchased(part), 3)

    def test_policy_set_after_the_order(self):
        """An order confirmed before the policy was set is lowered as core does."""
        part = self._create_part("Part", on_hand=10)
        order = self._create_order((part, 5))
        part.supply_policy = "make_to_order"
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 3)
        self.assertFalse(self._get_purchased(part))

    def test_raised_bicycle(self):
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(self._create_part("Frame", on_hand=9), 1)])
        order = self._create_order((bike, 2))
        order.order_line.product_uom_qty = 5
        self.assertEqual(sum(self._get_productions(bike).mapped("product_qty")), 5)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 5)

    def test_backorder_of_a_delivery(self):
        """14 produced and shipped, 6 later."""
        bike = self._create_product("Bike", "make_to_order")
        brakes = self._create_part("Brakes", "stock_then_order", on_hand=14)
        self._create_bom(bike, [(brakes, 1)])
        order = self._create_order((bike, 20))
        self.assertEqual(self._get_purchased(brakes), 6)
        production = self._get_productions(bike)
        production.qty_producing = 14
        production._set_qty_producing()
        production.with_context(
            skip_backorder=True, mo_ids_to_backorder=production.ids
        ).button_mark_done()
        self.assertEqual(self._get_purchased(brakes), 6)
        rest = self._get_productions(bike) - production
        self.assertEqual(rest.product_qty, 6)
        self.assertEqual(rest.move_raw_ids.supply_policy, "stock_then_order")
        delivery = order.picking_ids
        delivery.with_context(skip_backorder=True).button_validate()
        later = order.picking_ids - delivery
        self.assertEqual(delivery.move_ids.quantity, 14)
        self.assertEqual(later.move_ids.product_uom_qty, 6)
        self.assertEqual(later.move_ids.supply_policy, "make_to_order")
        purchase = self.env["purchase.order"].search(
            [("order_line.product_id", "=", brakes.id)]
        )
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        rest.move_raw_ids._action_assign()
        rest.qty_producing = 6
        rest._set_qty_producing()
        rest.button_mark_done()
        self.assertEqual(later.state, "assigned")
        later.button_validate()
        self.assertEqual(order.order_line.qty_delivered, 20)
        self.assertEqual(brakes.qty_available, 0)

    def _create_production(self, product, quantity, confirm=True):
        production = self.env["mrp.production"].create(
            {"product_id": product.id, "product_qty": quantity}
        )
        if confirm:
            production.action_confirm()
        return production

    def _add_component(self, production, product, quantity):
        with Form(production) as form, form.move_raw_ids.new() as line:
            line.product_id = product
            line.product_uom_qty = quantity

    def _set_production_qty(self, production, quantity):
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": quantity}
        ).change_prod_qty()

    def _set_mto_rules(self, procure_method):
        self.mto_route.rule_ids.procure_method = procure_method


class TestDemandCarried(SupplyCommon):
    """For whom, how deep, on whose click: known at the last component."""

    def test_every_level_knows_its_order_line(self):
        screw = self._create_part("Screw", "make_to_order")
        wheel = self._create_product("Wheel", "make_to_order")
        bicycle = self._create_product("Bicycle", "make_to_order")
        self._create_bom(wheel, [(screw, 4)])
        self._create_bom(bicycle, [(wheel, 2)])
        seller = self._create_user("sales")
        order = self._create_order((bicycle, 1), user=seller)
        found = {}
        for product in bicycle + wheel + screw:
            demand = self._get_demands(product)
            self.assertEqual(demand.demand_line_id, order.order_line)
            self.assertEqual(demand.demand_user_id, seller)
            found[product] = demand.demand_level
        self.assertEqual(found, {bicycle: 0, wheel: 1, screw: 2})
        productions = self._get_productions(bicycle + wheel)
        self.assertEqual(productions.demand_line_id, order.order_line)
        self.assertEqual(productions.mapped("demand_level"), [0, 1])
