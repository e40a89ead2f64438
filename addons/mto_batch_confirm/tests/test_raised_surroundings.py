"""Raised quantities in wider surroundings, by policy or by core's route."""

from odoo.tests import tagged

from .common import RaisedCommon


@tagged("post_install", "-at_install")
class TestRaisedSurroundings(RaisedCommon):
    """All is ordered for its demand; with mto_cascade, which links it, by policy."""

    @classmethod
    def _made_to_order(cls):
        if "supply_policy" in cls.env["product.template"]._fields:
            return {"supply_policy": "make_to_order"}
        return super()._made_to_order()

    def test_variants(self):
        red, blue = self._coloured("V", "Red", "Blue")
        top = self._assembly("T", [(red, 1), (blue, 2)])
        self._assert_raised([(top, 2), (blue, 1)], 5)

    def test_kits(self):
        """Raised on a line of its own, and within what is made."""
        inner = self._assembly("I", [(self._part("P"), 1)])
        kit = self._assembly(
            "K", [(inner, 2), (self._part("KP"), 1)], bom={"type": "phantom"}
        )
        top = self._assembly("T", [(kit, 2)])
        self._assert_raised([(top, 1), (kit, 2)], 2, 3)

    def test_companies(self):
        orders = self._orders_of_two_companies()
        orders.action_confirm()
        changes = [self._raise(order, 5) for order in orders]
        self._assert_changed(lambda: [change() for change in changes])

    def test_warehouses(self):
        """An order of a warehouse that another one supplies."""
        second = self._second_warehouse()
        routes = self.mto | second.resupply_route_ids
        brought = self._part("R", route_ids=routes.ids)
        low = self._assembly("L", [(self._part("P"), 2)])
        top = self._assembly("T", [(low, 1), (brought, 1)])
        order = self._confirmed((top, 2), (low, 1), warehouse_id=second.id)
        self._assert_identical(self._raise(order, 5))

    def test_subcontracting(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        inner = self._assembly("I", [(self._part("P"), 1)])
        welded = self._welded("Welded", [(inner, 2)])
        top = self._assembly("T", [(welded, 1), (inner, 1)])
        self._assert_raised([(top, 2)], 5)

    def test_dropship(self):
        route = self.env.ref(
            "stock_dropshipping.route_drop_shipping", raise_if_not_found=False
        )
        if not route:
            self.skipTest("stock_dropshipping is not installed")
        shipped = self._part("Shipped")
        top = self._assembly("T", [(self._part("P"), 1), (shipped, 1)])
        lines = [(top, 2), (shipped, 3, {"route_ids": route.ids})]
        self._assert_raised(lines, 5, 7)
