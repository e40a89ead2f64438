from odoo import api, fields, models

from ..engine import Figure, divide

COST_GROUP = "mto_cascade.group_supply_cost"


class MtoProductionPlan(models.Model):
    """What was planned when an order was released, or first started.

    Core overwrites quantities, dates and durations as the work goes on. A split gives
    each part its share, a merge adds up; nothing else changes a plan.
    """

    _name = "mto.production.plan"
    _description = "Plan of a Manufacturing Order"
    _order = "frozen_on desc, id desc"
    _rec_name = "production_id"

    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    bom_id = fields.Many2one(
        "mrp.bom", "Bill of Materials", readonly=True, ondelete="set null"
    )
    # Not rounded: shares of a plan add up to it.
    quantity = fields.Float(readonly=True, help="In the product's unit.")
    date_start = fields.Datetime("Planned Start", readonly=True)
    date_finished = fields.Datetime("Planned End", readonly=True)
    date_deadline = fields.Datetime("Deadline", readonly=True)
    frozen_on = fields.Datetime(
        "Kept on", readonly=True, default=lambda self: fields.Datetime.now()
    )
    frozen_by_id = fields.Many2one(
        "res.users", "Kept by", readonly=True, default=lambda self: self.env.uid
    )
    line_ids = fields.One2many("mto.production.plan.line", "plan_id", readonly=True)
    cost = fields.Monetary(compute="_compute_cost", groups=COST_GROUP)

    _production_uniq = models.Constraint(
        "unique(production_id)", "The plan of this order is kept already."
    )

    @api.depends("line_ids.cost")
    def _compute_cost(self):
        for plan in self:
            plan.cost = sum(plan.line_ids.mapped("cost"))

    def _divide(self, weights, backorders):
        """Share the plan: the first weight stays, the others go to ``backorders``."""
        self.ensure_one()
        quantities = divide(self.quantity, weights)
        lines = [(line, line._divide(weights)) for line in self.line_ids]
        plans = self.create(
            [
                self._prepare_share(backorder, quantities[index], index, lines)
                for index, backorder in enumerate(backorders, start=1)
            ]
        )
        self.quantity = quantities[0]
        for line, shares in lines:
            line.write(shares[0])
        return plans

    def _prepare_share(self, backorder, quantity, index, lines):
        return {
            **self._get_copied_values(),
            "production_id": backorder.id,
            "quantity": quantity,
            "line_ids": [
                fields.Command.create({**line._get_copied_values(), **shares[index]})
                for line, shares in lines
            ],
        }

    def _get_copied_values(self):
        names = ("company_id", "product_id", "bom_id", "frozen_by_id")
        values = {name: self[name].id for name in names}
        dates = ("date_start", "date_finished", "date_deadline", "frozen_on")
        return {**values, **{name: self[name] for name in dates}}

    def _merge_into(self, production):
        """One plan for the merged order; the plans of those that it replaces go."""
        if not self:
            return
        first = self[0]
        starts = [date for date in self.mapped("date_start") if date]
        ends = [date for date in self.mapped("date_finished") if date]
        lines = {}
        for line in self.line_ids:
            known = lines.setdefault(
                line._get_key(),
                {**line._get_copied_values(), "quantity": 0.0, "cost": 0.0},
            )
            known["quantity"] += line.quantity
            known["cost"] += line.cost
        values = {
            **first._get_copied_values(),
            "production_id": production.id,
            "bom_id": production.bom_id.id,
            "quantity": sum(self.mapped("quantity")),
            "date_start": min(starts, default=False),
            "date_finished": max(ends, default=False),
            "line_ids": [fields.Command.create(line) for line in lines.values()],
        }
        production.plan_ids.unlink()
        self.create(values)
        self.unlink()


class MtoProductionPlanLine(models.Model):
    """A component in its product's unit, or an operation in minutes."""

    _name = "mto.production.plan.line"
    _description = "Planned Component or Operation"
    _order = "kind, id"
    _rec_name = "name"

    plan_id = fields.Many2one(
        "mto.production.plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[("component", "Component"), ("operation", "Operation")],
        required=True,
        readonly=True,
    )
    name = fields.Char("Operation", readonly=True)
    product_id = fields.Many2one("product.product", "Component", readonly=True)
    operation_id = fields.Many2one(
        "mrp.routing.workcenter",
        "Step of the Bill of Materials",
        readonly=True,
        ondelete="set null",
    )
    workcenter_id = fields.Many2one("mrp.workcenter", "Work Center", readonly=True)
    quantity = fields.Float(
        readonly=True, help="In the unit of the component, or minutes."
    )
    cost = fields.Float(readonly=True, groups=COST_GROUP)
    date_start = fields.Datetime(readonly=True)
    date_finished = fields.Datetime(readonly=True)

    @api.model
    def _make_key(self, values):
        """What tells one thing from another, in plan and in fact."""
        if values["kind"] == "component":
            return ("component", values["product_id"])
        return ("operation", values["operation_id"], values["name"])

    def _get_key(self):
        return self._make_key(self._get_copied_values())

    def _make_figure(self):
        return Figure(self._get_key(), self.quantity, self.cost)

    def _get_copied_values(self):
        links = ("product_id", "operation_id", "workcenter_id")
        values = {name: self[name].id for name in links}
        names = ("kind", "name", "date_start", "date_finished")
        return {**values, **{name: self[name] for name in names}}

    def _divide(self, weights):
        """Values of each share of this line."""
        quantities = divide(self.quantity, weights)
        costs = divide(self.cost, weights)
        return [
            {"quantity": quantity, "cost": cost}
            for quantity, cost in zip(quantities, costs, strict=True)
        ]
