from odoo import models

from .mto_pegging import PRODUCTION


class MrpWorkorder(models.Model):
    """A work order is for whom its manufacturing order is."""

    _name = "mrp.workorder"
    _inherit = ["mrp.workorder", "mto.demand", "mto.demand.columns"]
    _demand_column = "production_id"
    _demand_key = "production_id"

    def _get_pegged_keys(self):
        return [(PRODUCTION, self.production_id.id)]

    def _get_pegged_records(self):
        return self.production_id._get_pegged_records()
