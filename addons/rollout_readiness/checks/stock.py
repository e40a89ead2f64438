"""Quantities in stock, reservations, transfers, lots."""

from odoo.tools.translate import LazyTranslate

from .base import Check
from .items import QUANTS

_lt = LazyTranslate(__name__)

OURS = """l.usage IN ('internal', 'transit') AND l.company_id = %(company)s"""
QUANTITIES = _lt("quantities in stock")
TRANSFERS = """stock_picking k JOIN stock_picking_type o ON o.id = k.picking_type_id"""
# Days that a document may lie before somebody should look at it.
PATIENCE = 3


class NegativeStock(Check):
    code = "I01"
    area = "stock"
    name = _lt("No stock is negative")
    reason = _lt(
        "Goods were used that nobody had received: dates and values are wrong."
    )
    things = QUANTITIES
    fault = _lt("below zero")
    advice = _lt("Book the missing receipt or production, or count the place.")
    model = "stock.quant"
    severity = "blocker"
    gates = ("G4", "G6", "G7")
    owner = "warehouse"
    hours = 4
    fix = "stock.stock_quant_action"
    key = "q.id"
    rows = QUANTS
    scope_sql = f"{OURS} AND t.is_storable"
    warehouse = "l.warehouse_id"
    wrong = "q.quantity < 0"


class Reservations(Check):
    code = "I02"
    area = "stock"
    name = _lt("What is reserved is reserved for something")
    reason = _lt("Stock that is reserved for nothing cannot be used by any order.")
    things = QUANTITIES
    fault = _lt("the reserved quantity is not the one of the transfers")
    advice = _lt("Let Odoo count the reservations again.")
    model = "stock.quant"
    severity = "blocker"
    gates = ("G6", "G7")
    owner = "warehouse"
    hours = 4
    fix = "stock.stock_quant_action"
    repair_label = _lt("Repair Reservations")
    key = "q.id"
    rows = f"""{QUANTS} LEFT JOIN (
        SELECT m.product_id, m.location_id, m.lot_id, m.package_id, m.owner_id,
               sum(m.quantity_product_uom) AS quantity
          FROM stock_move_line m
         WHERE m.state NOT IN ('draft', 'done', 'cancel')
      GROUP BY 1, 2, 3, 4, 5) m
            ON m.product_id = q.product_id AND m.location_id = q.location_id
           AND m.lot_id IS NOT DISTINCT FROM q.lot_id
           AND m.package_id IS NOT DISTINCT FROM q.package_id
           AND m.owner_id IS NOT DISTINCT FROM q.owner_id"""
    scope_sql = f"{OURS} AND t.is_storable"
    warehouse = "l.warehouse_id"
    wrong = """q.reserved_quantity < -0.0001
        OR abs(coalesce(m.quantity, 0) - q.reserved_quantity) > 0.0001"""

    def repair(self, env):
        """As Odoo's own job does; for who may correct stock."""
        env["stock.quant"].check_access("write")
        # Core's method moves quantities of quants that no user may write.
        env["stock.quant"].sudo()._clean_reservations()


class CountsApplied(Check):
    code = "I03"
    area = "stock"
    name = _lt("No count waits to be applied")
    reason = _lt("What was counted is not yet what the stock says.")
    things = QUANTITIES
    fault = _lt("counted, but not applied")
    advice = _lt("Apply the count, or clear it.")
    model = "stock.quant"
    severity = "critical"
    gates = ("G6",)
    owner = "warehouse"
    fix = "stock.stock_quant_action"
    key = "q.id"
    rows = QUANTS
    scope_sql = OURS
    warehouse = "l.warehouse_id"
    wrong = "q.inventory_quantity_set"


class BlockedReceipts(Check):
    code = "I04"
    area = "stock"
    name = _lt("Receipts are booked when they come")
    reason = _lt("A receipt that is days late is stuck at the vendor or on the dock.")
    things = _lt("open receipts")
    fault = _lt("more than three days after its date")
    advice = _lt("Book it, or ask the vendor for a new date.")
    model = "stock.picking"
    gates = ("G7",)
    owner = "warehouse"
    hours = 4
    fix = "stock.action_picking_tree_incoming"
    key = "k.id"
    rows = TRANSFERS
    scope_sql = """k.company_id = %(company)s AND o.code = 'incoming'
        AND k.state IN ('confirmed', 'waiting', 'assigned')"""
    warehouse = "o.warehouse_id"
    wrong = f"""k.scheduled_date
        < now() at time zone 'utc' - interval '{PATIENCE} days'"""


class LateDeliveries(Check):
    code = "I05"
    area = "stock"
    name = _lt("Deliveries leave in time")
    reason = _lt("A customer waits.")
    things = _lt("open deliveries")
    fault = _lt("past its deadline")
    advice = _lt("Deliver, or agree on a new date with the customer.")
    model = "stock.picking"
    gates = ("G7",)
    owner = "warehouse"
    hours = 4
    fix = "stock.action_picking_tree_late"
    key = "k.id"
    rows = TRANSFERS
    scope_sql = """k.company_id = %(company)s AND o.code = 'outgoing'
        AND k.state NOT IN ('done', 'cancel', 'draft')"""
    warehouse = "o.warehouse_id"
    wrong = """coalesce(k.date_deadline, k.scheduled_date)
        < now() at time zone 'utc'"""


class LotsUnique(Check):
    code = "I06"
    area = "stock"
    name = _lt("No lot is entered twice")
    reason = _lt("Two spellings of one number break the trace of what was built in.")
    things = _lt("lots and serial numbers")
    fault = _lt("another one of the product differs in capitals or spaces only")
    advice = _lt("Move the stock to one of them and archive the other.")
    model = "stock.lot"
    severity = "critical"
    gates = ("G4",)
    owner = "warehouse"
    fix = "stock.action_production_lot_form"
    key = "n.id"
    rows = """(SELECT n.id, count(*) OVER (
            PARTITION BY n.product_id, upper(trim(n.name))) AS same
        FROM stock_lot n
        WHERE n.company_id = %(company)s OR n.company_id IS NULL) n"""
    wrong = "n.same > 1"
