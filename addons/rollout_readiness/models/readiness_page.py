"""What screens, workbook and print show: one data method, and the buttons."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..checks.base import FOUNDATION
from ..engine import outcome

# How many points a trend has.
TREND = 12
# How many records a list is opened with; the workbook has all.
LISTED = 10_000


class ReadinessCheck(models.Model):
    _inherit = "readiness.check"

    @api.model
    @api.readonly
    def get_readiness(self, company_id=False, site_id=False):
        """Tell what the last runs have seen, by area.

        Needs the right to read checks (Rollout: Viewer).

        :param int company_id: one of the user's companies; the current one if not given
        :param int site_id: a `rollout.site`, for its company and warehouses
        :return: a list with one dictionary: `id`, `model` ('res.company'), `name`,
            `site_id` and `site` (its name, or False), `sites` (`id`, `name` of those
            that can be chosen), `last_run` (datetime in UTC, or False), `counts`
            (`red`, `warn`, `old`, `waived`, `not_applicable`, `passed`, `never`, `all`)
            and `areas`: `code`, `name`, `is_foundation`, the same counts, and `checks`,
            the worst first. A check: as `run_checks` tells it without `sample_ids`, and
            `reason`, `advice`, `gates`, `owner` (its function), `state` (its status, or
            'old' when it is too old to count, 'never' when it has not been run),
            `at`, `trend` (offenders of the last runs, oldest first), and what the
            buttons say, or False: `show`, `fix` and `repair`
        """
        self.check_access("read")
        company, site = self._choose_place(company_id, site_id)
        checks = self._get_installed()
        rows = checks._get_page_rows(company, site)
        return [
            {
                "id": company.id,
                "model": "res.company",
                "name": company.name,
                "site_id": site.id,
                "site": site.name or False,
                "sites": self._get_sites(company),
                "last_run": max(
                    (row["at"] for row in rows if row["at"]), default=False
                ),
                "counts": self._count_states(rows),
                "areas": self._get_page_areas(rows),
            }
        ]

    @api.model
    def _get_sites(self, company):
        sites = self.env["rollout.site"].search([("company_id", "=", company.id)])
        return [{"id": site.id, "name": site.name} for site in sites]

    def _get_page_rows(self, company, site):
        Results = self.env["readiness.result"].sudo()
        latest = Results._get_latest(company, site, self)
        by_check = {result.check_id.id: result for result in latest}
        trends = Results._get_trends(company, site, self)
        return [
            check._get_page_row(by_check.get(check.id, Results), trends[check.id])
            for check in self
        ]

    def _get_page_row(self, result, trend):
        check_class = self._get_class()
        row = {
            "id": self.id,
            "model": self._name,
            "code": self.code,
            "name": self.name,
            "area": self.area,
            "severity": self.severity,
            "reason": self.reason,
            "advice": self.advice,
            "gates": self.gates or "",
            "owner": self.owner_function_id.name or False,
            "status": result.status,
            "state": self._get_page_state(result),
            "population": result.population,
            "offenders": result.offenders,
            "offender_model": check_class.model,
            "message": result._get_message() if result else "",
            "seconds": result.seconds,
            "at": result.at and str(result.at)[:19],
            "trend": trend,
        }
        return {**row, **self._get_buttons(check_class, result)}

    def _get_page_state(self, result):
        if not result:
            return "never"
        return "old" if result._is_stale() else result.status

    def _get_buttons(self, check_class, result):
        """Which buttons stand beside a result, and what they say."""
        is_red = result.status in outcome.RED | {outcome.WARN, outcome.WAIVED}
        repair = is_red and check_class.repair_label
        fix = is_red and self._get_fix_action(check_class)
        # The offenders themselves are opened there: one button says it all.
        if fix and (check_class.fix_through or fix["res_model"] == check_class.model):
            fix = False
        # A place that the user may not open, as the settings, is named by the advice.
        if fix and not self.env[fix["res_model"]].has_access("read"):
            fix = False
        return {
            "show": self._get_show_label(check_class, result),
            "fix": self.env._("Open %(place)s", place=fix["name"]) if fix else False,
            "repair": self.env._(repair) if repair else False,
        }

    @api.model
    def _get_show_label(self, check_class, result):
        if not result.offenders:
            return False
        if result.offenders == 1:
            return self.env._("Show it")
        return self.env._(
            "Show the %(count)s %(things)s",
            count=result.offenders,
            things=self.env._(check_class.things),
        )

    @api.model
    def _get_page_areas(self, rows):
        foundation = {code for code, _name in FOUNDATION}
        by_area = defaultdict(list)
        for row in rows:
            by_area[row["area"]].append(row)
        areas = self._fields["area"]._description_selection(self.env)
        return [
            {
                "code": code,
                "name": name,
                "is_foundation": code in foundation,
                **self._count_states(by_area[code]),
                "checks": sorted(by_area[code], key=self._get_page_rank),
            }
            for code, name in areas
            if by_area[code]
        ]

    @api.model
    def _get_page_rank(self, row):
        status = row["status"] or outcome.NOT_APPLICABLE
        rank = outcome.get_rank(status, row["severity"], row["offenders"])
        return *rank, row["code"]

    @api.model
    def _count_states(self, rows):
        states = [row["state"] for row in rows]
        return {
            "red": sum(state in outcome.RED for state in states),
            "warn": states.count(outcome.WARN),
            "old": states.count("old"),
            "waived": states.count(outcome.WAIVED),
            "not_applicable": states.count(outcome.NOT_APPLICABLE),
            "passed": states.count(outcome.PASS),
            "never": states.count("never"),
            "all": len(states),
        }

    @api.model
    def _get_state_labels(self):
        """Return {state or severity of a row: what it is called}."""
        Results = self.env["readiness.result"]
        return {
            **dict(Results._fields["status"]._description_selection(self.env)),
            **dict(self._fields["severity"]._description_selection(self.env)),
            "old": self.env._("Too Old"),
            "never": self.env._("Not Run Yet"),
        }

    # Buttons

    def action_show(self, company_id=False, site_id=False):
        """Open the offenders of a check as they are now, in the user's own rights.

        :return: a window action
        """
        self.ensure_one()
        check_class, ids = self._find_now(company_id, site_id)
        records = self._get_to_open(check_class, ids[:LISTED])
        action = self._get_fix_action(check_class) or {}
        if action.get("res_model") != records._name:
            action = self._prepare_list(records._name)
        name = self.env._(check_class.name)
        return {
            **action,
            "name": name,
            # The web client prefers it, and it would be the name of the action.
            "display_name": name,
            "domain": [("id", "in", records.ids)],
            "context": self._get_list_context(action),
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Nothing here is at fault</p>"
                "<p>It was put right, or you may not see it.</p>"
            ),
        }

    @api.model
    def _get_list_context(self, action):
        """Return what the action says of its columns, without its filters.

        Filters would hide some; archived ones are at fault too.
        """
        known = {"uid": self.env.uid, "allowed_company_ids": self.env.companies.ids}
        try:
            given = safe_eval(action.get("context") or "{}", known)
        except ValueError:
            # It names what only the web client knows: the list does without.
            given = {}
        kept = {
            name: value
            for name, value in given.items()
            if not name.startswith(("search_default_", "group_by"))
        }
        return {**kept, "active_test": False, "create": False}

    @api.model
    def _get_to_open(self, check_class, ids):
        """Return the offenders, or what they are put right in: the order of a line."""
        offenders = self.env[check_class.model].browse(ids)
        if not check_class.fix_through:
            return offenders
        # Of those that the user may read, those that are there.
        offenders = offenders.with_context(active_test=False).search(
            [("id", "in", ids)]
        )
        return offenders[check_class.fix_through]

    def action_fix(self, company_id=False, site_id=False):
        """Open the place where it is put right: settings, or the offenders."""
        self.ensure_one()
        self.check_access("read")
        check_class = self._get_class()
        action = check_class and self._get_fix_action(check_class)
        if (
            not action
            or check_class.fix_through
            or action["res_model"] == check_class.model
        ):
            return self.action_show(company_id, site_id)
        if check_class.fix_from:
            _class, ids = self._find_now(company_id, site_id)
            action["domain"] = [(check_class.fix_from, "in", ids[:LISTED])]
            # New ones may be entered there.
            action["context"] = {**self._get_list_context(action), "create": True}
        return action

    def action_repair(self, company_id=False, site_id=False):
        """Put right what needs no choice as the user, and run it again."""
        self.ensure_one()
        self.check_access("read")
        company, site = self._choose_place(company_id, site_id)
        check_class = self._get_class()
        if not check_class or not check_class.repair_label:
            raise UserError(self.env._("This check cannot be repaired by itself."))
        check = check_class(self.sudo()._get_scope(company, site))
        check.repair(self.with_company(company).env)
        self._run_in(company, site)
        return True

    def action_open_results(self):
        """The results of a check over time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rollout_readiness.result_action"
        )
        return {**action, "domain": [("check_id", "=", self.id)]}

    def _find_now(self, company_id, site_id):
        """Return the class and the ids of all that is at fault now."""
        self.check_access("read")
        company, site = self._choose_place(company_id, site_id)
        check_class = self._get_class()
        if not check_class or check_class.model not in self.env:
            raise UserError(
                self.env._("The module that brought this check is not installed.")
            )
        if not self.env[check_class.model].has_access("read"):
            raise AccessError(
                self.env._(
                    "You may not read %(things)s: ask for the rights, or show this to "
                    "somebody who has them.",
                    things=self.env._(check_class.things),
                )
            )
        check = self.sudo()
        found = check._measure(check._get_scope(company, site))
        if found.broken:
            raise UserError(
                self.env._("The check cannot say who is at fault. Run it again first.")
            )
        return check_class, found.offenders

    @api.model
    def _get_fix_action(self, check_class):
        """Return the window action of a check, or an empty one."""
        action = self.env.ref(check_class.fix, raise_if_not_found=False)
        if not check_class.fix or not action or action._name != "ir.actions.act_window":
            return {}
        return self.env["ir.actions.act_window"]._for_xml_id(check_class.fix)

    @api.model
    def _prepare_list(self, model):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "target": "current",
        }


class ReadinessResult(models.Model):
    _inherit = "readiness.result"

    @api.model
    def _get_trends(self, company, site, checks):
        """Return {check id: offenders of its last runs, oldest first}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT check_id, array_agg(offenders ORDER BY id) FROM (
                    SELECT check_id, id, offenders, row_number() OVER (
                           PARTITION BY check_id ORDER BY id DESC) AS number
                      FROM readiness_result
                     WHERE company_id = %s AND site_id IS NOT DISTINCT FROM %s
                       AND status <> 'error' AND check_id IN %s) r
                 WHERE number <= %s GROUP BY check_id""",
                company.id,
                site.id or None,
                tuple(checks.ids) or (0,),
                TREND,
            )
        )
        return defaultdict(list, rows)
