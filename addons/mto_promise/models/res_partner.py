from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    supply_calendar_id = fields.Many2one(
        "resource.calendar",
        "Vendor's Working Hours",
        copy=False,
        help="When this vendor takes orders and delivers, with its holidays. Earliest "
        "dates count on it. Empty: every day.",
    )
