from odoo import fields, models


class MtoProductionReopening(models.Model):
    """Who opened a closed order again, and why."""

    _name = "mto.production.reopening"
    _inherit = ["mto.production.record"]
    _description = "Reopening of a Manufacturing Order"
    _order = "reopened_on desc, id desc"
    _rec_name = "reason"

    closing_id = fields.Many2one(
        "mto.production.closing", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(related="closing_id.company_id")
    reason = fields.Char(required=True, readonly=True)
    reopened_on = fields.Datetime(
        readonly=True, default=lambda self: fields.Datetime.now()
    )
    reopened_by_id = fields.Many2one("res.users", "Reopened by", readonly=True)
