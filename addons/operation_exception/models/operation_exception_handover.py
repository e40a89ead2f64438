from odoo import fields, models


class OperationExceptionHandover(models.Model):
    """A line of the trail: who answered since when, and why; only methods write it."""

    _name = "operation.exception.handover"
    _description = "Hand-over of an Open Issue"
    _order = "id"

    exception_id = fields.Many2one(
        comodel_name="operation.exception",
        required=True,
        ondelete="cascade",
        index=True,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    # By name: the trail outlives the user.
    owner = fields.Char(required=True)
    previous_owner = fields.Char()
    reason = fields.Char()
    by = fields.Char(string="Handed Over By")
