from odoo import models

from ..cascade import current


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _is_outgoing(self):
        """Ask once: core looks up the same place for each move."""
        cascade = current(self.env)
        if cascade is None:
            return super()._is_outgoing()
        key = ("stock.location._is_outgoing", self._ids)
        if key not in cascade.found:
            cascade.found[key] = super()._is_outgoing()
        return cascade.found[key]
