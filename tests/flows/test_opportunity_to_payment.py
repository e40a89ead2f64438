from odoo.tests import Form

from .common import SeatCase, waits_for


class TestOpportunityToPayment(SeatCase):
    """ "An opportunity for a customer who has a credit limit, continue into a quotation
    with discount approval, check inventory availability, create a delivery, raise an
    invoice and then record a payment."
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True

    def win(self):
        """Sales turns an inquiry of 20 seats into a quotation with 10% discount."""
        sales = self.as_("sales")
        lead = sales["crm.lead"].create(
            {
                "name": "20 child seats",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "expected_revenue": 1600,
            }
        )
        action = lead.action_sale_quotations_new()
        # The web client fills the form in the context of the opportunity.
        context = {
            key: value
            for key, value in action["context"].items()
            if key.startswith("default_")
        }
        order = (
            sales["sale.order"]
            .with_context(**context)
            .create({"commitment_date": self.in_days(40)})
        )
        order.order_line = [
            (0, 0, {"product_id": self.seat.id, "product_uom_qty": 20, "discount": 10})
        ]
        self.assertEqual(order.opportunity_id, lead)
        self.assertEqual(order.partner_id, self.customer)
        return lead.with_env(self.env), order.with_env(self.env)

    def limit_credit(self, amount):
        """Finance gives the customer a credit limit."""
        with Form(self.customer.with_env(self.as_("finance"))) as form:
            form.use_partner_credit_limit = True
            form.credit_limit = amount

    def test_from_opportunity_to_payment(self):
        """Each department does its part, once, on the same records."""
        self.limit_credit(1000)
        lead, order = self.win()
        self.assertAmount(order.amount_untaxed, 20 * 72)
        self.assertAmount(lead.sale_amount_total, 0)
        self.assertEqual(lead.quotation_count, 1)
        # 1,440.00 is above what the customer may owe: sales is told.
        self.assertIn("1,000.00", order.partner_credit_warning)
        # Availability: nothing on the shelf, everything to be bought.
        self.assertEqual(self.seat.free_qty, 0)

        self.confirm(order)
        lead.with_env(self.as_("sales")).action_set_won()
        self.assertTrue(lead.stage_id.is_won)
        self.assertAmount(lead.sale_amount_total, 20 * 72)
        production = self.productions_of(order)
        purchases = self.purchases_of(order)
        self.assertQuantities(production, "product_qty", {self.seat: 20})
        self.assertQuantities(
            purchases.order_line, "product_qty", {self.shell: 20, self.strap: 40}
        )
        arrivals = purchases.order_line.mapped("date_planned")
        self.assertLessEqual(max(arrivals), production.date_start)
        production.with_env(self.as_("planner")).button_plan()
        self.assertTrue(production.is_planned)

        bills = self.env["account.move"]
        for purchase in purchases:
            self.receive(self.buy(purchase))
            bills |= self.bill(purchase)
        self.assertAmount(sum(bills.mapped("amount_untaxed")), 20 * 20 + 40 * 3)
        production.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(production.reservation_state, "assigned")
        self.produce(production, 20)
        self.assertAmount(self.stock_value(self.seat), 20 * self.UNIT_COST)
        self.move_goods(order.picking_ids)

        invoice = self.invoice(order)
        self.assertGoodsCost(invoice, 20 * self.UNIT_COST)
        self.assertEqual(invoice.invoice_origin, order.name)
        self.pay(invoice)
        self.assertPaid(invoice, 20 * 72)
        self.pay(bills)
        self.assertEqual(set(bills.mapped("amount_residual")), {0})
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(order.opportunity_id, lead)
        for product in (self.seat, self.shell, self.strap):
            self.assertEqual(self.on_hand(product), 0)
            self.assertAmount(self.stock_value(product), 0)

    @waits_for(
        "sale.order",
        "action_approve_discount",
        "discounts under control (order_control, later)",
    )
    def test_discount_is_approved(self):
        """A discount above the limit waits for the director."""
        order = self.win()[1]
        self.confirm(order)
        self.assertEqual(order.state, "draft")
        order.with_env(self.as_("director")).action_approve_discount()
        self.confirm(order)
        self.assertEqual(order.state, "sale")

    @waits_for(
        "sale.order",
        "action_approve_credit",
        "credit limits under control (order_control, later)",
    )
    def test_credit_limit_holds_the_order(self):
        """An order above the credit limit waits for finance."""
        self.limit_credit(1000)
        order = self.win()[1]
        self.confirm(order)
        self.assertEqual(order.state, "draft")
        order.with_env(self.as_("finance")).action_approve_credit()
        self.confirm(order)
        self.assertEqual(order.state, "sale")
