"""Vendors, their prices, and reordering rules."""

from odoo.tools.translate import LazyTranslate

from .base import Check
from .items import GOODS, VARIANTS

_lt = LazyTranslate(__name__)

PRICES = """product_supplierinfo i
    JOIN res_partner v ON v.id = i.partner_id
    JOIN product_template t ON t.id = i.product_tmpl_id"""
OF_COMPANY = """t.active AND (i.company_id IS NULL OR i.company_id = %(company)s)
    AND (t.company_id IS NULL OR t.company_id = %(company)s)"""
VALID = """(i.date_start IS NULL OR i.date_start <= current_date)
    AND (i.date_end IS NULL OR i.date_end >= current_date)"""


class VendorValid(Check):
    code = "P01"
    area = "vendors"
    name = _lt("Each bought part has a vendor whose price is valid today")
    reason = _lt(
        "With an expired price Odoo orders all the same: at 0.00, planned for today."
    )
    things = _lt("bought products that are used")
    fault = _lt("no active vendor with a price that is valid today")
    advice = _lt("Enter a vendor, or extend the dates of its price.")
    model = "product.product"
    severity = "blocker"
    gates = ("G3", "G4")
    owner = "procurement"
    fix = "product.product_supplierinfo_type_action"
    fix_from = "product_tmpl_id.product_variant_ids"
    key = "p.id"
    rows = VARIANTS
    # Bought and used: no bill of its own, and something that asks for it.
    scope_sql = f"""{GOODS} AND t.purchase_ok
        AND t.id NOT IN (
            SELECT b.product_tmpl_id FROM mrp_bom b WHERE b.active
               AND (b.company_id = %(company)s OR b.company_id IS NULL))
        AND p.id IN (
            SELECT bl.product_id FROM mrp_bom_line bl
              JOIN mrp_bom b ON b.id = bl.bom_id AND b.active
             WHERE b.company_id = %(company)s OR b.company_id IS NULL
             UNION ALL
            SELECT s.product_id FROM stock_warehouse_orderpoint s
             WHERE s.active AND s.company_id = %(company)s
             UNION ALL
            SELECT v.id FROM product_product v WHERE v.product_tmpl_id IN (%(mto)s))"""
    wrong = f"""NOT EXISTS (
        SELECT FROM product_supplierinfo i
          JOIN res_partner v ON v.id = i.partner_id AND v.active
         WHERE i.product_tmpl_id = t.id
           AND (i.product_id IS NULL OR i.product_id = p.id)
           AND (i.company_id IS NULL OR i.company_id = %(company)s)
           AND {VALID})"""


class VendorPrice(Check):
    code = "P02"
    area = "vendors"
    name = _lt("Each vendor price has a price and a lead time")
    reason = _lt("Dates and costs of what is ordered come from here.")
    things = _lt("vendor prices")
    fault = _lt("price or lead time zero, or the vendor is archived")
    advice = _lt("Ask the vendor, and enter price and days.")
    model = "product.supplierinfo"
    severity = "critical"
    gates = ("G4",)
    owner = "procurement"
    fix = "product.product_supplierinfo_type_action"
    key = "i.id"
    rows = PRICES
    scope_sql = OF_COMPANY
    wrong = "coalesce(i.delay, 0) <= 0 OR coalesce(i.price, 0) <= 0 OR NOT v.active"


class VendorPriceUnique(Check):
    code = "P03"
    area = "vendors"
    name = _lt("No two prices of a vendor are valid at once")
    reason = _lt("Which of them counts depends on their order in a list.")
    things = _lt("vendor prices")
    fault = _lt("another price for the same quantity is valid at the same time")
    advice = _lt("End the old one, or delete it.")
    model = "product.supplierinfo"
    gates = ("G4",)
    owner = "procurement"
    fix = "product.product_supplierinfo_type_action"
    key = "i.id"
    rows = PRICES
    scope_sql = OF_COMPANY
    # No range of days, as one that ends before it begins would stop the query.
    wrong = """EXISTS (
        SELECT FROM product_supplierinfo j
         WHERE j.id <> i.id AND j.partner_id = i.partner_id
           AND j.product_tmpl_id = i.product_tmpl_id
           AND j.product_id IS NOT DISTINCT FROM i.product_id
           AND j.company_id IS NOT DISTINCT FROM i.company_id
           AND j.product_uom_id IS NOT DISTINCT FROM i.product_uom_id
           AND j.currency_id IS NOT DISTINCT FROM i.currency_id
           AND coalesce(j.min_qty, 0) = coalesce(i.min_qty, 0)
           AND coalesce(j.date_start, '-infinity') <= coalesce(j.date_end, 'infinity')
           AND coalesce(i.date_start, '-infinity') <= coalesce(i.date_end, 'infinity')
           AND coalesce(j.date_start, '-infinity') <= coalesce(i.date_end, 'infinity')
           AND coalesce(i.date_start, '-infinity') <= coalesce(j.date_end, 'infinity'))
        """


