from odoo import api, fields, models

from ..engine import divide

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
