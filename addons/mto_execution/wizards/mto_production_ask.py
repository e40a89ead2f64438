from odoo import Command, api, fields, models


class MtoProductionAsk(models.TransientModel):
    """Asks for the reason of a decision on manufacturing orders."""

    _name = "mto.production.ask"
    _description = "Reason for a Decision"

    kind = fields.Selection(
        selection=[
            ("hold", "Hold"),
            ("reopen", "Reopen"),
            ("cancel", "Cancel"),
            ("first", "Serve First"),
            ("components", "Approve Components"),
        ],
        required=True,
    )
    production_ids = fields.Many2many("mrp.production", string="Orders")
    reason = fields.Char()
    owner_id = fields.Many2one(
        "res.users",
        "Who Clears It",
        domain="[('share', '=', False)]",
        help="Empty: the responsible of the order.",
    )

    @api.model
    def _open(self, productions, kind, title):
        wizard = self.create(
            {"kind": kind, "production_ids": [Command.set(productions.ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Do what was asked, with the reason."""
        self.ensure_one()
        productions = self.production_ids
        if self.kind == "hold":
            productions.action_hold(self.reason, self.owner_id.id)
        elif self.kind == "reopen":
            productions.action_reopen_order(self.reason)
        elif self.kind == "cancel":
            productions.action_cancel_order(self.reason)
        elif self.kind == "components":
            productions.action_approve_components(self.reason)
        else:
            productions.action_serve_first(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
