from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.mto_cascade.tests.life import LifeCase


class SubcontractingCase(LifeCase):
    """A bicycle whose frame is painted by a subcontractor from our welded frame."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.painter = cls.env["res.partner"].create({"name": "Painter"})

    def _create_painted_bicycle(self, policy="make_to_order", on_hand=0, routes=()):
        """Bicycle: 1 painted frame: 1 welded frame (3 tubes) and 2 cans of paint."""
        values = {"route_ids": routes}
        self.bicycle = self._create_product("Bicycle", policy, on_hand, **values)
        self.painted = self._create_part(
            "Painted frame", policy, on_hand, vendor=self.painter, **values
        )
        self.welded = self._create_product("Welded frame", policy, on_hand, **values)
        self.paint = self._create_part("Paint", policy, on_hand, **values)
        self.tube = self._create_part("Tube", policy, on_hand, **values)
        self._create_bom(self.bicycle, [(self.painted, 1)])
        self._create_subcontract_bom(
            self.painted, [(self.welded, 1), (self.paint, 2)], self.painter
        )
        self._create_bom(self.welded, [(self.tube, 3)])
        return self.bicycle

    def _create_subcontract_bom(self, product, components, subcontractor):
        return self._create_bom(
            product,
            components,
            type="subcontract",
            subcontractor_ids=[Command.link(subcontractor.id)],
        )

    def _buy_from(self, partner):
        """Confirm the purchase from ``partner`` and return it."""
        purchase = self.env["purchase.order"].search([("partner_id", "=", partner.id)])
        purchase.button_confirm()
        return purchase

    def _receive(self, picking, quantity):
        """Receive part of a receipt and return the one for the rest."""
        picking.move_ids.quantity = quantity
        action = picking.button_validate()
        Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ).save().process()
        return picking.backorder_ids

    def _get_resupply(self, product):
        """Transfers of ``product`` to a subcontractor."""
        place = self.company.subcontracting_location_id
        return self._get_demands(product).filtered(
            lambda move: move.location_dest_id._child_of(place)
        )

    def _can_move(self, move):
        """Core takes a subcontractor's goods in before he has what he needs."""
        return super()._can_move(move) and all(
            production.reservation_state == "assigned"
            for production in move._get_subcontract_production()
            if production.state != "done"
        )

    def check_painting(self, production, line, level=1):
        """The subcontractor's order and all that is below it serve ``line``."""
        self.assertEqual(production.subcontractor_id, self.painter)
        self.assert_serves(production, line, level)
        self.assert_serves(production.move_raw_ids, line, level + 1)
        self.assertLessEqual(
            line.order_id.stock_reference_ids, production.reference_ids
        )
        for component in production.move_raw_ids:
            self.assertLessEqual(
                line.order_id.stock_reference_ids, component.reference_ids
            )
            self.assert_serves(component.move_orig_ids, line, level + 1)


