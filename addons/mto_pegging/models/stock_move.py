from odoo import api, models
from odoo.tools import SQL

from .mto_pegging import MOVE, SOLD

# What pegs are computed from. Links are written apart from columns.
COLUMNS = {
    "state",
    "date",
    "quantity",
    "product_id",
    "product_qty",
    "location_id",
    "picking_id",
    "production_id",
    "raw_material_production_id",
    "sale_line_id",
    "purchase_line_id",
}
LINKS = {"move_orig_ids", "move_dest_ids", "created_purchase_line_ids"}


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env["mto.demand.change"]._mark(MOVE, moves.ids)
        return moves

    def write(self, vals):
        res = super().write(vals)
        if LINKS & vals.keys():
            self.env["mto.demand.change"]._mark(MOVE, self.ids)
        return res

    def _write_multi(self, vals_list):
        # Where the ORM writes columns, computed ones too: no other place sees them all.
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)

    def unlink(self):
        self._mark_served_lines()
        return super().unlink()

    def _mark_served_lines(self):
        """What the moves connected is cut: their orders are looked at again."""
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT row.sale_line_id FROM mto_demand_line row
                     JOIN stock_move move
                       ON row.move_id = move.id
                       OR row.production_id IN (
                           move.production_id, move.raw_material_production_id)
                    WHERE move.id IN %s""",
                tuple(self.ids),
            )
        )
        self.env["mto.demand.change"]._mark(SOLD, [line_id for (line_id,) in rows])
