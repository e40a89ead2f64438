from odoo import Command
from odoo.tests import tagged

from .common import SupplyCommon
from .dry_run import compare


@tagged("post_install", "-at_install")
class TestDifferences(SupplyCommon):
    """Where the preview is known to differ, see readme/DEVELOP.md."""

    def _get_triggered(self, answer):
        return {node["product"]: node["quantity"] for node in answer["triggered"]}

    def test_reordering_rules_are_asked_once(self):
        """Odoo fills up after the first order; the second does not fall below."""
        tube = self._create_part("Tube", "make_to_stock", on_hand=20)
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": tube.id,
                "location_id": self.stock.id,
                "product_min_qty": 10,
                "product_max_qty": 30,
                "trigger": "auto",
            }
        )
        frames = [self._create_product(f"Frame {n}", "make_to_order") for n in (1, 2)]
        for frame in frames:
            self._create_bom(frame, [(tube, 12)])
        order = self._create_order(*[(frame, 1) for frame in frames], confirm=False)
        [answer] = order.preview_cascade()
        self.assertEqual(self._get_triggered(answer), {"Tube": 34})
        order.action_confirm()
        self.assertEqual(self._get_purchased(tube), 22)

    def test_links_that_core_does_not_make(self):
        """MTS else MTO orders what is missing and links it with nothing."""
        route = self.warehouse.delivery_route_id.copy({"product_selectable": True})
        route.rule_ids.procure_method = "mts_else_mto"
        part = self._create_part("Part", on_hand=1, route_ids=[Command.set(route.ids)])
        order = self._create_order((part, 3), confirm=False)
        [supply] = order.preview_cascade()[0]["supplies"]
        self.assertEqual(
            (supply["quantity"], supply["serves"]),
            (2, [{"order_line_id": order.order_line.id, "level": 0}]),
        )
        self.assertEqual(compare(order, linked=False), [])
        lines = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertFalse(lines.move_dest_ids)

    def test_raised_demand_of_an_older_order(self):
        """Raised, not new: it names nobody; quantities are foretold."""
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(self._create_part("Part", "make_to_order"), 2)])
        order = self._create_order((bike, 4))
        order._action_cancel()
        order.action_draft()
        savepoint = self.env.cr.savepoint()
        self.assertTrue(compare(order))
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertEqual(compare(order, linked=False), [])

    def test_orders_confirmed_together(self):
        """One call makes the bike before it serves any demand that uses stock first."""
        wheel = self._create_part("Wheel", "stock_then_order", on_hand=2)
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(wheel, 2)])
        orders = self._create_order((wheel, 2), confirm=False)
        orders |= self._create_order((bike, 1), confirm=False)
        wheels, bikes = orders.preview_cascade()
        self.assertEqual(wheels["lines"][0]["from_stock"], 2)
        self.assertEqual(bikes["lines"][0]["children"][0]["to_supply"], 2)
        orders.action_confirm()
        [bought] = self.env["purchase.order.line"].search(
            [("product_id", "=", wheel.id)]
        )
        self.assertEqual(bought.move_dest_ids.demand_line_id, orders[0].order_line)

    def test_services_that_are_bought(self):
        service = self._create_part(
            "Advice", type="service", is_storable=False, service_to_purchase=True
        )
        order = self._create_order((service, 1), confirm=False)
        [answer] = order.preview_cascade()
        self.assertEqual((answer["lines"], answer["documents"]), ([], {}))
        order.action_confirm()
        self.assertEqual(self._get_purchased(service), 1)

    def test_stock_in_a_shelf_is_counted_apart(self):
        """Of 5, 4 for the customer from the shelf and 4 for the frame seem there."""
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        rule = self.warehouse.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_src_id == self.stock
        )
        rule.location_src_id = shelf
        part = self._create_part("Part", "stock_then_order")
        self._add_stock(part, 5, shelf)
        frame = self._create_product("Frame", "make_to_order")
        self._create_bom(frame, [(part, 4)])
        order = self._create_order((part, 4), (frame, 1), confirm=False)
        [answer] = order.preview_cascade()
        said = {supply["product"]: supply["quantity"] for supply in answer["supplies"]}
        self.assertEqual(said, {"Frame": 1})
        order.action_confirm()
        self.assertEqual(self._get_purchased(part), 3)
