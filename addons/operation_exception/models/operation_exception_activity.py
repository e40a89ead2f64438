from collections import defaultdict

from markupsafe import Markup

from odoo import fields, models

from .operation_exception import OPEN_STATES


class OperationException(models.Model):
    """The one activity of each open issue, on its document or on itself."""

    _inherit = "operation.exception"

    def _get_issue_activities(self):
        """Return the activities of the issues that are not done; with sudo."""
        return self.env["mail.activity"].search(
            [("exception_id", "in", self.ids), ("active", "=", True)]
        )

    def _schedule_activities(self, on_issue=False):
        """Give each open issue without an activity one, for its owner; in batch."""
        # The activity is the owner's, whoever raised the issue.
        issues = self.sudo().filtered(lambda issue: issue.state in OPEN_STATES)
        issues -= issues._get_issue_activities().exception_id
        if not issues:
            return
        on_document = (
            issues.browse() if on_issue else issues._filter_activity_on_document()
        )
        activity_type = self.env.ref(
            "operation_exception.mail_activity_type_exception", raise_if_not_found=False
        )
        values = [
            issue._prepare_activity_values(activity_type, issue in on_document)
            for issue in issues
        ]
        # One line a day in the digest instead of a message for each.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(values)

    def _prepare_activity_values(self, activity_type, on_document):
        self.ensure_one()
        place = (self.res_model, self.res_id) if on_document else (self._name, self.id)
        deadline = fields.Datetime.context_timestamp(self, self.due_date).date()
        return {
            "activity_type_id": activity_type and activity_type.id,
            "summary": self.type_id.name,
            "note": self._get_activity_note(),
            "automated": True,
            "date_deadline": deadline,
            "res_model_id": self.env["ir.model"]._get_id(place[0]),
            "res_id": place[1],
            "user_id": self.owner_id.id,
            "exception_id": self.id,
        }

    def _get_activity_note(self):
        link = Markup('<a href="#" data-oe-model="%s" data-oe-id="%s">%s</a>') % (
            self._name,
            self.id,
            self.name,
        )
        return Markup("<p>%s</p>") % link + (self.description or Markup())

    def _filter_activity_on_document(self):
        """Return issues whose document carries activities and is readable by the owner.

        In batch: a check for each model and owner.
        """
        groups = defaultdict(lambda: self.browse())
        for issue in self:
            if issue._document_has_activities():
                groups[issue.res_model, issue.owner_id] |= issue
        found = self.browse()
        for (model, owner), issues in groups.items():
            documents = self.env[model].browse(issues.mapped("res_id")).exists()
            # Its name goes to each activity: read them together.
            documents.mapped("display_name")
            readable = documents.with_user(owner).with_context(
                allowed_company_ids=owner.company_ids.ids
            )
            ids = set(readable._filtered_access("read").ids)
            found |= issues.filtered(lambda issue, ids=ids: issue.res_id in ids)
        return found

    def _document_has_activities(self):
        self.ensure_one()
        return (
            self.res_id
            and self.res_model in self.env
            and isinstance(
                self.env[self.res_model], self.env.registry["mail.activity.mixin"]
            )
        )

    def _finish_activities(self):
        """The issue is over: its activity is done. Changes no state."""
        activities = self._get_issue_activities()
        if activities:
            activities.with_context(mail_activity_quick_update=True).action_archive()

    def _pass_activities_on(self):
        """The activities of the issues go to their owners."""
        activities = self._get_issue_activities().with_context(
            mail_activity_quick_update=True
        )
        for owner, issues in self.grouped("owner_id").items():
            theirs = activities.filtered(
                lambda activity, issues=issues: activity.exception_id in issues
            )
            if theirs:
                theirs.write({"user_id": owner.id})
