from odoo import fields, models


class RolloutPhase(models.Model):
    _name = "rollout.phase"
    _description = "Phase of a Rollout"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    objective = fields.Text(translate=True)
    applications = fields.Char(
        translate=True, help="What is worked with in this phase."
    )
    checkpoint = fields.Char(
        string="Executive Checkpoint",
        translate=True,
        help="What the steering committee approves at its end.",
    )
