from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ..engine import hand_out


class StockQuant(models.Model):
    """For whom goods that lie in stock are reserved, or expected to be."""

    _name = "stock.quant"
    _inherit = ["stock.quant", "mto.demand.goods"]

    def _get_line_domain(self):
        return (
            self._get_open_domain()
            & Domain("product_id", "in", self.product_id.ids)
            & Domain("location_id", "in", self.location_id.ids)
        )

    def _get_expected_parts(self):
        """Free goods leave a place in the order in which they came."""
        parts = {quant: defaultdict(float) for quant in self}
        pegs = self.env["mto.expected.supply"]._get_stock_pegs(
            self.product_id, self.company_id
        )
        together = self.search(
            Domain("product_id", "in", self.product_id.ids)
            & Domain("location_id", "in", self.location_id.ids)
            & Domain("owner_id", "=", False),
            order="in_date, id",
        )
        places = together.grouped(lambda q: (q.product_id.id, q.location_id.id))
        for place, quants in places.items():
            free = [
                (quant, quant.quantity - quant.reserved_quantity) for quant in quants
            ]
            for key, quant, quantity in hand_out(pegs[place], free):
                if quant in parts:
                    parts[quant][key] += quantity
        return parts

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
