"""The accounts, and what the stock is worth."""

from functools import cached_property

from odoo.tools.translate import LazyTranslate

from .base import Check

_lt = LazyTranslate(__name__)

# Days that an entry may wait.
PATIENCE = 30

IN_STOCK_OR_FIRST = """
    SELECT DISTINCT q.product_id FROM stock_quant q
      JOIN product_product p ON p.id = q.product_id
      JOIN product_template t ON t.id = p.product_tmpl_id
     WHERE q.company_id = %(company)s AND q.quantity <> 0 AND t.is_storable
     UNION
    SELECT min(p.id) FROM product_product p
      JOIN product_template t ON t.id = p.product_tmpl_id
     WHERE p.active AND t.active AND t.is_storable
       AND (t.company_id IS NULL OR t.company_id = %(company)s)
  GROUP BY t.categ_id"""


class StockValue(Check):
    code = "A01"
    area = "accounts"
    name = _lt("The value of the stock is what the accounts say")
    reason = _lt("A balance sheet with another value than the warehouse is wrong.")
    things = _lt("stock valuation accounts")
    fault = _lt("its balance is not the value of the stock")
    advice = _lt(
        "Close the stock valuation in Accounting; what is left was booked by hand."
    )
    model = "account.account"
    severity = "blocker"
    gates = ("G4", "G6", "G7")
    owner = "finance"
    fix = "stock_account.stock_move_valuation_action"

    def _get_differences(self):
        """Return {account: value of the stock less its balance}."""
        company = self.company.with_company(self.company)
        products = self._get_products()
        if not products:
            return {}
        products = company._get_accounts_by_product(products.with_company(company))
        values = company.stock_value(products)
        balances = company.stock_accounting_value(products)
        accounts = {account for account in {*values, *balances} if account}
        return {
            account: values.get(account, 0) - balances.get(account, 0)
            for account in accounts
        }

    def _get_products(self):
        """Return those in stock, and one of each category for its account.

        Core asks all products for their account and value, one after the other.
        """
        rows = self._query("%s", self._sql(IN_STOCK_OR_FIRST))
        return self.env["product.product"].browse(row_id for [row_id] in rows)

    @cached_property
    def differences(self):
        return self._get_differences()

    def count(self):
        return len(self.differences)

    def find(self):
        is_zero = self.company.currency_id.is_zero
        return [a.id for a, gap in self.differences.items() if not is_zero(gap)]


class StockAccounts(Check):
    code = "A02"
    area = "accounts"
    name = _lt("Each category of stored products has a valuation account")
    reason = _lt("Without one the stock is not in the balance sheet.")
    things = _lt("categories of stored products")
    fault = _lt("no stock valuation account, nor a default of the company")
    advice = _lt("Choose the account on the category, or a default in the settings.")
    model = "product.category"
    severity = "blocker"
    gates = ("G3",)
    owner = "finance"
    fix = "product.product_category_action_form"
    columns = {
        "account": ("product.category", "c", "property_stock_valuation_account_id")
    }
    key = "c.id"
    rows = """product_category c
        JOIN product_template t ON t.categ_id = c.id AND t.active AND t.is_storable
        JOIN res_company o ON o.id = %(company)s"""
    scope_sql = "t.company_id IS NULL OR t.company_id = %(company)s"
    wrong = "coalesce(%(account)s, o.account_stock_valuation_id) IS NULL"


class FinanceSkeleton(Check):
    code = "A03"
    area = "accounts"
    name = _lt("The company has a chart of accounts, a stock journal and taxes")
    reason = _lt("Nothing can be valued or invoiced before.")
    things = _lt("companies")
    fault = _lt(
        "no chart of accounts, stock journal, stock valuation account or default taxes"
    )
    advice = _lt("Install the fiscal localization and complete it in the settings.")
    model = "res.company"
    severity = "blocker"
    gates = ("G3",)
    owner = "finance"
    expects_data = True
    fix = "account.action_account_config"
    key = "c.id"
    rows = "res_company c JOIN res_company root ON root.id = %(root)s"
    scope_sql = "c.id = %(company)s"
    wrong = """coalesce(c.chart_template, root.chart_template) IS NULL
        OR c.account_stock_journal_id IS NULL
        OR c.account_stock_valuation_id IS NULL
        OR c.account_sale_tax_id IS NULL OR c.account_purchase_tax_id IS NULL"""
    absence = _lt("this company has no warehouse: it holds and sells nothing")

    def is_absent(self):
        Warehouses = self.env["stock.warehouse"]
        return not Warehouses.search_count([("company_id", "=", self.company.id)])


