from odoo import models


class StockRoute(models.Model):
    _inherit = "stock.route"

    def write(self, vals):
        res = super().write(vals)
        self.env["mto.supply.resolver"]._forget_rules(self._name, vals)
        return res
