from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from .mto_pegging import MOVE, PRODUCTION

# Where goods are no longer ours to hand out.
GONE = ("customer", "production")


class MtoDemandGoods(models.AbstractModel):
    """Goods that can tell for whom they are: parts of moves that hold or took them."""

    _name = "mto.demand.goods"
    _inherit = "mto.demand"
    _description = "For Whom (Goods)"

    def _get_pegged_parts(self):
        parts = {record: defaultdict(float) for record in self}
        for line in self.env["stock.move.line"].search(self._get_line_domain()):
            move = line.move_id
            for record in self._get_goods_of(line):
                parts[record][self._get_node_of(move)] += line.quantity_product_uom
        return parts

    def _get_line_domain(self):
        """The move lines that hold or took the goods."""
        raise NotImplementedError

    def _get_goods_of(self, line):
        """The records among ``self`` that a move line holds."""
        raise NotImplementedError

    def _get_node_of(self, move):
        production = move.production_id
        if production and move.product_id == production.product_id:
            return (PRODUCTION, production.id)
        return (MOVE, move.id)

    def _get_pegged_records(self):
        lines = self.env["stock.move.line"].search(self._get_line_domain())
        return lines.move_id, self.env["purchase.order.line"]

    def _get_available_date(self, key, answer):
        """They are there: nobody waits for them."""
        return False, True

    def _get_open_domain(self):
        return Domain("quantity", ">", 0) & Domain(
            "state", "not in", ("draft", "done", "cancel")
        )

    def _get_gone_domain(self):
        return Domain("state", "=", "done") & Domain(
            "location_dest_id.usage", "in", GONE
        )
