from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestAccess(SupplyCommon):
    """Every role with its own rights."""

    def test_salesperson_confirms(self):
        """Without rights on manufacturing or purchases the whole cascade is created."""
        user = self._create_user("sales")
        self.assertFalse(user.has_group("mrp.group_mrp_user"))
        self.assertFalse(user.has_group("purchase.group_purchase_user"))
        bike = self._create_product("Bike", "make_to_order")
        frame = self._create_product("Frame", "make_to_order")
        brakes = self._create_part("Brakes", "stock_then_order", on_hand=14)
        self._create_bom(bike, [(frame, 1), (brakes, 1)])
        self._create_bom(frame, [(self._create_part("Tube", "make_to_order"), 2)])
        order = self._create_order((bike, 20), (brakes, 1), user=user)
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get_productions(frame).product_qty, 20)
        self.assertEqual(self._get_purchased(brakes), 7)
        order.order_line[0].product_uom_qty = 22
        self.assertEqual(self._get_purchased(brakes), 9)
        self.assertTrue(order.order_line[0].is_mto)
        self.assertTrue(bike.with_user(user).supply_explanation)

    def test_planner_confirms_a_production(self):
        user = self._create_user("planner")
        self.assertFalse(user.has_group("purchase.group_purchase_user"))
        bike = self._create_product("Bike")
        brakes = self._create_part("Brakes", "stock_then_order", on_hand=14)
        self._create_bom(bike, [(brakes, 1)])
        production = (
            self.env["mrp.production"]
            .with_user(user)
            .create({"product_id": bike.id, "product_qty": 20})
        )
        production.action_confirm()
        self.assertEqual(self._get_purchased(brakes), 6)
        self.assertTrue(production.move_raw_ids.supply_explanation)

    def test_who_may_set_a_policy(self):
        category = self._create_category("Bicycles")
        product = self._create_product("Bike", categ_id=category.id)
        manager = self._create_user("product_manager")
        product.with_user(manager).supply_policy = "make_to_order"
        self.assertEqual(product.supply_policy, "make_to_order")
        category.with_user(manager).supply_policy = "make_to_stock"
        for role in ("sales", "shop_floor", "warehouse", "employee"):
            user = self._create_user(role)
            self.assertEqual(product.with_user(user).supply_policy, "make_to_order")
            with self.assertRaises(AccessError):
                product.with_user(user).supply_policy = "inherit"
            with self.assertRaises(AccessError):
                category.with_user(user).supply_policy = "inherit"
