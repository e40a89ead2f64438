from odoo import models


class MrpWorkorder(models.Model):
    _name = "mrp.workorder"
    _inherit = ["mrp.workorder", "mto.demand.columns"]
    _demand_column = "production_id"
    _demand_key = "production_id"
