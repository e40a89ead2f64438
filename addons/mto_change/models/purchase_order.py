from odoo import models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def button_cancel(self):
        """Who waited for the goods is supplied again, or somebody is told."""
        resupply = self.env["mto.change.resupply"]
        served = resupply._get_served_by_lines(resupply._get_changed(self).order_line)
        ordered = resupply._filter_ordered(served)
        res = super().button_cancel()
        resupply._resupply(served, ordered)
        return res