@tagged("post_install", "-at_install")
class TestSubcontracting(SubcontractingCase):
    def _check_cascade(self, order, quantity=5):
        """From the delivery through the painter down to the tubes."""
        line = order.order_line
        self._buy_from(self.painter)
        bicycles = self._get_productions(self.bicycle)
        painting = self._get_productions(self.painted)
        welding = self._get_productions(self.welded)
        for production in (bicycles, painting, welding):
            self.assertEqual(production.product_qty, quantity)
        self.check_painting(painting, line)
        self.assert_serves(welding, line, 2)
        self.assert_serves(welding.move_raw_ids, line, 3)
        self.assertEqual(self._get_purchased(self.paint), quantity * 2)
        self.assertEqual(self._get_purchased(self.tube), quantity * 3)
        self.assert_supplied_by(bicycles.move_raw_ids, painting.move_finished_ids)
        for resupply in (
            self._get_resupply(self.welded),
            self._get_resupply(self.paint),
        ):
            self.assertEqual(resupply.procure_method, "make_to_order")
        welded, paint = painting.move_raw_ids.sorted("id")
        self.assert_supplied_by(welded, welding.move_finished_ids)
        for demand, item in ((paint, self.paint), (welding.move_raw_ids, self.tube)):
            purchased = self.env["purchase.order.line"].search(
                [("product_id", "=", item.id)]
            )
            self.assert_supplied_by(demand, purchased)

    def test_made_to_order_through_the_subcontractor(self):
        order = self._create_order((self._create_painted_bicycle(), 5))
        self._check_cascade(order)
        self.assertEqual(self._get_resupply(self.welded).supply_policy, "make_to_order")
        self._finish(order)
        self.assert_finished(order)

    def test_in_several_steps(self):
        self.warehouse.write(
            {
                "reception_steps": "three_steps",
                "delivery_steps": "pick_pack_ship",
                "manufacture_steps": "pbm_sam",
            }
        )
        order = self._create_order((self._create_painted_bicycle(), 5))
        self._check_cascade(order)
        self._finish(order)
        self.assert_finished(order)

    def test_on_the_route_of_odoo(self):
        """Without a policy, where Odoo's own MTO route makes for the order."""
        bicycle = self._create_painted_bicycle(None, routes=self.mto_route.ids)
        order = self._create_order((bicycle, 5))
        self._check_cascade(order)
        self.assertFalse(any(self._get_moves(order).mapped("supply_policy")))
        self._finish(order)
        self.assert_finished(order)

    def test_subcontracted_product_sold(self):
        """Level 0: the painter makes what is sold."""
        self._create_painted_bicycle()
        order = self._create_order((self.painted, 3))
        self._buy_from(self.painter)
        painting = self._get_productions(self.painted)
        self.check_painting(painting, order.order_line, level=0)
        self.assert_serves(
            self._get_productions(self.welded), order.order_line, level=1
        )
        self.assertIn(painting, order.mrp_production_ids)
        self._finish(order)
        self.assert_finished(order)

    def test_parent_and_child(self):
        """The painter's order is a child of the bicycle's, and a parent in turn."""
        order = self._create_order((self._create_painted_bicycle(), 1))
        self._buy_from(self.painter)
        painting = self._get_productions(self.painted)
        self.assertEqual(painting._get_sources(), self._get_productions(self.bicycle))
        self.assertEqual(painting._get_children(), self._get_productions(self.welded))
        self.assertEqual(order.mrp_production_ids, self._get_productions(self.bicycle))

    def test_components_from_stock_first(self):
        """1 welded frame and 1 can of paint are there: they go to the painter."""
        self._create_painted_bicycle()
        for item in (self.welded, self.paint):
            item.supply_policy = "stock_then_order"
            self._add_stock(item, 1)
        order = self._create_order((self.bicycle, 5))
        self._buy_from(self.painter)
        self.check_painting(self._get_productions(self.painted), order.order_line)
        self.assertEqual(self._get_productions(self.welded).product_qty, 4)
        self.assertEqual(self._get_purchased(self.paint), 9)
        self.assertEqual(self._get_resupply(self.welded).quantity, 1)
        self._finish(order)
        self.assert_finished(order)

    def test_everything_from_stock_first(self):
        """1 of each is there: the rest is linked, made and sent for the order."""
        order = self._create_order(
            (self._create_painted_bicycle("stock_then_order", 1), 5)
        )
        self._buy_from(self.painter)
        painting = self._get_productions(self.painted)
        self.assertEqual(painting.product_qty, 3)
        self.check_painting(painting, order.order_line)
        welding = self._get_productions(self.welded)
        self.assertEqual(welding.product_qty, 2)
        self.assert_serves(welding, order.order_line, 2)
        self.assertEqual(self._get_purchased(self.paint), 5)
        self.assertEqual(self._get_purchased(self.tube), 5)
        self.assert_supplied_by(
            self._get_demands(self.painted), painting.move_finished_ids
        )
        self.assert_supplied_by(
            self._get_resupply(self.welded), welding.move_finished_ids
        )
        self._finish(order)
        self.assert_finished(order)

    def test_components_from_stock(self):
        """Make to stock overrules Odoo's route on the way to the painter, too."""
        self._create_painted_bicycle()
        self.welded.supply_policy = "make_to_stock"
        self.welded.route_ids = self.mto_route
        self._create_order((self.bicycle, 5))
        self._buy_from(self.painter)
        self.assertFalse(self._get_productions(self.welded))
        self.assertEqual(
            self._get_resupply(self.welded).procure_method, "make_to_stock"
        )

    def test_a_subcontractor_below_a_subcontractor(self):
        """The welder works for the painter: both serve the order."""
        self._create_painted_bicycle()
        welder = self.env["res.partner"].create({"name": "Welder"})
        self.welded.seller_ids = [Command.create({"partner_id": welder.id})]
        self.welded.bom_ids.write(
            {"type": "subcontract", "subcontractor_ids": [Command.link(welder.id)]}
        )
        order = self._create_order((self.bicycle, 2))
        self._buy_from(self.painter)
        self._buy_from(welder)
        welding = self._get_productions(self.welded)
        self.assertEqual(welding.subcontractor_id, welder)
        self.assert_serves(welding, order.order_line, 2)
        self.assert_serves(welding.move_raw_ids, order.order_line, 3)
        self.assertEqual(welding._get_sources(), self._get_productions(self.painted))
        self.assertEqual(self._get_purchased(self.tube), 6)
        self._finish(order)
        self.assert_finished(order)

    def test_subcontractor_with_a_place_of_his_own(self):
        place = self.env["stock.location"].create(
            {
                "name": "At the painter's",
                "location_id": self.company.subcontracting_location_id.id,
            }
        )
        self.painter.property_stock_subcontractor = place
        order = self._create_order((self._create_painted_bicycle(), 2))
        self._check_cascade(order, 2)
        self.assertEqual(self._get_resupply(self.welded).location_dest_id, place)
        self._finish(order)
        self.assert_finished(order)

    def test_goods_of_the_subcontractor(self):
        """Nothing is sent: what the painter takes is his affair, as in Odoo."""
        self.warehouse.subcontracting_to_resupply = False
        order = self._create_order((self._create_painted_bicycle(), 2))
        self._buy_from(self.painter)
        painting = self._get_productions(self.painted)
        self.assert_serves(painting, order.order_line, 1)
        self.assertEqual(
            set(painting.move_raw_ids.mapped("procure_method")), {"make_to_stock"}
        )
        self.assertFalse(painting.move_raw_ids.move_orig_ids)
        self.assertFalse(self._get_productions(self.welded))
        self.assertFalse(self._get_purchased(self.paint))

    def test_bought_by_hand(self):
        """A purchase that no order asked for serves nobody: Odoo's documents."""
        self._create_painted_bicycle()
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.painter.id,
                "order_line": [
                    Command.create({"product_id": self.painted.id, "product_qty": 2})
                ],
            }
        )
        purchase.button_confirm()
        painting = self._get_productions(self.painted)
        self.assertFalse(painting.demand_line_id)
        self.assertFalse(painting.demand_level)
        self.assertEqual(
            painting.reference_ids.mapped("name"), purchase.picking_ids.mapped("name")
        )
        self.assertFalse(painting._get_sources())
        # A policy of a component holds here as for every demand.
        self.assertEqual(self._get_productions(self.welded).product_qty, 2)


