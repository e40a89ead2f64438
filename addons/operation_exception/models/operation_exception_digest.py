from datetime import timedelta

from odoo import api, fields, models

from .operation_exception import OPEN_STATES


class OperationExceptionDigest(models.Model):
    """One mail for each owner and day, where the company wants it: who had theirs."""

    _name = "operation.exception.digest"
    _description = "Daily Mail on Open Issues"
    _order = "date desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users", required=True, ondelete="cascade"
    )
    date = fields.Date(required=True)

    _once_a_day = models.Constraint(
        "unique(user_id, date)", "A person gets one mail a day."
    )

    @api.model
    def _cron_send(self):
        """Send today's mails; who has had theirs gets no other one."""
        today = fields.Date.context_today(self)
        issues = self.env["operation.exception"].search(
            [
                ("state", "in", OPEN_STATES),
                ("company_id.active", "=", True),
                ("company_id.exception_digest", "=", True),
            ],
            order="severity desc, due_date, id",
        )
        had = self.search([("date", "=", today)]).user_id
        is_job = bool(self.env.context.get("ir_cron_progress_id"))
        for owner, mine in issues.grouped("owner_id").items():
            if owner in had or not owner.email:
                continue
            self._send(owner, mine, today)
            if is_job and not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _send(self, owner, issues, today):
        self.create({"user_id": owner.id, "date": today})
        issues = issues.with_context(lang=owner.lang, tz=owner.tz)
        data = self._group(issues)
        body = self.env["ir.qweb"]._render(
            "operation_exception.digest",
            {"owner": owner, "url": issues[:1].get_base_url(), **data},
            lang=owner.lang,
        )
        self.env["mail.mail"].create(
            {
                "subject": issues.env._(
                    "Open issues: %(overdue)s overdue, %(all)s in all",
                    overdue=len(data["overdue"]),
                    all=len(issues),
                ),
                "email_to": owner.email_formatted,
                "email_from": issues[:1].company_id.email_formatted
                or self.env.user.email_formatted,
                "body_html": body,
                "auto_delete": True,
            }
        )

    @api.model
    def _group(self, issues):
        """Return the issues as overdue, new since yesterday, and the others."""
        since = fields.Datetime.now() - timedelta(days=1)
        overdue = issues.filtered("is_overdue")
        new = (issues - overdue).filtered(lambda issue: issue.raised_on >= since)
        return {"overdue": overdue, "new": new, "others": issues - overdue - new}
