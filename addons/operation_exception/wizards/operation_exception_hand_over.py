from odoo import fields, models


class OperationExceptionHandOver(models.TransientModel):
    _name = "operation.exception.hand.over"
    _description = "Hand Over Open Issues"

    exception_ids = fields.Many2many(
        comodel_name="operation.exception",
        relation="operation_exception_hand_over_rel",
        string="Open Issues",
        default=lambda self: self._default_exception_ids(),
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="New Owner",
        required=True,
        domain=[("share", "=", False)],
    )
    reason = fields.Char(required=True)

    def _default_exception_ids(self):
        if self.env.context.get("active_model") == "operation.exception":
            return self.env.context.get("active_ids")
        return False

    def action_hand_over(self):
        """Give the issues to the new owner; the trail keeps the reason."""
        self.ensure_one()
        self.exception_ids._hand_over(self.owner_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
