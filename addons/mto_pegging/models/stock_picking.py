from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "mto.demand", "mto.demand.columns"]
    _demand_column = "picking_id"

    def _get_pegged_keys(self):
        return [
            ("stock.move", move.id) for move in self.move_ids if move.state != "cancel"
        ]

    def _get_pegged_records(self):
        return self.move_ids, self.env["purchase.order.line"]
