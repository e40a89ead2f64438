from odoo import fields, models

from .rollout_template import KINDS, RISKS, SEVERITIES, SIDES


class RolloutTemplateItem(models.Model):
    _name = "rollout.template.item"
    _inherit = ["rollout.template.part"]
    _description = "Item of a Template"
    _order = "sequence, id"

    gate_id = fields.Many2one(
        comodel_name="rollout.template.gate",
        required=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=KINDS, required=True, default="manual")
    severity = fields.Selection(selection=SEVERITIES, required=True, default="critical")
    side = fields.Selection(selection=SIDES, required=True, default="business")
    function_id = fields.Many2one(
        comodel_name="rollout.function", ondelete="restrict", help="Whose work it is."
    )
    check_code = fields.Char(string="Check")
    evidence_count = fields.Integer(string="Files Needed")
    target = fields.Float(help="The figure has to be this or more.")
    needs_verifier = fields.Boolean(string="Second Person")
    risk = fields.Selection(
        selection=RISKS, help="Which risk it takes away when it is met."
    )
    is_localisation = fields.Boolean(
        string="Localisation", help="May differ by country, and is no deviation."
    )
