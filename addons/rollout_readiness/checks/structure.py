"""Routes, rules, warehouses, work centres, and the server's own jobs."""

from odoo.tools.translate import LazyTranslate

from ..engine.cycle import find_cycle_members
from .base import Check

_lt = LazyTranslate(__name__)

RULES = """stock_rule r JOIN stock_route rt ON rt.id = r.route_id AND rt.active"""
OF_COMPANY = "r.active AND (r.company_id = %(company)s OR r.company_id IS NULL)"


class MakeToOrderRoute(Check):
    code = "F01"
    area = "replenishment"
    name = _lt("Each warehouse can sell make to order")
    reason = _lt(
        "Odoo 19 ships the route Replenish on Order archived: nothing is made to order."
    )
    things = _lt("warehouses")
    fault = _lt("no active route brings goods to customers on order")
    advice = _lt("Activate the route Replenish on Order, then set it on products.")
    model = "stock.warehouse"
    severity = "blocker"
    gates = ("G3",)
    owner = "production"
    expects_data = True
    fix = "stock.action_routes_form"
    repair_label = _lt("Activate Make to Order")
    key = "w.id"
    rows = "stock_warehouse w"
    scope_sql = "w.active AND w.company_id = %(company)s"
    warehouse = "w.id"
    wrong = f"""NOT EXISTS (
        SELECT FROM {RULES} JOIN stock_location d ON d.id = r.location_dest_id
         WHERE r.active AND (r.warehouse_id = w.id OR r.warehouse_id IS NULL
               AND (r.company_id = w.company_id OR r.company_id IS NULL))
           AND r.procure_method IN ('make_to_order', 'mts_else_mto')
           AND d.usage = 'customer'
           AND (rt.product_selectable OR rt.product_categ_selectable))"""

    def repair(self, env):
        """Activate core's route, as the user: it needs the rights of Inventory."""
        env.ref("stock.route_warehouse0_mto").active = True


class RulesUnique(Check):
    code = "F02"
    area = "replenishment"
    name = _lt("No rule stands twice")
    reason = _lt("Which of two equal rules works is luck, and changes with an update.")
    things = _lt("rules")
    fault = _lt("another rule of the route does exactly the same")
    advice = _lt("Archive the double.")
    model = "stock.rule"
    gates = ("G3",)
    fix = "stock.action_rules_form"
    key = "r.id"
    rows = f"""(SELECT r.id, count(*) OVER (PARTITION BY r.route_id, r.location_src_id,
            r.location_dest_id, r.warehouse_id, r.action, r.procure_method,
            r.picking_type_id, r.company_id) AS same
        FROM {RULES} WHERE r.action <> 'push' AND {OF_COMPANY}) r"""
    wrong = "r.same > 1"


class RulesAlive(Check):
    code = "F03"
    area = "warehouses"
    name = _lt("No rule uses an archived place or operation")
    reason = _lt("A rule to an archived place orders goods that nobody can move.")
    things = _lt("rules")
    fault = _lt("its location or operation type is archived")
    advice = _lt("Archive the rule, or bring back what it uses.")
    model = "stock.rule"
    severity = "critical"
    gates = ("G3",)
    owner = "warehouse"
    expects_data = True
    fix = "stock.action_rules_form"
    key = "r.id"
    rows = f"""{RULES}
        LEFT JOIN stock_location s ON s.id = r.location_src_id
        LEFT JOIN stock_location d ON d.id = r.location_dest_id
        LEFT JOIN stock_picking_type o ON o.id = r.picking_type_id"""
    scope_sql = OF_COMPANY
    # Odoo has rules at subcontractors ready before their operation type is used.
    wrong = """s.active IS FALSE OR d.active IS FALSE OR o.active IS FALSE
        AND NOT starts_with(coalesce(s.parent_path, ''), %(subcontractors)s)"""


class ResupplyLoop(Check):
    code = "F04"
    area = "replenishment"
    name = _lt("No warehouse resupplies itself")
    reason = _lt("Warehouses that resupply each other in a circle order without end.")
    things = _lt("warehouses that others resupply")
    fault = _lt("its resupply leads back to itself")
    advice = _lt("Archive one resupply route of the circle.")
    model = "stock.warehouse"
    severity = "blocker"
    gates = ("G3",)
    owner = "warehouse"
    fix = "stock.action_routes_form"

    def _get_graph(self):
        rows = self._query(
            """SELECT supplied_wh_id, array_agg(supplier_wh_id) FROM stock_route
                WHERE active AND supplied_wh_id IS NOT NULL
                  AND supplier_wh_id IS NOT NULL
             GROUP BY supplied_wh_id"""
        )
        return dict(rows)

    def _filter_own(self, warehouse_ids):
        # A circle may run through other companies: only one's own is told.
        warehouses = self.env["stock.warehouse"].browse(warehouse_ids).exists()
        return warehouses.filtered(
            lambda warehouse: warehouse.company_id == self.company
        ).ids

    def count(self):
        return len(self._filter_own(self._get_graph()))

    def find(self):
        return self._filter_own(find_cycle_members(self._get_graph()))


