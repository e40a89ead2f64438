from unittest.mock import patch

from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestInherit(SupplyCommon):
    """Inherit everywhere: the documents are core's."""

    def _create_structure(self, routes):
        assembly = self._create_product("Assembly", route_ids=routes)
        part = self._create_part("Part", on_hand=4, route_ids=routes)
        stocked = self._create_part("Stocked", on_hand=4)
        kit = self._create_product("Kit")
        self._create_bom(kit, [(part, 1), (stocked, 1)], type="phantom")
        bike = self._create_product("Bike", route_ids=routes)
        self._create_bom(bike, [(assembly, 1), (stocked, 2), (kit, 1)])
        self._create_bom(assembly, [(part, 2)])
        return bike, assembly, kit

    def _live(self, routes):
        """The life of an order, and every document it leaves behind."""
        bike, assembly, kit = self._create_structure(routes)
        order = self._create_order((bike, 3), (assembly, 1), (kit, 2))
        order.order_line[0].product_uom_qty = 5
        order.order_line[1].product_uom_qty = 3
        order.order_line[0].product_uom_qty = 4
        production = self._get_productions(bike)[:1]
        if production:
            self.env["change.production.qty"].create(
                {"mo_id": production.id, "product_qty": 6}
            ).change_prod_qty()
            production._split_productions({production: [2, 4]})
        return self._read_documents(order)

    def _read_documents(self, order):
        moves = self.env["stock.move"].search(
            [("reference_ids", "in", order.stock_reference_ids.ids)], order="id"
        )
        lines = self.env["purchase.order.line"].search(
            [("order_id.reference_ids", "in", order.stock_reference_ids.ids)],
            order="id",
        )
        productions = order.stock_reference_ids.production_ids.sorted("id")
        self.assertFalse(any(moves.mapped("supply_policy")))
        self.assertFalse(any(moves.mapped("supply_reason")))
        return {
            "moves": self._sum_moves(moves.filtered(lambda m: m.state != "cancel")),
            "purchases": [(line.product_id.name, line.product_qty) for line in lines],
            "productions": [
                (p.product_id.name, p.product_qty, p.state, bool(p.sale_line_id))
                for p in productions
            ],
            "pickings": len(order.picking_ids),
        }, self._get_links(moves, lines)

    def _sum_moves(self, moves):
        """Quantities by kind of move: a growth that is linked merges, here only."""
        result = {}
        for move in moves:
            key = (
                move.product_id.name,
                move.state,
                move.procure_method,
                move.location_id,
                move.location_dest_id,
                move.rule_id,
                bool(move.sale_line_id),
                bool(move.raw_material_production_id),
            )
            demanded, reserved = result.get(key, (0, 0))
            result[key] = (demanded + move.product_qty, reserved + move.quantity)
        return result

    def _get_links(self, moves, lines):
        links = {
            (origin.product_id.name, origin.location_id, move.location_dest_id)
            for move in moves
            for origin in move.move_orig_ids
        }
        return links | {
            (line.product_id.name, "purchase", move.location_dest_id)
            for line in lines
            for move in line.move_dest_ids
        }

    def _check_same_as_core(self, routes):
        ours, our_links = self._live(routes)
        Move = self.registry["stock.move"]
        with (
            patch.object(Move, "_decide_supply", lambda self: None),
            patch.object(Move, "_link_supply", lambda self, before=None: None),
        ):
            core, core_links = self._live(routes)
        self.assertEqual(ours, core)
        self.assertLessEqual(core_links, our_links)
        return ours

    def test_on_the_mto_route(self):
        documents = self._check_same_as_core(self.mto_route.ids)
        self.assertTrue(documents["productions"] and documents["purchases"])

    def test_without_a_route(self):
        documents = self._check_same_as_core([])
        self.assertFalse(documents["productions"])

    def test_on_a_stock_or_order_rule(self):
        self.mto_route.rule_ids.procure_method = "mts_else_mto"
        self._check_same_as_core(self.mto_route.ids)

    def test_in_several_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.manufacture_steps = "pbm_sam"
        self._check_same_as_core(self.mto_route.ids)
