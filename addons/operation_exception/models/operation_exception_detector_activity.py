from odoo import SUPERUSER_ID, api, fields, models

from ..engine.response import working_days_between

BATCH = 1000


class UnownedActivity(models.AbstractModel):
    """Odoo raises activities on generated documents for nobody: nobody sees them."""

    _name = "operation.exception.detector.activity"
    _inherit = "operation.exception.detector"
    _description = "Overdue activities that nobody has"

    @api.model
    def _detect(self, setting):
        """Yield a cause for each document with overdue activities that nobody has."""
        today = fields.Date.context_today(self)
        Activity = self.env["mail.activity"].sudo()
        last = 0
        while found := Activity.search(
            [*self._get_domain(today), ("id", ">", last)], order="id", limit=BATCH
        ):
            last = found[-1].id
            yield from self._get_causes(found, setting.company_id, today)

    def _get_domain(self, today):
        return [
            ("res_model", "!=", False),
            ("exception_id", "=", False),
            ("date_deadline", "<", today),
            "|",
            "|",
            ("user_id", "=", False),
            ("user_id", "=", SUPERUSER_ID),
            ("user_id.active", "=", False),
        ]

    def _get_causes(self, activities, company, today):
        main = self.env.ref("base.main_company")
        for model, group in activities.grouped("res_model").items():
            if model not in self.env or model == "operation.exception":
                continue
            documents = self.env[model].sudo().browse(group.mapped("res_id")).exists()
            oldest = {}
            for activity in group:
                date = oldest.setdefault(activity.res_id, activity.date_deadline)
                oldest[activity.res_id] = min(date, activity.date_deadline)
            # A document of no company is looked at in the first one only.
            for document in documents:
                own = "company_id" in document._fields and document.company_id
                if (own or main) == company:
                    yield self._get_cause(document, oldest[document.id], today)

    def _get_cause(self, document, deadline, today):
        return {
            "key": f"activity-{document._name}-{document.id}",
            "type_code": "change_decision",
            "record": document,
            "days": working_days_between(deadline, today),
            "date": deadline,
            "note": self.env._("An activity on this document is for nobody."),
        }

    @api.model
    def _get_gone_reason(self):
        return self.env._("The activity was done, or somebody has it.")
