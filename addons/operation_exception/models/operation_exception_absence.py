from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OperationExceptionAbsence(models.Model):
    _name = "operation.exception.absence"
    _description = "Absence of an Owner of Open Issues"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
        index=True,
    )
    deputy_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        domain=[("share", "=", False)],
        ondelete="cascade",
        help="Takes over new and open issues on these days.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(string="Until", required=True)

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "An absence ends after it has begun."
    )
    _deputy = models.Constraint(
        "CHECK(user_id <> deputy_id)", "The deputy is somebody else."
    )

    @api.constrains("deputy_id")
    def _check_deputy(self):
        Owner = self.env["operation.exception.owner"]
        for absence in self:
            if not Owner._is_accountable(absence.deputy_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot stand in: choose an active colleague.",
                        user=absence.sudo().deputy_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._apply()
        return absences

    def write(self, vals):
        result = super().write(vals)
        self._apply()
        return result

    def _apply(self):
        """Hand over at once what an absence of today concerns."""
        if self:
            # Whoever enters an absence may not see all issues of that person.
            self.env["operation.exception"].sudo()._apply_absences()

    @api.model
    def _get_deputies(self, day):
        """Return {absent user id: deputy user id} of a day."""
        absences = self.sudo().search(
            [("date_from", "<=", day), ("date_to", ">=", day)], order="id"
        )
        return {absence.user_id.id: absence.deputy_id.id for absence in absences}
