"""The item master, and its units."""

from odoo.tools.translate import LazyTranslate

from .base import Check

_lt = LazyTranslate(__name__)

VARIANTS = """product_product p JOIN product_template t ON t.id = p.product_tmpl_id"""
IN_COMPANY = "(t.company_id IS NULL OR t.company_id = %(company)s)"
GOODS = f"p.active AND t.active AND t.type = 'consu' AND {IN_COMPANY}"
QUANTS = """stock_quant q
    JOIN product_product p ON p.id = q.product_id
    JOIN product_template t ON t.id = p.product_tmpl_id
    JOIN stock_location l ON l.id = q.location_id"""
INTERNAL = "l.usage = 'internal' AND l.company_id = %(company)s"


def reference_of(unit):
    """The unit that another counts in: Odoo 19 has no categories of units."""
    return f"split_part({unit}.parent_path, '/', 1)"


class Category(Check):
    code = "M01"
    area = "items"
    name = _lt("Each product has a category")
    reason = _lt("Costing, accounts and routes come from the category.")
    things = _lt("products")
    fault = _lt("no category")
    advice = _lt("Choose a category on the product.")
    model = "product.template"
    gates = ("G3", "G4")
    expects_data = True
    fix = "product.product_template_action_all"
    key = "t.id"
    rows = "product_template t"
    scope_sql = f"t.active AND t.type = 'consu' AND {IN_COMPANY}"
    wrong = "t.categ_id IS NULL"


class Reference(Check):
    code = "M02"
    area = "items"
    name = _lt("Each product has an internal reference of its own")
    reason = _lt("People, labels and imports find a product by its reference.")
    things = _lt("products")
    fault = _lt("no internal reference, or one that another product has too")
    advice = _lt("Enter a reference, or archive the double.")
    model = "product.product"
    severity = "critical"
    gates = ("G4",)
    expects_data = True
    fix = "product.product_normal_action"
    key = "p.id"
    # A window, not a self-join: that one takes minutes with 20,000 products.
    rows = f"""(SELECT p.id, coalesce(trim(p.default_code), '') = '' AS blank,
            count(*) OVER (PARTITION BY lower(trim(p.default_code))) AS same
        FROM {VARIANTS} WHERE {GOODS}) p"""
    wrong = "p.blank OR p.same > 1"


class Cost(Check):
    code = "M03"
    area = "accounts"
    name = _lt("Nothing in stock has a cost of zero")
    reason = _lt("It would be consumed and sold for nothing: margins and value lie.")
    things = _lt("products in stock")
    fault = _lt("its cost is zero")
    advice = _lt("Enter the cost, or compute it from the bill of materials.")
    model = "product.product"
    severity = "critical"
    gates = ("G4",)
    owner = "finance"
    fix = "product.product_normal_action"
    columns = {"cost": ("product.product", "p", "standard_price")}
    key = "p.id"
    rows = QUANTS
    scope_sql = f"{INTERNAL} AND q.quantity > 0 AND t.is_storable"
    warehouse = "l.warehouse_id"
    wrong = "coalesce(%(cost)s, 0) = 0"


class ArchivedStock(Check):
    code = "M04"
    area = "items"
    name = _lt("No stock of archived products")
    reason = _lt("It is counted and valued, but nobody finds it.")
    things = _lt("products in stock")
    fault = _lt("archived, but still in stock")
    advice = _lt("Bring the product back, or scrap what is left.")
    model = "product.product"
    severity = "blocker"
    gates = ("G4",)
    owner = "warehouse"
    fix = "product.product_normal_action"
    key = "p.id"
    rows = QUANTS
    scope_sql = f"{INTERNAL} AND q.quantity <> 0"
    warehouse = "l.warehouse_id"
    wrong = "NOT (p.active AND t.active)"


class SalesTax(Check):
    code = "M05"
    area = "accounts"
    name = _lt("Each product that is sold has a sales tax")
    reason = _lt("Without one it is invoiced free of tax, and nobody notices.")
    things = _lt("products that can be sold")
    fault = _lt("no sales tax of this company")
    advice = _lt("Choose the sales tax on the product; a tax of 0 % says it is none.")
    model = "product.template"
    severity = "critical"
    gates = ("G3",)
    owner = "finance"
    fix = "account.product_product_action_sellable"
    key = "t.id"
    rows = "product_template t"
    scope_sql = f"t.active AND t.sale_ok AND {IN_COMPANY}"
    wrong = """NOT EXISTS (
        SELECT FROM product_taxes_rel r JOIN account_tax x ON x.id = r.tax_id
         WHERE r.prod_id = t.id AND x.active AND x.company_id IN %(lineage)s)"""
    absence = _lt("this company has no sales taxes")

    def is_absent(self):
        return not self.company._has_sales_tax()


class Tracking(Check):
    code = "M06"
    area = "stock"
    name = _lt("Lots and serial numbers agree with the stock")
    reason = _lt("What cannot be traced cannot be delivered, nor recalled.")
    things = _lt("quantities in stock")
    fault = _lt("without the lot its product needs, or two pieces of one serial number")
    advice = _lt("Count it again with its lot or serial number.")
    model = "stock.quant"
    severity = "blocker"
    gates = ("G4",)
    owner = "warehouse"
    fix = "stock.stock_quant_action"
    key = "q.id"
    rows = QUANTS
    scope_sql = """l.usage IN ('internal', 'transit') AND l.company_id = %(company)s
        AND q.quantity <> 0"""
    warehouse = "l.warehouse_id"
    wrong = """t.tracking IN ('lot', 'serial') AND q.lot_id IS NULL
        OR t.tracking = 'serial' AND abs(q.quantity) > 1
        OR t.tracking = 'none' AND q.lot_id IS NOT NULL"""


class Units(Check):
    code = "M07"
    area = "units"
    name = _lt("Bills and vendors count a product in units that can be converted")
    reason = _lt(
        "A bill in kilograms for a product in pieces makes any quantity wrong."
    )
    things = _lt("products with a bill of materials or a vendor")
    fault = _lt("made or bought in a unit that cannot be converted")
    advice = _lt("Correct the unit of the bill of materials or of the vendor price.")
    model = "product.template"
    severity = "critical"
    gates = ("G4",)
    fix = "product.product_template_action_all"
    key = "t.id"
    rows = """(SELECT b.product_tmpl_id, b.product_uom_id, b.company_id
          FROM mrp_bom b WHERE b.active
         UNION ALL
        SELECT i.product_tmpl_id, i.product_uom_id, i.company_id
          FROM product_supplierinfo i WHERE i.product_tmpl_id IS NOT NULL) x
        JOIN product_template t ON t.id = x.product_tmpl_id
        JOIN uom_uom own ON own.id = t.uom_id
        JOIN uom_uom other ON other.id = x.product_uom_id"""
    scope_sql = f"""t.active AND {IN_COMPANY}
        AND (x.company_id IS NULL OR x.company_id = %(company)s)"""
    wrong = f"{reference_of('own')} <> {reference_of('other')}"
