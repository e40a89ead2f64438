from odoo import fields
from odoo.tests import Form

from .common import SeatCase, waits_for


class TestDispute(SeatCase):
    """ "Customer disputes": "who resolves pricing disputes ... and invoice holds"."""

    def setUp(self):
        super().setUp()
        self.stock_parts_for(5)
        self.order = self.sell((self.seat, 5, 80))
        self.produce(self.productions_of(self.order), 5)
        self.move_goods(self.order.picking_ids)
        self.disputed = self.invoice(self.order)

    def credit(self, invoice, reason, method="refund_moves"):
        """Finance opens "Credit Note" on the invoice; return the draft it makes."""
        finance = self.as_("finance")
        dialog = Form(
            finance["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
        )
        dialog.reason = reason
        action = getattr(dialog.save(), method)()
        return finance["account.move"].browse(action["res_id"])

    def test_price_was_disputed(self):
        """75.00 had been agreed: 5 x 5.00 is credited, the goods stay."""
        credit = self.credit(self.disputed, "Agreed price")
        with Form(credit) as form, form.invoice_line_ids.edit(0) as line:
            line.price_unit = 5
        credit.action_post()
        credit = credit.with_env(self.env)
        self.assertAmount(credit.amount_untaxed, 25)
        self.assertEqual(credit.reversed_entry_id, self.disputed)
        self.assertEqual(credit.invoice_date, self.today("finance"))
        receivable = credit.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.disputed.with_env(self.as_("finance")).js_assign_outstanding_line(
            receivable.id
        )
        self.assertAmount(self.disputed.amount_residual, 375)
        self.pay(self.disputed)
        self.assertPaid(self.disputed, 400)
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(self.order.order_line.qty_delivered, 5)
        self.assertEqual(self.on_hand(self.seat), 0)
        self.assertAmount(self.stock_value(self.seat), 0)
        self.assertEqual(self.order.invoice_ids, self.disputed | credit)

    def test_invoice_was_wrong_and_is_made_anew(self):
        """The whole invoice is reversed and replaced; cost of goods is booked once."""
        replacement = self.credit(self.disputed, "Wrong reference", "modify_moves")
        replacement.ref = "PO 4711"
        replacement.action_post()
        replacement = replacement.with_env(self.env)
        reversal = self.disputed.reversal_move_ids
        self.assertAmount(reversal.amount_untaxed, 400)
        self.assertEqual(self.disputed.payment_state, "reversed")
        self.pay(replacement)
        self.assertPaid(replacement, 400)
        invoices = self.disputed | reversal | replacement
        self.assertEqual(self.order.invoice_ids, invoices)
        self.assertEqual(self.order.order_line.qty_invoiced, 5)
        cost = invoices.line_ids.filtered(
            lambda line: (
                line.display_type == "cogs"
                and line.account_id.account_type.startswith("expense")
            )
        )
        self.assertAmount(sum(cost.mapped("balance")), 5 * self.UNIT_COST)

    def test_goods_were_refused(self):
        """2 of 5 are disputed and come back: 160.00 is credited, 240.00 is paid."""
        self.move_goods(self.send_back(self.order.picking_ids, 2))
        credit = self.invoice(self.order)
        self.assertAmount(credit.amount_untaxed, 160)
        receivable = credit.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.disputed.with_env(self.as_("finance")).js_assign_outstanding_line(
            receivable.id
        )
        self.assertAmount(self.disputed.amount_residual, 240)
        self.pay(self.disputed)
        self.assertPaid(self.disputed, 400)
        self.assertAmount(self.stock_value(self.seat), 2 * self.UNIT_COST)

    @waits_for(
        "operation.exception",
        "get_open",
        "open issues with an owner (operation_exception)",
    )
    def test_dispute_has_an_owner(self):
        """The open issue names owner, due date and money until it is solved."""
        exceptions = self.as_("finance")["operation.exception"]
        exceptions._raise_exception(
            f"dispute-{self.disputed.id}", "pricing_dispute", self.disputed
        )
        found = exceptions.get_open(order_ids=self.order.ids)
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0]["owner_id"])
        self.assertGreaterEqual(
            found[0]["due_date"], fields.Date.to_string(fields.Date.today())
        )
        exceptions._clear_exception(f"dispute-{self.disputed.id}")
        self.assertFalse(exceptions.get_open(order_ids=self.order.ids))
