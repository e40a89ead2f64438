from odoo import fields, models


class OperationExceptionReason(models.Model):
    _name = "operation.exception.reason"
    _description = "Root Cause or Resolution of Open Issues"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        selection=[("cause", "Root Cause"), ("resolution", "Resolution")],
        required=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
