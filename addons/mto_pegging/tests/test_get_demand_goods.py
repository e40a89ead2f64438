from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError

from .common import PeggingCommon


class TestGetDemandGoods(PeggingCommon):
    """For whom work orders, lots, goods in stock and products are."""

    def _produce(self, product):
        productions = self._get_productions(product)
        for production in productions:
            production.qty_producing = production.product_qty
        productions.move_raw_ids.picked = True
        productions.button_mark_done()
        return productions

    def _get_quants(self, product):
        return self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", self.stock.id)]
        )

    def test_work_order_serves_as_its_order(self):
        centre = self.env["mrp.workcenter"].create({"name": "Bench"})
        self.wheel.bom_ids.operation_ids = [
            Command.create({"name": "Spokes", "workcenter_id": centre.id})
        ]
        order = self._create_order((self.bike, 2))
        work_order = self._get_productions(self.wheel).workorder_ids
        self.assertEqual(len(work_order), 1)
        self.assertEqual(self._get_served(work_order), {order.name: 4})
        shop_floor = self._create_user("shop_floor")
        tree = self.env["mto.demand.workorder"].with_user(shop_floor)
        rows = tree.get_tree(work_order.ids)["rows"]
        self.assertEqual(rows[1]["cells"]["document"], order.name)
        # Sales may read work orders, and is told of own orders only.
        salesperson = self._create_user("sales")
        self.assertEqual(self._get_served(work_order.with_user(salesperson)), {})
        order.user_id = salesperson
        self.assertEqual(
            self._get_served(work_order.with_user(salesperson)), {order.name: 4}
        )
        with self.assertRaises(AccessError):
            work_order.with_user(self._create_user("employee")).get_demand()

    def test_goods_in_stock_are_for_who_reserved_them(self):
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 20)
        first = self._create_order((self.wheel, 1))
        second = self._create_order((self.wheel, 3))
        quants = self._get_quants(self.bolt)
        warehouse = self._create_user("warehouse")
        self.assertEqual(
            self._get_served(quants.with_user(warehouse)),
            {first.name: 4, second.name: 12},
        )
        entry = quants.get_demand()[0]["demand"][0]
        self.assertEqual((entry["days_late"], entry["available_date"]), (0, False))
        self.assertTrue(entry["needed_date"])
        with self.assertRaises(AccessError):
            quants.with_user(self._create_user("employee")).get_demand()

    def test_shelves_tell_their_own_part(self):
        self.bolt.supply_policy = "make_to_stock"
        shelves = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id} for name in ("Left", "Right")]
        )
        self._add_stock(self.bolt, 3, shelves[0])
        self._add_stock(self.bolt, 5, shelves[1])
        order = self._create_order((self.wheel, 2))
        quants = self.env["stock.quant"].search([("product_id", "=", self.bolt.id)])
        self.assertEqual(
            sorted(self._get_served(quant)[order.name] for quant in quants), [3, 5]
        )
        # Goods of one order that lie on two shelves.
        self.assertEqual(
            [
                entry["quantity"]
                for answer in quants.get_demand()
                for entry in answer["demand"]
            ],
            [3, 5],
        )

    def test_free_goods_serve_nobody(self):
        self._add_stock(self.bolt, 20)
        quants = self._get_quants(self.bolt)
        self.assertEqual(self._get_served(quants), {})
        tree = self.env["mto.demand.quant"].get_tree(quants.ids)
        self.assertTrue(tree["empty"]["title"])

    def _get_expected(self, record):
        """{order: (quantity, of it expected)} that goods may serve."""
        return {
            entry["order"]: (entry["quantity"], entry["expected_quantity"])
            for entry in record.get_demand(soft=True)[0]["demand"]
        }

    def test_free_goods_tell_whom_they_are_expected_to_serve(self):
        """Reserved and free goods of one place, handed out as Odoo would reserve."""
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 6)
        first = self._create_order((self.wheel, 1))
        self._add_stock(self.bolt, 4)
        quants = self._get_quants(self.bolt)
        second = self._create_order((self.wheel, 3))
        wheels = self._get_productions(self.wheel)
        wheels.filtered(lambda made: made.product_qty == 3).do_unreserve()
        self.assertEqual(self._get_served(quants), {first.name: 4})
        expected = {first.name: (4, 0), second.name: (6, 6)}
        self.assertEqual(self._get_expected(quants), expected)
        # The same as the order tells from above.
        told = second.get_pegging(soft=True)[0]
        self.assertEqual(
            [p["quantity"] for p in told["pegs"] if p["supply"].startswith("product")],
            [6],
        )
        tree = self.env["mto.demand.quant"].get_tree(quants.ids)
        self.assertEqual(len(tree["rows"]), 2)
        tree = self.env[tree["switch"]["report"]].get_tree(quants.ids)
        self.assertEqual(len(tree["rows"]), 3)

    def test_free_lots_leave_in_the_order_in_which_they_came(self):
        lots = self._make_lots(3, 5)
        order = self._create_order((self.wheel, 1))
        self._get_productions(self.wheel).do_unreserve()
        self.assertEqual(self._get_expected(lots[0]), {order.name: (3, 3)})
        self.assertEqual(self._get_expected(lots[1]), {order.name: (1, 1)})
        # Wheels for the stock take them for whom the wheels are expected to serve.
        self.wheel.supply_policy = "make_to_stock"
        made = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 1}
        )
        made.action_confirm()
        made.do_unreserve()
        other = self._create_order((self.wheel, 1))
        self.assertEqual(
            self._get_expected(lots[1]), {order.name: (1, 1), other.name: (4, 4)}
        )

    def _make_lots(self, *quantities):
        self.bolt.write({"tracking": "lot", "supply_policy": "make_to_stock"})
        lots = self.env["stock.lot"].create(
            [{"product_id": self.bolt.id, "name": f"L{q}"} for q in quantities]
        )
        for lot, quantity in zip(lots, quantities, strict=True):
            self.env["stock.quant"]._update_available_quantity(
                self.bolt, self.stock, quantity, lot_id=lot
            )
        return lots

    def test_lot_is_for_who_reserved_and_who_used_it(self):
        lots = self._make_lots(4, 8)
        orders = self._create_order((self.wheel, 1)) | self._create_order(
            (self.wheel, 2)
        )
        self.assertEqual(self._get_served(lots[0]), {orders[0].name: 4})
        self.assertEqual(self._get_served(lots[1]), {orders[1].name: 8})
        self._produce(self.wheel)
        self.assertEqual(self._get_served(lots[0]), {orders[0].name: 4})
        warehouse = self._create_user("warehouse")
        answers = lots.with_user(warehouse).get_demand()
        self.assertEqual([answer["name"] for answer in answers], ["L4", "L8"])
        with self.assertRaises(AccessError):
            lots.with_user(self._create_user("employee")).get_demand()

    def test_lot_in_two_steps_is_told_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        lots = self._make_lots(4)
        order = self._create_order((self.bolt, 4))
        self.assertEqual(self._get_served(lots), {order.name: 4})
        pick = order.picking_ids.filtered(lambda p: p.state == "assigned")
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(self._get_served(lots), {order.name: 4})
        ship = order.picking_ids - pick
        ship.move_ids.picked = True
        ship.button_validate()
        self.assertEqual(self._get_served(lots), {order.name: 4})

    def test_product_is_for_all_who_wait_for_it(self):
        first = self._create_order((self.bike, 1))
        second = self._create_order((self.wheel, 3))
        self.assertEqual(self._get_served(self.bolt), {first.name: 9, second.name: 12})
        self.assertEqual(self._get_served(self.wheel), {first.name: 2, second.name: 3})
        answers = (self.bolt | self.bike).get_demand()
        self.assertEqual(
            [answer["id"] for answer in answers], [self.bolt.id, self.bike.id]
        )
        self.assertEqual(
            self._get_served(self.bolt.product_tmpl_id), self._get_served(self.bolt)
        )
        tree = self.env["mto.demand.product"].get_tree(self.bolt.ids)
        self.assertEqual(len(tree["rows"]), 3)

    def test_delivered_goods_are_no_demand(self):
        self._add_stock(self.wheel, 2)
        self.wheel.supply_policy = "make_to_stock"
        order = self._create_order((self.wheel, 2))
        self.assertEqual(self._get_served(self.wheel), {order.name: 2})
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertEqual(self._get_served(self.wheel), {})

    def test_who_may_know_for_whom_a_product_is(self):
        order = self._create_order((self.wheel, 1))
        for role in ("purchasing", "warehouse", "shop_floor"):
            wheel = self.wheel.with_user(self._create_user(role))
            self.assertEqual(self._get_served(wheel), {order.name: 1}, role)
        employee = self._create_user("employee")
        for record in (self.wheel, self.wheel.product_tmpl_id):
            with self.assertRaises(AccessError):
                record.with_user(employee).get_demand()
        template = self.wheel.product_tmpl_id.with_user(wheel.env.user)
        self.assertEqual(self._get_served(template), {order.name: 1})

    def test_salesperson_is_told_of_own_orders(self):
        user = self._create_user("sales")
        self._create_order((self.wheel, 1))
        own = self._create_order((self.wheel, 2), user_id=user.id)
        self.assertEqual(self._get_served(self.wheel.with_user(user)), {own.name: 2})

    def test_other_company_is_not_told(self):
        self._create_order((self.wheel, 1))
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        wheel = self.wheel.with_context(allowed_company_ids=other.ids)
        self.assertEqual(self._get_served(wheel), {})

    def test_queries_do_not_grow_with_orders(self):
        counts = []
        for quantity in (2, 8):
            for _number in range(quantity):
                self._create_order((self.wheel, 1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            served = self._get_served(self.bolt)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(served), 10)
        self.assertLessEqual(counts[1], counts[0])

    # What comes late

    def _order_late(self, *quantities):
        """One purchase of bolts for orders, three weeks behind the first."""
        orders = self.env["sale.order"]
        for quantity in quantities:
            orders |= self._create_order((self.wheel, quantity))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        if len(line.order_id) > 1:
            line.order_id.action_merge()
        line = line.exists().filtered(lambda found: found.state != "cancel")
        now = self.env.cr.now()
        wheels = self._get_productions(self.wheel)
        for number, production in enumerate(wheels):
            production.move_raw_ids.date = now + timedelta(days=10 * (number + 1))
        line.date_planned = now + timedelta(days=31)
        return orders, line

    def test_late_receipt_tells_who_is_hit_and_by_how_much(self):
        orders, line = self._order_late(1, 2, 4, 1)
        line.order_id.button_confirm()
        receipt = line.order_id.picking_ids
        receipt.move_ids.date = line.date_planned
        entries = receipt.get_demand()[0]["demand"]
        self.assertEqual(
            {e["order"]: (e["quantity"], e["days_late"]) for e in entries},
            dict(
                zip(
                    orders.mapped("name"),
                    ((4, 21), (8, 11), (16, 1), (4, 0)),
                    strict=True,
                )
            ),
        )
        tree = self.env["mto.demand.transfer"].get_tree(receipt.ids)
        names = orders.mapped("name")
        self.assertEqual(
            tree["messages"],
            [
                {
                    "tone": "danger",
                    "text": f"{receipt.name} is 3 weeks late. 3 orders are hit: "
                    f"{names[0]}, Customer (3 weeks); {names[1]}, Customer (11 days); "
                    f"{names[2]}, Customer (1 day).",
                }
            ],
        )
        late = [row["cells"]["late"] for row in tree["rows"][1:]]
        self.assertEqual(sorted(late), [False, 1, 11, 21])
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertFalse(
            self.env["mto.demand.transfer"].get_tree(receipt.ids)["messages"]
        )

    def test_overdue_is_late_from_today(self):
        orders, line = self._order_late(1)
        wheels = self._get_productions(self.wheel)
        wheels.move_raw_ids.date = self.env.cr.now() - timedelta(days=5)
        line.date_planned = self.env.cr.now() - timedelta(days=8)
        [entry] = line.get_demand()[0]["demand"]
        self.assertEqual((entry["order"], entry["days_late"]), (orders.name, 5))
