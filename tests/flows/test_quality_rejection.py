from odoo import Command
from odoo.exceptions import UserError

from .common import SeatCase, waits_for


class TestQualityRejection(SeatCase):
    """ "Quality rejection": goods that fail go back or to scrap, and what is missing
    comes again.
    """

    def scrap(self, role, product, quantity, **values):
        """Scrap `quantity` from the shelf and tick "Replenish Quantities"."""
        scrap = self.as_(role)["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "location_id": self.stock.id,
                "should_replenish": True,
                **values,
            }
        )
        scrap.action_validate()
        self.assertEqual(scrap.state, "done")
        return scrap.with_env(self.env)

    def test_received_shells_are_rejected(self):
        """2 of 6 shells fail at the door: back for exchange, 4 seats now, 2 later."""
        self.put_on_shelf(self.strap, 12)
        order = self.sell((self.seat, 6, 80))
        production = self.productions_of(order)
        purchase = self.buy(self.purchases_of(order))
        line = purchase.order_line
        receipt = purchase.picking_ids
        self.receive(purchase)
        self.assertEqual(line.qty_received, 6)

        # The order's six had been reserved: the warehouse types what goes back.
        self.move_goods(self.send_back(receipt, 2, exchange=True), 2)
        self.assertEqual(line.qty_received, 4)
        self.assertEqual(self.on_hand(self.shell), 4)
        self.assertAmount(self.stock_value(self.shell), 4 * 20)
        exchange = purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        self.assertEqual(exchange.move_ids.product_uom_qty, 2)

        rest = self.produce(production, 4)
        rest_delivery = self.move_goods(order.picking_ids, 4)
        self.move_goods(exchange)
        self.assertEqual(line.qty_received, 6)
        self.assertAmount(self.bill(purchase).amount_untaxed, 6 * 20)
        rest.with_env(self.as_("shop_floor")).action_assign()
        self.produce(rest, 2)
        self.move_goods(rest_delivery)
        self.assertEqual(rest_delivery.date_deadline, order.commitment_date)
        invoice = self.invoice(order)
        self.assertAmount(invoice.amount_untaxed, 6 * 80)
        self.assertGoodsCost(invoice, 6 * self.UNIT_COST)
        self.assertEqual(self.on_hand(self.shell), 0)

    def test_finished_seat_fails_the_inspection(self):
        """1 of 4 is scrapped before shipping: 3 ship, 1 is made again and follows."""
        self.stock_parts_for(5)
        order = self.sell((self.seat, 4, 80))
        self.produce(self.productions_of(order), 4)
        delivery = order.picking_ids
        delivery.with_env(self.as_("warehouse")).do_unreserve()
        scrap = self.scrap("warehouse", self.seat, 1)
        self.assertAmount(sum(scrap.move_ids.mapped("value")), self.UNIT_COST)
        self.assertAmount(self.stock_value(self.seat), 3 * self.UNIT_COST)

        again = self.env["mrp.production"].search(
            [("product_id", "=", self.seat.id), ("state", "=", "confirmed")]
        )
        self.assertEqual(again.product_qty, 1)
        self.assertEqual(again.origin, scrap.name)
        delivery.with_env(self.as_("warehouse")).action_assign()
        rest = self.move_goods(delivery, 3)
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        again.with_env(self.as_("shop_floor")).action_assign()
        self.produce(again, 1)
        rest.with_env(self.as_("warehouse")).action_assign()
        self.assertEqual(rest.move_ids.quantity, 1)
        self.move_goods(rest)
        invoice = self.invoice(order)
        self.assertAmount(invoice.amount_untaxed, 4 * 80)
        self.assertGoodsCost(invoice, 4 * self.UNIT_COST)
        self.assertAmount(self.stock_value(self.seat), 0)
        self.assertEqual((self.on_hand(self.shell), self.on_hand(self.strap)), (0, 0))

    def test_shell_breaks_in_the_shop(self):
        """A shell breaks while 4 are made: 1 is bought again, all 4 are made."""
        self.stock_parts_for(4)
        order = self.sell((self.seat, 4, 80))
        production = self.productions_of(order)
        self.assertFalse(self.purchases_of(order))
        scrap = self.scrap("shop_floor", self.shell, 1, production_id=production.id)
        self.assertEqual(self.on_hand(self.shell), 3)
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.shell.id), ("state", "=", "draft")]
        )
        self.assertEqual((line.product_qty, line.price_unit), (1, 20))
        self.assertEqual(line.order_id.origin, scrap.name)
        self.receive(self.buy(line.order_id))
        production.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(production.reservation_state, "assigned")
        self.produce(production, 4)
        self.move_goods(order.picking_ids)
        invoice = self.invoice(order)
        # The broken shell is a loss of the shop, not a cost of the seats.
        self.assertGoodsCost(invoice, 4 * self.UNIT_COST)
        self.assertEqual(self.on_hand(self.shell), 0)
        self.assertAmount(self.stock_value(self.shell), 0)

    def test_rejection_holds_the_receipt(self):
        """A failed inspection on receipt holds the lot until somebody decides."""
        self.shell.tracking = "lot"
        self.put_on_shelf(self.strap, 12)
        self.as_("planner")["mto.inspection.point"].create(
            {
                "name": "Cracks",
                "occasion": "receipt",
                "product_ids": [Command.set(self.shell.ids)],
            }
        )
        order = self.sell((self.seat, 6, 80))
        production = self.productions_of(order)
        purchase = self.buy(self.purchases_of(order))
        receipt = purchase.picking_ids
        for line in receipt.move_line_ids:
            line.with_env(self.as_("warehouse")).lot_name = "SHELL-1"
        self.receive(purchase)
        inspection = self.env["mto.inspection"].search(
            [("picking_id", "=", receipt.id)]
        )
        lot = inspection.lot_id
        self.assertEqual(lot.name, "SHELL-1")
        self.assertTrue(lot.is_held)
        inspection.with_env(self.as_("warehouse")).action_fail("Two have cracks")
        self.assertEqual(production.execution_status, "hold")
        issue = self.env["operation.exception"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", receipt.id)]
        )
        self.assertTrue(issue.owner_id)
        with self.assertRaisesRegex(UserError, "On hold"):
            self.produce(production, 6)
        planner = self.as_("planner").user
        planner.sudo().group_ids += self.env.ref("mto_execution.group_substitute")
        inspection.with_env(self.as_("planner")).action_accept("They can be glued")
        self.assertFalse(lot.is_held)
        production.with_env(self.as_("planner")).action_resume()
        self.produce(production, 6)
        self.move_goods(order.picking_ids)
        self.assertAmount(self.invoice(order).amount_untaxed, 6 * 80)

    @waits_for(
        "sale.order",
        "get_promise",
        "delays travel to the customer's order (mto_promise)",
    )
    def test_rejection_moves_the_projected_date(self):
        """The customer's order knows that 2 shells must come again, and until when."""
        # 7 days for new shells and 2 to make the seats: later than in 8 days.
        before, after = self.reject_two_of_six(promised_in=8)
        self.assertGreater(after["projected_date"], before["projected_date"])
        self.assertEqual(after["days_late"], 1)
        self.assertEqual(after["limiting_component"], self.shell.display_name)

    @waits_for(
        "sale.order",
        "get_promise",
        "delays travel to the customer's order (mto_promise)",
    )
    def test_rejection_within_the_slack_moves_nothing(self):
        """Promised in 10 days: new shells after 7 and 2 days of making leave one day.

        The plan begins the seats in 8 days, so the new shells are there before that:
        the projected date stays the planned one, and nobody is alarmed.
        """
        before, after = self.reject_two_of_six(promised_in=10)
        self.assertEqual(after["projected_date"], before["projected_date"])
        self.assertEqual(after["days_late"], 0)

    def reject_two_of_six(self, promised_in):
        """What sales is told of 6 seats before and after 2 shells went back."""
        self.put_on_shelf(self.strap, 12)
        order = self.sell((self.seat, 6, 80), days=promised_in)
        purchase = self.buy(self.purchases_of(order))
        receipt = purchase.picking_ids
        self.receive(purchase)
        by_sales = order.with_env(self.as_("sales"))
        [before] = by_sales.get_promise()[0]["lines"]
        self.move_goods(self.send_back(receipt, 2), 2)
        [after] = by_sales.get_promise()[0]["lines"]
        return before, after
