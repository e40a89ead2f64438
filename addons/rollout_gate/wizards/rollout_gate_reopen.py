from odoo import fields, models


class RolloutGateReopen(models.TransientModel):
    _name = "rollout.gate.reopen"
    _description = "Open a Gate Again"

    gate_id = fields.Many2one(comodel_name="rollout.gate", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        """Open it again; the gate asks whether the user may."""
        self.gate_id.reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
