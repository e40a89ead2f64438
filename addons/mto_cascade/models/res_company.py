from odoo import fields, models

from .supply_words import PRESETS

CHECKS = [("warn", "Show"), ("block", "Refuse")]


class ResCompany(models.Model):
    _inherit = "res.company"

    supply_preset = fields.Selection(
        PRESETS,
        help="How demands of sales orders are supplied where no line, product, rule, "
        "category or warehouse decides. Empty: Odoo's routes decide.",
    )
    supply_check = fields.Selection(
        CHECKS,
        "Incomplete Supply Paths",
        default="warn",
        required=True,
        help="What happens to a quotation that cannot be supplied down to its last "
        "component.\n"
        "Show: the quotation tells what is missing.\n"
        "Refuse: it cannot be confirmed either, and a customer cannot sign or pay it.",
    )
    supply_depth_limit = fields.Integer(
        "Levels of a Supply Path",
        default=30,
        help="A product with more levels of components below it counts as incomplete.",
    )

    _supply_depth_limit_is_positive = models.Constraint(
        "CHECK(supply_depth_limit > 0)",
        "A supply path needs at least one level of components.",
    )