class LocationsInWarehouse(Check):
    code = "F05"
    area = "warehouses"
    name = _lt("Each internal location belongs to a warehouse")
    reason = _lt("Stock outside of every warehouse is not available to any order.")
    things = _lt("internal locations")
    fault = _lt("under no warehouse")
    advice = _lt("Give it a parent inside a warehouse, or archive it.")
    model = "stock.location"
    severity = "minor"
    gates = ("G3",)
    owner = "warehouse"
    expects_data = True
    fix = "stock.action_location_form"
    key = "l.id"
    rows = "stock_location l"
    scope_sql = """l.active AND l.usage = 'internal' AND l.company_id = %(company)s
        AND NOT starts_with(l.parent_path, %(subcontractors)s)"""
    wrong = "l.warehouse_id IS NULL"


class JobsHealthy(Check):
    code = "F06"
    area = "system"
    name = _lt("Scheduled actions run")
    reason = _lt("Without them nothing is replenished, no mail leaves, no date moves.")
    things = _lt("scheduled actions")
    fault = _lt("failed lately, or more than a day late")
    advice = _lt("Read its log, run it by hand, and see that the server runs jobs.")
    model = "ir.cron"
    severity = "critical"
    gates = ("G6",)
    owner = "it"
    hours = 4
    expects_data = True
    fix = "base.ir_cron_act"
    key = "c.id"
    rows = "ir_cron c"
    scope_sql = "c.active"
    wrong = """c.failure_count > 0
        OR c.nextcall < now() at time zone 'utc' - interval '1 day'"""


class WorkcenterHours(Check):
    code = "F07"
    area = "routing"
    name = _lt("Each work center has working hours")
    reason = _lt("Without hours an operation is never planned, and no date is honest.")
    things = _lt("work centers")
    fault = _lt("no calendar, or one without a working hour")
    advice = _lt("Choose working hours on the work center.")
    model = "mrp.workcenter"
    severity = "critical"
    gates = ("G3",)
    fix = "mrp.mrp_workcenter_action"
    key = "w.id"
    rows = """mrp_workcenter w JOIN resource_resource r ON r.id = w.resource_id
        LEFT JOIN resource_calendar c ON c.id = w.resource_calendar_id"""
    scope_sql = """r.active
        AND (w.company_id = %(company)s OR w.company_id IS NULL)"""
    wrong = """c.id IS NULL OR NOT c.active OR NOT EXISTS (
        SELECT FROM resource_calendar_attendance a
         WHERE a.calendar_id = c.id AND a.hour_to > a.hour_from)"""


class RealEnvironment(Check):
    code = "F08"
    area = "system"
    name = _lt("This is a real database, without demonstration data")
    reason = _lt("Customers must not get invoices that were made to show something.")
    things = _lt("installed modules")
    fault = _lt(
        "installed with demonstration data, or the database is a neutralized copy"
    )
    advice = _lt(
        "Go live in a new database. A copy for tests is neutralized on purpose."
    )
    model = "ir.module.module"
    severity = "blocker"
    gates = ("G6",)
    owner = "it"
    expects_data = True
    fix = "base.open_module_tree"
    key = "m.id"
    rows = "ir_module_module m"
    scope_sql = "m.state = 'installed'"
    wrong = """m.demo OR m.name = 'base' AND EXISTS (
        SELECT FROM ir_config_parameter p WHERE p.key = 'database.is_neutralized'
           AND lower(p.value) IN ('true', '1'))"""


class MailHealthy(Check):
    code = "F12"
    area = "system"
    name = _lt("Mail leaves the house")
    reason = _lt("Requests to vendors and confirmations to customers are sent by mail.")
    things = _lt("mails kept")
    fault = _lt("could not be delivered")
    advice = _lt("Read why on the mail, correct the address or server, and send again.")
    model = "mail.mail"
    gates = ("G6",)
    owner = "it"
    fix = "mail.action_view_mail_mail"
    key = "m.id"
    rows = "mail_mail m"
    wrong = "m.state = 'exception'"
