"""From the customer's order to production."""

from odoo.tools.translate import LazyTranslate

from .base import Check
from .stock import PATIENCE

_lt = LazyTranslate(__name__)

ORDERS = "mrp_production m JOIN stock_picking_type o ON o.id = m.picking_type_id"
OPEN_ORDERS = _lt("open manufacturing orders")


class OrderQuantity(Check):
    code = "O02"
    area = "orders"
    name = _lt("What is made for an order line is what was ordered")
    reason = _lt("Odoo leaves production as it is when an order line is lowered.")
    things = _lt("order lines that are produced")
    fault = _lt("more or less is made than was ordered")
    advice = _lt("Change the quantity of the manufacturing order, or stock the rest.")
    model = "sale.order.line"
    severity = "critical"
    gates = ("G5", "G7")
    fix = "sale.action_orders"
    fix_through = "order_id"
    key = "sl.id"
    # The line's own product only; what stock delivers is not missing.
    rows = """sale_order_line sl
        JOIN sale_order s ON s.id = sl.order_id
        JOIN uom_uom u ON u.id = sl.product_uom_id
        JOIN (
              SELECT m.sale_line_id, m.product_id,
                     sum(m.product_qty * mu.factor) AS made
                FROM mrp_production m JOIN uom_uom mu ON mu.id = m.product_uom_id
               WHERE m.sale_line_id IS NOT NULL AND m.state <> 'cancel'
            GROUP BY 1, 2) m
          ON m.sale_line_id = sl.id AND m.product_id = sl.product_id
        LEFT JOIN (
              SELECT v.sale_line_id, v.product_id,
                     sum(v.product_qty * pu.factor) AS asked
                FROM stock_move v
                JOIN product_product p ON p.id = v.product_id
                JOIN product_template t ON t.id = p.product_tmpl_id
                JOIN uom_uom pu ON pu.id = t.uom_id
                JOIN stock_location d ON d.id = v.location_dest_id
               WHERE v.sale_line_id IS NOT NULL AND v.state <> 'cancel'
                 AND v.procure_method = 'make_to_order' AND d.usage = 'customer'
            GROUP BY 1, 2) a
          ON a.sale_line_id = sl.id AND a.product_id = sl.product_id"""
    scope_sql = "s.state = 'sale' AND s.company_id = %(company)s"
    warehouse = "s.warehouse_id"
    wrong = """m.made - sl.product_uom_qty * u.factor > 0.0001
        OR least(a.asked, sl.product_uom_qty * u.factor) - m.made > 0.0001"""


class CancelledOrder(Check):
    code = "O03"
    area = "orders"
    name = _lt("Nothing is made for a cancelled order")
    reason = _lt("Odoo leaves the manufacturing order of a cancelled order alive.")
    things = OPEN_ORDERS
    fault = _lt("the customer's order it serves is cancelled")
    advice = _lt("Cancel it, or let it serve stock or another order.")
    model = "mrp.production"
    severity = "critical"
    gates = ("G5", "G7")
    fix = "mrp.mrp_production_action"
    key = "m.id"
    rows = ORDERS
    scope_sql = """m.company_id = %(company)s
        AND m.state NOT IN ('done', 'cancel', 'draft')"""
    warehouse = "o.warehouse_id"
    wrong = """EXISTS (SELECT FROM stock_reference_production_rel rp
             JOIN stock_reference_sale_rel rs ON rs.reference_id = rp.reference_id
             JOIN sale_order s ON s.id = rs.sale_id AND s.state = 'cancel'
            WHERE rp.production_id = m.id)
        AND NOT EXISTS (SELECT FROM stock_reference_production_rel rp
             JOIN stock_reference_sale_rel rs ON rs.reference_id = rp.reference_id
             JOIN sale_order s ON s.id = rs.sale_id AND s.state = 'sale'
            WHERE rp.production_id = m.id)"""


