"""From quotation to cash."""

from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .base import Check
from .stock import PATIENCE

_lt = LazyTranslate(__name__)

LINES = "sale_order_line sl JOIN sale_order s ON s.id = sl.order_id"
CONFIRMED = "s.state = 'sale' AND s.company_id = %(company)s"
OLD = f"now() at time zone 'utc' - interval '{PATIENCE} days'"


class CustomerTerms(Check):
    code = "L01"
    area = "cash"
    name = _lt("Each customer has payment terms and a country")
    reason = _lt(
        "Due dates, taxes and credit rest on them; review them before go-live."
    )
    things = _lt("customers")
    fault = _lt("no payment terms, no country, or no limit while credit is limited")
    advice = _lt("Complete the customer.")
    model = "res.partner"
    severity = "critical"
    gates = ("G6",)
    owner = "sales"
    fix = "account.res_partner_action_customer"
    columns = {
        "term": ("res.partner", "c", "property_payment_term_id"),
        "limit": ("res.partner", "c", "credit_limit"),
    }
    key = "c.id"
    rows = "res_partner c JOIN res_company o ON o.id = %(company)s"
    scope_sql = """c.active AND c.customer_rank > 0 AND c.parent_id IS NULL
        AND (c.company_id IS NULL OR c.company_id = %(company)s)"""
    # Odoo reads a limit of zero as no limit.
    wrong = """%(term)s IS NULL OR c.country_id IS NULL
        OR o.account_use_credit_limit AND coalesce(%(limit)s, 0) <= 0"""


class CreditControl(Check):
    code = "L12"
    area = "cash"
    name = _lt("Credit is limited")
    reason = _lt("Without a limit one customer can owe any amount, and nobody is told.")
    things = _lt("companies")
    fault = _lt("no credit limit is watched")
    advice = _lt("Turn on Sales Credit Limit in the settings of Accounting.")
    model = "res.company"
    severity = "critical"
    gates = ("G6",)
    owner = "finance"
    expects_data = True
    fix = "account.action_account_config"
    key = "c.id"
    rows = "res_company c"
    scope_sql = "c.id = %(company)s"
    wrong = "NOT coalesce(c.account_use_credit_limit, FALSE)"
    absence = _lt("this company has no chart of accounts, and invoices nobody")

    def is_absent(self):
        return not self.company.root_id.chart_template


class PriceList(Check):
    code = "L02"
    area = "cash"
    name = _lt("Price lists are up to date")
    reason = _lt("A price that is expired, zero or below cost is sold at.")
    things = _lt("prices in price lists")
    fault = _lt("expired, zero, or below cost")
    advice = _lt("Correct the price, or delete it.")
    model = "product.pricelist.item"
    gates = ("G6",)
    owner = "sales"
    fix = "product.product_pricelist_item_action"
    columns = {"cost": ("product.product", "p", "standard_price")}
    key = "i.id"
    rows = """product_pricelist_item i
        JOIN product_pricelist l ON l.id = i.pricelist_id AND l.active
        JOIN res_company o ON o.id = %(company)s
        LEFT JOIN product_product p ON p.active AND (p.id = i.product_id
              OR i.product_id IS NULL AND p.product_tmpl_id = i.product_tmpl_id)"""
    scope_sql = "i.company_id IS NULL OR i.company_id = %(company)s"
    # Costs are in the company's currency: other price lists are not compared.
    wrong = """i.date_end < now() at time zone 'utc'
        OR i.compute_price = 'fixed' AND i.fixed_price <= 0
        OR i.compute_price = 'fixed' AND l.currency_id = o.currency_id
            AND i.applied_on IN ('1_product', '0_product_variant')
            AND i.fixed_price < coalesce(%(cost)s, 0)"""


class OrderInformation(Check):
    code = "L03"
    area = "cash"
    name = _lt("No order is confirmed without what others need")
    reason = _lt("Purchasing, production and invoicing ask for it later, in a hurry.")
    things = _lt("confirmed orders")
    fault = _lt("payment terms, delivery date, salesperson or reference are missing")
    advice = _lt("Complete the order.")
    model = "sale.order"
    gates = ("G6", "G7")
    owner = "sales"
    fix = "sale.action_orders"
    # What must be filled in; a module that wants less replaces the check.
    needed = (
        "payment_term_id",
        "commitment_date",
        "user_id",
        "client_order_ref",
    )
    key = "s.id"
    rows = "sale_order s"
    scope_sql = f"{CONFIRMED} AND s.invoice_status <> 'invoiced'"
    warehouse = "s.warehouse_id"
    wrong = "%(empty)s"

    @property
    def values(self):
        empty = SQL(" OR ").join(
            SQL("s.%s IS NULL", SQL.identifier(name)) for name in self.needed
        )
        return {**self.scope.values, "empty": empty}


class Unbilled(Check):
    code = "L04"
    area = "cash"
    name = _lt("What was delivered is invoiced")
    reason = _lt("Money that nobody has asked for.")
    things = _lt("order lines that are delivered")
    fault = _lt("delivered more than three days ago and not invoiced")
    advice = _lt("Create the invoice.")
    model = "sale.order.line"
    severity = "critical"
    gates = ("G7",)
    owner = "sales"
    hours = 4
    fix = "sale.action_orders_to_invoice"
    fix_through = "order_id"
    key = "sl.id"
    rows = f"""{LINES} JOIN (
        SELECT m.sale_line_id, max(m.date) AS date FROM stock_move m
         WHERE m.sale_line_id IS NOT NULL AND m.state = 'done'
      GROUP BY m.sale_line_id) d ON d.sale_line_id = sl.id"""
    scope_sql = f"{CONFIRMED} AND sl.display_type IS NULL AND sl.qty_delivered > 0"
    warehouse = "s.warehouse_id"
    wrong = f"sl.qty_delivered > sl.qty_invoiced AND d.date < {OLD}"


