from odoo import fields

from .common import SeatCase, waits_for


class TestMissingStock(SeatCase):
    """ "Missing stock": "if the sales team promises what inventory cannot deliver"."""

    def test_part_missing_is_bought_in_the_missing_quantity(self):
        """Parts for 4 of 10 seats: 6 shells are bought; 4 ship now, 6 later."""
        self.put_on_shelf(self.shell, 4)
        self.put_on_shelf(self.strap, 20)
        order = self.sell((self.seat, 10, 80), days=30)
        production = self.productions_of(order)
        line = self.purchases_of(order).order_line
        self.assertQuantities(line, "product_qty", {self.shell: 6})
        self.assertLessEqual(line.date_planned, production.date_start)
        self.assertGreater(line.order_id.date_order, fields.Datetime.now())
        shells = production.move_raw_ids.filtered(lambda m: m.product_id == self.shell)
        self.assertEqual((shells.state, shells.quantity), ("partially_available", 4))
        self.assertEqual(production.reservation_state, "confirmed")

        rest = self.produce(production, 4)
        rest_delivery = self.move_goods(order.picking_ids, 4)
        self.receive(self.buy(line.order_id))
        self.assertEqual(self.on_hand(self.shell), 6)
        rest.with_env(self.as_("shop_floor")).action_assign()
        self.produce(rest, 6)
        self.move_goods(rest_delivery)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertLessEqual(
            max(order.picking_ids.mapped("date_done")), order.commitment_date
        )
        invoice = self.invoice(order)
        self.assertAmount(invoice.amount_untaxed, 10 * 80)
        self.assertGoodsCost(invoice, 10 * self.UNIT_COST)
        self.assertAmount(self.stock_value(self.shell), 0)

    def test_shelf_holds_less_than_the_books(self):
        """10 in the books, 7 counted: the loss is booked, the rest is bought."""
        self.put_on_shelf(self.shell, 10)
        order = self.sell((self.shell, 10, 30))
        delivery = order.picking_ids
        self.assertEqual(delivery.state, "assigned")
        self.assertFalse(self.purchases_of(order))

        self.put_on_shelf(self.shell, 7)
        self.assertEqual(self.on_hand(self.shell), 7)
        self.assertAmount(self.stock_value(self.shell), 7 * 20)
        rest = self.move_goods(delivery, 7)
        self.assertEqual(rest.move_ids.product_uom_qty, 3)
        self.assertEqual(rest.date_deadline, order.commitment_date)

        # Nobody ordered the 3: the buyer does, and the open delivery takes them.
        purchase = self.as_("purchasing")["purchase.order"].create(
            {
                "partner_id": self.shell_vendor.id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.shell.id, "product_qty": 3}
                    )
                ],
            }
        )
        self.assertEqual(purchase.order_line.price_unit, 20)
        arrival = fields.Date.add(fields.Date.today(), days=7)
        self.assertEqual(purchase.order_line.date_planned.date(), arrival)
        purchase = self.buy(purchase.with_env(self.env))
        self.receive(purchase)
        rest.with_env(self.as_("warehouse")).action_assign()
        self.assertEqual((rest.state, rest.move_ids.quantity), ("assigned", 3))
        self.move_goods(rest)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertAmount(self.stock_value(self.shell), 0)
        invoice = self.invoice(order)
        self.assertAmount(invoice.amount_untaxed, 10 * 30)
        self.assertGoodsCost(invoice, 10 * 20)

    @waits_for(
        "mto.change.resupply",
        "_resupply_lost_stock",
        "a demand that lost its stock is supplied again (mto_change)",
    )
    def test_loss_on_the_shelf_is_supplied_again(self):
        """What a count takes from a confirmed order is bought again by policy."""
        self.company.order_change_rules = True
        self.company.order_change_resupply = True
        self.put_on_shelf(self.shell, 10)
        order = self.sell((self.shell, 10, 30))
        self.put_on_shelf(self.shell, 7)
        lines = self.purchases_of(order).order_line
        self.assertQuantities(lines, "product_qty", {self.shell: 3})

    @waits_for(
        "sale.order", "get_promise", "honest dates on the quotation (mto_promise)"
    )
    def test_earliest_date_names_the_missing_part(self):
        """The quotation tells the earliest date and the part that sets it."""
        self.put_on_shelf(self.shell, 4)
        self.put_on_shelf(self.strap, 20)
        quotation = self.quote((self.seat, 10, 80), days=3)
        promise = quotation.with_env(self.as_("sales")).get_promise()[0]["lines"][0]
        self.assertEqual(promise["limiting_component"], self.shell.display_name)
        self.assertEqual(promise["quantity_on_wanted_date"], 4)
        self.assertIn("6", promise["message"])
        # 7 days for the shells and 2 to make the seats.
        earliest = fields.Date.add(fields.Date.today(), days=9)
        self.assertGreaterEqual(
            fields.Date.to_date(promise["feasible_date"][:10]), earliest
        )
