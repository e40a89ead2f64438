from odoo import models


class MrpBom(models.Model):
    _name = "mrp.bom"
    _inherit = ["mrp.bom", "rollout.frozen"]

    _frozen_area = "bom"
