"""What a rollout agreed on, against what is there: modules, changes by hand, bodies."""

from odoo.modules import Manifest
from odoo.tools import config
from odoo.tools.translate import LazyTranslate

from odoo.addons.rollout_gate.models.rollout_app import ENTERPRISE

from .base import Check

_lt = LazyTranslate(__name__)

# A customisation that counts as decided.
REGISTERED = "z.state IN ('approved', 'built')"


def is_listed(name, text):
    """SQL: whether a name stands on a line of a text."""
    return f"{name} = ANY (regexp_split_to_array(trim({text}), '\\s*\\n\\s*'))"


# Of the programmes that run in the company.
RUNNING = """g.active AND g.state IN ('running', 'continuous')
    AND g.id IN (SELECT x.rollout_programme_id FROM res_company_rollout_programme_rel x
                  WHERE x.res_company_id = %(company)s)"""


class ApplicationsAsPlanned(Check):
    code = "F09"
    area = "system"
    name = _lt("The applications that are installed are those in scope")
    reason = _lt("What is installed and not planned, nobody tests and nobody teaches.")
    things = _lt("applications that were decided on")
    fault = _lt("in scope and not installed, or installed and left out")
    advice = _lt("Install or uninstall it, or decide on its scope anew.")
    model = "rollout.app"
    severity = "critical"
    gates = ("G6",)
    owner = "it"
    fix = "rollout_gate.app_action"
    key = "p.id"
    # One that Community lacks is done by something else.
    rows = f"""(SELECT p.id, p.programme_id, p.scope, m.id AS module_id
          FROM rollout_app p
     LEFT JOIN ir_module_module m ON m.name = p.application
           AND m.state IN ('installed', 'to upgrade')
         WHERE p.application NOT IN {ENTERPRISE}) p
          JOIN rollout_programme g ON g.id = p.programme_id
     LEFT JOIN (SELECT d.name FROM ir_module_module_dependency d
                  JOIN ir_module_module o ON o.id = d.module_id
                 WHERE o.state IN ('installed', 'to upgrade')
                   AND o.auto_install IS NOT TRUE) needed
            ON needed.name = (SELECT m.name FROM ir_module_module m
                               WHERE m.id = p.module_id)"""
    scope_sql = f"p.scope <> 'open' AND {RUNNING}"
    # What another module needs is there for that one.
    wrong = """p.scope = 'in' AND p.module_id IS NULL
        OR p.scope <> 'in' AND p.module_id IS NOT NULL AND needed.name IS NULL"""


class ModulesRegistered(Check):
    code = "F10"
    area = "system"
    name = _lt("Each module that is not Odoo's was decided on")
    reason = _lt("What nobody registered, nobody tests and nobody upgrades.")
    things = _lt("modules of others")
    fault = _lt("no approved customisation of a programme names it")
    advice = _lt("Ask for a customisation that names the module, or uninstall it.")
    model = "ir.module.module"
    gates = ("G3", "G6")
    owner = "it"
    fix = "base.open_module_tree"

    def _get_foreign(self):
        """Return {name: id} of installed modules that are neither Odoo's nor ours."""
        rows = self._query(
            "SELECT id, name, coalesce(author, '') FROM ir_module_module"
            " WHERE state IN ('installed', 'to upgrade')"
        )
        ours = Manifest.for_addon("rollout_readiness")["author"]
        return {
            name: module_id
            for module_id, name, author in rows
            if author != ours and not self._is_core(name)
        }

    def _is_core(self, name):
        manifest = Manifest.for_addon(name, display_warning=False)
        # What Odoo brings lies beside its server; an author anybody may write.
        places = (config.addons_base_dir, config.addons_community_dir)
        return bool(manifest) and str(manifest.path).startswith(places)

    def count(self):
        return len(self._get_foreign())

    def find(self):
        rows = self._query(
            f"SELECT z.module FROM rollout_customization z"
            f" WHERE z.module IS NOT NULL AND {REGISTERED}"
        )
        known = {name.strip() for [name] in rows}
        return [each for name, each in self._get_foreign().items() if name not in known]


class FieldsRegistered(Check):
    code = "F13"
    area = "system"
    name = _lt("Each field that was added by hand was decided on")
    reason = _lt("A field that somebody clicked together is lost with the next copy.")
    things = _lt("fields that were added by hand")
    fault = _lt("no approved customisation of a programme lists it")
    advice = _lt("List it in a customisation, as model.field, or delete it.")
    model = "ir.model.fields"
    gates = ("G3", "G6")
    owner = "it"
    fix = "base.action_model_fields"
    key = "f.id"
    rows = "ir_model_fields f"
    # Odoo itself adds a field for each analytic plan.
    scope_sql = r"f.state = 'manual' AND f.name NOT LIKE 'x\_plan%%\_id%%'"
    wrong = f"""NOT EXISTS (SELECT FROM rollout_customization z
        WHERE {REGISTERED}
          AND {is_listed("f.model || '.' || f.name", "z.parts")})"""


