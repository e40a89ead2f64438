from odoo import models


class PurchaseOrder(models.Model):
    """Tells that issues about it are open."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "operation.exception.mixin"]
