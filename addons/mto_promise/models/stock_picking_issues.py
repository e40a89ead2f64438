from odoo import models


class StockPicking(models.Model):
    """Tells that issues about it are open."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "operation.exception.mixin"]
