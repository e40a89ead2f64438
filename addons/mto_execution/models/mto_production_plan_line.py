from odoo import api, fields, models

from ..engine import Figure, divide
from .mto_production_plan import COST_GROUP


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