class VendorMaster(Check):
    code = "P04"
    area = "vendors"
    name = _lt("Each vendor has a country, an e-mail and payment terms")
    reason = _lt("Taxes, orders by mail and due dates of bills come from them.")
    things = _lt("vendors with prices")
    fault = _lt("no country, no e-mail or no payment terms")
    advice = _lt("Complete the vendor.")
    model = "res.partner"
    gates = ("G4",)
    owner = "procurement"
    fix = "account.res_partner_action_supplier"
    columns = {"term": ("res.partner", "v", "property_supplier_payment_term_id")}
    key = "v.id"
    rows = PRICES
    scope_sql = f"v.active AND {OF_COMPANY}"
    wrong = """v.country_id IS NULL OR coalesce(trim(v.email), '') = ''
        OR %(term)s IS NULL"""


class ReorderingRules(Check):
    code = "P05"
    area = "replenishment"
    name = _lt("Reordering rules make sense")
    reason = _lt("A rule for what is made to order buys it twice.")
    things = _lt("reordering rules")
    fault = _lt(
        "minimum above maximum, two for one place, or for what is made to order"
    )
    advice = _lt("Correct or archive the rule.")
    model = "stock.warehouse.orderpoint"
    severity = "critical"
    gates = ("G3",)
    owner = "procurement"
    fix = "stock.action_orderpoint"
    key = "s.id"
    rows = """(SELECT s.*, count(*) OVER (
            PARTITION BY s.product_id, s.location_id, s.company_id) AS same
        FROM stock_warehouse_orderpoint s
        WHERE s.active AND s.company_id = %(company)s) s
        JOIN product_product p ON p.id = s.product_id"""
    scope_sql = "p.active"
    warehouse = "s.warehouse_id"
    wrong = """s.product_min_qty > s.product_max_qty OR s.same > 1
        OR s.trigger = 'auto' AND p.product_tmpl_id IN (%(mto)s)"""


class PurchaseApproval(Check):
    code = "P06"
    area = "vendors"
    name = _lt("Large purchases need an approval")
    reason = _lt("Otherwise one person alone commits any amount.")
    things = _lt("companies")
    fault = _lt("purchase orders are confirmed without an approval")
    advice = _lt("Turn on Purchase Order Approval in the settings of Purchase.")
    model = "res.company"
    severity = "critical"
    gates = ("G3",)
    owner = "procurement"
    expects_data = True
    fix = "purchase.action_purchase_configuration"
    key = "c.id"
    rows = "res_company c"
    scope_sql = "c.id = %(company)s"
    wrong = "coalesce(c.po_double_validation, 'one_step') <> 'two_step'"
    absence = _lt("nothing is bought in this company")

    def is_absent(self):
        [[is_used]] = self._query(
            """SELECT EXISTS (SELECT FROM product_supplierinfo i
                    WHERE i.company_id IS NULL OR i.company_id = %s)
                 OR EXISTS (SELECT FROM purchase_order o WHERE o.company_id = %s)""",
            self.company.id,
            self.company.id,
        )
        return not is_used


# What is received so often tells how long a vendor takes; how far back, in days.
RECEIPTS, BACK = 3, 365


class LeadTimeObserved(Check):
    code = "P08"
    area = "vendors"
    name = _lt("Vendors deliver in the lead time that is entered")
    reason = _lt("Each date that is promised counts with it.")
    things = _lt("vendor prices with three receipts or more")
    fault = _lt("the median of a year differs by more than a quarter, and by a day")
    advice = _lt("Enter the days that it takes, or talk to the vendor.")
    model = "product.supplierinfo"
    gates = ("G7",)
    owner = "procurement"
    fix = "product.product_supplierinfo_type_action"
    key = "i.id"
    rows = f"""{PRICES}
        JOIN (SELECT o.partner_id, p.product_tmpl_id,
                     percentile_cont(0.5) WITHIN GROUP (
                         ORDER BY extract(epoch FROM m.date - o.date_approve) / 86400
                     ) AS days
                FROM purchase_order_line l
                JOIN purchase_order o ON o.id = l.order_id
                JOIN product_product p ON p.id = l.product_id
                JOIN (SELECT m.purchase_line_id, min(m.date) AS date
                        FROM stock_move m
                        JOIN stock_location f ON f.id = m.location_id
                       WHERE m.state = 'done' AND m.purchase_line_id IS NOT NULL
                         AND f.usage = 'supplier'
                    GROUP BY 1) m ON m.purchase_line_id = l.id
               WHERE o.company_id = %(company)s AND o.date_approve IS NOT NULL
                 AND m.date > now() at time zone 'utc' - interval '{BACK} days'
            GROUP BY 1, 2 HAVING count(*) >= {RECEIPTS}) seen
          ON seen.partner_id = i.partner_id AND seen.product_tmpl_id = t.id"""
    scope_sql = f"{OF_COMPANY} AND {VALID}"
    wrong = """abs(seen.days - coalesce(i.delay, 0))
        > greatest(1, coalesce(i.delay, 0) / 4.0)"""
