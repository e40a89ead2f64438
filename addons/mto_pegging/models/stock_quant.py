from odoo import models
from odoo.fields import Domain


class StockQuant(models.Model):
    """For whom goods that lie in stock are reserved."""

    _name = "stock.quant"
    _inherit = ["stock.quant", "mto.demand.goods"]

    def _get_line_domain(self):
        return (
            self._get_open_domain()
            & Domain("product_id", "in", self.product_id.ids)
            & Domain("location_id", "in", self.location_id.ids)
        )

    def _get_goods_of(self, line):
        key = (
            line.product_id,
            line.location_id,
            line.lot_id,
            line.package_id,
            line.owner_id,
        )
        return self.filtered(
            lambda quant: (
                quant.product_id,
                quant.location_id,
                quant.lot_id,
                quant.package_id,
                quant.owner_id,
            )
            == key
        )
