from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    has_required_qty = fields.Boolean(compute="_compute_has_required_qty")

    @api.depends("order_line.required_qty")
    def _compute_has_required_qty(self):
        """Whether a supply policy ordered: only then the screen speaks of demands."""
        for order in self:
            order.has_required_qty = any(order.order_line.mapped("required_qty"))
