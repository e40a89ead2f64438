from odoo import models


class SaleOrder(models.Model):
    """What an order costs is kept when it is confirmed."""

    _inherit = "sale.order"

    def _action_confirm(self):
        res = super()._action_confirm()
        self.env["mto.planned.cost"]._keep_later(self.order_line)
        return res

    def action_view_order_result(self):
        """What the orders cost and bring, line by line."""
        lines = self.order_line.filtered("product_id")
        return self.env["mto.order.result.ask"]._show(lines)
