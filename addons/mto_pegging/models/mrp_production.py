from odoo import models

# What the progress of an order is told from; links and quantities are its moves'.
COLUMNS = {"state", "reservation_state", "date_start", "date_finished", "user_id"}


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mto.demand", "mto.demand.columns"]
    _demand_column = "production_id"

    def _get_pegged_records(self):
        return self.move_finished_ids, self.env["purchase.order.line"]

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)
