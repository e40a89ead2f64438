from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_progress = fields.Boolean(
        "Progress in the Portal",
        help="Customers see for each line of a confirmed order when it is promised "
        "and how far it is: confirmed, in production, ready, delivered. Nothing else "
        "of the factory is told.",
    )
