from odoo import SUPERUSER_ID, api, fields, models

from .operation_exception_owner import Need


class MailActivity(models.Model):
    _inherit = "mail.activity"

    exception_id = fields.Many2one(
        comodel_name="operation.exception",
        string="Open Issue",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        unowned = [
            vals
            for vals in vals_list
            if vals.get("automated")
            and vals.get("user_id") in (None, False, SUPERUSER_ID)
        ]
        if unowned:
            self._find_owners(unowned)
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            for activity in self.filtered(lambda a: a.active and a.exception_id):
                # A reassigned activity is a hand-over; the issue's rules decide.
                issue = activity.exception_id
                if issue.sudo().owner_id != activity.user_id:
                    issue._hand_over(
                        activity.user_id, self.env._("Activity reassigned")
                    )
        return result

    def unlink(self):
        # The issue of a cancelled activity is still open, so its owner gets another.
        issues = self.sudo().exception_id
        result = super().unlink()
        if issues:
            issues._schedule_activities(on_issue=True)
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        issues = self.sudo().exception_id
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if issues:
            issues._solve_from_activity(feedback)
        return result

    @api.model
    def _find_owners(self, vals_list):
        """Give activities for nobody to those who answer, where the company says so."""
        asked = self.env["res.company"]._get_exception_activity_companies()
        needs = []
        for vals in vals_list if asked else []:
            document = self._get_values_document(vals)
            company = document is not None and (
                "company_id" in document._fields and document.company_id
            )
            company = company or self.env.company
            if document is not None and company.id in asked:
                no_type = self.env["operation.exception.type"]
                needs.append((vals, Need(company, no_type, document)))
        if needs:
            owners = self.env["operation.exception.owner"]._resolve(
                [need for _vals, need in needs]
            )
            for (vals, _need), (owner, _covers, _reason) in zip(
                needs, owners, strict=True
            ):
                vals["user_id"] = owner

    @api.model
    def _get_values_document(self, vals):
        """Return the document of an activity to be, with sudo, or None."""
        if not vals.get("res_id"):
            return None
        model = vals.get("res_model")
        if vals.get("res_model_id"):
            model = self.env["ir.model"].sudo().browse(vals["res_model_id"]).model
        if model not in self.env:
            return None
        # Whoever causes the activity may not read the document it lands on.
        return self.env[model].sudo().browse(vals["res_id"])