@tagged("post_install", "-at_install")
class TestSubcontractedQuantities(SubcontractingCase):
    """What happens to the receipt does not change whom it serves."""

    def test_several_orders_on_one_line(self):
        """The first order decides; the references of both lead to the painter."""
        self.painter.group_rfq = "all"
        self._create_painted_bicycle()
        orders = [self._create_order((self.bicycle, q)) for q in (2, 3)]
        purchase = self._buy_from(self.painter)
        self.assertEqual(purchase.order_line.product_qty, 5)
        painting = self._get_productions(self.painted)
        self.assertEqual(painting.product_qty, 5)
        self.check_painting(painting, orders[0].order_line)
        self.assertLessEqual(orders[1].stock_reference_ids, painting.reference_ids)
        self.assertEqual(painting._get_sources(), self._get_productions(self.bicycle))
        for order in orders:
            self._finish(order)
        for order in orders:
            self.assert_finished(order)

    def test_partial_receipts(self):
        order = self._create_order((self._create_painted_bicycle(), 5))
        purchase = self._buy_from(self.painter)
        rest = self._receive(purchase.picking_ids, 2)
        paintings = self._get_productions(self.painted)
        self.assertEqual(sorted(paintings.mapped("product_qty")), [2, 3])
        for painting in paintings:
            self.check_painting(painting, order.order_line)
        last = self._receive(rest, 1)
        self.assertEqual(last.move_ids.product_uom_qty, 2)
        paintings = self._get_productions(self.painted)
        self.assertEqual(sorted(paintings.mapped("product_qty")), [1, 2, 2])
        for painting in paintings:
            self.check_painting(painting, order.order_line)
        self.assertEqual(
            sum(self._get_resupply(self.welded).mapped("product_uom_qty")), 5
        )
        self.assertEqual(
            sum(self._get_productions(self.welded).mapped("product_qty")), 5
        )

    def test_purchase_raised_before_the_receipt(self):
        order = self._create_order((self._create_painted_bicycle(), 5))
        purchase = self._buy_from(self.painter)
        purchase.order_line.product_qty = 7
        paintings = self._get_productions(self.painted)
        self.assertEqual(sorted(paintings.mapped("product_qty")), [2, 5])
        self.check_painting(paintings.filtered("demand_line_id"), order.order_line)
        self.assertEqual(
            sum(self._get_resupply(self.welded).mapped("product_uom_qty")), 7
        )
        self.assertEqual(
            sum(self._get_productions(self.welded).mapped("product_qty")), 7
        )

    def test_purchase_raised_on_the_route_of_odoo(self):
        """Odoo raises the painter's order; what it needs is sent to him as well."""
        bicycle = self._create_painted_bicycle(None, routes=self.mto_route.ids)
        order = self._create_order((bicycle, 5))
        purchase = self._buy_from(self.painter)
        purchase.order_line.product_qty = 7
        painting = self._get_productions(self.painted)
        self.assertEqual(painting.product_qty, 7)
        self.check_painting(painting, order.order_line)
        for item, quantity in ((self.welded, 7), (self.paint, 14)):
            self.assertEqual(
                sum(self._get_resupply(item).mapped("product_uom_qty")), quantity
            )
        self.assertEqual(
            sum(self._get_productions(self.welded).mapped("product_qty")), 7
        )

    def test_purchase_lowered_before_the_receipt(self):
        order = self._create_order((self._create_painted_bicycle(), 5))
        purchase = self._buy_from(self.painter)
        purchase.order_line.product_qty = 3
        self.assertEqual(purchase.order_line.move_ids.product_uom_qty, 3)
        painting = self._get_productions(self.painted)
        self.assertEqual(painting.product_qty, 3)
        self.check_painting(painting, order.order_line)

    def test_order_raised_before_the_purchase(self):
        order = self._create_order((self._create_painted_bicycle(), 2))
        order.order_line.product_uom_qty = 5
        purchase = self._buy_from(self.painter)
        self.assertEqual(purchase.order_line.product_qty, 5)
        painting = self._get_productions(self.painted)
        self.assertEqual(painting.product_qty, 5)
        self.check_painting(painting, order.order_line)

    def test_serial_numbers(self):
        """Odoo splits the subcontractor's order by serial number."""
        self._create_painted_bicycle()
        self.painted.tracking = "serial"
        order = self._create_order((self.bicycle, 2))
        receipt = self._buy_from(self.painter).picking_ids
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.painted.id} for name in ("A", "B")]
        )
        receipt.move_ids.lot_ids = lots
        paintings = self._get_productions(self.painted)
        self.assertEqual(paintings.mapped("product_qty"), [1, 1])
        self.assertEqual(paintings.lot_producing_ids, lots)
        for painting in paintings:
            self.check_painting(painting, order.order_line)
