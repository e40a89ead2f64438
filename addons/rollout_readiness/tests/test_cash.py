from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestCash(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.env["res.partner"].search([("customer_rank", ">", 0)]).customer_rank = 0
        cls.term = cls.env["account.payment.term"].create({"name": "30 days"})
        cls.customer = cls._customer()
        cls.bell = cls._product("Bell", invoice_policy="delivery")
        cls._put(cls.bell, 100)

    @classmethod
    def _customer(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Customer",
                "customer_rank": 1,
                "country_id": cls.env.ref("base.de").id,
                "property_payment_term_id": cls.term.id,
                **values,
            }
        )

    def _order(self, confirm=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "client_order_ref": "PO 1",
                "commitment_date": fields.Datetime.now() + timedelta(days=9),
                "user_id": self.env.ref("base.user_admin").id,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.bell.id,
                            "product_uom_qty": 2,
                            "price_unit": 9,
                            "tax_ids": self.company.account_sale_tax_id.ids,
                        },
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _deliver(self, order):
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _invoice(self, days_ago=0, post=True, kind="out_invoice"):
        day = fields.Date.today() - timedelta(days=days_ago)
        invoice = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.customer.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_payment_term_id": False,
                "company_id": self.company.id,
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.bell.id, "price_unit": 9})
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _update(self, table, records, **values):
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = %s WHERE id IN %s",
                [value, tuple(records.ids)],
            )
        self.env.invalidate_all()

    def test_l01_customers(self):
        self.assertHolds("L01")
        no_terms = self._customer(property_payment_term_id=False)
        nowhere = self._customer(country_id=False)
        self.assertFinds("L01", no_terms | nowhere)
        self.company.account_use_credit_limit = True
        self.assertFinds("L01", self.customer | no_terms | nowhere)
        self.customer.credit_limit = 500
        self.assertFinds("L01", no_terms | nowhere)
        (self.customer | no_terms | nowhere).customer_rank = 0
        self.assertAbsent("L01")

    def test_l12_credit(self):
        self.assertFinds("L12", self.company)
        self.company.account_use_credit_limit = True
        self.assertHolds("L12")
        self.company.chart_template = False
        self.assertIn("no chart of accounts", self.assertAbsent("L12")["message"])

    def test_l02_prices(self):
        self.env["product.pricelist.item"].search([]).unlink()
        self.assertAbsent("L02")
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        base = {
            "pricelist_id": pricelist.id,
            "applied_on": "1_product",
            "product_tmpl_id": self.bell.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": 9,
        }
        items = self.env["product.pricelist.item"].create(
            [
                base,
                {**base, "fixed_price": 0},
                {**base, "fixed_price": 4},
                {**base, "date_end": fields.Datetime.now() - timedelta(days=1)},
            ]
        )
        self.assertFinds("L02", items[1:])
        items[1:].unlink()
        self.assertHolds("L02")

    def test_l03_information(self):
        self.assertAbsent("L03")
        self._order()
        self.assertHolds("L03")
        bad = self._order(client_order_ref=False) | self._order(commitment_date=False)
        self.assertFinds("L03", bad)

    def test_l04_unbilled(self):
        self.assertAbsent("L04")
        order = self._order()
        picking = self._deliver(order)
        self.assertHolds("L04")
        old = fields.Datetime.now() - timedelta(days=4)
        self._update("stock_move", picking.move_ids, date=old)
        self.assertFinds("L04", order.order_line)
        order._create_invoices().action_post()
        self.assertHolds("L04")

    def test_l05_draft_invoices(self):
        self.assertAbsent("L05")
        invoice = self._invoice(post=False)
        self.assertHolds("L05")
        old = fields.Datetime.now() - timedelta(days=4)
        self._update("account_move", invoice, create_date=old)
        self.assertFinds("L05", invoice)

    def test_l06_overdue(self):
        self.assertAbsent("L06")
        self._invoice()
        self.assertHolds("L06")
        late = self._invoice(days_ago=5)
        self.assertFinds("L06", late)
        late.activity_schedule("mail.mail_activity_data_call")
        self.assertHolds("L06")

    def test_l07_opportunities(self):
        if "crm" not in self.env.registry._init_modules:
            self.assertIn("is not installed", self.assertAbsent("L07")["message"])
            return
        self.env["crm.lead"].search([]).active = False
        self.assertAbsent("L07")
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": "Fleet",
                    "type": "opportunity",
                    "user_id": self.env.uid,
                    "company_id": self.company.id,
                }
                for _each in range(2)
            ]
        )
        leads[0].activity_schedule("mail.mail_activity_data_call")
        self.assertFinds("L07", leads[1])
        leads[1].activity_schedule("mail.mail_activity_data_call")
        self.assertHolds("L07")

    def test_l08_returns(self):
        self.assertAbsent("L08")
        order = self._order()
        picking = self._deliver(order)
        order._create_invoices().action_post()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = wizard._create_return()
        back.move_ids.quantity = 1
        back.move_ids.picked = True
        back.button_validate()
        self.assertFinds("L08", back)
        order._create_invoices(final=True).action_post()
        self.assertHolds("L08")

    def test_l09_quotations(self):
        self.assertAbsent("L09")
        tomorrow = fields.Date.today() + timedelta(days=1)
        good = self._order(confirm=False, validity_date=tomorrow)
        self.assertHolds("L09")
        endless = good.copy()
        endless.validity_date = False
        self.assertFinds("L09", endless)

    def test_l10_tax(self):
        self.assertAbsent("L10")
        self._order()
        self.assertHolds("L10")
        bad = self._order()
        bad.order_line.tax_ids = False
        self.assertFinds("L10", bad.order_line)
