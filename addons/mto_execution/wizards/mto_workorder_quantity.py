from odoo import fields, models
from odoo.exceptions import UserError


class MtoWorkorderQuantity(models.TransientModel):
    """How many were made, in one big field."""

    _name = "mto.workorder.quantity"
    _description = "Quantity Made"

    workorder_id = fields.Many2one("mrp.workorder", required=True, readonly=True)
    product_id = fields.Many2one(related="workorder_id.product_id")
    quantity = fields.Float("Made", digits="Product Unit")

    def action_apply(self):
        """Report the quantity on the work order and its order."""
        self.ensure_one()
        if self.quantity <= 0:
            raise UserError(self.env._("How many were made? Enter more than 0."))
        self.workorder_id.qty_producing = self.quantity
        self.workorder_id.production_id._set_qty_producing(False)
        return {"type": "ir.actions.act_window_close"}
