from odoo import models


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mto.demand", "mto.demand.columns"]
    _demand_column = "production_id"

    def _get_pegged_records(self):
        return self.move_finished_ids, self.env["purchase.order.line"]
