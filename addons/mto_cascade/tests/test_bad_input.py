from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestBadInput(SupplyCommon):
    """A clear error or the right result, never half a cascade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls._create_part("Part", "make_to_order")
        cls.sub = cls._create_product("Sub", "make_to_order")
        cls._create_bom(cls.sub, [(cls.part, 2)])
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls.bom = cls._create_bom(cls.bike, [(cls.sub, 1), (cls.part, 1)])

    def _count_documents(self):
        self.env.flush_all()
        return [
            self.env[model].search_count([])
            for model in (
                "stock.move",
                "stock.picking",
                "mrp.production",
                "purchase.order.line",
                "stock.reference",
            )
        ]

    def _assert_refused(self, order, words):
        """Confirming fails in these words, and leaves nothing behind."""
        before = self._count_documents()
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self._count_documents(), before)
        self.assertEqual(order.state, "draft")

    # Loops

    def test_loop_of_bills_of_materials(self):
        with self.assertRaisesRegex(UserError, "cycle"):
            self._create_bom(self.part, [(self.bike, 1)])

    def test_loop_of_warehouses(self):
        """Two plants that supply each other, and nobody makes or buys."""
        plant = self.env["stock.warehouse"].create({"name": "Plant", "code": "PL"})
        plant.resupply_wh_ids = self.warehouse
        self.warehouse.resupply_wh_ids = plant
        routes = plant.resupply_route_ids | self.warehouse.resupply_route_ids
        for policy in ("make_to_order", "stock_then_order"):
            product = self._create_product("Circled", policy, route_ids=routes.ids)
            order = self._create_order((product, 1), confirm=False)
            self._assert_refused(order, "Circled.*circle")

    # Quantities

    def test_nothing_is_made_for_nothing(self):
        for quantity in (0, 1e-9):
            order = self._create_order((self.bike, quantity))
            self.assertEqual(order.state, "sale")
            self.assertFalse(self._get_productions(self.bike))
            self.assertFalse(self._get_purchased(self.part))

    def test_negative_quantity_is_a_return(self):
        """As in core: goods come back, nothing is made or ordered."""
        order = self._create_order((self.bike, -2))
        move = order.picking_ids.move_ids
        self.assertEqual(move.product_uom_qty, 2)
        self.assertEqual(move.location_dest_id, self.stock)
        self.assertFalse(self._get_productions(self.bike))

    def test_tiny_component(self):
        """A quantity below the precision of the unit orders nothing."""
        self.bom.bom_line_ids[1].product_qty = 1e-9
        self._create_order((self.bike, 1))
        self.assertEqual(self._get_purchased(self.part), 2, "of the sub-assembly")

    def test_thirds(self):
        """What does not come out even is neither lost nor ordered twice."""
        part = self._create_part("Sheet", "stock_then_order", on_hand=1)
        box = self._create_product("Box", "make_to_order")
        self._create_bom(box, [(part, 1)], product_qty=3)
        self._create_order((box, 10))
        # Core rounds the component up: 3.34 for 10 thirds.
        self.assertAlmostEqual(self._get_purchased(part), 2.34, 2)

    # Records that are gone

    def test_bill_of_materials_archived_before_the_confirmation(self):
        order = self._create_order((self.bike, 1), confirm=False)
        self.sub.bom_ids.active = False
        self._assert_refused(order, "No rule has been found to replenish.*Sub")

    def test_vendor_removed_before_the_confirmation(self):
        order = self._create_order((self.bike, 1), confirm=False)
        self.part.seller_ids.unlink()
        self._assert_refused(order, "No rule has been found to replenish.*Part")

    def test_product_archived_before_the_confirmation(self):
        """It was sold: it is made."""
        order = self._create_order((self.bike, 1), confirm=False)
        self.bike.active = False
        order.action_confirm()
        self.assertEqual(self._get_productions(self.bike).product_qty, 1)

    # Companies and units

    def test_record_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._create_order((self.bike, 1), confirm=False)
        self.part.company_id = other
        before = self._count_documents()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self._count_documents(), before)

    def test_rule_and_policy_of_another_company(self):
        """They decide nothing here."""
        other = self.env["res.company"].create({"name": "Other"})
        product = self._create_part("Free", on_hand=5)
        product.with_company(other).supply_policy = "make_to_order"
        self.env["mto.supply.rule"].create(
            {"name": "Theirs", "company_id": other.id, "result": "make_to_order"}
        )
        order = self._create_order((product, 1))
        self.assertFalse(order.picking_ids.move_ids.supply_policy)
        self.assertFalse(self._get_purchased(product))

    def test_units_without_common_reference(self):
        """A line counted in kilograms of a product counted in pieces is refused."""
        self.bom.bom_line_ids[1].product_uom_id = self.env.ref("uom.product_uom_kgm")
        order = self._create_order((self.bike, 1), confirm=False)
        self._assert_refused(order, "Part.*kg")

    def test_demand_line_is_deleted(self):
        """An order line that nothing follows any more can go; its traces stay."""
        order = self._create_order((self.bike, 1))
        production = self._get_productions(self.bike)
        order._action_cancel()
        order.order_line = [Command.clear()]
        self.assertTrue(production.exists())
