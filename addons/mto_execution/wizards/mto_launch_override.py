from odoo import api, fields, models


class MtoLaunchOverride(models.TransientModel):
    """Start or finish in spite of a shortage: the question and the reason."""

    _name = "mto.launch.override"
    _description = "Start in Spite of a Shortage"

    production_ids = fields.Many2many(
        "mrp.production", "mto_launch_override_production_rel", string="Orders"
    )
    short_ids = fields.Many2many(
        "mrp.production", "mto_launch_override_short_rel", string="Short Orders"
    )
    step = fields.Selection(
        [("start", "Start"), ("finish", "Finish")], required=True, default="start"
    )
    message = fields.Text(compute="_compute_message")
    reason = fields.Char(help="Recorded on the order, with your name.")

    @api.depends("short_ids")
    def _compute_message(self):
        for wizard in self:
            wizard.message = "\n".join(
                f"{production.name}: {production.launch_message}"
                for production in wizard.short_ids
            )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Components Are Missing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_go_on(self):
        """Record the reason, then do what was asked."""
        self.ensure_one()
        self.short_ids.action_override_launch(self.reason)
        if self.step == "finish":
            return self.production_ids.button_mark_done()
        for production in self.production_ids:
            production.action_start()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
