from odoo.service.model import call_kw
from odoo.tests import tagged

from ..marks import EXACT_QUANTITY, LINKING_LATER
from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestStockFirst(SupplyCommon):
    """Stock first, then order: exactly what is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls.brakes = cls._create_part("Brakes", "stock_then_order", on_hand=14)
        cls.bom = cls._create_bom(cls.bike, [(cls.brakes, 1)])

    def _set_production_qty(self, production, quantity):
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": quantity}
        ).change_prod_qty()

    def test_14_on_hand_20_needed_buys_6(self):
        order = self._create_order((self.bike, 20))
        raw = self._get_productions(self.bike).move_raw_ids
        self.assertEqual(self._get_purchased(self.brakes), 6)
        self.assertEqual(raw.created_purchase_line_ids.product_qty, 6)
        self.assertEqual(raw.quantity, 14, "what is in stock is reserved")
        self.assertEqual(raw.state, "partially_available")
        self.assertEqual(raw.supply_policy, "stock_then_order")
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.brakes.id)]
        )
        self.assertEqual(line.order_id.reference_ids, order.stock_reference_ids)
        self.assertEqual(line.order_id.origin, order.name)
        line.order_id.button_confirm()
        line.order_id.picking_ids.button_validate()
        self.assertEqual(raw.state, "assigned")

    def test_a_context_is_no_way_round_the_policies(self):
        """What code says to itself in a context, a script cannot say."""
        order = self._create_order((self.bike, 20), confirm=False)
        options = {"context": dict.fromkeys((LINKING_LATER, EXACT_QUANTITY), 1)}
        call_kw(order.browse(), "action_confirm", [order.ids], options)
        self.assertEqual(self._get_purchased(self.brakes), 6)
        self.assertEqual(self._get_productions(self.bike).move_raw_ids.quantity, 14)

    def test_enough_in_stock_buys_nothing(self):
        self._create_order((self.bike, 14))
        self.assertFalse(self._get_purchased(self.brakes))

    def test_nothing_in_stock_buys_all(self):
        self._create_order((self.bike, 14))
        self._create_order((self.bike, 3))
        self.assertEqual(self._get_purchased(self.brakes), 3)

    def test_two_productions_share_what_is_free(self):
        trike = self._create_product("Trike", "make_to_order")
        self._create_bom(trike, [(self.brakes, 1)])
        self._create_order((self.bike, 10), (trike, 10))
        self.assertEqual(self._get_purchased(self.brakes), 6)

    def test_parent_and_sub_assembly_share_what_is_free(self):
        """The sub-assembly is confirmed inside the confirmation of its parent."""
        frame = self._create_product("Frame", "make_to_order")
        self._create_bom(frame, [(self.brakes, 1)])
        self.bom.bom_line_ids = [(0, 0, {"product_id": frame.id, "product_qty": 1})]
        self._create_order((self.bike, 10))
        self.assertEqual(self._get_productions(frame).product_qty, 10)
        self.assertEqual(self._get_purchased(self.brakes), 6)

    def test_lines_and_orders_share_what_is_free(self):
        orders = self.env["sale.order"]
        for _index in range(2):
            orders |= self._create_order(
                (self.brakes, 5), (self.brakes, 5), confirm=False
            )
        orders.action_confirm()
        self.assertEqual(self._get_purchased(self.brakes), 6)
        reserved = sum(orders.picking_ids.move_ids.mapped("quantity"))
        self.assertEqual(reserved, 14)

    def test_stock_below_the_stock_location_counts(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self._add_stock(self.brakes, 4, shelf)
        self._create_order((self.bike, 20))
        self.assertEqual(self._get_purchased(self.brakes), 2)

    def test_unit_of_measure(self):
        """Two dozen needed: the missing pieces are bought, not 0.83 of a dozen."""
        for on_hand, missing in ((14, 10), (23, 1), (24, 0)):
            bike = self._create_product("Bike", "make_to_order")
            screw = self._create_part("Screw", "stock_then_order", on_hand)
            self._create_bom(bike, [(screw, 2, self.dozen)])
            self._create_order((bike, 1))
            production = self._get_productions(bike)
            self.assertEqual(production.move_raw_ids.product_uom, self.dozen)
            self.assertEqual(self._get_purchased(screw), missing)
            self._set_production_qty(production, 2)
            self.assertEqual(self._get_purchased(screw), missing + 24)

    def test_rest_of_a_dozen_is_counted_once(self):
        """8 pieces are 0.67 dozen: all are reserved, none is promised twice."""
        bike = self._create_product("Bike", "make_to_order")
        screw = self._create_part("Screw", "stock_then_order", 8)
        self._create_bom(
            bike, [(screw, 2, self.dozen)], enable_batch_size=True, batch_size=1
        )
        self._create_order((bike, 3))
        self.assertEqual(self._get_purchased(screw), 3 * 24 - 8)

    def test_sold_in_dozens(self):
        self._create_order((self.brakes, 2, {"product_uom_id": self.dozen.id}))
        self.assertEqual(self._get_purchased(self.brakes), 10)

    def test_missing_is_made(self):
        """A stock-first assembly: the production carries the order, and cascades."""
        frame = self._create_product("Frame", "stock_then_order", on_hand=14)
        tube = self._create_part("Tube", "make_to_order")
        self._create_bom(frame, [(tube, 3)])
        order = self._create_order((frame, 20))
        production = self._get_productions(frame)
        self.assertEqual(production.product_qty, 6)
        self.assertEqual(production.state, "confirmed")
        self.assertEqual(production.sale_line_id, order.order_line)
        self.assertEqual(production.reference_ids, order.stock_reference_ids)
        self.assertEqual(self._get_purchased(tube), 18)

    def test_enlarged_for_two_in_turn(self):
        """What was ordered for a demand is not counted for one that is ordered next."""
        frame = self._create_product("Frame", "stock_then_order")
        fork = self._create_product("Fork", "stock_then_order")
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(frame, [(self._create_part("Tube", "make_to_order"), 1)])
        self._create_bom(fork, [(frame, 1)])
        # Batches are confirmed one after the other: the second enlarges both orders.
        self._create_bom(
            bike, [(frame, 1), (fork, 1)], enable_batch_size=True, batch_size=1
        )
        self._create_order((bike, 2))
        made = self._get_productions(frame)
        self.assertEqual(made.product_qty, 4)
        self.assertEqual(len(made.move_finished_ids.move_dest_ids), 3)

    def test_raised_production(self):
        self._create_order((self.bike, 20))
        production = self._get_productions(self.bike)
        self._set_production_qty(production, 25)
        self.assertEqual(self._get_purchased(self.brakes), 11)
        self._set_production_qty(production, 26)
        self.assertEqual(self._get_purchased(self.brakes), 12)

    def test_reserved_whatever_the_operation_type_says(self):
        """What the demand counts on is taken at once, also for its growth."""
        self.warehouse.manu_type_id.reservation_method = "manual"
        self._create_order((self.bike, 10))
        production = self._get_productions(self.bike)
        self.assertEqual(production.move_raw_ids.quantity, 10)
        self._set_production_qty(production, 16)
        self.assertEqual(self._get_purchased(self.brakes), 2)

    def test_lowered_production(self):
        self._create_order((self.bike, 20))
        production = self._get_productions(self.bike)
        self._set_production_qty(production, 18)
        self.assertEqual(self._get_purchased(self.brakes), 4)
        self._set_production_qty(production, 10)
        self.assertEqual(self._get_purchased(self.brakes), 0)

    def test_lowered_production_leaves_the_supply_of_others(self):
        """The draft purchase serves another order: nothing of it is given back."""
        self._create_order((self.bike, 14))
        other = self._create_order((self.bike, 6))
        self.assertEqual(self._get_purchased(self.brakes), 6)
        first = self._get_productions(self.bike)[0]
        self._set_production_qty(first, 10)
        self.assertEqual(self._get_purchased(self.brakes), 6)
        self.assertTrue(other)

    def test_raised_and_lowered_order_line(self):
        order = self._create_order((self.brakes, 20))
        line = order.order_line
        self.assertEqual(self._get_purchased(self.brakes), 6)
        for quantity, purchased in ((25, 11), (22, 8), (14, 0), (16, 2)):
            line.product_uom_qty = quantity
            self.assertEqual(self._get_purchased(self.brakes), purchased)
            moves = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertEqual(moves.product_uom_qty, quantity, "one line, not two")
            self.assertEqual(moves.quantity, min(quantity, 14))

    def test_order_added_to_a_running_order(self):
        order = self._create_order((self.brakes, 10))
        order.order_line = [
            (0, 0, {"product_id": self.brakes.id, "product_uom_qty": 10})
        ]
        self.assertEqual(self._get_purchased(self.brakes), 6)

    def test_untracked_goods_are_ordered_in_full(self):
        """As core's own rule does: there is no stock to look at."""
        glue = self._create_part("Glue", "stock_then_order", is_storable=False)
        self._create_order((glue, 5))
        self.assertEqual(self._get_purchased(glue), 5)

    def test_no_supply_is_a_clear_error(self):
        part = self._create_product("Orphan", "stock_then_order", on_hand=2)
        self._create_order((part, 2))
        with self.assertRaisesRegex(Exception, "Orphan"):
            self._create_order((part, 1))

    def test_same_documents_as_a_core_rule(self):
        """What is ordered by policy carries what core's mts_else_mto rule passes on."""
        self.mto_route.rule_ids.procure_method = "mts_else_mto"

        def create(policy, routes):
            part = self._create_part("Part", policy, 14, 5, route_ids=routes)
            frame = self._create_product("Frame", policy, 14, route_ids=routes)
            self._create_bom(frame, [(self._create_part("Tube"), 1)], produce_delay=3)
            bike = self._create_product("Made", "make_to_order")
            self._create_bom(bike, [(part, 1), (frame, 1)])
            # Two orders: core merges the purchases of one order into one document.
            order = self._create_order((bike, 20))
            line = self.env["purchase.order.line"].search(
                [("product_id", "=", part.id)]
            )
            production = self._get_productions(frame)
            parent = self._get_productions(bike)
            self.assertTrue(line and production and parent)
            self.assertEqual(line.order_id.reference_ids, order.stock_reference_ids)
            self.assertEqual(production.reference_ids, order.stock_reference_ids)
            return {
                "purchase": [
                    line.product_qty,
                    line.date_planned.date(),
                    line.order_id.date_order.date(),
                    line.order_id.origin == order.name,
                    line.move_dest_ids.ids,
                    line.location_final_id,
                ],
                "production": [
                    production.product_qty,
                    production.state,
                    production.date_start.date(),
                    production.date_deadline.date(),
                    production.origin == order.name,
                    production.location_dest_id,
                    production._get_sources() == parent,
                    production.move_dest_ids.ids,
                    production.picking_type_id,
                    bool(production.sale_line_id),
                ],
            }

        by_rule = create(None, self.mto_route.ids)
        by_policy = create("stock_then_order", [])
        # The link is what core's rule does not keep.
        for kind, index in (("purchase", 4), ("production", 7)):
            self.assertEqual(by_rule[kind][index], [])
            self.assertEqual(len(by_policy[kind].pop(index)), 1)
            by_rule[kind].pop(index)
        self.assertEqual(by_policy, by_rule)
        self.assertEqual(by_rule["purchase"][0], 6)

    def test_untracked_goods_that_have_arrived_are_not_ordered_again(self):
        glue = self._create_part("Glue", "stock_then_order", is_storable=False)
        order = self._create_order((glue, 5))
        purchase = self.env["purchase.order.line"].search(
            [("product_id", "=", glue.id)]
        )
        purchase.order_id.button_confirm()
        purchase.order_id.picking_ids.button_validate()
        order.order_line.product_uom_qty = 6
        self.assertEqual(self._get_purchased(glue), 6)

    def _deliver(self, line, quantity):
        move = line.move_ids
        move.quantity = quantity
        move.picked = True
        move.picking_id._action_done()

    def _get_reserved(self, order):
        """Reserved quantities of what is not delivered yet, line by line."""
        self.assertFalse(self._get_demands(self.brakes).filtered("is_stranded"))
        return [
            sum(line.move_ids.filtered(lambda m: m.state != "done").mapped("quantity"))
            for line in order.order_line
        ]

    def test_rest_of_a_delivery_keeps_its_stock(self):
        """A line that waits for a vendor does not take it, whoever reserves first."""
        order = self._create_order((self.brakes, 14), (self.brakes, 3))
        self.assertEqual(self._get_purchased(self.brakes), 3)
        self._deliver(order.order_line[0], 10)
        self.assertEqual(self._get_reserved(order), [4, 0])
        rest = order.picking_ids.filtered(lambda p: p.state != "done")
        rest.do_unreserve()
        rest.action_assign()
        self.assertEqual(self._get_reserved(order), [4, 0])
        self.assertEqual(self._get_purchased(self.brakes), 3)

    def test_rest_of_a_delivery_that_was_partly_ordered(self):
        order = self._create_order((self.brakes, 15), (self.brakes, 3))
        self.assertEqual(self._get_purchased(self.brakes), 4)
        self._deliver(order.order_line[0], 10)
        self.assertEqual(self._get_reserved(order), [4, 0])
        self.assertEqual(self._get_purchased(self.brakes), 4)

    def _receive(self, picking, quantity):
        """Receive a part; returns the transfer of the rest."""
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()
        return picking.backorder_ids

    def test_stock_is_kept_when_supply_arrives_in_parts(self):
        """Core would take the part from stock back, and give it to the next order."""
        self._create_order((self.bike, 20))
        first = self._get_demands(self.brakes)
        purchase = first.created_purchase_line_ids.order_id
        purchase.button_confirm()
        rest = self._receive(purchase.picking_ids, 3)
        self.assertEqual(first.quantity, 17)
        self._create_order((self.bike, 10))
        second = self._get_demands(self.brakes) - first
        self._receive(rest, 1)
        self.assertEqual((first.quantity, second.quantity), (18, 0))
