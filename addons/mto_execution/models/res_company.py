from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    launch_policy = fields.Selection(
        selection=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block")],
        string="When Components Are Missing",
        default="inform",
        required=True,
        help="What happens when an order starts or finishes without its components.",
    )
    release_required = fields.Boolean(
        "Release Before Start", help="An order starts only after it was released."
    )
    auto_release = fields.Boolean(
        "Release by Itself",
        help="Orders that are complete and lack nothing are released by themselves.",
    )
    auto_close = fields.Boolean(
        "Close by Itself",
        help="Orders that are done as planned, within tolerance, are closed by "
        "themselves.",
    )
    deviation_reason_required = fields.Boolean(
        "Reasons for Deviations",
        help="Closing asks for a reason where a deviation is above tolerance.",
    )
    tolerance_quantity = fields.Float("Tolerance of Quantities (%)", default=5.0)
    tolerance_time = fields.Float("Tolerance of Time (%)", default=15.0)

    _tolerances_positive = models.Constraint(
        "CHECK (tolerance_quantity >= 0 AND tolerance_time >= 0)",
        "A tolerance cannot be negative.",
    )
