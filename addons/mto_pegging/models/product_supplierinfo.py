from odoo import api, models

from .mto_pegging import LINE

COLUMNS = {
    "delay",
    "min_qty",
    "product_uom_id",
    "partner_id",
    "product_id",
    "product_tmpl_id",
    "date_start",
    "date_end",
    "sequence",
}


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    @api.model_create_multi
    def create(self, vals_list):
        prices = super().create(vals_list)
        prices._mark_requests()
        return prices

    def write(self, vals):
        res = super().write(vals)
        if COLUMNS & vals.keys():
            self._mark_requests()
        return res

    def _mark_requests(self):
        """What is requested of these vendors may have to be ordered on another day."""
        lines = (
            self.env["purchase.order.line"]
            .sudo()
            ._search(
                [
                    ("order_id.state", "in", ("draft", "sent")),
                    ("product_id.product_tmpl_id", "in", self.product_tmpl_id.ids),
                ]
            )
        )
        self.env["mto.demand.change"]._mark(LINE, lines.get_result_ids())
