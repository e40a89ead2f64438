from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "mto.demand"]

    def _get_pegged_keys(self):
        return [key for line in self.order_line for key in line._get_pegged_keys()]

    def _get_pegged_records(self):
        return self.order_line._get_pegged_records()
