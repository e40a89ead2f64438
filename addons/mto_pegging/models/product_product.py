from odoo import models
from odoo.fields import Domain

from .mto_pegging import MOVE


class ProductProduct(models.Model):
    """For whom a product is needed: all open demands that take it out of a stock."""

    _name = "product.product"
    _inherit = ["product.product", "mto.demand"]

    def _get_pegged_parts(self):
        moves = self._search_open_demands().grouped("product_id")
        return {
            product: dict.fromkeys(
                (MOVE, move.id) for move in moves.get(product, self.env[MOVE])
            )
            for product in self
        }

    def _get_pegged_records(self):
        return self._search_open_demands(), self.env["purchase.order.line"]

    def _get_available_date(self, key, answer):
        """What supplies them may be many: the order's own screen tells when."""
        return False, True

    def _search_open_demands(self):
        """Open moves out of the stock of a warehouse of the allowed companies."""
        companies = self.env.companies
        stocks = self.env["stock.warehouse"].search(
            [("company_id", "in", companies.ids)]
        )
        places = stocks.lot_stock_id.ids
        return self.env[MOVE].search(
            Domain("product_id", "in", self.ids)
            & Domain("company_id", "in", companies.ids)
            & Domain("state", "not in", ("draft", "done", "cancel"))
            & Domain("location_id", "child_of", places)
            & ~Domain("location_dest_id", "child_of", places)
        )
