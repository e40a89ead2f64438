"""Bills of materials and routing."""

from collections import defaultdict

from odoo.tools.translate import LazyTranslate

from ..engine.cycle import find_cycle_members
from .base import Check
from .items import reference_of

_lt = LazyTranslate(__name__)

OF_COMPANY = "b.active AND (b.company_id = %(company)s OR b.company_id IS NULL)"
LINES = """mrp_bom_line bl
    JOIN mrp_bom b ON b.id = bl.bom_id
    JOIN product_product p ON p.id = bl.product_id
    JOIN product_template t ON t.id = p.product_tmpl_id"""
BILLS = _lt("bills of materials")
COMPONENTS = _lt("components")


class BomCycle(Check):
    code = "B02"
    area = "boms"
    name = _lt("No product is a component of itself")
    reason = _lt("Such a product is never finished, and its cost never computed.")
    things = BILLS
    fault = _lt("the product is needed to make itself")
    advice = _lt("Remove the component that leads back.")
    model = "mrp.bom"
    severity = "blocker"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"

    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = OF_COMPANY

    def _get_lines(self):
        """Return (bill, what it makes, what it takes): variants where they decide."""
        return self._query(
            """SELECT b.id, coalesce(b.product_id, v.id), bl.product_id
                 FROM mrp_bom b JOIN mrp_bom_line bl ON bl.bom_id = b.id
                 JOIN product_product v ON v.product_tmpl_id = b.product_tmpl_id
                  AND v.active AND (b.product_id IS NULL OR b.product_id = v.id)
                WHERE %s
                  -- As `_skip_bom_line`: of each attribute that a line names the
                  -- variant has one of the values.
                  AND NOT EXISTS (
                      SELECT FROM mrp_bom_line_product_template_attribute_value_rel x
                        JOIN product_template_attribute_value av
                          ON av.id = x.product_template_attribute_value_id
                       WHERE x.mrp_bom_line_id = bl.id
                    GROUP BY av.attribute_id
                      HAVING NOT bool_or(av.id IN (
                             SELECT c.product_template_attribute_value_id
                               FROM product_variant_combination c
                              WHERE c.product_product_id = v.id)))""",
            self._where(),
        )

    def find(self):
        lines = self._get_lines()
        graph = defaultdict(list)
        for _bom, parent, component in lines:
            graph[parent].append(component)
        members = find_cycle_members(graph)
        # A member of a circle may take parts outside of it: those lines are fine.
        return list({b for b, parent, part in lines if {parent, part} <= members})


class BomEmpty(Check):
    code = "B03"
    area = "boms"
    name = _lt("Each bill of materials has components")
    reason = _lt("An empty bill makes something out of nothing, for nothing.")
    things = BILLS
    fault = _lt("no components")
    advice = _lt("Enter the components, or archive the bill.")
    model = "mrp.bom"
    severity = "critical"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = OF_COMPANY
    wrong = "NOT EXISTS (SELECT FROM mrp_bom_line bl WHERE bl.bom_id = b.id)"


class ComponentQuantity(Check):
    code = "B04"
    area = "boms"
    name = _lt("Each component has a quantity above zero")
    reason = _lt("A component of quantity zero is never ordered and never reserved.")
    things = COMPONENTS
    fault = _lt("quantity zero or less")
    advice = _lt("Enter the quantity, or remove the component.")
    model = "mrp.bom.line"
    severity = "critical"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    fix_through = "bom_id"
    key = "bl.id"
    rows = LINES
    scope_sql = OF_COMPANY
    wrong = "bl.product_qty <= 0"


class ComponentArchived(Check):
    code = "B05"
    area = "boms"
    name = _lt("No bill of materials uses an archived component")
    reason = _lt("The order for it fails in the middle of confirming the customer's.")
    things = COMPONENTS
    fault = _lt("the component is archived")
    advice = _lt("Replace the component, or bring the product back.")
    model = "mrp.bom.line"
    severity = "blocker"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    fix_through = "bom_id"
    key = "bl.id"
    rows = LINES
    scope_sql = OF_COMPANY
    wrong = "NOT (p.active AND t.active)"


class ComponentUnit(Check):
    code = "B06"
    area = "units"
    name = _lt("Each component is counted in a unit of its product")
    reason = _lt("Metres cannot be converted to pieces: the quantity ordered is wrong.")
    things = COMPONENTS
    fault = _lt("its unit cannot be converted to the unit of its product")
    advice = _lt("Correct the unit on the line.")
    model = "mrp.bom.line"
    severity = "blocker"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    fix_through = "bom_id"
    key = "bl.id"
    rows = f"""{LINES} JOIN uom_uom own ON own.id = t.uom_id
        JOIN uom_uom other ON other.id = bl.product_uom_id"""
    scope_sql = OF_COMPANY
    wrong = f"{reference_of('own')} <> {reference_of('other')}"


