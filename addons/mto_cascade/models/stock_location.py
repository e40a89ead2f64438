from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def write(self, vals):
        res = super().write(vals)
        self.env["mto.supply.resolver"]._forget_rules(self._name, vals)
        return res
