from odoo import fields, models


class MtoServeFirstKeep(models.TransientModel):
    """Keep for orders what they have: nobody can give it to another."""

    _name = "mto.serve.first.keep"
    _description = "Keep for This Order"

    order_ids = fields.Many2many("mto.customer.order", string="Orders", required=True)
    reason = fields.Text()

    def action_apply(self):
        """Keep it; tell what."""
        self.ensure_one()
        answers = self.order_ids.apply_keep(self.reason)
        count = sum(len(answer["kept"]) for answer in answers)
        if count:
            message = self.env._(
                "%s shares are kept. Nobody can give them to another order.", count
            )
        else:
            message = self.env._("These orders have nothing that is not kept already.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
