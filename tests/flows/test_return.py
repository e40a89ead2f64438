from .common import SeatCase, waits_for


class TestReturn(SeatCase):
    """ "Returned goods": "what happens when goods are returned?" """

    def setUp(self):
        super().setUp()
        self.stock_parts_for(5)
        self.order = self.sell((self.seat, 5, 80))
        self.line = self.order.order_line
        self.delivery = self.order.picking_ids
        self.produce(self.productions_of(self.order), 5)
        self.move_goods(self.delivery)
        self.paid = self.invoice(self.order)
        self.pay(self.paid)

    def test_2_of_5_come_back(self):
        """Back in stock at their cost, credited, and the money goes back."""
        back = self.send_back(self.delivery, 2)
        self.assertEqual(back.return_id, self.delivery)
        self.assertEqual(back.move_ids.origin_returned_move_id, self.delivery.move_ids)
        self.move_goods(back)
        self.assertEqual(self.on_hand(self.seat), 2)
        self.assertAmount(self.stock_value(self.seat), 2 * self.UNIT_COST)
        self.assertEqual((self.line.qty_delivered, self.line.qty_to_invoice), (3, -2))

        credit = self.invoice(self.order)
        self.assertEqual(credit.move_type, "out_refund")
        self.assertAmount(credit.amount_untaxed, 2 * 80)
        self.assertGoodsCost(credit, 2 * self.UNIT_COST)
        self.pay(credit)
        self.assertPaid(credit, 2 * 80)
        self.assertEqual((self.line.qty_invoiced, self.line.qty_to_invoice), (3, 0))
        self.assertEqual(self.order.invoice_ids, self.paid | credit)
        self.assertEqual(self.line.product_uom_qty, 5)

    def test_returned_seat_is_free_for_anyone(self):
        """A return makes nothing again and is kept for nobody."""
        made = self.productions_of(self.order)
        self.move_goods(self.send_back(self.delivery, 1))
        self.assertEqual(self.productions_of(self.order), made)
        self.assertEqual(self.seat.free_qty, 1)

    def test_exchange_is_delivered_again(self):
        """1 comes back for exchange: a new one is delivered, the invoice stays."""
        self.stock_parts_for(1)
        self.move_goods(self.send_back(self.delivery, 1, exchange=True))
        again = self.order.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state != "done"
        )
        self.assertEqual(again.move_ids.product_uom_qty, 1)
        production = self.productions_of(self.order).filtered(
            lambda p: p.state != "done"
        )
        self.assertQuantities(production, "product_qty", {self.seat: 1})
        self.assertEqual(again.move_ids.move_orig_ids, production.move_finished_ids)
        self.produce(production, 1)
        self.move_goods(again)
        self.assertEqual((self.line.qty_delivered, self.line.qty_to_invoice), (5, 0))
        # The one that came back stays in stock until somebody decides on it.
        self.assertEqual(self.on_hand(self.seat), 1)
        self.assertAmount(self.stock_value(self.seat), self.UNIT_COST)
        self.assertEqual(self.order.invoice_ids, self.paid)

    @waits_for(
        "sale.order.line",
        "action_use_free_stock",
        '"free in stock: use them?" on a make-to-order line (mto_cascade)',
    )
    def test_next_order_takes_the_return(self):
        """A returned seat is offered to the next order before another one is made."""
        self.move_goods(self.send_back(self.delivery, 1))
        order = self.sell((self.seat, 1, 80))
        order.order_line.with_env(self.as_("planner")).action_use_free_stock()
        self.assertEqual(order.picking_ids.state, "assigned")
        production = self.productions_of(order)
        self.assertFalse(production.filtered(lambda p: p.state != "cancel"))
