from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    order_change_rules = fields.Boolean(
        "Changes Reach the Factory",
        help="A change of a confirmed order reduces or cancels what supplies it and is "
        "not started. What is started or bought stays and becomes an open issue.",
    )
    order_change_resupply = fields.Boolean(
        "Order Again What Was Lost",
        help="A demand whose manufacturing order or purchase is cancelled is ordered "
        "again at once. Otherwise it becomes an open issue.",
    )
