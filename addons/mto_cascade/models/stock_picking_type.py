from odoo import models


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    def write(self, vals):
        res = super().write(vals)
        self.env["mto.supply.resolver"]._forget_rules(self._name, vals)
        return res
