from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity


class RolloutLockSwitch(models.TransientModel):
    """Switching a lock on the screen: what it stops, why, and the password."""

    _name = "rollout.lock.switch"
    _description = "Switch a Lock"

    lock_id = fields.Many2one(comodel_name="rollout.lock", required=True, readonly=True)
    kind = fields.Selection(related="lock_id.kind", related_sudo=False)
    state = fields.Selection(related="lock_id.state", related_sudo=False)
    reason = fields.Char(required=True)
    stopped = fields.Html(string="What It Would Stop", compute="_compute_stopped")
    has_moved_goods = fields.Boolean(compute="_compute_stopped")
    decision_id = fields.Many2one(related="lock_id.decision_id", related_sudo=False)

    @api.depends("lock_id")
    def _compute_stopped(self):
        for wizard in self:
            lock = wizard.lock_id
            is_site = lock.kind == "documents"
            wizard.stopped = is_site and lock._show_open_documents()
            wizard.has_moved_goods = is_site and lock.sudo()._has_moved_goods()

    @check_identity
    def action_switch(self):
        """Switch as the user, after the password."""
        self.ensure_one()
        self.env["res.users"]._check_rollout_screen()
        self.lock_id._switch(self.lock_id.state == "off", self.reason, "screen")
        return {"type": "ir.actions.act_window_close"}
