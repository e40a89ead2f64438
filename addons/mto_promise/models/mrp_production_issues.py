from odoo import models


class MrpProduction(models.Model):
    """Tells that issues about it are open."""

    _name = "mrp.production"
    _inherit = ["mrp.production", "operation.exception.mixin"]
