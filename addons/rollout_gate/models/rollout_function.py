from odoo import fields, models
from odoo.exceptions import UserError


class RolloutFunction(models.Model):
    """A function of the company, or a body of the rollout, that has a say at gates."""

    _name = "rollout.function"
    _description = "Function or Body"
    _order = "is_body, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    is_body = fields.Boolean(
        string="Body", help="A body decides for the programme: steering, design, PMO."
    )
    mandate = fields.Char(translate=True, help="What it decides.")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "There is a function with this code already."
    )

    def write(self, vals):
        """A code says what a seat is for: it stays while somebody has one."""
        moved = self.filtered(lambda each: each.code != vals.get("code", each.code))
        seats = self.env["rollout.member"].sudo()
        if moved and seats.search_count([("function_id", "in", moved.ids)], limit=1):
            raise UserError(
                self.env._(
                    "There are seats for %(name)s: its code stays.", name=moved[0].name
                )
            )
        return super().write(vals)
