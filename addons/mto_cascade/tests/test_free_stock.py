from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestFreeStock(SupplyCommon):
    """ "3 free in stock: use them?" on a line that is made to order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tube = cls._create_part("Tube", "make_to_order")
        cls.frame = cls._create_product("Frame", "make_to_order")
        cls._create_bom(cls.frame, [(cls.tube, 2)])
        cls.bike = cls._create_product("Bike", "make_to_order", on_hand=3)
        cls._create_bom(cls.bike, [(cls.frame, 1)])

    def _get_production(self, product):
        return self.env["mrp.production"].search([("product_id", "=", product.id)])

    def test_offer_on_a_quotation(self):
        order = self._create_order((self.bike, 5), confirm=False)
        line = order.order_line
        self.assertEqual(line.free_to_use_qty, 3)
        self.assertEqual(
            line.free_to_use_message, "3 Units of Bike free in stock: use them?"
        )
        line.product_uom_qty = 2
        self.assertEqual(line.free_to_use_qty, 2)
        line.product_uom_qty = 5
        line.action_use_free_stock()
        self.assertEqual(line.supply_policy, "stock_then_order")
        self.assertFalse(line.free_to_use_qty)
        order.action_confirm()
        self.assertEqual(self._get_production(self.bike).product_qty, 2)
        self.assertEqual(order.picking_ids.move_ids.quantity, 3)

    def test_no_offer(self):
        other = self._create_product("Other", "stock_then_order", on_hand=3)
        plain = self._create_product("Plain", on_hand=3)
        none = self._create_product("None", "make_to_order")
        order = self._create_order(
            (other, 1), (plain, 1), (none, 1), (self.bike, 0), confirm=False
        )
        self.assertFalse(any(order.order_line.mapped("free_to_use_qty")))
        self.assertFalse(any(order.order_line.mapped("free_to_use_message")))
        self.assertFalse(order.free_to_use_message)

    def test_confirmed_line_takes_a_part(self):
        """The order that is not started is made for 2 instead of 5, down to the RFQ."""
        order = self._create_order((self.bike, 5))
        line = order.order_line
        self.assertEqual(self._get_purchased(self.tube), 10)
        self.assertEqual(line.free_to_use_qty, 3)
        line.action_use_free_stock()
        move = order.picking_ids.move_ids
        self.assertEqual((len(move), move.product_uom_qty, move.quantity), (1, 5, 3))
        self.assertEqual(self._get_production(self.bike).product_qty, 2)
        self.assertEqual(self._get_production(self.frame).product_qty, 2)
        self.assertEqual(self._get_purchased(self.tube), 4)
        self.assertFalse(line.free_to_use_qty)
        self.assertIn("From stock first", move.supply_explanation)
        self.assertIn(self.env.user.name, move.supply_explanation)

    def test_confirmed_line_takes_all(self):
        """Nothing is left to make: the orders of all levels are cancelled."""
        order = self._create_order((self.bike, 2))
        order.action_use_free_stock()
        self.assertEqual(order.picking_ids.move_ids.state, "assigned")
        self.assertEqual(self._get_production(self.bike).state, "cancel")
        self.assertEqual(self._get_production(self.frame).state, "cancel")
        self.assertEqual(self._get_purchased(self.tube), 0)
        activities = self._get_production(self.bike).activity_ids
        self.assertFalse(activities, "nobody has to do what is done")

    def test_started_order_goes_on(self):
        """What is made already is not stopped: its surplus goes to stock."""
        order = self._create_order((self.bike, 2))
        production = self._get_production(self.bike)
        production.action_start()
        self.assertEqual(production.state, "progress")
        order.order_line.action_use_free_stock()
        self.assertEqual(order.picking_ids.move_ids.state, "assigned")
        self.assertEqual(production.product_qty, 2)
        self.assertEqual(self._get_production(self.frame).state, "confirmed")
        self.assertEqual(self._get_purchased(self.tube), 4)

    def test_confirmed_purchase_stays(self):
        order = self._create_order((self.bike, 2))
        purchase = self.env["purchase.order.line"].search(
            [("product_id", "=", self.tube.id)]
        )
        purchase.order_id.button_confirm()
        order.order_line.action_use_free_stock()
        self.assertEqual(self._get_production(self.frame).state, "cancel")
        self.assertEqual((purchase.state, purchase.product_qty), ("purchase", 4))

    def test_order_of_several_demands_keeps_what_others_need(self):
        other = self._create_product("Other", "make_to_order")
        self._create_bom(other, [(self.bike, 4)])
        order = self._create_order((self.bike, 2), (other, 1))
        self.assertEqual(self._get_production(self.bike).product_qty, 6)
        order.order_line[0].action_use_free_stock()
        self.assertEqual(self._get_production(self.bike).product_qty, 4)
        delivered = order.picking_ids.move_ids.filtered(
            lambda m: m.product_id == self.bike
        )
        self.assertEqual(delivered.state, "assigned")

    def test_two_lines_share_what_is_free(self):
        order = self._create_order((self.bike, 2), (self.bike, 2))
        self.assertEqual(order.order_line.mapped("free_to_use_qty"), [2, 1])
        order.action_use_free_stock()
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("quantity")), 3)
        made = self._get_production(self.bike).filtered(lambda p: p.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), 1)

    def test_older_demand_comes_first(self):
        """2 of the 3 belong to a delivery that waits for its reservation."""
        self.bike.supply_policy = "make_to_stock"
        older = self._create_order((self.bike, 2))
        older.picking_ids.do_unreserve()
        self.bike.supply_policy = "make_to_order"
        order = self._create_order((self.bike, 2))
        self.assertEqual(order.order_line.free_to_use_qty, 1)

    def test_who_may(self):
        order = self._create_order((self.bike, 2), user=self._create_user("sales"))
        for role in ("shop_floor", "warehouse", "purchasing"):
            line = order.order_line.with_user(self._create_user(role))
            with self.assertRaises(AccessError, msg=role):
                line.action_use_free_stock()
        line = order.order_line.with_user(order.user_id)
        self.assertEqual(line.free_to_use_qty, 2)
        line.action_use_free_stock()
        self.assertEqual(order.picking_ids.move_ids.state, "assigned")
        self.assertEqual(self._get_production(self.bike).state, "cancel")

    def test_offer_costs_the_same_for_many(self):
        def count(number):
            products = [
                self._create_product(f"P{index}", "make_to_order", on_hand=1)
                for index in range(number)
            ]
            for product in products:
                self._create_bom(product, [(self.tube, 1)])
            order = self._create_order(*((p, 1) for p in products), confirm=False)
            order.order_line.mapped("is_mto")
            self.env.flush_all()
            self.env.invalidate_all()
            order.order_line.mapped("is_mto")
            order.order_line.product_id.mapped("display_name")
            before = self.env.cr.sql_log_count
            self.assertEqual(set(order.order_line.mapped("free_to_use_qty")), {1.0})
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(3), count(20))

    def test_form_shows_the_offer(self):
        order = self._create_order((self.bike, 2), confirm=False)
        with Form(order) as form:
            self.assertIn("free in stock", form.free_to_use_message)
