from odoo import api, fields, models

from .mto_production_plan import COST_GROUP


class MtoProductionClosing(models.Model):
    """What was planned and what came of it, when an order was closed."""

    _name = "mto.production.closing"
    _inherit = ["mto.production.record"]
    _description = "Closing of a Manufacturing Order"
    _order = "closed_on desc, id desc"
    _rec_name = "production_id"

    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Integer(
        required=True, readonly=True, help="1 for the first closing of the order."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    # May be deleted: the record stays, whatever becomes of it.
    bom_id = fields.Many2one(
        "mrp.bom", "Bill of Materials", readonly=True, ondelete="set null"
    )
    customer_order_id = fields.Many2one("mto.customer.order", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    customer_orders = fields.Char(readonly=True)
    is_planned = fields.Boolean(
        "Plan Kept",
        readonly=True,
        help="Not for orders that started before the plan was kept.",
    )
    planned_start = fields.Datetime(readonly=True)
    planned_end = fields.Datetime(readonly=True)
    actual_start = fields.Datetime(readonly=True)
    actual_end = fields.Datetime(readonly=True)
    closed_on = fields.Datetime(
        readonly=True, default=lambda self: fields.Datetime.now()
    )
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True)
    line_ids = fields.One2many(
        "mto.production.closing.line", "closing_id", readonly=True
    )
    reopening_ids = fields.One2many(
        "mto.production.reopening", "closing_id", readonly=True
    )
    planned_cost = fields.Monetary(compute="_compute_cost", groups=COST_GROUP)
    actual_cost = fields.Monetary(compute="_compute_cost", groups=COST_GROUP)

    _number_uniq = models.Constraint(
        "unique(production_id, number)", "Somebody else closes this order."
    )

    @api.depends("line_ids")
    def _compute_cost(self):
        for closing in self:
            closing.planned_cost = sum(closing.line_ids.mapped("planned_cost"))
            closing.actual_cost = sum(closing.line_ids.mapped("actual_cost"))
