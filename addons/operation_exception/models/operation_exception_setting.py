import logging

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Somebody else was at it: Odoo runs the request, or the job, again.
CONCURRENCY = (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
_logger = logging.getLogger(__name__)


class OperationExceptionSetting(models.Model):
    _name = "operation.exception.setting"
    _description = "Setting of a Detector"
    _order = "detector, company_id"

    detector = fields.Char(required=True, readonly=True)
    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    mode = fields.Selection(
        selection=[
            ("off", "Off"),
            ("observe", "Observe"),
            ("open", "Open Issues"),
        ],
        default="observe",
        required=True,
        help="Observe: count what would be opened, open nothing.",
    )
    since = fields.Date(
        string="Confirmed Since",
        help="Documents that were confirmed before stay silent.",
    )
    min_days = fields.Float(
        string="From Days", help="Fewer days late stay silent. 0: any."
    )
    min_money = fields.Monetary(
        string="From Money",
        help="Less money at stake stays silent, unless the days are reached. 0: any.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    found_count = fields.Integer(
        string="Found", readonly=True, help="Causes at the last look."
    )
    open_count = fields.Integer(string="Open Now", compute="_compute_open_count")
    last_run = fields.Datetime(string="Last Look", readonly=True)
    problem = fields.Char(readonly=True, help="Why the last look failed.")

    _detector_unique = models.Constraint(
        "unique(detector, company_id)", "A detector has one setting for each company."
    )

    @api.depends("detector")
    def _compute_name(self):
        names = {
            model.model: model.name
            for model in self.env["ir.model"]
            .sudo()
            .search([("model", "in", self.mapped("detector"))])
        }
        for setting in self:
            setting.name = names.get(setting.detector, setting.detector)

    @api.depends("detector", "company_id")
    def _compute_open_count(self):
        # A count tells nothing that the reader of the setting may not know.
        counts = {
            (detector, company): count
            for detector, company, count in self.env["operation.exception"]
            .sudo()
            ._read_group(
                [
                    ("detector", "in", self.mapped("detector")),
                    ("state", "!=", "closed"),
                ],
                ["detector", "company_id"],
                ["__count"],
            )
        }
        for setting in self:
            setting.open_count = counts.get((setting.detector, setting.company_id), 0)

    def _is_relevant(self, cause):
        """Whether a cause is worth an issue: young enough and not trivial."""
        self.ensure_one()
        date = cause.get("date")
        if self.since and date and fields.Date.to_date(date) < self.since:
            return False
        limits = [
            (cause.get("days"), self.min_days),
            (cause.get("money"), self.min_money),
        ]
        asked = [(value or 0) >= limit for value, limit in limits if limit]
        return any(asked) or not asked

    def action_run(self):
        """Look now."""
        self.check_access("write")
        # Detectors look at all documents, whoever presses the button.
        self.sudo()._run()
        return True

    def action_view_issues(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "operation_exception.exception_action_all"
        )
        action["domain"] = [
            ("detector", "=", self.detector),
            ("company_id", "=", self.company_id.id),
        ]
        return action

    @api.model
    def _get_list_action(self):
        """Open the list with a line for each detector and company, also new ones."""
        self.check_access("write")
        self._complete()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "operation_exception.setting_list_action"
        )

    @api.model
    def _complete(self):
        """Give each detector and active company its setting, observing; in batch."""
        names = self.env["operation.exception.detector"]._get_detectors()
        known = {
            (setting.detector, setting.company_id.id)
            for setting in self.sudo().search([("detector", "in", names)])
        }
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return self.sudo().create(
            [
                {"detector": name, "company_id": company.id}
                for name in names
                for company in companies
                if (name, company.id) not in known
            ]
        )

    @api.model
    def _cron_detect(self):
        """Let each detector look in each company where it is not off."""
        self._complete()
        settings = self.search(
            [("mode", "!=", "off"), ("company_id.active", "=", True)],
            order="last_run, id",
        )
        cron = self.env["ir.cron"]
        if self._is_job():
            cron._commit_progress(remaining=len(settings))
        for setting in settings:
            setting._run()
            if self._is_job() and not cron._commit_progress(1):
                break

    def _run(self):
        """Run the detectors of the settings; a failure is kept and told."""
        for setting in self:
            values = {"last_run": fields.Datetime.now(), "problem": False}
            if setting.detector not in self.env:
                values["problem"] = self.env._("Its module is not installed.")
            else:
                values |= setting._look()
            setting.write(values)

    def _look(self):
        """Return what a look found, or why it failed.

        In the job a failure stops no other detector; who presses the button sees it.
        Batches are committed on the way, so a failed look goes back to the last one.
        """
        self.ensure_one()
        try:
            return {"found_count": self.env[self.detector]._run(self)}
        except CONCURRENCY:
            raise
        except Exception as error:
            if not self._is_job():
                raise
            _logger.exception("Detector %s failed", self.detector)
            self.env.cr.rollback()
            return {"problem": str(error)[:500] or type(error).__name__}

    def _is_job(self):
        return bool(self.env.context.get("ir_cron_progress_id"))

    def _commit_batch(self):
        """Keep what was done so far, in the job; a request is kept whole or not."""
        if self._is_job():
            self.env["ir.cron"]._commit_progress()
