from odoo import api, models

from .mto_pegging import LINE, MOVE

COLUMNS = {
    "product_qty",
    "product_uom_id",
    "product_id",
    "state",
    "order_id",
    "date_planned",
    "qty_received",
}


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "mto.demand", "mto.demand.columns"]
    _demand_column = "purchase_line_id"

    def _get_pegged_records(self):
        return self.move_ids, self

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["mto.demand.change"]._mark(LINE, lines.ids)
        return lines

    def write(self, vals):
        if "move_dest_ids" in vals:
            self._mark_requesters()
        res = super().write(vals)
        if "move_dest_ids" in vals:
            self.env["mto.demand.change"]._mark(LINE, self.ids)
        return res

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)

    def unlink(self):
        self._mark_requesters()
        return super().unlink()

    def _mark_requesters(self):
        self.env["mto.demand.change"]._mark(MOVE, self.move_dest_ids.ids)
