from .common import SeatCase, waits_for


class TestPartialShipment(SeatCase):
    """ "Partial shipments": partial delivery and backorder handling."""

    def setUp(self):
        super().setUp()
        self.stock_parts_for(10)
        self.order = self.sell((self.seat, 10, 80))
        self.line = self.order.order_line
        self.delivery = self.order.picking_ids
        self.production = self.productions_of(self.order)

    def test_4_now_6_later(self):
        """Each shipment is invoiced as delivered; both keep the promised date."""
        rest_to_make = self.produce(self.production, 4)
        self.assertEqual(rest_to_make.product_qty, 6)
        rest = self.move_goods(self.delivery, 4)
        self.assertEqual((self.line.qty_delivered, self.line.qty_to_invoice), (4, 4))
        self.assertEqual(rest.backorder_id, self.delivery)
        self.assertEqual(rest.move_ids.product_uom_qty, 6)
        self.assertEqual(rest.date_deadline, self.order.commitment_date)
        self.assertIn(rest_to_make.move_finished_ids, rest.move_ids.move_orig_ids)
        first = self.invoice(self.order)
        self.assertAmount(first.amount_untaxed, 4 * 80)
        self.assertGoodsCost(first, 4 * self.UNIT_COST)
        self.assertEqual(self.order.invoice_status, "no")

        self.produce(rest_to_make, 6)
        self.assertAmount(self.stock_value(self.seat), 6 * self.UNIT_COST)
        self.assertFalse(self.move_goods(rest))
        second = self.invoice(self.order)
        self.pay(first + second)
        self.assertPaid(first, 4 * 80)
        self.assertPaid(second, 6 * 80)
        self.assertEqual((self.line.qty_delivered, self.line.qty_invoiced), (10, 10))
        self.assertEqual(self.order.delivery_status, "full")
        self.assertEqual(self.on_hand(self.seat), 0)
        self.assertAmount(self.stock_value(self.seat), 0)

    def test_all_made_shipped_in_two_parts(self):
        """10 made; the first truck takes 7: 3 stay, reserved for the same order."""
        self.produce(self.production, 10)
        rest = self.move_goods(self.delivery, 7)
        self.assertEqual((rest.state, rest.move_ids.quantity), ("assigned", 3))
        self.assertEqual(self.seat.free_qty, 0)
        self.assertAmount(self.stock_value(self.seat), 3 * self.UNIT_COST)
        self.move_goods(rest)
        invoice = self.invoice(self.order)
        self.assertAmount(invoice.amount_untaxed, 10 * 80)
        self.assertGoodsCost(invoice, 10 * self.UNIT_COST)

    def test_rest_is_not_wanted(self):
        """Delivered without backorder: 4 are invoiced, 6 stay, free to sell."""
        self.produce(self.production, 10)
        self.assertFalse(self.move_goods(self.delivery, 4, backorder=False))
        self.assertEqual(self.line.qty_delivered, 4)
        self.assertEqual(self.seat.free_qty, 6)
        self.assertAmount(self.stock_value(self.seat), 6 * self.UNIT_COST)
        invoice = self.invoice(self.order)
        self.pay(invoice)
        self.assertPaid(invoice, 4 * 80)
        self.assertEqual(self.order.delivery_status, "full")

    @waits_for(
        "sale.order",
        "preview_change",
        "a change to an order reaches the factory (mto_change)",
    )
    def test_rest_not_wanted_stops_the_factory(self):
        """4 of 10 made and shipped, the rest cancelled: the open 6 stop."""
        rest = self.produce(self.production, 4)
        self.move_goods(self.delivery, 4)
        changes = [{"line_id": self.line.id, "quantity": 4}]
        order = self.order.with_env(self.as_("sales"))
        preview = order.preview_change(changes)[0]
        stopped = [d for d in preview["documents"] if d["res_id"] == rest.id]
        self.assertEqual(
            [(d["quantity_before"], d["quantity_after"]) for d in stopped], [(6, 0)]
        )
        order.apply_change(changes, preview["fingerprint"])
        self.assertEqual(rest.state, "cancel")
        self.assertEqual(self.line.product_uom_qty, 4)
        self.assertEqual(self.order.delivery_status, "full")
