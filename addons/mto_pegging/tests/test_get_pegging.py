from odoo import Command
from odoo.exceptions import AccessError

from .common import PeggingCommon


class TestGetPegging(PeggingCommon):
    def test_order_is_followed_to_the_last_purchase(self):
        order = self._create_order((self.bike, 2))
        pegging = order.get_pegging()[0]
        self.assertEqual(
            (pegging["id"], pegging["model"], pegging["name"]),
            (order.id, "sale.order", order.name),
        )
        by_product = {}
        for node in pegging["nodes"]:
            by_product.setdefault(node["model"], {})[node["product"]] = node
        made = by_product["mrp.production"]
        self.assertEqual((made["Bike"]["quantity"], made["Bike"]["level"]), (2, 0))
        self.assertEqual((made["Wheel"]["quantity"], made["Wheel"]["level"]), (4, 1))
        bought = by_product["purchase.order.line"]["Bolt"]
        # 2 bicycles with a bolt each, and 4 wheels with 4.
        self.assertEqual((bought["quantity"], bought["total"]), (18, 18))
        self.assertEqual(bought["level"], 2)
        self.assertFalse(pegging["unsupplied"])
        self.assertFalse(pegging["surplus"])
        self.assertTrue(all(peg["hard"] for peg in pegging["pegs"]))
        self._assert_shape(pegging)

    def _assert_shape(self, pegging):
        ids = {node["id"] for node in pegging["nodes"]}
        for peg in pegging["pegs"]:
            self.assertLessEqual({peg["demand"], peg["supply"]}, ids)
        for node in pegging["nodes"]:
            self.assertEqual(node["id"], f"{node['model']},{node['res_id']}")
            self.assertNotIn(None, node.values())

    def test_shared_purchase_shows_part_and_total(self):
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        self._merge_requests(line)
        lines = line.filtered(lambda found: found.state != "cancel")
        parts = [
            node
            for pegging in orders.get_pegging()
            for node in pegging["nodes"]
            if node["model"] == "purchase.order.line"
        ]
        self.assertEqual(len(lines), 1)
        self.assertEqual([node["quantity"] for node in parts], [9, 18])
        self.assertEqual({node["total"] for node in parts}, {27})
        # The same answer for one order alone.
        self.assertEqual(
            self._get_rows(orders[0])["purchase.order.line", "Bolt", "draft"], (9, 27)
        )

    def _merge_requests(self, lines):
        purchases = lines.order_id
        if len(purchases) > 1:
            purchases.action_merge()

    def test_stock_first_shows_both(self):
        self.wheel.supply_policy = "stock_then_order"
        self._add_stock(self.wheel, 3)
        order = self._create_order((self.bike, 2))
        rows = self._get_rows(order)
        self.assertEqual(rows["product.product", "Wheel", False], (3, 3))
        self.assertEqual(rows["mrp.production", "Wheel", "confirmed"], (1, 1))

    def test_after_the_last_step_the_order_is_still_followed(self):
        order = self._create_order((self.bike, 2))
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        lines.order_id.button_confirm()
        for picking in lines.order_id.picking_ids:
            picking.button_validate()
        for product in (self.wheel, self.bike):
            productions = self._get_productions(product)
            productions.qty_producing = productions.product_qty
            productions.move_raw_ids.picked = True
            productions.button_mark_done()
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        rows = self._get_rows(order)
        self.assertEqual(rows["mrp.production", "Bike", "done"], (2, 2))
        self.assertEqual(rows["mrp.production", "Wheel", "done"], (4, 4))
        self.assertEqual(rows["purchase.order.line", "Bolt", "purchase"], (18, 18))
        self.assertFalse(order.get_pegging()[0]["unsupplied"])

    def test_delivery_in_three_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._create_order((self.bike, 2))
        rows = self._get_rows(order)
        self.assertEqual(rows["mrp.production", "Bike", "confirmed"], (2, 2))

    def test_manufacturing_in_three_steps(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        order = self._create_order((self.bike, 2))
        rows = self._get_rows(order)
        self.assertEqual(rows["mrp.production", "Bike", "confirmed"], (2, 2))
        self.assertEqual(rows["mrp.production", "Wheel", "confirmed"], (4, 4))
        self.assertEqual(rows["purchase.order.line", "Bolt", "draft"], (18, 18))

    def test_kit(self):
        kit = self._create_product("Kit")
        self._create_bom(kit, [(self.wheel, 2)], type="phantom")
        order = self._create_order((kit, 3))
        rows = self._get_rows(order)
        self.assertEqual(rows["mrp.production", "Wheel", "confirmed"], (6, 6))

    def test_what_nothing_supplies_is_named(self):
        self.bolt.supply_policy = "make_to_stock"
        order = self._create_order((self.bike, 1))
        pegging = order.get_pegging()[0]
        nodes = {node["id"]: node for node in pegging["nodes"]}
        self.assertEqual(
            sorted(nodes[key]["quantity"] for key in pegging["unsupplied"]), [1, 8]
        )

    def test_surplus_is_told(self):
        order = self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        self.env["change.production.qty"].create(
            {"mo_id": wheels.id, "product_qty": 5}
        ).change_prod_qty()
        surplus = order.get_pegging()[0]["surplus"]
        self.assertIn(
            {"supply": f"mrp.production,{wheels.id}", "quantity": 3.0}, surplus
        )

    def test_links_in_a_circle_end(self):
        order = self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        bikes = self._get_productions(self.bike)
        bikes.move_finished_ids.move_dest_ids = [
            Command.link(wheels.move_raw_ids[:1].id)
        ]
        pegging = order.get_pegging()[0]
        self.assertTrue(pegging["nodes"])

    def test_order_without_supply_and_without_lines(self):
        order = self._create_order(confirm=False)
        self.assertEqual(order.get_pegging()[0]["nodes"], [])
        self.assertEqual(self.env["sale.order"].get_pegging(), [])

    def test_salesperson_follows_own_orders_only(self):
        user = self._create_user("sales")
        order = self._create_order((self.bike, 2))
        with self.assertRaises(AccessError):
            order.with_user(user).get_pegging()
        order.user_id = user
        order.invalidate_recordset()
        nodes = order.with_user(user).get_pegging()[0]["nodes"]
        self.assertIn("mrp.production", {node["model"] for node in nodes})
        self.assertFalse(any("cost" in key or "price" in key for key in nodes[0]))

    def test_queries_do_not_grow_with_the_order(self):
        counts = []
        for quantity in (1, 8):
            products = []
            for number in range(quantity):
                product = self._create_product(f"Cart {number}", "make_to_order")
                self._create_bom(product, [(self.bike, 1), (self.wheel, 2)])
                products.append((product, 1))
            order = self._create_order(*products)
            order.get_pegging()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.get_pegging()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 25)
