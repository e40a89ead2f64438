from odoo import api, models

# What closing freezes on moves of the order. Valuation writes other fields.
FROZEN = {
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "picked",
    "state",
    "date",
    "location_id",
    "location_dest_id",
    "raw_material_production_id",
    "production_id",
    "cost_share",
    "move_line_ids",
    "lot_ids",
}


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_moves_of_closed(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self._refuse_when_closed()
            self._refuse_moves_of_closed([vals])
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _refuse_when_closed(self):
        """Raise for moves of a closed manufacturing order, which are all done."""
        moves = self.filtered(lambda m: m.state in ("done", "cancel"))
        productions = moves.raw_material_production_id | moves.production_id
        # Whoever writes the move need not have rights on the order.
        productions.sudo()._refuse_when_closed()

    @api.model
    def _refuse_moves_of_closed(self, vals_list):
        """Raise where a move would come to a closed order."""
        ids = {
            vals.get(name)
            for vals in vals_list
            for name in ("raw_material_production_id", "production_id")
        }
        ids -= {None, False}
        if ids:
            self.env["mrp.production"].sudo().browse(ids)._refuse_when_closed()
