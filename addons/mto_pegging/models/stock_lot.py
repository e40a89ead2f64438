from collections import defaultdict

from odoo import models
from odoo.fields import Domain


class StockLot(models.Model):
    """For whom the goods of a lot are: on their way, reserved, consumed, delivered.

    Steps within the warehouse that are done tell nothing: whoever holds it now does.
    """

    _name = "stock.lot"
    _inherit = ["stock.lot", "mto.demand.goods"]

    def _get_line_domain(self):
        return Domain("lot_id", "in", self.ids) & (
            self._get_open_domain() | self._get_gone_domain()
        )

    def _get_expected_parts(self):
        parts = {lot: defaultdict(float) for lot in self}
        quants = self.env["stock.quant"].search([("lot_id", "in", self.ids)])
        for quant, expected in quants._get_expected_parts().items():
            for key, quantity in expected.items():
                parts[quant.lot_id][key] += quantity
        return parts

    def _get_goods_of(self, line):
        return line.lot_id & self
