from odoo import api, fields, models


class MtoProductionHold(models.Model):
    """Why an order stood still, who had to clear it, and how long that took."""

    _name = "mto.production.hold"
    _description = "Hold of a Manufacturing Order"
    _order = "since desc, id desc"
    _rec_name = "reason"

    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="production_id.company_id", store=True)
    product_id = fields.Many2one(related="production_id.product_id")
    reason = fields.Char(required=True, readonly=True)
    owner_id = fields.Many2one(
        "res.users", required=True, readonly=True, help="Who clears it."
    )
    held_by_id = fields.Many2one("res.users", "Put on Hold by", readonly=True)
    since = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    until = fields.Datetime(readonly=True)
    resumed_by_id = fields.Many2one("res.users", "Resumed by", readonly=True)
    hours = fields.Float(compute="_compute_hours", help="How long it stood still.")

    _open_uniq = models.UniqueIndex(
        "(production_id) WHERE until IS NULL",
        "The order is on hold already.",
    )

    @api.depends("since", "until")
    def _compute_hours(self):
        for hold in self:
            end = hold.until or fields.Datetime.now()
            hold.hours = (
                (end - hold.since).total_seconds() / 3600 if hold.since else 0.0
            )
