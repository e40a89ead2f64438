from odoo import fields, models


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    launch_policy = fields.Selection(
        selection=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block")],
        string="When Components Are Missing",
        help="What happens when an order of this bill of materials is started or "
        "finished without its components. Empty: as the company says.",
    )
