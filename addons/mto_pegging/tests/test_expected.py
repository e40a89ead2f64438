from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError

from .common import PeggingCommon


class TestExpected(PeggingCommon):
    """What is expected to cover demands that nothing is linked with or reserved for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Nothing is reserved by itself: demands stay open until somebody asks.
        cls.warehouse.manu_type_id.reservation_method = "manual"
        cls.warehouse.out_type_id.reservation_method = "manual"
        cls.bolt.supply_policy = "make_to_stock"

    def _get_expected(self, order):
        """{(demand's product, supply): quantity} of the soft pegs of an order."""
        pegging = order.get_pegging(soft=True)[0]
        nodes = {node["id"]: node for node in pegging["nodes"]}
        self.assertFalse(any(None in node.values() for node in pegging["nodes"]))
        result = {}
        for peg in pegging["pegs"]:
            if not peg["hard"]:
                demand, supply = nodes[peg["demand"]], nodes[peg["supply"]]
                key = (demand["product"], supply["name"])
                result[key] = result.get(key, 0) + peg["quantity"]
        return result

    def _buy(self, product, quantity, days=5, confirm=False):
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "date_planned": self.env.cr.now() + timedelta(days=days),
                        }
                    )
                ],
            }
        )
        if confirm:
            purchase.button_confirm()
        return purchase

    def test_hard_pegs_only_unless_asked(self):
        self._add_stock(self.bolt, 10)
        order = self._create_order((self.wheel, 1))
        pegging = order.get_pegging()[0]
        self.assertTrue(all(peg["hard"] for peg in pegging["pegs"]))
        self.assertTrue(pegging["unsupplied"])

    def test_free_stock_then_request_then_missing(self):
        self._add_stock(self.bolt, 3)
        request = self._buy(self.bolt, 4)
        order = self._create_order((self.wheel, 2))
        self.assertEqual(
            self._get_expected(order),
            {("Bolt", "Stock"): 3, ("Bolt", request.name): 4},
        )
        pegging = order.get_pegging(soft=True)[0]
        self.assertEqual(len(pegging["unsupplied"]), 1)
        self._buy(self.bolt, 1)
        self.assertFalse(order.get_pegging(soft=True)[0]["unsupplied"])

    def test_place_that_was_never_counted(self):
        """Odoo leaves the quantity empty where goods are to be counted first."""
        self._add_stock(self.bolt, 4)
        quant = self.env["stock.quant"].search([("product_id", "=", self.bolt.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = NULL WHERE id = %s", quant.ids
        )
        self.env.invalidate_all()
        order = self._create_order((self.wheel, 1))
        self.assertEqual(self._get_expected(order), {})

    def test_receipt_without_demand(self):
        purchase = self._buy(self.bolt, 4, confirm=True)
        order = self._create_order((self.wheel, 1))
        self.assertEqual(
            self._get_expected(order), {("Bolt", purchase.picking_ids.name): 4}
        )

    def test_production_without_demand_and_its_parts(self):
        """Levels below an expected order are followed with its share of them."""
        self.wheel.supply_policy = "make_to_stock"
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 10}
        )
        production.action_confirm()
        self._add_stock(self.bolt, 100)
        order = self._create_order((self.bike, 2))
        expected = self._get_expected(order)
        self.assertEqual(expected["Wheel", production.name], 4)
        # The bolts of four of ten wheels, and one for each bike.
        self.assertEqual(expected["Bolt", "Stock"], 16 + 2)
        nodes = order.get_pegging(soft=True)[0]["nodes"]
        key = f"mrp.production,{production.id}"
        made = next(node for node in nodes if node["id"] == key)
        self.assertEqual((made["quantity"], made["total"]), (4, 10))

    def test_who_is_first_has_it(self):
        self._add_stock(self.bolt, 6)
        orders = [self._create_order((self.wheel, 1)) for _number in range(3)]
        wheels = self._get_productions(self.wheel)
        now = self.env.cr.now()
        for production, days in zip(wheels, (3, 1, 2), strict=True):
            production.move_raw_ids.date = now + timedelta(days=days)
        self.assertEqual(self._get_expected(orders[0]), {})
        self.assertEqual(self._get_expected(orders[1]), {("Bolt", "Stock"): 4})
        self.assertEqual(self._get_expected(orders[2]), {("Bolt", "Stock"): 2})
        wheels[0].priority = "1"
        wheels[0].move_raw_ids.priority = "1"
        self.assertEqual(self._get_expected(orders[0]), {("Bolt", "Stock"): 4})
        self.assertEqual(self._get_expected(orders[2]), {})

    def test_what_will_be_expected_is_what_is_reserved(self):
        """The forecast and Odoo's own reservation agree."""
        self._add_stock(self.bolt, 6)
        orders = [self._create_order((self.wheel, 1)) for _number in range(2)]
        wheels = self._get_productions(self.wheel)
        expected = [sum(self._get_expected(order).values()) for order in orders]
        wheels.move_raw_ids.sorted(lambda m: (m.date, m.id))._action_assign()
        self.assertEqual(wheels.move_raw_ids.mapped("quantity"), expected)
        self.assertEqual(sum(expected), 6)

    def test_reserved_goods_and_linked_supply_are_not_free(self):
        self._add_stock(self.bolt, 4)
        first = self._create_order((self.wheel, 1))
        self._get_productions(self.wheel).move_raw_ids._action_assign()
        second = self._create_order((self.wheel, 1))
        self.assertEqual(self._get_expected(first), {})
        self.assertEqual(self._get_expected(second), {})
        self.bolt.supply_policy = "make_to_order"
        self._create_order((self.wheel, 1))
        self.assertEqual(self._get_expected(second), {})

    def test_made_to_order_never_takes_free_goods(self):
        self.bolt.supply_policy = "make_to_order"
        order = self._create_order((self.wheel, 1))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.order_id.button_cancel()
        wheels = self._get_productions(self.wheel)
        wheels.move_raw_ids.procure_method = "make_to_order"
        self._add_stock(self.bolt, 9)
        self.assertEqual(self._get_expected(order), {})

    def test_other_company_and_other_warehouse_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self._add_stock(self.bolt, 9, elsewhere.lot_stock_id)
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self._add_stock(self.bolt, 9, second.lot_stock_id)
        order = self._create_order((self.wheel, 1))
        self.assertEqual(self._get_expected(order), {})
        self._add_stock(self.bolt, 1)
        self.assertEqual(self._get_expected(order), {("Bolt", "Stock"): 1})

    def test_transfer_between_warehouses_is_expected(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        self._add_stock(self.bolt, 9, second.lot_stock_id)
        move = self.env["stock.move"].create(
            {
                "product_id": self.bolt.id,
                "product_uom_qty": 4,
                "location_id": second.lot_stock_id.id,
                "location_dest_id": self.stock.id,
            }
        )
        move._action_confirm()
        order = self._create_order((self.wheel, 1))
        # The transfer itself takes them out of the second warehouse.
        self.assertEqual(
            self._get_expected(order),
            {("Bolt", move.display_name): 4, ("Bolt", "Stock"): 4},
        )

    def test_shelf_to_shelf_brings_nothing(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self._add_stock(self.bolt, 4)
        self.env["stock.move"].create(
            {
                "product_id": self.bolt.id,
                "product_uom_qty": 4,
                "location_id": self.stock.id,
                "location_dest_id": shelf.id,
            }
        )._action_confirm()
        order = self._create_order((self.wheel, 1))
        self.assertEqual(self._get_expected(order), {("Bolt", "Stock"): 4})

    def test_specified_goods_serve_nobody_else(self):
        """What is made as one customer wants it is not expected for another."""
        self._add_stock(self.bolt, 4)
        order = self._create_order((self.wheel, 1))
        wheels = self._get_productions(self.wheel)
        wheels.move_raw_ids.specification_key = "red"
        self.assertEqual(self._get_expected(order), {})

    def test_salesperson_may_ask(self):
        user = self._create_user("sales")
        self._add_stock(self.bolt, 4)
        order = self._create_order((self.wheel, 1))
        with self.assertRaises(AccessError):
            order.with_user(user).get_pegging(soft=True)
        order.user_id = user
        order.invalidate_recordset()
        self.assertEqual(
            self._get_expected(order.with_user(user)), {("Bolt", "Stock"): 4}
        )

    # Upward

    def _get_expected_demand(self, record):
        """{order: (quantity, of it expected)} that a record may serve."""
        return {
            entry["order"]: (entry["quantity"], entry["expected_quantity"])
            for entry in record.get_demand(soft=True)[0]["demand"]
        }

    def test_purchase_for_stock_tells_whom_it_is_expected_to_serve(self):
        purchase = self._buy(self.bolt, 10, confirm=True)
        first = self._create_order((self.wheel, 1))
        second = self._create_order((self.bike, 1))
        self.assertEqual(purchase.get_demand()[0]["demand"], [])
        receipt = purchase.picking_ids.name
        expected = {
            order.name: 2 * (self._get_expected(order)["Bolt", receipt],)
            for order in (first, second)
        }
        self.assertEqual(sum(quantity for quantity, _soft in expected.values()), 10)
        for record in (purchase, purchase.order_line, purchase.picking_ids):
            self.assertEqual(self._get_expected_demand(record), expected, record)

    def test_upward_and_downward_agree(self):
        self._add_stock(self.bolt, 3)
        request = self._buy(self.bolt, 30)
        orders = [self._create_order((self.bike, 1)) for _number in range(2)]
        told = self._get_expected_demand(request)
        for order in orders:
            expected = self._get_expected(order)["Bolt", request.name]
            self.assertEqual(told[order.name], (expected, expected))

    def test_levels_of_production_for_stock(self):
        """A part is expected in wheels, which are expected in bicycles."""
        self.wheel.supply_policy = "make_to_stock"
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 10}
        )
        production.action_confirm()
        purchase = self._buy(self.bolt, 100, confirm=True)
        order = self._create_order((self.bike, 2))
        self.assertEqual(self._get_expected_demand(production), {order.name: (4, 4)})
        # The bolts of four of ten wheels, and one for each bicycle.
        self.assertEqual(self._get_expected_demand(purchase), {order.name: (18, 18)})

    def test_linked_and_expected_are_told_apart(self):
        self.bolt.supply_policy = "make_to_order"
        linked = self._create_order((self.wheel, 1))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.product_qty = 10
        self.bolt.supply_policy = "make_to_stock"
        other = self._create_order((self.wheel, 1))
        self.assertEqual(
            self._get_expected_demand(line), {linked.name: (4, 0), other.name: (4, 4)}
        )
        self.assertEqual(
            [entry["order"] for entry in line.get_demand()[0]["demand"]], [linked.name]
        )

    def test_screen_of_whom_it_is_expected_to_serve(self):
        purchase = self._buy(self.bolt, 10)
        order = self._create_order((self.wheel, 1))
        tree = self.env["mto.demand.purchase"].get_tree(purchase.ids)
        self.assertFalse(tree["rows"])
        self.assertFalse(tree["switch"]["active"])
        tree = self.env[tree["switch"]["report"]].get_tree(purchase.ids)
        self.assertTrue(tree["switch"]["active"])
        cells = tree["rows"][1]["cells"]
        self.assertEqual(cells["document"], order.name)
        self.assertEqual(cells["expected"], {"value": 4, "uom": "Units"})
        self.assertIn("expected", [column["name"] for column in tree["columns"]])

    def test_queries_upward_do_not_grow_with_demands(self):
        purchase = self._buy(self.bolt, 1000, confirm=True)
        counts = []
        for number in (2, 8):
            for _number in range(number):
                self._create_order((self.wheel, 1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = self._get_expected_demand(purchase)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(told), 10)
        self.assertLessEqual(counts[1], counts[0])

    # The screen

    def _get_words(self, order, report="mto.order.supply.expected"):
        tree = self.env[report].get_tree(order.ids)
        return {
            (row["cells"]["product"], row["cells"]["document"]): row["cells"]["cover"]
            for row in tree["rows"]
        }

    def test_words_of_supply(self):
        self._add_stock(self.bolt, 5)
        order = self._create_order((self.bike, 2))
        wheels = self._get_productions(self.wheel)
        words = self._get_words(order)
        self.assertEqual(words["Wheel", wheels.name], "Linked")
        self.assertEqual(words["Bolt", "Stock"], "Expected")
        words = self._get_words(order, "mto.order.supply")
        self.assertNotIn(("Bolt", "Stock"), words)
        bikes = self._get_productions(self.bike)
        bikes.move_raw_ids._action_assign()
        words = self._get_words(order, "mto.order.supply")
        self.assertEqual(words["Bolt", "Stock"], "Reserved")
        self.assertFalse(words["Bike", order.name])
        self._add_stock(self.bolt, 16)
        wheels.move_raw_ids._action_assign()
        wheels.qty_producing = 4
        wheels.move_raw_ids.picked = True
        wheels.button_mark_done()
        words = self._get_words(order, "mto.order.supply")
        self.assertEqual(words["Wheel", wheels.name], "Reserved")

    def test_switch_names_the_other_tree(self):
        order = self._create_order((self.bike, 2))
        tree = self.env["mto.order.supply"].get_tree(order.ids)
        self.assertFalse(tree["switch"]["active"])
        other = self.env[tree["switch"]["report"]].get_tree(order.ids)
        self.assertTrue(other["switch"]["active"])
        self.assertEqual(other["switch"]["report"], "mto.order.supply")

    # Speed

    def test_queries_do_not_grow_with_competing_demands(self):
        self._add_stock(self.bolt, 100)
        order = self._create_order((self.bike, 2))
        counts = []
        for more in (1, 12):
            self.env["stock.move"].create(
                [
                    {
                        "product_id": self.bolt.id,
                        "product_uom_qty": 1,
                        "location_id": self.stock.id,
                        "location_dest_id": self.ref("stock.stock_location_customers"),
                    }
                    for _number in range(more)
                ]
            )._action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.get_pegging(soft=True)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 40)
