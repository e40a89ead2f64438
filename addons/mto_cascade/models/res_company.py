from odoo import fields, models

from .supply_words import PRESETS


class ResCompany(models.Model):
    _inherit = "res.company"

    supply_preset = fields.Selection(
        PRESETS,
        help="How demands of sales orders are supplied where no line, product, rule, "
        "category or warehouse decides. Empty: Odoo's routes decide.",
    )