class ViewsRegistered(Check):
    code = "F14"
    area = "system"
    name = _lt("Each view that was changed by hand was decided on")
    reason = _lt("An update overwrites it, or leaves it as it was for ever.")
    things = _lt("views that were changed by hand")
    fault = _lt("no approved customisation of a programme lists it")
    advice = _lt("List it by its name in a customisation, or reset the view.")
    model = "ir.ui.view"
    gates = ("G3", "G6")
    owner = "it"
    fix = "base.action_ui_view"
    key = "v.id"
    rows = "ir_ui_view v"
    scope_sql = "v.active AND v.arch_updated"
    wrong = f"""NOT EXISTS (SELECT FROM rollout_customization z
        WHERE {REGISTERED} AND {is_listed("v.name", "z.parts")})"""


class AutomationsDecided(Check):
    code = "L14"
    area = "system"
    name = _lt("Each automation carries out a policy that was decided")
    reason = _lt("One that nobody decided on does something that nobody expects.")
    things = _lt("automations")
    fault = _lt("no decided question of policy lists it")
    advice = _lt("List it by its name in the question it answers, or archive it.")
    model = "base.automation"
    gates = ("G6",)
    owner = "it"
    needs = ("base_automation",)
    fix = "base_automation.base_automation_act"
    key = "a.id"
    rows = "base_automation a"
    scope_sql = "a.active"
    wrong = f"""NOT EXISTS (SELECT FROM rollout_policy z
          JOIN rollout_decision d ON d.id = z.decision_id AND d.state = 'decided'
         WHERE {is_listed("a.name->>'en_US'", "z.automations")})"""


class IssuesSettled(Check):
    code = "U08"
    area = "system"
    name = _lt("No grave issue of a programme is open")
    reason = _lt("What the test has found and nobody mended meets the first customer.")
    things = _lt("issues in the RAID log")
    fault = _lt("of high severity and not closed")
    advice = _lt("Mend and close it, or accept it, with the reason, in the RAID log.")
    model = "rollout.raid"
    severity = "blocker"
    gates = ("G5",)
    owner = "pmo"
    hours = 4
    fix = "rollout_gate.raid_action"
    key = "i.id"
    rows = "rollout_raid i JOIN rollout_programme g ON g.id = i.programme_id"
    # Those of no site concern each of them.
    scope_sql = f"""i.kind = 'issue' AND {RUNNING}
        AND (i.company_id IS NULL OR i.company_id = %(company)s)
        AND (%(site)s = 0 OR i.site_id IS NULL OR i.site_id = %(site)s)"""
    wrong = "i.severity = '3' AND i.state IN ('open', 'mitigating')"


class BodiesStaffed(Check):
    code = "U10"
    area = "system"
    name = _lt("Each body of a programme has its people")
    reason = _lt("Where one person prepares and decides, nothing was decided.")
    things = _lt("running programmes with bodies")
    fault = _lt("a body has too few people, or one person alone prepares and decides")
    advice = _lt("Give seats to more people, on the programme.")
    model = "rollout.programme"
    severity = "blocker"
    gates = ("G1", "G2", "G3", "G4", "G5", "G6", "G7")
    owner = "pmo"
    fix = "rollout_gate.programme_action"
    key = "g.id"
    # A body that signs has at least as many seats as its signatures need.
    rows = """(SELECT g.id, g.state, f.id AS body_id, f.code,
                      max(l.quorum) AS needed
          FROM rollout_programme g
          JOIN rollout_gate k ON k.programme_id = g.id
          JOIN rollout_gate_function l ON l.gate_id = k.id
          JOIN rollout_function f ON f.id = l.function_id AND f.is_body
         WHERE g.active AND g.id IN (
               SELECT x.rollout_programme_id FROM res_company_rollout_programme_rel x
                WHERE x.res_company_id = %(company)s)
      GROUP BY 1, 2, 3, 4) g
     LEFT JOIN (SELECT m.programme_id, m.function_id,
                       count(DISTINCT u.id) AS seats, min(u.id) AS first
          FROM rollout_member m JOIN res_users u ON u.id = m.user_id AND u.active
         WHERE m.date_from <= current_date
           AND (m.date_to IS NULL OR m.date_to >= current_date)
      GROUP BY 1, 2) s ON s.programme_id = g.id AND s.function_id = g.body_id
     LEFT JOIN (SELECT m.programme_id, min(m.user_id) AS first
          FROM rollout_member m
          JOIN rollout_function f ON f.id = m.function_id AND f.code = 'pmo'
         WHERE m.date_from <= current_date
           AND (m.date_to IS NULL OR m.date_to >= current_date)
      GROUP BY 1 HAVING count(DISTINCT m.user_id) = 1) office
            ON office.programme_id = g.id"""
    scope_sql = "g.state IN ('running', 'continuous')"
    wrong = """coalesce(s.seats, 0) < g.needed
        OR g.code = 'steering' AND s.seats = 1 AND s.first = office.first"""


