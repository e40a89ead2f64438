from datetime import timedelta

from odoo.exceptions import AccessError

from .common import PeggingCommon


class TestGetDemand(PeggingCommon):
    def test_every_level_knows_its_customer(self):
        order = self._create_order((self.bike, 2))
        for product, quantity in ((self.bike, 2), (self.wheel, 4)):
            production = self._get_productions(product)
            self.assertEqual(self._get_served(production), {order.name: quantity})
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        answer = line.get_demand()[0]
        self.assertEqual((answer["id"], answer["model"]), (line.id, line._name))
        entry = answer["demand"][0]
        self.assertEqual(entry["customer"], "Customer")
        self.assertEqual((entry["quantity"], entry["uom"]), (18, "Units"))
        self.assertEqual(entry["line_id"], order.order_line.id)
        self.assertTrue(entry["promise_date"])

    def test_receipt_tells_the_orders_that_wait_for_it(self):
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        if len(lines.order_id) > 1:
            lines.order_id.action_merge()
        purchase = lines.exists().order_id.filtered(lambda p: p.state != "cancel")
        purchase.button_confirm()
        served = self._get_served(purchase.picking_ids)
        self.assertEqual(served, {orders[0].name: 9, orders[1].name: 18})

    def test_delivery_tells_its_order(self):
        order = self._create_order((self.bike, 2))
        self.assertEqual(self._get_served(order.picking_ids), {order.name: 2})

    def test_production_for_stock_serves_nobody(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 3}
        )
        production.action_confirm()
        self.assertEqual(self._get_served(production), {})

    def test_merged_production_is_shared_exactly(self):
        orders = self.env["sale.order"]
        for quantity in (1, 2, 4):
            orders |= self._create_order((self.bike, quantity))
        wheels = self._get_productions(self.wheel)
        if len(wheels) > 1:
            wheels.action_merge()
        wheels = self._get_productions(self.wheel)
        self.assertEqual(len(wheels), 1)
        self.assertEqual(
            self._get_served(wheels),
            dict(zip(orders.mapped("name"), (2, 4, 8), strict=False)),
        )

    def test_buyer_learns_for_whom(self):
        order = self._create_order((self.bike, 2))
        buyer = self._create_user("purchasing")
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        self.assertEqual(self._get_served(line.with_user(buyer)), {order.name: 18})
        employee = self._create_user("employee")
        with self.assertRaises(AccessError):
            line.with_user(employee).get_demand()

    def test_screen_tells_who_is_hit_by_a_late_purchase(self):
        order = self._create_order((self.bike, 2))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        order.commitment_date = self.env.cr.now() + timedelta(days=30)
        line.date_planned = self.env.cr.now() + timedelta(days=51)
        tree = self.env["mto.demand.purchase"].get_tree(line.order_id.ids)
        product, served = tree["rows"]
        self.assertEqual(product["cells"]["product"], "Bolt")
        self.assertEqual(
            (served["parent"], served["cells"]["product"], served["cells"]["document"]),
            (0, "Customer", order.name),
        )
        self.assertEqual(served["cells"]["slack"], -21)
        self.assertTrue(served["problem"])
        self.assertEqual(served["res_id"], order.id)

    def test_screen_without_demand_teaches(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 3}
        )
        tree = self.env["mto.demand.production"].get_tree(production.ids)
        self.assertFalse(tree["rows"])
        self.assertTrue(tree["empty"]["text"])

    def test_queries_do_not_grow_with_the_orders_that_share(self):
        self.vendor.group_rfq = "all"
        counts = []
        for quantity in (1, 6):
            part = self._create_part(f"Part {quantity}", "make_to_order")
            product = self._create_product(f"Cart {quantity}", "make_to_order")
            self._create_bom(product, [(part, 1)])
            for _number in range(quantity):
                self._create_order((product, 1))
            line = self.env["purchase.order.line"].search(
                [("product_id", "=", part.id)]
            )
            self.assertEqual(len(line.get_demand()[0]["demand"]), quantity)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            line.get_demand()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_day_of_the_reader(self):
        """Half past eleven at night in UTC is the next day in Tokyo."""
        order = self._create_order((self.wheel, 1))
        order.commitment_date = "2030-05-01 23:30:00"
        wheels = self._get_productions(self.wheel)
        for zone, day in (("UTC", "05/01/2030"), ("Asia/Tokyo", "05/02/2030")):
            tree = self.env["mto.demand.production"].with_context(tz=zone)
            [value] = [
                item["value"]
                for item in tree.get_tree(wheels.ids)["summary"]
                if item["label"] == "First Promise"
            ]
            self.assertEqual(value, day)

    def test_days_between_are_those_of_the_reader(self):
        """An hour before midnight and one after are a day apart, where it is that."""
        order = self._create_order((self.wheel, 1))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        order.commitment_date = "2030-05-01 23:00:00"
        line.date_planned = "2030-05-02 01:00:00"
        wheels = self._get_productions(self.wheel)
        wheels.move_raw_ids.date = "2030-05-01 23:00:00"
        for zone, late in (("UTC", 1), ("Asia/Tokyo", 0), ("America/New_York", 0)):
            with self.subTest(zone=zone):
                [entry] = line.with_context(tz=zone).get_demand()[0]["demand"]
                self.assertEqual((entry["slack"], entry["days_late"]), (-late, late))
                tree = self.env["mto.order.supply"].with_context(tz=zone)
                [row] = [
                    row
                    for row in tree.get_tree(order.ids)["rows"]
                    if row["cells"]["product"] == "Bolt"
                ]
                self.assertEqual(row["cells"]["slack"], -late)
                self.assertEqual(row["problem"], bool(late))
