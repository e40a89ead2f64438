from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestDelivered(ChangeCommon):
    """Orders of which a part is delivered, invoiced or comes back: 20 chairs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls._create_part("Leg", "make_to_order")
        cls.chair = cls._create_product(
            "Chair", "make_to_order", invoice_policy="delivery"
        )
        cls._create_bom(cls.chair, [(cls.leg, 4)])

    def setUp(self):
        super().setUp()
        self.order = self._create_order((self.chair, 20))
        self.line = self.order.order_line
        self._buy(self.leg)
        self._receive(self.leg)
        self.rest = self._produce(self._get_productions(self.chair), 14)
        self.delivery = self.order.picking_ids
        self.later = self._move(self.delivery, 14)

    def _read(self):
        """(delivered, still to be delivered, still to be made)"""
        moves = self._get_deliveries(self.order)
        done = moves.filtered(lambda m: m.state == "done")
        made = self._get_productions(self.chair).filtered(lambda m: m.state != "done")
        return (
            sum(done.mapped("quantity")),
            sum((moves - done).mapped("product_uom_qty")),
            sum(made.mapped("product_qty")),
        )

    def _invoice(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        return invoice

    def _send_back(self, picking, quantity, exchange=False):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_model=picking._name
            )
        )
        with wizard.product_return_moves.edit(0) as line:
            line.quantity = quantity
        wizard = wizard.save()
        create = (
            wizard.action_create_exchanges if exchange else wizard.action_create_returns
        )
        returned = self.env["stock.picking"].browse(create()["res_id"])
        self._move(returned, quantity)
        return returned

    def test_six_later(self):
        """14 are made and shipped; the other 6 keep their supply, and follow."""
        self.assertEqual(self._read(), (14, 6, 6))
        self.assertServed(self.chair)
        self._produce(self.rest)
        self._move(self.later, 6)
        self.assertEqual(self.line.qty_delivered, 20)
        self.assertFalse(self._read()[1])

    def test_lowered_to_what_is_delivered(self):
        self._apply(self.order, {"line_id": self.line.id, "quantity": 14})
        self.assertEqual(self._read(), (14, 0, 0))
        self.assertEqual(self.rest.state, "cancel")
        self.assertEqual(self.order.delivery_status, "full")

    def test_lowered_in_between(self):
        self.line.product_uom_qty = 17
        self.assertEqual(self._read(), (14, 3, 3))
        self.line.product_uom_qty = 19
        self.assertEqual(self._read(), (14, 5, 5))
        self.assertServed(self.chair)

    def test_lowered_below_what_is_delivered(self):
        """Refused in words by the interface, by Odoo's own rule when saved."""
        with self.assertRaisesRegex(UserError, "14 Units of Chair are delivered"):
            self._preview(self.order, {"line_id": self.line.id, "quantity": 10})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.line.product_uom_qty = 10
        self.assertEqual(self._read(), (14, 6, 6))

    def test_rest_is_cancelled_after_delivery_and_invoice(self):
        """What is delivered stays delivered and owed; the rest stops."""
        invoice = self._invoice()
        self.assertEqual(invoice.invoice_line_ids.quantity, 14)
        self.order._action_cancel()
        self.assertEqual(self._read(), (14, 0, 0))
        self.assertEqual(self.rest.state, "cancel")
        self.assertEqual((invoice.state, self.line.qty_invoiced), ("posted", 14))
        self.order.action_draft()
        self.order.action_confirm()
        self.assertEqual(self._read(), (14, 6, 6))
        self.assertServed(self.chair)

    def test_delivered_without_backorder(self):
        """The customer does not want the last ones: what is not begun is not made."""
        self._produce(self.rest, 2)
        self._move(self.later, 2, backorder=False)
        self.assertEqual(self._read()[:2], (16, 0))
        self.assertFalse(self._read()[2])

    def test_split_shipment(self):
        """Two trucks for the last six: both parts stay supplied."""
        self._produce(self.rest)
        last = self._move(self.later, 4)
        self.assertEqual(self._read(), (18, 2, 0))
        self._move(last, 2)
        self.assertEqual(self.line.qty_delivered, 20)

    def test_returned_to_stock(self):
        """What comes back to the shelf is for the next order that takes from stock."""
        returned = self._send_back(self.delivery, 3)
        self.assertEqual(returned.state, "done")
        self.assertEqual(self.line.qty_delivered, 11)
        self.assertEqual(self._get_made(self.chair), 20)
        self.chair.supply_policy = "stock_then_order"
        following = self._create_order((self.chair, 3))
        self.assertEqual(self._get_made(self.chair), 20)
        demand = self._get_deliveries(following)
        self.assertEqual((demand.state, demand.quantity), ("assigned", 3))

    def test_returned_and_lowered(self):
        """3 came back and are not wanted any more: nothing is made or stopped twice."""
        self._send_back(self.delivery, 3)
        self._apply(self.order, {"line_id": self.line.id, "quantity": 17})
        made = self._read()[2]
        self.assertLessEqual(made, 6)
        self.assertFalse(
            self.env["mto.supply.network"]._find_stranded(self._get_demands(self.chair))
        )

    def test_returned_with_replacement(self):
        """The exchange is a demand of its own: it gets supply, the order keeps hers."""
        self._send_back(self.delivery, 3, exchange=True)
        moves = self._get_deliveries(self.order).filtered(lambda m: m.state != "done")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 6 + 3)
        self.assertServed(self.chair)

    def test_added_line_after_delivery(self):
        self.order.order_line = [
            Command.create({"product_id": self.chair.id, "product_uom_qty": 5})
        ]
        self.assertEqual(self._read(), (14, 11, 11))
        self.assertServed(self.chair)

    def test_made_cancelled_and_confirmed_again(self):
        """What was made for the order lies on the shelf: it is not made again."""
        self._produce(self.rest)
        self.order._action_cancel()
        self.order.action_draft()
        self.order.action_confirm()
        self.assertEqual(self._read(), (14, 6, 0))
        demand = self._get_deliveries(self.order).filtered(lambda m: m.state != "done")
        demand._action_assign()
        self.assertEqual(demand.quantity, 6)

    def test_part_made_cancelled_confirmed_again_and_raised(self):
        """What was made first does not hide the delivery that came after it."""
        before = self._get_productions(self.chair)
        order = self._create_order((self.chair, 3))
        self._produce(self._get_productions(self.chair) - before, 2)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line._get_qty_procurement(), 3)
        line.product_uom_qty = 4
        deliveries = self._get_deliveries(order)
        self.assertEqual(sum(deliveries.mapped("product_uom_qty")), 4)
        self.assertServed(self.chair)

    def test_dozens_delivered_by_the_piece(self):
        """Three moves, each rounded to a hundredth of a dozen: 23.88 in Odoo."""
        product = self._create_part("Hook", "make_to_stock", on_hand=30)
        order = self._create_order((product, 1, {"product_uom_id": self.dozen.id}))
        picking = order.picking_ids
        for _part in range(2):
            picking = self._move(picking, 5)
        order.order_line.product_uom_qty = 2
        asked = self._get_deliveries(order).mapped("product_uom_qty")
        self.assertAlmostEqual(sum(asked), 24)
