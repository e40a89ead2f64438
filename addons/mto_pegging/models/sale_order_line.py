from odoo import models

COLUMNS = {"product_uom_qty", "product_uom_id", "customer_lead"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)
