from odoo import models

# What tells when a request is late, and who sees to it.
COLUMNS = {"date_order", "user_id"}


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "mto.demand"]

    def _get_pegged_keys(self):
        return [key for line in self.order_line for key in line._get_pegged_keys()]

    def _get_pegged_records(self):
        return self.order_line._get_pegged_records()

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)
