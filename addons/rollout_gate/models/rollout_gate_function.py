from odoo import api, fields, models

from ..engine import life


class RolloutGateFunction(models.Model):
    """Whose signature a gate needs."""

    _name = "rollout.gate.function"
    _description = "Signature Needed"
    _order = "gate_id, site_id, id"
    _rec_name = "function_id"

    gate_id = fields.Many2one(
        comodel_name="rollout.gate", required=True, ondelete="restrict", index=True
    )
    function_id = fields.Many2one(
        comodel_name="rollout.function", required=True, ondelete="restrict"
    )
    site_id = fields.Many2one(comodel_name="rollout.site", ondelete="restrict")
    quorum = fields.Integer(string="Needed", default=1, aggregator=None)
    signed = fields.Integer(compute="_compute_signed")
    seats = fields.Char(string="Who May Sign", compute="_compute_signed")

    @api.depends("function_id.name", "site_id.name", "gate_id.site_id")
    def _compute_display_name(self):
        for line in self:
            site = line.sudo().site_id
            name = line.function_id.name
            is_own = not site or site == line.gate_id.site_id
            line.display_name = name if is_own else f"{name}, {site.name}"

    @api.depends("gate_id.signoff_ids", "gate_id.round")
    def _compute_signed(self):
        for line in self:
            engine = line.sudo()._to_engine()
            line.signed, line.seats = engine.signers, engine.seats

    def _to_engine(self):
        signatures = self.gate_id._get_signatures().filtered(
            lambda signoff: signoff.function_line_id == self
        )
        approving = signatures.filtered(lambda signoff: signoff.decision != "reject")
        users = self.gate_id._get_seats(self).user_id
        return life.Function(
            self.id,
            self.display_name,
            self.quorum,
            len(approving.user_id),
            ", ".join(users.mapped("name")),
        )
