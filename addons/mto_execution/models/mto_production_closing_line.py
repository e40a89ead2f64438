from odoo import api, fields, models

from .mto_production_plan import COST_GROUP


class MtoProductionClosingLine(models.Model):
    """The product, a component or an operation: planned and actual."""

    _name = "mto.production.closing.line"
    _inherit = ["mto.production.record"]
    _description = "Plan Against Actual"
    _order = "id"
    _rec_name = "kind"

    closing_id = fields.Many2one(
        "mto.production.closing", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("output", "Product"),
            ("component", "Component"),
            ("operation", "Operation"),
        ],
        required=True,
        readonly=True,
    )
    # Of the closing, kept here so that reports need no join.
    production_id = fields.Many2one(
        "mrp.production", "Manufacturing Order", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    finished_product_id = fields.Many2one(
        "product.product", "Product", readonly=True, index=True
    )
    bom_id = fields.Many2one(
        "mrp.bom", "Bill of Materials", readonly=True, ondelete="set null"
    )
    customer_order_id = fields.Many2one("mto.customer.order", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    closed_on = fields.Datetime(readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", "Component", readonly=True, index=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    operation = fields.Char(readonly=True)
    workcenter_id = fields.Many2one("mrp.workcenter", "Work Center", readonly=True)
    planned = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="In the unit of the product, or minutes.",
    )
    actual = fields.Float(digits="Product Unit", readonly=True)
    scrapped = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Thrown away for the order, beside what it consumed.",
    )
    difference = fields.Float(digits="Product Unit", readonly=True)
    percent = fields.Float(
        "Deviation (%)",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Of the plan. 100 for what nobody planned.",
    )
    planned_cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    actual_cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    cost_difference = fields.Monetary(readonly=True, groups=COST_GROUP)
    reason_id = fields.Many2one(
        "operation.exception.reason", readonly=True, ondelete="restrict"
    )
    note = fields.Char(readonly=True)
    is_reopened = fields.Boolean(
        compute="_compute_is_reopened",
        search="_search_is_reopened",
        help="The order was reopened: a later closing counts.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        Closing = self.env["mto.production.closing"]
        for vals in vals_list:
            vals.update(self._derive(vals, Closing.browse(vals["closing_id"])))
        return super().create(vals_list)

    def _derive(self, vals, closing):
        planned, actual = vals.get("planned", 0.0), vals.get("actual", 0.0)
        difference = actual - planned
        percent = 100.0 * difference / planned if planned else 100.0 * bool(actual)
        cost = vals.get("actual_cost", 0.0) - vals.get("planned_cost", 0.0)
        return {
            "production_id": closing.production_id.id,
            "company_id": closing.company_id.id,
            "finished_product_id": closing.product_id.id,
            "bom_id": closing.bom_id.id,
            "customer_order_id": closing.customer_order_id.id,
            "customer_id": closing.customer_id.id,
            "closed_on": closing.closed_on,
            "difference": difference,
            "percent": percent,
            "cost_difference": cost,
        }

    @api.depends("closing_id.reopening_ids")
    def _compute_is_reopened(self):
        for line in self:
            line.is_reopened = bool(line.closing_id.reopening_ids)

    def _search_is_reopened(self, operator, value):
        if operator != "in":
            return NotImplemented
        operator = "!=" if True in value else "="
        return [("closing_id.reopening_ids", operator, False)]
