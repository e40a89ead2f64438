from odoo import Command, fields

from .common import SeatCase, waits_for


class TestUrgentSupplierReplacement(SeatCase):
    """ "Urgent supplier replacement": the vendor of the shells cannot deliver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fast_vendor = cls.make_vendor(
            "Express Plastics", cls.shell, 23, 2, sequence=20
        )

    def setUp(self):
        super().setUp()
        self.put_on_shelf(self.strap, 12)
        self.order = self.sell((self.seat, 6, 80))
        self.production = self.productions_of(self.order)
        self.purchase = self.purchases_of(self.order)
        self.assertQuantities(self.purchase.order_line, "product_qty", {self.shell: 6})
        self.assertEqual(self.purchase.partner_id, self.shell_vendor)

    def buy_elsewhere(self, quantity):
        """The buyer orders at the fast vendor, today."""
        purchase = self.as_("purchasing")["purchase.order"].create(
            {
                "partner_id": self.fast_vendor.id,
                "origin": self.order.name,
                "order_line": [
                    Command.create(
                        {"product_id": self.shell.id, "product_qty": quantity}
                    )
                ],
            }
        )
        self.assertEqual(purchase.order_line.price_unit, 23)
        arrival = fields.Date.add(fields.Date.today(), days=2)
        self.assertEqual(purchase.order_line.date_planned.date(), arrival)
        return self.buy(purchase.with_env(self.env))

    def finish(self, unit_cost):
        """Make, ship and invoice the six seats; they cost what the shells now cost."""
        self.production.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(self.production.reservation_state, "assigned")
        self.produce(self.production, 6)
        self.assertAmount(self.stock_value(self.seat), 6 * unit_cost)
        self.move_goods(self.order.picking_ids)
        self.assertLessEqual(
            self.order.picking_ids.date_done, self.order.commitment_date
        )
        invoice = self.invoice(self.order)
        self.pay(invoice)
        self.assertPaid(invoice, 6 * 80)
        self.assertGoodsCost(invoice, 6 * unit_cost)

    def test_request_goes_to_another_vendor(self):
        """Still a request: the buyer changes the vendor, the links stay."""
        references = self.purchase.reference_ids
        late = self.purchase.order_line.date_planned
        purchase = self.purchase.with_env(self.as_("purchasing"))
        purchase.partner_id = self.fast_vendor
        purchase.order_line.price_unit = 23
        purchase.order_line.date_planned = self.in_days(2)
        self.buy(self.purchase)
        self.assertEqual(self.purchase.reference_ids, references)
        self.assertEqual(self.purchases_of(self.order), self.purchase)
        self.assertLess(self.purchase.order_line.date_planned, late)
        self.receive(self.purchase)
        self.assertAmount(self.bill(self.purchase).amount_untaxed, 6 * 23)
        self.finish(self.UNIT_COST + 3)

    def test_confirmed_purchase_is_replaced(self):
        """The confirmed order is cancelled; the fast vendor delivers 5 days earlier."""
        self.buy(self.purchase)
        receipt = self.purchase.picking_ids
        self.purchase.with_env(self.as_("purchasing")).button_cancel()
        self.assertEqual((self.purchase.state, receipt.state), ("cancel", "cancel"))
        self.assertEqual(self.production.state, "confirmed")
        shells = self.production.move_raw_ids.filtered(
            lambda m: m.product_id == self.shell
        )
        self.assertEqual((shells.product_uom_qty, shells.quantity), (6, 0))
        replacement = self.buy_elsewhere(6)
        self.receive(replacement)
        self.assertEqual(self.on_hand(self.shell), 6)
        self.assertAmount(self.stock_value(self.shell), 6 * 23)
        self.finish(self.UNIT_COST + 3)
        self.assertEqual(self.purchase.order_line.qty_received, 0)

    def test_vendor_delivers_a_part_only(self):
        """2 of 6 came; 4 are bought elsewhere; a seat costs the average of both."""
        self.buy(self.purchase)
        rest = self.receive(self.purchase, 2)
        self.assertEqual(rest.move_ids.product_uom_qty, 4)
        rest.with_env(self.as_("warehouse")).action_cancel()
        self.assertEqual(rest.state, "cancel")
        self.receive(self.buy_elsewhere(4))
        self.assertAmount(self.stock_value(self.shell), 2 * 20 + 4 * 23)
        self.assertEqual(self.purchase.order_line.qty_received, 2)
        self.assertAmount(self.bill(self.purchase).amount_untaxed, 2 * 20)
        self.finish(self.UNIT_COST + 2)

    @waits_for(
        "purchase.order",
        "action_other_vendor",
        '"Other vendor" for a purchase that serves orders (mto_change)',
    )
    def test_links_move_to_the_other_vendor(self):
        """ "Other vendor": links and shares of the orders move with the replacement."""
        self.buy(self.purchase)
        buyer = self.purchase.with_env(self.as_("purchasing"))
        action = buyer.action_other_vendor()
        dialog = self.open_dialog("purchasing", action)
        dialog.partner_id = self.fast_vendor
        dialog.save().action_apply()
        replacement = self.purchases_of(self.order).filtered(
            lambda p: p.partner_id == self.fast_vendor
        )
        self.assertQuantities(replacement.order_line, "product_qty", {self.shell: 6})
        demand = replacement.order_line.get_demand()[0]["demand"]
        self.assertEqual(
            [(row["order_id"], row["quantity"]) for row in demand], [(self.order.id, 6)]
        )
