from odoo import models


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "mto.demand"]

    def _get_pegged_records(self):
        return self.move_ids, self
