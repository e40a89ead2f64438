from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from .operation_exception import OPEN_STATES

BATCH = 500


class OperationException(models.Model):
    """What time and other modules do to issues: hourly, in batches, restartable."""

    _inherit = "operation.exception"

    @api.model
    def _cron_keep_house(self):
        """Owners at work, documents that exist, activities, escalation."""
        self._apply_absences()
        cron = self.env["ir.cron"]
        issues = self.search([("state", "in", OPEN_STATES)], order="id")
        is_job = bool(self.env.context.get("ir_cron_progress_id"))
        if is_job:
            cron._commit_progress(remaining=len(issues))
        for start in range(0, len(issues), BATCH):
            batch = issues[start : start + BATCH].exists()
            batch._keep_house()
            if is_job and not cron._commit_progress(len(batch)):
                break

    def _keep_house(self):
        self._close_without_document()
        self._replace_lost_owners(self.owner_id)
        self._schedule_activities()
        self._escalate()

    def _close_without_document(self):
        """Close issues whose document was deleted, or whose model was uninstalled."""
        groups = defaultdict(lambda: self.browse())
        for issue in self.filtered("res_id"):
            groups[issue.res_model] |= issue
        gone = self.browse()
        for model, issues in groups.items():
            kept = set()
            if model in self.env:
                kept = set(self.env[model].browse(issues.mapped("res_id")).exists().ids)
            gone |= issues.filtered(lambda issue, kept=kept: issue.res_id not in kept)
        gone._close_by_itself(self.env._("Its document was deleted."))

    # Escalation

    def _escalate(self):
        """Tell the team lead, then a director, of issues that stay overdue.

        The owner keeps the issue: whoever is told decides what happens.
        """
        now = fields.Datetime.now()
        for issue in self.filtered(lambda issue: issue.state in OPEN_STATES):
            days = issue.type_id.escalation_days
            level = issue.escalation_level + 1
            if days and level <= 2 and issue.due_date + timedelta(days * level) < now:
                issue._escalate_to(level, issue._get_escalation_user(level))

    def _get_escalation_user(self, level):
        """Return who is told: 1 the team lead, 2 a director; never the owner."""
        self.ensure_one()
        Owner = self.env["operation.exception.owner"]
        leader = self.team_id.leader_id
        if level == 1 and leader != self.owner_id and Owner._is_accountable(leader):
            return leader
        owner = Owner.sudo().with_context(active_test=False)
        candidates = owner._get_fallbacks(self.company_id)
        staff = owner._get_staff({user for user, _reason in candidates})
        candidates = [pair for pair in candidates if pair[0] != self.owner_id.id]
        choice = staff.climb(candidates, self.company_id.id)
        return self.env["res.users"].browse(choice and choice.owner)

    def _escalate_to(self, level, user):
        self.write(
            {
                "escalation_level": level,
                "escalated_to_id": user.id,
                "escalated_on": fields.Datetime.now(),
            }
        )
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Overdue: %(name)s", name=self.name),
                user_id=user.id,
            )
        self._message_log(
            body=self.env._(
                "Overdue, escalated to %(user)s.",
                user=user.name or self.env._("nobody"),
            )
        )