class DelayedProduction(Check):
    code = "O04"
    area = "orders"
    name = _lt("Manufacturing orders end in time")
    reason = _lt("A customer waits for each of them.")
    things = OPEN_ORDERS
    fault = _lt("past its deadline")
    advice = _lt("Finish it, or plan it anew and tell who waits.")
    model = "mrp.production"
    gates = ("G7",)
    hours = 4
    fix = "mrp.mrp_production_action"
    key = "m.id"
    rows = ORDERS
    scope_sql = """m.company_id = %(company)s
        AND m.state IN ('confirmed', 'progress', 'to_close')"""
    warehouse = "o.warehouse_id"
    wrong = """coalesce(m.date_deadline, m.date_finished)
        < now() at time zone 'utc'"""


class PurchasesInTime(Check):
    code = "O05"
    area = "orders"
    name = _lt("Purchases are acknowledged and in time")
    reason = _lt("A date that the vendor has not confirmed is a hope.")
    things = _lt("open purchase orders")
    fault = _lt("late, or not acknowledged by the vendor")
    advice = _lt("Ask the vendor for a date, and acknowledge the order.")
    model = "purchase.order"
    gates = ("G7",)
    owner = "procurement"
    hours = 4
    fix = "purchase.purchase_form_action"
    key = "b.id"
    rows = """purchase_order b
        LEFT JOIN stock_picking_type o ON o.id = b.picking_type_id"""
    scope_sql = """b.company_id = %(company)s AND b.state = 'purchase'
        AND b.receipt_status IN ('pending', 'partial')"""
    warehouse = "o.warehouse_id"
    wrong = """b.date_planned < now() at time zone 'utc'
        OR NOT coalesce(b.acknowledged, FALSE)"""


class ConsumptionBooked(Check):
    code = "O06"
    area = "orders"
    name = _lt("Production is booked when it happens")
    reason = _lt("Stock says that parts are there which are built in already.")
    things = _lt("started manufacturing orders")
    fault = _lt("parts not booked for a day, or done but not closed for three")
    advice = _lt("Book the parts and close the order.")
    model = "mrp.production"
    severity = "critical"
    gates = ("G7",)
    hours = 4
    fix = "mrp.mrp_production_action"
    key = "m.id"
    rows = ORDERS
    scope_sql = "m.company_id = %(company)s AND m.state IN ('progress', 'to_close')"
    warehouse = "o.warehouse_id"
    wrong = f"""m.state = 'to_close'
            AND m.write_date < now() at time zone 'utc' - interval '{PATIENCE} days'
        OR m.state = 'progress' AND coalesce(m.qty_producing, 0) > 0
            AND m.write_date < now() at time zone 'utc' - interval '1 day'
            AND EXISTS (SELECT FROM stock_move r
                WHERE r.raw_material_production_id = m.id
                  AND r.state NOT IN ('done', 'cancel')
                  AND NOT coalesce(r.picked, FALSE) AND r.product_uom_qty > 0)"""


class OrderComplete(Check):
    code = "O07"
    area = "orders"
    name = _lt("Manufacturing orders are complete")
    reason = _lt("The shop floor needs to know what, from what, how, until when, who.")
    things = OPEN_ORDERS
    fault = _lt("no bill of materials, components, operations, deadline or responsible")
    advice = _lt("Complete the order, and the bill of materials it came from.")
    model = "mrp.production"
    gates = ("G5", "G6")
    fix = "mrp.mrp_production_action"
    key = "m.id"
    rows = ORDERS
    scope_sql = "m.company_id = %(company)s AND m.state IN ('confirmed', 'progress')"
    warehouse = "o.warehouse_id"
    wrong = """m.bom_id IS NULL OR m.date_deadline IS NULL OR m.user_id IS NULL
        OR m.product_qty <= 0
        OR NOT EXISTS (SELECT FROM stock_move r
            WHERE r.raw_material_production_id = m.id AND r.state <> 'cancel')
        OR NOT EXISTS (SELECT FROM mrp_workorder w WHERE w.production_id = m.id)"""
