from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import dependency
from .rollout_template import SCOPES, SITE_STATES


class RolloutTemplateGate(models.Model):
    _name = "rollout.template.gate"
    _inherit = ["rollout.template.part"]
    _description = "Gate of a Template"
    _order = "sequence, id"
    _template_path = "template_id"

    template_id = fields.Many2one(
        comodel_name="rollout.template", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    scope = fields.Selection(selection=SCOPES, required=True, default="site")
    phase_id = fields.Many2one(comodel_name="rollout.phase", ondelete="restrict")
    predecessors = fields.Char(
        help="Codes of the gates of this template that come before, like G1,G2."
    )
    min_signers = fields.Integer(
        string="Different Persons",
        default=2,
        help="How many different persons have to sign at least.",
    )
    is_entry = fields.Boolean(
        string="Wave Entry",
        help="Opens when the wave before is finished and its sites are stable.",
    )
    site_state = fields.Selection(
        selection=SITE_STATES,
        string="Site Becomes",
        help="What its sites are when this gate is approved.",
    )
    item_ids = fields.One2many(
        comodel_name="rollout.template.item", inverse_name="gate_id", copy=True
    )
    function_ids = fields.One2many(
        comodel_name="rollout.template.function", inverse_name="gate_id", copy=True
    )

    _code_unique = models.Constraint(
        "UNIQUE(template_id, code)", "The template has a gate with this code already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for gate in self:
            gate.display_name = f"{gate.code} {gate.name}"

    @api.constrains("predecessors", "code", "template_id")
    def _check_predecessors(self):
        for template in self.template_id:
            gates = template.gate_ids
            known = {gate.code: gate._get_predecessor_codes() for gate in gates}
            cycle = dependency.find_cycle(known)
            if cycle:
                raise ValidationError(
                    self.env._(
                        "These gates wait for each other: %(gates)s.",
                        gates=" > ".join(cycle),
                    )
                )

    def _get_predecessor_codes(self):
        codes = (self.predecessors or "").split(",")
        return [code.strip() for code in codes if code.strip()]
