from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import outcome

STATUSES = [
    ("pass", "Passed"),
    ("warn", "Warning"),
    ("fail", "Failed"),
    ("error", "Error"),
    ("not_applicable", "Not Applicable"),
    ("waived", "Waived"),
]
KEPT = timedelta(days=400)


class ReadinessResult(models.Model):
    """What a run of a check has seen. Written once."""

    _name = "readiness.result"
    _inherit = ["rollout.immutable"]
    _description = "Result of a Readiness Check"
    _order = "id desc"
    _rec_name = "check_id"
    _log_access = False

    check_id = fields.Many2one(
        comodel_name="readiness.check",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    area = fields.Selection(related="check_id.area")
    severity = fields.Selection(related="check_id.severity")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    site_id = fields.Many2one(
        comodel_name="rollout.site", readonly=True, ondelete="cascade"
    )
    status = fields.Selection(selection=STATUSES, required=True, readonly=True)
    population = fields.Integer(string="Looked At", readonly=True, aggregator=None)
    offenders = fields.Integer(string="At Fault", readonly=True, aggregator=None)
    sample_ids = fields.Json(readonly=True)
    digest = fields.Char(
        string="SHA-256", readonly=True, help="Of the set of all that are at fault."
    )
    detail = fields.Char(readonly=True)
    seconds = fields.Float(readonly=True, aggregator=None)
    at = fields.Datetime(string="When", required=True, readonly=True)
    # No many2one: who is deleted later has run it all the same.
    user_ref = fields.Integer(readonly=True, aggregator=None)
    message = fields.Char(compute="_compute_message")

    _latest_idx = models.Index("(company_id, site_id, check_id, id)")

    @api.depends("status", "population", "offenders", "detail")
    @api.depends_context("lang")
    def _compute_message(self):
        for result in self:
            result.message = result._get_message()

    # Words

    def _get_message(self):
        """Return in a sentence what was seen."""
        self.ensure_one()
        check_class = self.check_id._get_class()
        if not check_class:
            return self.env._("The module that brought this check is not installed.")
        if self.status == "error":
            return self._get_error_message(check_class)
        things = self.env._(check_class.things)
        kind, _colon, module = (self.detail or "").partition(":")
        if kind == "module":
            return self.env._(
                "Not applicable, because %(module)s is not installed.",
                module=self._get_module_name(module),
            )
        if self.detail == "absent":
            return self.env._(
                "Not applicable, because %(reason)s.",
                reason=self.env._(check_class.absence),
            )
        if not self.population and not self.offenders:
            if self.status == "not_applicable":
                return self.env._(
                    "Not applicable, because there are no %(things)s.", things=things
                )
            return self.env._(
                "There are no %(things)s, and there should be.", things=things
            )
        return self._get_count_message(check_class, things)

    def _get_count_message(self, check_class, things):
        if not self.offenders:
            return self.env._(
                "%(population)s %(things)s, none at fault",
                population=self.population,
                things=things,
            )
        return self.env._(
            "%(offenders)s of %(population)s %(things)s: %(fault)s",
            offenders=self.offenders,
            population=self.population,
            things=things,
            fault=self.env._(check_class.fault),
        )

    def _get_error_message(self, check_class):
        if self.detail == "slow":
            return self.env._(
                "Stopped: it took longer than %(seconds)s seconds.",
                seconds=check_class.seconds,
            )
        return self.env._("The check broke: %(error)s", error=self.detail)

    def _get_module_name(self, name):
        module = self.env["ir.module.module"].sudo().search([("name", "=", name)])
        return module.shortdesc or name

    # What others show

    def _get_rank(self):
        """Return a key that sorts the worst first."""
        return outcome.get_rank(self.status, self.severity, self.offenders)

    def _is_stale(self):
        self.ensure_one()
        return outcome.is_stale(self.at, self.check_id.hours, fields.Datetime.now())

    def _get_row(self):
        """Return a result as `readiness.check.run_checks` tells it."""
        self.ensure_one()
        check = self.check_id
        check_class = check._get_class()
        return {
            "id": check.id,
            "model": check._name,
            "code": check.code,
            "name": check.name,
            "severity": check.severity,
            "status": self.status,
            "population": self.population,
            "offenders": self.offenders,
            "sample_ids": self._get_readable_sample(check_class),
            "offender_model": check_class.model if check_class else False,
            "message": self._get_message(),
            "seconds": self.seconds,
        }

    def _get_readable_sample(self, check_class):
        """Return the ids of offenders that the user may read, at most 500."""
        if not self.sample_ids or not check_class or check_class.model not in self.env:
            return []
        records = self.env[check_class.model].browse(self.sample_ids).exists()
        return records._filtered_access("read").ids

    @api.model
    def _get_latest(self, company, site, checks=None):
        """Return the last result of each check in a place."""
        domain_checks = SQL("TRUE")
        if checks is not None:
            domain_checks = SQL("check_id IN %s", tuple(checks.ids) or (0,))
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (check_id) id FROM readiness_result
                    WHERE company_id = %s AND site_id IS NOT DISTINCT FROM %s AND %s
                 ORDER BY check_id, id DESC""",
                company.id,
                site.id or None,
                domain_checks,
            )
        )
        return self.browse(row_id for [row_id] in rows)

    @api.autovacuum
    def _gc_old(self):
        """Forget what is older than a trend looks back."""
        # Rows are never deleted by a person; the ORM refuses it to all.
        self.env.cr.execute(
            "DELETE FROM readiness_result WHERE at < %s",
            [fields.Datetime.now() - KEPT],
        )
