from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestNoAccounts(ReadinessCommon):
    """A company without a chart of accounts: nothing breaks, little applies."""

    def test_no_chart(self):
        self.assertFinds("A03", self.company)
        for code in ("A01", "A04", "A05", "A06", "A07", "A08"):
            self.assertAbsent(code)

    def test_stock_without_an_account(self):
        self.assertAbsent("A02")
        category = self.env["product.category"].create({"name": "Frames"})
        self._product(categ_id=category.id)
        self._put(self._product("Tube", categ_id=category.id), 2)
        self.assertFinds("A02", category)
        self.assertAbsent("A01")


@tagged("post_install", "-at_install")
class TestFinance(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.sales = cls._account("income")
        cls.receivable = cls._account("asset_receivable")
        cls.journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "general")], limit=1
        )

    @classmethod
    def _account(cls, kind):
        return cls.env["account.account"].search(
            [("account_type", "=", kind), ("company_ids", "in", cls.company.ids)],
            limit=1,
        )

    def _entry(self, account=None, against=None, amount=100, post=True, **values):
        entry = self.env["account.move"].create(
            {
                "journal_id": self.journal.id,
                "date": fields.Date.today(),
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": (account or self.receivable).id,
                            "partner_id": self.customer.id,
                            "date_maturity": fields.Date.today(),
                            "debit": amount,
                        },
                    ),
                    (
                        0,
                        0,
                        {
                            "account_id": (against or self.sales).id,
                            "credit": amount,
                        },
                    ),
                ],
                **values,
            }
        )
        if post:
            entry.action_post()
        return entry

    def _update(self, table, record, **values):
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = %s WHERE id IN %s",
                [value, tuple(record.ids)],
            )
        self.env.invalidate_all()

    def test_a01_value_is_balance(self):
        account = self.company.account_stock_valuation_id
        product = self._product()
        self.assertHolds("A01")
        self._put(product, 4)
        self.assertFinds("A01", account)
        self._entry(account, amount=20)
        self.assertHolds("A01")
        self._entry(account, amount=1)
        self.assertFinds("A01", account)

    def test_a01_for_who_reads_little(self):
        """A programme manager without any right in stock gets the same answer."""
        self._put(self._product(), 4)
        viewer = new_test_user(
            self.env,
            login="ready_reader",
            groups="base.group_user,rollout_gate.group_viewer",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.env.invalidate_all()
        Checks = self.Checks.with_user(viewer)
        [row] = Checks.run_checks(["A01"], self.company.id)
        self.assertEqual((row["status"], row["offenders"]), ("fail", 1), row["message"])

    def test_a02_accounts(self):
        category = self.env["product.category"].create({"name": "Frames"})
        self._product(categ_id=category.id)
        self.assertHolds("A02")
        self.company.account_stock_valuation_id = False
        category.property_stock_valuation_account_id = False
        self.assertFinds("A02", category)

    def test_a03_skeleton(self):
        self.assertHolds("A03")
        self.company.account_sale_tax_id = False
        self.assertFinds("A03", self.company)
        self.env.cr.execute(
            "UPDATE stock_warehouse SET active = false WHERE company_id = %s",
            [self.company.id],
        )
        self.env.invalidate_all()
        self.assertIn("has no warehouse", self.assertAbsent("A03")["message"])

    def test_a04_drafts(self):
        self.assertAbsent("A04")
        today = fields.Date.today()
        self._entry(post=False, date=today - timedelta(days=30))
        self.assertHolds("A04")
        old = self._entry(post=False, date=today - timedelta(days=31))
        self.assertFinds("A04", old)

    def test_a05_open_items(self):
        self.assertAbsent("A05")
        self._entry()
        self.assertHolds("A05")
        bad = self._entry().line_ids.filtered("debit")
        self._update("account_move_line", bad, partner_id=None)
        self.assertFinds("A05", bad)

    def test_a06_balance(self):
        self.assertAbsent("A06")
        self._entry()
        self.assertHolds("A06")
        bad = self._entry()
        self._update("account_move_line", bad.line_ids.filtered("debit"), balance=90)
        self.assertFinds("A06", bad)

    def test_a07_value(self):
        self.assertAbsent("A07")
        tube = self._product("Tube")
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": tube.id,
                    "product_uom_qty": 2,
                    "location_id": self.env.ref("stock.stock_location_suppliers").id,
                    "location_dest_id": self.stock.id,
                    "price_unit": 5,
                }
                for _each in range(2)
            ]
        )
        moves._action_confirm()
        for move in moves:
            move.quantity = 2
        moves.picked = True
        moves._action_done()
        self.assertHolds("A07")
        self._update("stock_move", moves[1], value=0)
        self.assertFinds("A07", moves[1])

    def test_a08_bank(self):
        self.assertAbsent("A08")
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        today = fields.Date.today()
        lines = self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": journal.id,
                    "payment_ref": "Transfer",
                    "amount": 10,
                    "date": today - timedelta(days=days),
                }
                for days in (5, 45)
            ]
        )
        self.assertFinds("A08", lines[1])
        self._update("account_bank_statement_line", lines[1], is_reconciled=True)
        self.assertHolds("A08")
