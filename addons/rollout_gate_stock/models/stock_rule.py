from odoo import models


class StockRule(models.Model):
    _name = "stock.rule"
    _inherit = ["stock.rule", "rollout.frozen"]

    _frozen_area = "supply"
