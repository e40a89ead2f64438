from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    exception_fallback_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Answers for the Rest",
        domain=[("share", "=", False)],
        help="Owns open issues that no line of the owner ladder finds an owner for. "
        "Empty: a director, and last an administrator.",
    )
    exception_own_activities = fields.Boolean(
        string="Activities Get an Owner",
        help="Activities that Odoo raises on documents for nobody go to the person the "
        "owner ladder finds.",
    )
    exception_digest = fields.Boolean(
        string="Daily Mail",
        help="One mail a day to each owner: new, due and overdue issues.",
    )
