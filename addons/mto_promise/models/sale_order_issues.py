from odoo import models


class SaleOrder(models.Model):
    """Tells that issues about it are open."""

    _name = "sale.order"
    _inherit = ["sale.order", "operation.exception.mixin"]