class DraftEntries(Check):
    code = "A04"
    area = "accounts"
    name = _lt("No journal entry stays a draft")
    reason = _lt("What is a draft is in no report.")
    things = _lt("draft journal entries")
    fault = _lt("dated more than thirty days ago")
    advice = _lt("Post it, or delete it.")
    model = "account.move"
    gates = ("G6", "G7")
    owner = "finance"
    fix = "account.action_move_journal_line"
    key = "m.id"
    rows = "account_move m"
    scope_sql = "m.company_id = %(company)s AND m.state = 'draft'"
    wrong = f"m.date < current_date - {PATIENCE}"


class OpenItems(Check):
    code = "A05"
    area = "accounts"
    name = _lt("Each open item has a partner and a due date")
    reason = _lt("Nobody pays, and nobody is reminded, without them.")
    things = _lt("open receivables and payables")
    fault = _lt("no partner or no due date")
    advice = _lt("Complete the journal item.")
    model = "account.move.line"
    severity = "critical"
    gates = ("G4",)
    owner = "finance"
    fix = "account.action_account_moves_all"
    key = "i.id"
    rows = "account_move_line i JOIN account_account a ON a.id = i.account_id"
    scope_sql = """i.company_id = %(company)s AND i.parent_state = 'posted'
        AND a.account_type IN ('asset_receivable', 'liability_payable')
        AND NOT coalesce(i.reconciled, FALSE)"""
    wrong = "i.partner_id IS NULL OR i.date_maturity IS NULL"


class LedgerBalances(Check):
    code = "A06"
    area = "accounts"
    name = _lt("Each posted entry balances")
    reason = _lt("One that does not came from a script, and breaks every report.")
    things = _lt("posted journal entries")
    fault = _lt("debit is not credit")
    advice = _lt("Correct what was written past Odoo, then post a balanced entry.")
    model = "account.move"
    severity = "blocker"
    gates = ("G4",)
    owner = "finance"
    fix = "account.action_move_journal_line"
    key = "m.id"
    rows = """(SELECT i.move_id AS id, sum(i.balance) AS balance
          FROM account_move_line i
         WHERE i.company_id = %(company)s AND i.parent_state = 'posted'
      GROUP BY i.move_id) m"""
    wrong = "abs(m.balance) > 0.005"


class ReceiptValued(Check):
    code = "A07"
    area = "accounts"
    name = _lt("What was received has a value")
    reason = _lt("A receipt of value zero lowers the average cost of all that is left.")
    things = _lt("valued receipts")
    fault = _lt("its value is zero")
    advice = _lt(
        "Correct the price of the order or bill; adjust the value of the move."
    )
    model = "stock.move"
    severity = "critical"
    gates = ("G6", "G7")
    owner = "finance"
    fix = "stock_account.stock_move_valuation_action"
    key = "m.id"
    rows = """stock_move m JOIN product_product p ON p.id = m.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
        LEFT JOIN stock_location l ON l.id = m.location_dest_id"""
    scope_sql = """m.company_id = %(company)s AND m.state = 'done' AND m.is_in
        AND t.is_storable AND m.quantity <> 0"""
    warehouse = "l.warehouse_id"
    wrong = "coalesce(m.value, 0) = 0"


class BankLines(Check):
    code = "A08"
    area = "accounts"
    name = _lt("Bank lines are reconciled")
    reason = _lt("Money came or went, and nobody knows for what.")
    things = _lt("bank lines")
    fault = _lt("not reconciled after thirty days")
    advice = _lt("Reconcile it.")
    model = "account.bank.statement.line"
    gates = ("G7",)
    owner = "finance"
    fix = "account.action_bank_statement_tree"
    key = "s.id"
    rows = """account_bank_statement_line s
        JOIN account_move m ON m.id = s.move_id"""
    scope_sql = "m.company_id = %(company)s"
    wrong = f"""NOT coalesce(s.is_reconciled, FALSE)
        AND m.date < current_date - {PATIENCE}"""
