from odoo import api, fields, models
from odoo.exceptions import UserError


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    has_required_qty = fields.Boolean(compute="_compute_has_required_qty")

    @api.depends("order_line.required_qty")
    def _compute_has_required_qty(self):
        """Whether a supply policy ordered: only then the screen speaks of demands."""
        for order in self:
            order.has_required_qty = any(order.order_line.mapped("required_qty"))

    def action_merge(self):
        """Core merges the lines of one product: refuse it for goods that differ."""
        lines = self.order_line.filtered("product_id")
        groups = lines.grouped(lambda line: (line.partner_id, line.product_id))
        for (_partner, product), same in groups.items():
            if len({line.specification_key or "" for line in same}) > 1:
                raise UserError(
                    self.env._(
                        "These requests hold %s of different specifications and cannot "
                        "be merged.",
                        product.display_name,
                    )
                )
        return super().action_merge()