class StockAccuracy(Check):
    code = "I07"
    area = "stock"
    name = _lt("The last count found the stock as accurate as it has to be")
    reason = _lt("No date can be kept with parts that are there on paper only.")
    things = _lt("sites whose stock accuracy is measured")
    fault = _lt("the last period was below its target")
    advice = _lt("Count again, find out why it differed, and enter the next period.")
    model = "rollout.site"
    severity = "critical"
    gates = ("G6", "G7")
    owner = "warehouse"
    fix = "rollout_gate.site_action"
    key = "t.id"
    rows = """(SELECT DISTINCT ON (s.site_id) s.site_id, s.value, s.target
          FROM rollout_stability s WHERE s.measure = 'stock_accuracy'
      ORDER BY s.site_id, s.period_end DESC, s.id DESC) s
          JOIN rollout_site t ON t.id = s.site_id"""
    scope_sql = """t.company_id = %(company)s
        AND (%(site)s = 0 OR t.id = %(site)s)"""
    wrong = "s.value < s.target"


class SitesAlike(Check):
    code = "P07"
    area = "replenishment"
    name = _lt("A site replenishes as the site it was cloned from")
    reason = _lt("Sites that drift apart make each improvement twice.")
    things = _lt("reordering rules of cloned sites")
    fault = _lt("differs by more than a quarter, and no deviation was approved")
    advice = _lt("Set it as at the other site, or ask for a local deviation.")
    model = "stock.warehouse.orderpoint"
    severity = "minor"
    gates = ("G3",)
    owner = "procurement"
    fix = "stock.action_orderpoint"
    key = "s.id"
    rows = """stock_warehouse_orderpoint s
        JOIN rollout_site_stock_warehouse_rel w
          ON w.stock_warehouse_id = s.warehouse_id
        JOIN rollout_site t ON t.id = w.rollout_site_id
        JOIN (SELECT x.rollout_site_id, o.product_id,
                     sum(o.product_min_qty) AS low, sum(o.product_max_qty) AS high
                FROM stock_warehouse_orderpoint o
                JOIN rollout_site_stock_warehouse_rel x
                  ON x.stock_warehouse_id = o.warehouse_id
               WHERE o.active GROUP BY 1, 2) other
          ON other.rollout_site_id = t.template_site_id
         AND other.product_id = s.product_id"""
    scope_sql = """s.active AND s.company_id = %(company)s
        AND (%(site)s = 0 OR t.id = %(site)s)"""
    wrong = """(abs(s.product_min_qty - other.low) > other.low / 4
             OR abs(s.product_max_qty - other.high) > other.high / 4)
        AND NOT EXISTS (SELECT FROM rollout_deviation d
              JOIN rollout_standard n ON n.id = d.standard_id AND n.kind = 'data'
             WHERE d.site_id = t.id AND d.state = 'approved'
               AND (d.valid_until IS NULL OR d.valid_until >= current_date))"""


class PeriodsLocked(Check):
    code = "A10"
    area = "accounts"
    name = _lt("The time before the cutover is locked in the books")
    reason = _lt("What is booked into it later is in no opening balance.")
    things = _lt("companies whose cutover has begun")
    fault = _lt("the books are open before the cutover, or an exception opens them")
    advice = _lt("Lock all journals until the day before the cutover.")
    model = "res.company"
    severity = "critical"
    gates = ("G6",)
    owner = "finance"
    fix = "account.action_account_config"
    key = "c.id"
    rows = """res_company c JOIN (
        SELECT t.company_id, max(t.cutover_from)::date AS day FROM rollout_site t
         WHERE t.cutover_from <= now() at time zone 'utc'
      GROUP BY t.company_id) t ON t.company_id = c.id"""
    scope_sql = "c.id = %(company)s"
    wrong = """coalesce((SELECT max(greatest(a.fiscalyear_lock_date, a.hard_lock_date))
              FROM res_company a WHERE a.id IN %(lineage)s), '-infinity') < t.day - 1
        OR EXISTS (SELECT FROM account_lock_exception e
            WHERE e.company_id IN %(lineage)s AND e.active AND e.user_id IS NULL
              AND e.lock_date_field = 'fiscalyear_lock_date'
              AND (e.end_datetime IS NULL
                   OR e.end_datetime > now() at time zone 'utc'))"""
