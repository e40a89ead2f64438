from odoo import api, fields, models
from odoo.exceptions import UserError

from .mto_production_plan import COST_GROUP


class MtoProductionRecord(models.AbstractModel):
    """A record that is written once: nobody changes or deletes it, by no path."""

    _name = "mto.production.record"
    _description = "Record That Stays"

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    def unlink(self):
        self._refuse_change()
        return super().unlink()

    def _refuse_change(self):
        if self:
            raise UserError(
                self.env._(
                    "What was recorded when an order was closed stays as it is. Reopen "
                    "the order and close it again."
                )
            )


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
