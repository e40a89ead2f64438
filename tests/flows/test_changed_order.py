from odoo.tests import Form

from .common import SeatCase


class TestChangedOrder(SeatCase):
    """The customer changes his mind: 3, 5, 2, nothing, and again.

    Each time the screen says what will happen, and that is what happens.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.order_change_rules = True

    def setUp(self):
        super().setUp()
        self.order = self.sell((self.seat, 3, 80))
        self.line = self.order.order_line

    def change(self, quantity=None, cancel=False, reason=False, role="sales"):
        """The screen, filled and applied by a person; returns its sentence."""
        action = self.order.with_env(self.as_(role)).action_open_change()
        screen = self.as_(role)[action["res_model"]].browse(action["res_id"])
        with Form(screen) as form:
            if quantity is not None:
                with form.line_ids.edit(0) as line:
                    line.quantity = quantity
            form.cancel_order = cancel
            form.reason = reason
            self.assertFalse(form.problem)
            summary = form.summary
        screen.action_apply()
        return summary

    def assertSupply(self, quantity):
        """Exactly the documents for so many seats, and none beside them."""
        made = self.productions_of(self.order).filtered(lambda mo: mo.state != "cancel")
        self.assertEqual(sum(made.mapped("product_qty")), quantity)
        lines = self.purchases_of(self.order).order_line.filtered(
            lambda line: line.state != "cancel" and line.product_qty
        )
        expected = {self.shell: quantity, self.strap: 2 * quantity} if quantity else {}
        self.assertQuantities(lines, "product_qty", expected)
        moves = self.line.move_ids.filtered(
            lambda m: m.state != "cancel" and m.location_dest_id.usage == "customer"
        )
        self.assertEqual(sum(moves.mapped("product_uom_qty")), quantity)
        self.assertLessEqual(len(made), 1)

    def test_3_5_2_cancelled_confirmed_again(self):
        self.assertSupply(3)
        summary = self.change(5)
        self.assertIn("Manufacturing orders: 1 increased", summary)
        self.assertSupply(5)

        summary = self.change(2, reason="The customer called")
        self.assertIn("manufacturing orders: 1 reduced", summary)
        self.assertSupply(2)

        summary = self.change(cancel=True, reason="No money")
        self.assertIn("manufacturing orders: 1 cancelled", summary)
        self.assertEqual(self.order.state, "cancel")
        self.assertSupply(0)

        self.order.with_env(self.as_("sales")).action_draft()
        self.confirm(self.order)
        self.assertSupply(2)
        self.assertEqual(
            self.order.order_change_ids.sorted("id").mapped("reason"),
            [False, "The customer called", "No money"],
        )
        self.finish(2)

    def finish(self, seats):
        """Buy, make, ship and invoice: nothing has to be repaired by hand."""
        for purchase in self.purchases_of(self.order):
            if purchase.state == "draft":
                self.receive(self.buy(purchase))
        production = self.productions_of(self.order).filtered(
            lambda mo: mo.state == "confirmed"
        )
        production.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(production.reservation_state, "assigned")
        self.produce(production, seats)
        self.move_goods(
            self.order.picking_ids.filtered(lambda p: p.state == "assigned")
        )
        self.assertEqual(self.line.qty_delivered, seats)
        self.assertAmount(self.invoice(self.order).amount_untaxed, 80 * seats)

    def test_started_is_a_decision(self):
        """The shop floor has begun: sales sees it, the owner of the issue decides."""
        production = self.productions_of(self.order)
        for purchase in self.purchases_of(self.order):
            self.receive(self.buy(purchase))
        production.with_env(self.as_("shop_floor")).action_assign()
        production.with_env(self.as_("shop_floor")).workorder_ids.button_start()
        summary = self.change(2)
        self.assertIn("to be decided", summary)
        self.assertEqual((self.line.product_uom_qty, production.product_qty), (2, 3))
        issue = self.env["operation.exception"].search(
            [
                ("res_model", "=", production._name),
                ("res_id", "=", production.id),
                ("type_id.code", "=", "change_decision"),
            ]
        )
        # Whoever answers for it, and nobody else.
        self.assertTrue(issue.owner_id)
        issue.with_user(issue.owner_id).action_run("change_less")
        self.assertEqual(production.product_qty, 2)
        self.assertEqual(issue.state, "closed")
