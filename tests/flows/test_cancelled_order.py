from .common import SeatCase, waits_for


class TestCancelledOrder(SeatCase):
    """ "Cancelled orders": "an MO can also be canceled if manufacturing will no longer
    take place. This should still be recorded."
    """

    def cancel(self, order):
        """The salesperson cancels the order."""
        order.with_env(self.as_("sales")).action_cancel()

    def test_before_anything_is_made(self):
        """Sales cancels, planner and buyer stop MO and RFQ: nothing is left."""
        self.put_on_shelf(self.strap, 8)
        self.put_on_shelf(self.shell, 1)
        order = self.sell((self.seat, 4, 80))
        production = self.productions_of(order)
        purchase = self.purchases_of(order)
        self.assertQuantities(purchase.order_line, "product_qty", {self.shell: 3})
        self.assertEqual(self.strap.free_qty, 0)

        self.cancel(order)
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual(order.picking_ids.move_ids.quantity, 0)
        note = production.activity_ids
        self.assertIn(order.name, note.note)
        production.with_env(self.as_("planner")).action_cancel()
        purchase.with_env(self.as_("purchasing")).button_cancel()
        self.assertEqual((production.state, purchase.state), ("cancel", "cancel"))
        self.assertEqual(set(production.workorder_ids.mapped("state")), {"cancel"})
        self.assertEqual((self.strap.free_qty, self.shell.free_qty), (8, 1))
        self.assertAmount(self.stock_value(self.strap), 8 * 3)
        self.assertAmount(self.stock_value(self.shell), 20)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.invoice_status, "no")

    def test_after_the_seats_were_made(self):
        """What was made stays in stock at its cost; nothing is owed."""
        self.stock_parts_for(4)
        order = self.sell((self.seat, 4, 80))
        self.produce(self.productions_of(order), 4)
        self.cancel(order)
        self.assertEqual(order.picking_ids.state, "cancel")
        self.assertEqual((self.on_hand(self.seat), self.seat.free_qty), (4, 4))
        self.assertAmount(self.stock_value(self.seat), 4 * self.UNIT_COST)
        self.assertEqual(self.productions_of(order).state, "done")
        self.assertFalse(order.invoice_ids)

    def test_after_part_was_delivered_and_invoiced(self):
        """What was delivered stays delivered, invoiced and owed."""
        self.stock_parts_for(4)
        order = self.sell((self.seat, 4, 80))
        production = self.productions_of(order)
        rest = self.produce(production, 1)
        rest_delivery = self.move_goods(order.picking_ids, 1)
        invoice = self.invoice(order)
        self.cancel(order)
        rest.with_env(self.as_("planner")).action_cancel()
        self.assertEqual(rest_delivery.state, "cancel")
        self.assertEqual((production.state, rest.state), ("done", "cancel"))
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(invoice.state, "posted")
        self.assertAmount(invoice.amount_residual, 80)
        self.pay(invoice)
        self.assertPaid(invoice, 80)
        self.assertEqual((self.shell.free_qty, self.strap.free_qty), (3, 6))
        self.assertAmount(self.stock_value(self.shell), 3 * 20)

    @waits_for(
        "sale.order",
        "preview_change",
        "a cancellation reaches the factory (mto_change)",
    )
    def test_cancelling_reaches_the_factory(self):
        """What follows is shown before, and everything that can stop is stopped."""
        self.put_on_shelf(self.strap, 8)
        order = self.sell((self.seat, 4, 80))
        production, purchase = self.productions_of(order), self.purchases_of(order)
        by_sales = order.with_env(self.as_("sales"))
        preview = by_sales.preview_change([{"cancel": True}])[0]
        actions = {d["model"]: d["action"] for d in preview["documents"]}
        self.assertEqual(actions["mrp.production"], "cancel")
        by_sales.apply_change([{"cancel": True}], preview["fingerprint"])
        self.assertEqual((order.state, production.state), ("cancel", "cancel"))
        open_lines = purchase.order_line.filtered(lambda line: line.state != "cancel")
        self.assertEqual(sum(open_lines.mapped("product_qty")), 0)