class DraftInvoices(Check):
    code = "L05"
    area = "cash"
    name = _lt("No invoice is held back as a draft")
    reason = _lt("A draft is not sent, and nobody pays it.")
    things = _lt("draft customer invoices")
    fault = _lt("a draft for more than three days")
    advice = _lt("Post and send it, or delete it.")
    model = "account.move"
    gates = ("G7",)
    owner = "finance"
    fix = "account.action_move_out_invoice"
    key = "m.id"
    rows = "account_move m"
    scope_sql = """m.company_id = %(company)s AND m.state = 'draft'
        AND m.move_type IN ('out_invoice', 'out_refund')"""
    wrong = f"m.create_date < {OLD}"


class Overdue(Check):
    code = "L06"
    area = "cash"
    name = _lt("Somebody follows up each overdue invoice")
    reason = _lt("What nobody asks for is paid last.")
    things = _lt("unpaid customer invoices")
    fault = _lt("overdue, and no activity planned")
    advice = _lt("Plan a call or a reminder on the invoice.")
    model = "account.move"
    severity = "critical"
    gates = ("G7",)
    owner = "finance"
    fix = "account.action_move_out_invoice"
    key = "m.id"
    rows = "account_move m"
    scope_sql = """m.company_id = %(company)s AND m.move_type = 'out_invoice'
        AND m.state = 'posted' AND m.payment_state IN ('not_paid', 'partial')"""
    wrong = """m.invoice_date_due < current_date AND NOT EXISTS (
        SELECT FROM mail_activity a WHERE a.active
           AND (a.res_model = 'account.move' AND a.res_id = m.id
             OR a.res_model = 'res.partner'
                AND a.res_id = m.commercial_partner_id))"""


class Opportunities(Check):
    code = "L07"
    area = "cash"
    name = _lt("Each opportunity has an owner and a next step")
    reason = _lt("One without a next step is lost without anybody deciding so.")
    things = _lt("open opportunities")
    fault = _lt("no salesperson, or no activity planned")
    advice = _lt("Assign it, and plan the next step.")
    model = "crm.lead"
    severity = "minor"
    gates = ("G6", "G7")
    owner = "sales"
    needs = ("crm",)
    fix = "crm.crm_lead_opportunities"
    key = "c.id"
    rows = "crm_lead c"
    scope_sql = """c.active AND c.type = 'opportunity' AND c.won_status = 'pending'
        AND (c.company_id IS NULL OR c.company_id = %(company)s)"""
    wrong = """c.user_id IS NULL OR NOT EXISTS (
        SELECT FROM mail_activity a
         WHERE a.active AND a.res_model = 'crm.lead' AND a.res_id = c.id
           AND a.date_deadline >= current_date)"""


class ReturnCredited(Check):
    code = "L08"
    area = "cash"
    name = _lt("Each return has its credit note")
    reason = _lt("The customer gave the goods back and still owes the money.")
    things = _lt("returns from customers")
    fault = _lt("more is invoiced than the customer kept")
    advice = _lt("Create the credit note from the order.")
    model = "stock.picking"
    gates = ("G7",)
    owner = "finance"
    fix = "stock.action_picking_tree_incoming"
    key = "k.id"
    rows = """stock_picking k
        JOIN stock_location f ON f.id = k.location_id
        JOIN stock_picking_type o ON o.id = k.picking_type_id"""
    scope_sql = """k.company_id = %(company)s AND f.usage = 'customer'
        AND k.state = 'done'"""
    warehouse = "o.warehouse_id"
    wrong = """EXISTS (SELECT FROM stock_move m
        JOIN sale_order_line sl ON sl.id = m.sale_line_id
        WHERE m.picking_id = k.id AND m.to_refund
          AND sl.qty_invoiced > sl.qty_delivered)"""


class Quotations(Check):
    code = "L09"
    area = "cash"
    name = _lt("Quotations have an end, and it is ahead")
    reason = _lt("A customer may accept an old price years later.")
    things = _lt("open quotations")
    fault = _lt("expired, or without an expiration date")
    advice = _lt("Renew it, or cancel it.")
    model = "sale.order"
    severity = "minor"
    gates = ("G7",)
    owner = "sales"
    fix = "sale.action_quotations"
    key = "s.id"
    rows = "sale_order s"
    scope_sql = "s.state IN ('draft', 'sent') AND s.company_id = %(company)s"
    warehouse = "s.warehouse_id"
    wrong = "s.validity_date IS NULL OR s.validity_date < current_date"


class LineTax(Check):
    code = "L10"
    area = "cash"
    name = _lt("Each confirmed order line has a tax")
    reason = _lt("It is invoiced free of tax otherwise.")
    things = _lt("lines of confirmed orders")
    fault = _lt("no tax")
    advice = _lt("Choose the tax on the line and on its product.")
    model = "sale.order.line"
    severity = "critical"
    gates = ("G5", "G6")
    owner = "finance"
    fix = "sale.action_orders"
    fix_through = "order_id"
    key = "sl.id"
    rows = LINES
    scope_sql = f"""{CONFIRMED} AND sl.display_type IS NULL
        AND sl.product_id IS NOT NULL AND NOT coalesce(sl.is_downpayment, FALSE)
        AND s.invoice_status <> 'invoiced'"""
    warehouse = "s.warehouse_id"
    wrong = """NOT EXISTS (SELECT FROM account_tax_sale_order_line_rel r
        WHERE r.sale_order_line_id = sl.id)"""
    absence = _lt("this company has no sales taxes")

    def is_absent(self):
        return not self.company._has_sales_tax()
