from odoo import fields, models


class RolloutTemplateFunction(models.Model):
    _name = "rollout.template.function"
    _inherit = ["rollout.template.part"]
    _description = "Signature of a Template"
    _order = "id"
    _rec_name = "function_id"

    gate_id = fields.Many2one(
        comodel_name="rollout.template.gate",
        required=True,
        ondelete="cascade",
        index=True,
    )
    function_id = fields.Many2one(
        comodel_name="rollout.function", required=True, ondelete="restrict"
    )
    quorum = fields.Integer(default=1, help="How many persons of this function sign.")
    per_site = fields.Boolean(help="One signature for each site of the wave.")

    _quorum_positive = models.Constraint(
        "CHECK(quorum > 0)", "At least one person has to sign."
    )
