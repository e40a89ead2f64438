from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    exception_fallback_user_id = fields.Many2one(
        related="company_id.exception_fallback_user_id", readonly=False
    )
    exception_own_activities = fields.Boolean(
        related="company_id.exception_own_activities", readonly=False
    )
    exception_digest = fields.Boolean(
        related="company_id.exception_digest", readonly=False
    )
