from odoo import api, models

# What closing freezes on the goods of the order.
FROZEN = {
    "product_id",
    "product_uom_id",
    "quantity",
    "picked",
    "state",
    "date",
    "location_id",
    "location_dest_id",
    "move_id",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("move_id") for vals in vals_list} - {None, False}
        self.env["stock.move"].browse(ids)._refuse_when_closed()
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self._refuse_when_closed()
            if vals.get("move_id"):
                self.env["stock.move"].browse(vals["move_id"])._refuse_when_closed()
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _refuse_when_closed(self):
        self.filtered(
            lambda line: line.state in ("done", "cancel")
        ).move_id._refuse_when_closed()
