from odoo import fields, models

from ..engine import response

SEVERITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Critical")]


class OperationExceptionType(models.Model):
    _name = "operation.exception.type"
    _description = "Type of Open Issue"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="What modules and integrations call the type by."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(selection=SEVERITIES, default="1", required=True)
    response_time = fields.Integer(
        default=2,
        help="How long the owner has to solve it. 0: one working day.",
    )
    response_unit = fields.Selection(
        selection=[
            ("hour", "Hours"),
            ("day", "Days"),
            ("working_day", "Working Days"),
        ],
        default="working_day",
        required=True,
    )
    escalation_days = fields.Integer(
        string="Escalated After",
        default=2,
        help="Days after the due date until the team lead is told, and as many more "
        "until a director is. 0: never.",
    )

    _code_unique = models.Constraint("unique(code)", "Each type has a code of its own.")

    def _get_due_date(self, company, start):
        """Return until when an issue of this type, raised at `start` (UTC), is due.

        Working days are those of the company's calendar where Odoo has one (module
        `resource`), otherwise Monday to Friday.
        """
        self.ensure_one()
        calendar = (
            "resource_calendar_id" in company._fields and company.resource_calendar_id
        )
        if calendar and self.response_unit == "working_day":
            # The day of the raising is the first for a calendar, not for a person.
            due = calendar.plan_days(max(self.response_time, 1) + 1, start)
            if due:
                return due
        return response.respond_by(start, self.response_time, self.response_unit)
