from odoo import models

from ..cascade import current


class StockRoute(models.Model):
    _inherit = "stock.route"

    def exists(self):
        """Ask once: routes do not come and go while an order is being confirmed."""
        cascade = current(self.env)
        if cascade is None:
            return super().exists()
        key = ("stock.route.exists", self._ids)
        if key not in cascade.found:
            cascade.found[key] = super().exists()._ids
        return self.browse(cascade.found[key])