class RoutingPresent(Check):
    code = "B07"
    area = "routing"
    name = _lt("Each product that is made has operations")
    reason = _lt("Without operations there is no load, no time and no labour cost.")
    things = _lt("bills of materials for manufacturing")
    fault = _lt("no operation")
    advice = _lt("Add the operations, with a work center and a time.")
    model = "mrp.bom"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = f"{OF_COMPANY} AND b.type = 'normal'"
    wrong = """NOT EXISTS (
        SELECT FROM mrp_routing_workcenter o WHERE o.bom_id = b.id AND o.active)"""


class OperationCosted(Check):
    code = "B08"
    area = "routing"
    name = _lt("Each operation has a time, a cost and an active work center")
    reason = _lt("Otherwise it takes no time and costs nothing.")
    things = _lt("operations")
    fault = _lt("no time, no cost per hour, or an archived work center")
    advice = _lt(
        "Enter the time on the operation, the cost per hour on its work center."
    )
    model = "mrp.routing.workcenter"
    gates = ("G3",)
    fix = "mrp.mrp_routing_action"
    key = "o.id"
    rows = """mrp_routing_workcenter o
        JOIN mrp_bom b ON b.id = o.bom_id
        JOIN mrp_workcenter w ON w.id = o.workcenter_id
        JOIN resource_resource r ON r.id = w.resource_id"""
    scope_sql = f"o.active AND {OF_COMPANY}"
    wrong = """NOT r.active OR coalesce(w.costs_hour, 0) <= 0
        OR o.time_mode = 'manual' AND coalesce(o.time_cycle_manual, 0) <= 0"""


class BomAmbiguous(Check):
    code = "B09"
    area = "boms"
    name = _lt("Which bill of materials counts is clear")
    reason = _lt("Of two equal bills Odoo takes the one that was entered first.")
    things = _lt("bills of materials for manufacturing")
    fault = _lt("another bill of the product has the same priority")
    advice = _lt("Archive one, or drag the one that counts to the top.")
    model = "mrp.bom"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = f"""(SELECT b.id, count(*) OVER (
            PARTITION BY b.product_tmpl_id, b.product_id,
            b.company_id, b.picking_type_id, coalesce(b.sequence, 0)) AS same
        FROM mrp_bom b WHERE {OF_COMPANY} AND b.type = 'normal') b"""
    wrong = "b.same > 1"


class BomLeadTime(Check):
    code = "B10"
    area = "boms"
    name = _lt("What is made to order has a manufacturing lead time")
    reason = _lt("With a lead time of zero each date that is promised comes too early.")
    things = _lt("bills of materials of products made to order")
    fault = _lt("its manufacturing lead time is zero")
    advice = _lt("Enter the days on the bill of materials, under Miscellaneous.")
    model = "mrp.bom"
    severity = "critical"
    gates = ("G3",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = f"""{OF_COMPANY} AND b.type = 'normal'
        AND b.product_tmpl_id IN (%(mto)s)"""
    wrong = "coalesce(b.produce_delay, 0) = 0"


class SubcontractorPrice(Check):
    code = "B11"
    area = "vendors"
    name = _lt("Each subcontracted product has a subcontractor with a valid price")
    reason = _lt("Without a price the order to the subcontractor is for nothing.")
    things = _lt("bills of materials for subcontracting")
    fault = _lt("no subcontractor with a price that is valid today")
    advice = _lt("Name the subcontractor on the bill, and its price on the product.")
    model = "mrp.bom"
    severity = "critical"
    gates = ("G3",)
    owner = "procurement"
    needs = ("mrp_subcontracting",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = f"{OF_COMPANY} AND b.type = 'subcontract'"
    wrong = """NOT EXISTS (
        SELECT FROM mrp_bom_subcontractor s
          JOIN res_partner v ON v.id = s.res_partner_id AND v.active
          JOIN product_supplierinfo i ON i.partner_id = s.res_partner_id
           AND i.product_tmpl_id = b.product_tmpl_id
           AND (i.company_id IS NULL OR i.company_id = %(company)s)
           AND (i.date_start IS NULL OR i.date_start <= current_date)
           AND (i.date_end IS NULL OR i.date_end >= current_date)
         WHERE s.mrp_bom_id = b.id)"""


class OutdatedBom(Check):
    code = "B12"
    area = "boms"
    name = _lt("No open order works by an outdated bill of materials")
    reason = _lt("The shop floor builds what the bill said before it was changed.")
    things = _lt("open manufacturing orders")
    fault = _lt("its bill of materials was changed since")
    advice = _lt("Update the order from its bill, or finish it as it is.")
    model = "mrp.production"
    gates = ("G6", "G7")
    fix = "mrp.mrp_production_action"
    key = "m.id"
    rows = "mrp_production m JOIN stock_picking_type o ON o.id = m.picking_type_id"
    scope_sql = """m.state IN ('draft', 'confirmed', 'progress')
        AND m.company_id = %(company)s"""
    warehouse = "o.warehouse_id"
    wrong = "m.is_outdated_bom"
