from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity

from ..models.rollout_gate_signoff import DECISIONS


class RolloutGateSign(models.TransientModel):
    """A signature on the screen: it asks for the password."""

    _name = "rollout.gate.sign"
    _description = "Sign a Gate"

    gate_id = fields.Many2one(comodel_name="rollout.gate", required=True, readonly=True)
    function_line_ids = fields.Many2many(
        comodel_name="rollout.gate.function",
        string="Sign For",
        domain="[('id', 'in', own_line_ids)]",
        compute="_compute_function_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    own_line_ids = fields.Many2many(
        comodel_name="rollout.gate.function", compute="_compute_own_line_ids"
    )
    digest = fields.Char(
        string="Rests On", related="gate_id.snapshot_id.digest", related_sudo=True
    )
    conditions = fields.Text(
        string="Open Items", compute="_compute_conditions", help="Lesser items not met."
    )
    decision = fields.Selection(selection=DECISIONS, required=True, default="approve")
    reason = fields.Char()
    condition = fields.Char()
    condition_due = fields.Date(string="Until")

    @api.depends("gate_id")
    def _compute_own_line_ids(self):
        for wizard in self:
            wizard.own_line_ids = wizard.gate_id and wizard.gate_id._get_own_functions()

    @api.depends("gate_id")
    def _compute_function_line_ids(self):
        for wizard in self:
            lines = wizard.own_line_ids
            several = wizard.gate_id.programme_id.several_functions
            wizard.function_line_ids = lines if several else lines[:1]

    @api.depends("gate_id")
    def _compute_conditions(self):
        for wizard in self:
            # Told to whoever may read the gate, not to whoever names its number.
            wizard.gate_id.check_access("read")
            blocks = wizard.gate_id and wizard.gate_id._get_conditions()
            wizard.conditions = "\n".join(block.name for block in blocks or [])

    @check_identity
    def action_sign(self):
        """Sign as the user, after the password."""
        self.ensure_one()
        self.env["res.users"]._check_rollout_screen()
        self.gate_id._sign(
            self.decision,
            self.function_line_ids & self.own_line_ids,
            "screen",
            reason=self.reason,
            condition=self.condition,
            condition_due=fields.Date.to_string(self.condition_due) or False,
        )
        return {"type": "ir.actions.act_window_close"}
