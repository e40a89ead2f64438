from odoo import Command, fields

from .common import SeatCase, waits_for


class TestRevisedTerms(SeatCase):
    """ "Revised payment terms" after the order was confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_30_days = cls.env["account.payment.term"].create(
            {
                "name": "Within 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        cls.in_two_parts = cls.env["account.payment.term"].create(
            {
                "name": "40% at once, 60% within 60 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 40, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 60, "nb_days": 60}
                    ),
                ],
            }
        )

    def due(self, invoice):
        """[(due in days from the invoice date, amount)], in order."""
        lines = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        return sorted(
            ((line.date_maturity - invoice.invoice_date).days, line.debit)
            for line in lines
        )

    def test_terms_revised_between_two_invoices(self):
        """The first invoice keeps the old terms, the second has the new ones."""
        self.stock_parts_for(10)
        order = self.sell((self.seat, 10, 80), payment_term_id=self.in_30_days.id)
        promised = order.commitment_date
        rest = self.produce(self.productions_of(order), 5)
        rest_delivery = self.move_goods(order.picking_ids, 5)
        first = self.invoice(order)
        self.assertEqual(self.due(first), [(30, 400)])

        order.with_env(self.as_("sales")).payment_term_id = self.in_two_parts
        self.assertEqual(rest_delivery.date_deadline, promised)
        self.assertEqual(rest.product_qty, 5)
        self.produce(rest, 5)
        self.move_goods(rest_delivery)
        second = self.invoice(order)
        self.assertEqual(self.due(second), [(0, 160), (60, 240)])
        self.assertEqual(self.due(first), [(30, 400)])
        self.assertEqual(first.invoice_payment_term_id, self.in_30_days)
        today = self.today("finance")
        self.assertEqual(second.invoice_date, today)
        self.assertEqual(second.invoice_date_due, fields.Date.add(today, days=60))

        self.pay(first)
        self.assertPaid(first, 400)
        self.pay(second, 160)
        self.assertEqual(second.payment_state, "partial")
        self.assertAmount(second.amount_residual, 240)
        self.pay(second)
        self.assertPaid(second, 400)

    @waits_for(
        "sale.order",
        "action_approve_terms",
        "payment terms under control (order_control, later)",
    )
    def test_revised_terms_ask_for_approval(self):
        """Longer terms than the customer's are approved by somebody else."""
        order = self.quote((self.seat, 1, 80), payment_term_id=self.in_two_parts.id)
        self.confirm(order)
        self.assertEqual(order.state, "draft")
        order.with_env(self.as_("finance")).action_approve_terms()
        self.confirm(order)
        self.assertEqual(order.state, "sale")
