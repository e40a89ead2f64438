from odoo import fields

from .common import SeatCase


class TestForecastReplenishment(SeatCase):
    """Forecast-driven replenishment: "a replenishment need or a sales forecast".

    The planner expects 30 bells a month and keeps at least 10 of them on the shelf.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bell = cls.make_product("Bell", "make_to_stock", standard_price=5)
        cls.bell_vendor = cls.make_vendor("Bell Foundry", cls.bell, 5, 6)

    def keep(self, product, minimum, maximum):
        """The planner sets a reordering rule, replenished by a person."""
        return (
            self.as_("planner")["stock.warehouse.orderpoint"]
            .create(
                {
                    "product_id": product.id,
                    "location_id": self.stock.id,
                    "product_min_qty": minimum,
                    "product_max_qty": maximum,
                    "trigger": "manual",
                }
            )
            .with_env(self.env)
        )

    def replenish(self, rule):
        """The planner presses "Order" on the replenishment report."""
        rule.invalidate_recordset()
        rule.with_env(self.as_("planner")).action_replenish()

    def test_bought_part_is_filled_up(self):
        """12 on hand, 5 sold: 7 forecast, below 10, so 33 are bought to reach 40."""
        self.put_on_shelf(self.bell, 12)
        rule = self.keep(self.bell, 10, 40)
        self.assertEqual((rule.qty_forecast, rule.qty_to_order), (12, 0))

        order = self.sell((self.bell, 5, 9), days=3)
        rule.invalidate_recordset()
        self.assertEqual((rule.qty_forecast, rule.qty_to_order), (7, 33))
        self.assertFalse(self.purchases_of(order))

        self.replenish(rule)
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bell.id)]
        )
        self.assertEqual(line.product_qty, 33)
        self.assertEqual(line.partner_id, self.bell_vendor)
        self.assertEqual(line.orderpoint_id, rule)
        self.assertEqual(line.price_subtotal, 33 * 5)
        arrival = fields.Date.add(fields.Date.today(), days=6)
        self.assertEqual(line.date_planned.date(), arrival)
        rule.invalidate_recordset()
        self.assertEqual((rule.qty_forecast, rule.qty_to_order), (40, 0))

        self.move_goods(order.picking_ids)
        self.buy(line.order_id)
        self.receive(line.order_id)
        self.assertEqual(self.on_hand(self.bell), 40)
        self.assertAmount(self.stock_value(self.bell), 40 * 5)
        self.assertAmount(self.bill(line.order_id).amount_untaxed, 33 * 5)
        invoice = self.invoice(order)
        self.pay(invoice)
        self.assertPaid(invoice, 5 * 9)

    def test_made_part_is_filled_up(self):
        """Seats kept on the shelf are made to the forecast, not to an order."""
        self.seat.supply_policy = "make_to_stock"
        self.stock_parts_for(12)
        rule = self.keep(self.seat, 4, 12)
        self.assertEqual(rule.qty_to_order, 12)
        self.replenish(rule)
        production = self.env["mrp.production"].search(
            [("product_id", "=", self.seat.id)]
        )
        self.assertEqual(production.product_qty, 12)
        self.assertEqual(production.orderpoint_id, rule)
        self.assertFalse(production.reference_ids.sale_ids)
        self.assertLess(production.date_start, production.date_finished)

        self.produce(production, 12)
        order = self.sell((self.seat, 9, 80))
        self.assertFalse(self.productions_of(order))
        self.move_goods(order.picking_ids)
        rule.invalidate_recordset()
        self.assertEqual((rule.qty_on_hand, rule.qty_to_order), (3, 9))
        self.assertAmount(self.stock_value(self.seat), 3 * self.UNIT_COST)
        self.assertEqual(self.invoice(order).amount_untaxed, 9 * 80)

    def test_order_does_not_eat_the_forecast_twice(self):
        """Parts that an order took from the shelf are filled up by the rule."""
        self.stock_parts_for(5)
        rule = self.keep(self.shell, 2, 10)
        self.assertEqual((rule.qty_forecast, rule.qty_to_order), (5, 0))
        order = self.sell((self.seat, 5, 80))
        # The order took the 5 shells of the shelf: the shelf itself is to be filled.
        self.assertFalse(self.purchases_of(order).order_line)
        rule.invalidate_recordset()
        self.assertEqual((rule.qty_forecast, rule.qty_to_order), (0, 10))
        self.replenish(rule)
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.shell.id)]
        )
        self.assertEqual((line.product_qty, line.orderpoint_id), (10, rule))
        self.assertFalse(line.move_dest_ids)
