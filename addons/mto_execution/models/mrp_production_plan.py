from collections import defaultdict

from odoo import Command, api, fields, models

from ..engine import Figure, compare_figures

CLOSED = ("done", "cancel")


class MrpProduction(models.Model):
    """The plan that is kept, and what came of it."""

    _inherit = "mrp.production"

    plan_ids = fields.One2many(
        "mto.production.plan", "production_id", "Plans", readonly=True
    )
    plan_id = fields.Many2one("mto.production.plan", compute="_compute_plan_id")

    @api.depends("plan_ids")
    def _compute_plan_id(self):
        for production in self:
            production.plan_id = production.plan_ids[:1]

    # Freezing

    def _freeze_plans(self):
        """Keep what is planned now, of orders whose plan is not kept yet."""
        open_orders = self.filtered(lambda p: p.state not in CLOSED)
        open_orders._make_inspections()
        # The plan is nobody's to write; whoever may start the order makes it.
        fresh = open_orders.sudo().filtered(lambda p: not p.plan_ids)
        if fresh:
            self.env["mto.production.plan"].sudo().create(
                [production._prepare_plan() for production in fresh]
            )

    def _prepare_plan(self):
        self.ensure_one()
        lines = [*self._prepare_plan_components(), *self._prepare_plan_operations()]
        return {
            "production_id": self.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "bom_id": self.bom_id.id,
            "quantity": self.product_uom_qty,
            "date_start": self.date_start,
            "date_finished": self.date_finished,
            "date_deadline": self.date_deadline,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_plan_components(self):
        for move in self.move_raw_ids:
            if move.state == "cancel":
                continue
            product = move.product_id.with_company(self.company_id)
            quantity = move._get_demanded_quantity()
            yield {
                "kind": "component",
                "product_id": product.id,
                "quantity": quantity,
                "cost": quantity * product.standard_price,
            }

    def _prepare_plan_operations(self):
        for workorder in self.workorder_ids:
            if workorder.state == "cancel":
                continue
            hour = workorder.costs_hour or workorder.workcenter_id.costs_hour
            minutes = workorder.duration_expected
            yield {
                "kind": "operation",
                "name": workorder.name,
                "operation_id": workorder.operation_id.id,
                "workcenter_id": workorder.workcenter_id.id,
                "quantity": minutes,
                "cost": minutes / 60 * hour,
                "date_start": workorder.date_start,
                "date_finished": workorder.date_finished,
            }

    # Dividing

    def _split_productions(
        self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False
    ):
        before = {production: production.product_qty for production in self}
        productions = super()._split_productions(
            amounts, cancel_remaining_qty, set_consumed_qty
        )
        original, parts = None, defaultdict(self.browse)
        for production in productions:
            if production in before:
                original = production
            else:
                parts[original] += production
        for production, backorders in parts.items():
            production._divide_plan(before[production], backorders)
        return productions

    def _divide_plan(self, quantity, backorders):
        """Give each backorder its share; what they do not get stays here."""
        taken = [backorder.product_qty for backorder in backorders]
        weights = [max(quantity - sum(taken), 0.0), *taken]
        # Only methods write plans and releases.
        plan = self.sudo().plan_ids
        if plan:
            plan._divide(weights, backorders)
        if self.released_on:
            backorders.sudo().write(
                {
                    "released_on": self.released_on,
                    "released_by_id": self.released_by_id.id,
                }
            )

    def action_merge(self):
        kept = self.sudo().plan_ids
        if kept:
            self._freeze_plans()
        released = all(self.mapped("released_on"))
        action = super().action_merge()
        merged = self.browse(action["res_id"])
        if kept:
            self.sudo().plan_ids._merge_into(merged)
        if released:
            merged._record_release()
        return action

    # Plan and fact

    @api.readonly
    def get_variance(self):
        """What was planned and what came of it, live until the order is closed.

        The plan is the one that was frozen at release or first start; an order that has
        not begun has none, and is told with what is planned now. Needs read access.

        :return: one dictionary per record, in the order of ``self``:

            - ``id``, ``model``, ``name``, ``status`` (see ``execution_status``)
            - ``planned_on``: when the plan was frozen (UTC), False without one
            - ``quantity``: ``planned``, ``actual``, ``difference`` and ``uom`` of the
              product
            - ``scrap``: the same, of what was scrapped for the order: a list of
              ``product_id``, ``product``, ``quantity``, ``uom``
            - ``components``: per product ``product_id``, ``product``, ``planned``,
              ``actual``, ``difference``, ``percent`` of the plan, ``uom`` and
              ``is_planned`` (False for what replaced or joined what was planned)
            - ``operations``: per step ``name``, ``workcenter``, the same in minutes
            - ``dates``: ``planned_start``, ``planned_end``, ``actual_start``,
              ``actual_end`` (UTC) and ``days_late`` (calendar days after the plan)
            - ``cost``: ``planned``, ``actual``, ``difference``, ``currency``; False for
              who may not see costs
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        # Checked above: plan and consumption of an order go with the order; cost is
        # added for its group only.
        shows_cost = self.env.user.has_group("mto_cascade.group_supply_cost")
        return [production._prepare_variance(shows_cost) for production in self.sudo()]

    def _prepare_variance(self, shows_cost):
        deviations = self._compare()
        lines = {"component": [], "operation": []}
        for deviation in deviations:
            lines[deviation.key[0]].append(self._prepare_deviation(deviation))
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "status": self.execution_status,
            "planned_on": fields.Datetime.to_string(self.plan_ids.frozen_on) or False,
            "quantity": self._prepare_quantity_variance(),
            "scrap": self._prepare_scrap(),
            "components": lines["component"],
            "operations": lines["operation"],
            "dates": self._prepare_date_variance(),
            "cost": shows_cost and self._prepare_cost_variance(deviations),
        }

    def _compare(self):
        """Deviations of components and operations: plan against fact."""
        self.ensure_one()
        return compare_figures(self._get_planned_figures(), self._get_actual_figures())

    def _get_planned_figures(self):
        if self.plan_ids:
            return [line._make_figure() for line in self.plan_ids.line_ids]
        lines = [*self._prepare_plan_components(), *self._prepare_plan_operations()]
        Line = self.env["mto.production.plan.line"]
        return [
            Figure(Line._make_key(line), line["quantity"], line["cost"])
            for line in lines
        ]

    def _get_actual_figures(self):
        figures = []
        for move in self.move_raw_ids:
            if move.state == "done" or move.picked and move.state != "cancel":
                quantity = move._to_product_uom(move.quantity)
                if quantity:
                    figures.append(self._make_component_figure(move, quantity))
        for workorder in self.workorder_ids:
            if workorder.duration:
                figures.append(
                    Figure(
                        self._get_operation_key(workorder),
                        workorder.duration,
                        workorder._cal_cost(),
                    )
                )
        return figures

    def _make_component_figure(self, move, quantity):
        product = move.product_id.with_company(self.company_id)
        cost = abs(move.value) if move.state == "done" else 0.0
        return Figure(
            ("component", product.id),
            quantity,
            cost or quantity * product.standard_price,
        )

    def _get_operation_key(self, workorder):
        return self.env["mto.production.plan.line"]._make_key(
            {
                "kind": "operation",
                "operation_id": workorder.operation_id.id,
                "name": workorder.name,
            }
        )

    def _get_workcenter(self, key):
        """Where an operation was done, else where it was planned."""
        for workorder in self.workorder_ids:
            if self._get_operation_key(workorder) == key:
                return workorder.workcenter_id
        lines = self.plan_ids.line_ids.filtered(lambda line: line._get_key() == key)
        return lines[:1].workcenter_id

    def _get_planned_quantity(self):
        return self.plan_ids.quantity if self.plan_ids else self.product_uom_qty

    def _get_actual_quantity(self):
        """What was produced, or is said to be produced, in the product's unit."""
        done = self.move_finished_ids.filtered(
            lambda m: m.product_id == self.product_id and m.state == "done"
        )
        if done:
            return sum(move._to_product_uom(move.quantity) for move in done)
        return self.product_uom_id._compute_quantity(
            self.qty_producing, self.product_id.uom_id
        )

    def _prepare_quantity_variance(self):
        planned, actual = self._get_planned_quantity(), self._get_actual_quantity()
        uom = self.product_id.uom_id
        return {
            "planned": uom.round(planned),
            "actual": uom.round(actual),
            "difference": uom.round(actual - planned),
            "uom": uom.name,
        }

    def _prepare_scrap(self):
        found = defaultdict(float)
        for scrap in self.scrap_ids.filtered(lambda s: s.state == "done"):
            found[scrap.product_id] += scrap.product_uom_id._compute_quantity(
                scrap.scrap_qty, scrap.product_id.uom_id
            )
        return [
            {
                "product_id": product.id,
                "product": product.display_name,
                "quantity": quantity,
                "uom": product.uom_id.name,
            }
            for product, quantity in found.items()
        ]

    def _prepare_deviation(self, deviation):
        kind, *key = deviation.key
        figures = {
            "planned": round(deviation.planned, 6),
            "actual": round(deviation.actual, 6),
            "difference": round(deviation.difference, 6),
            "percent": round(deviation.percent, 2),
            "is_planned": deviation.is_planned,
        }
        if kind == "component":
            product = self.env["product.product"].browse(key[0])
            return {
                "product_id": product.id,
                "product": product.display_name,
                "uom": product.uom_id.name,
                **figures,
            }
        workcenter = self._get_workcenter(deviation.key)
        return {"name": key[1], "workcenter": workcenter.name, **figures}

    def _get_actual_dates(self):
        """(Start, end) as it was; False where it has not happened."""
        times = self.workorder_ids.time_ids.mapped("date_start")
        start = min(times, default=False)
        if not start and self.state in ("progress", "to_close", "done"):
            start = self.date_start
        return start, self.state == "done" and self.date_finished

    def _prepare_date_variance(self):
        plan = self.plan_ids or self
        start, end = self._get_actual_dates()
        late = bool(end and plan.date_finished) and max(
            (end.date() - plan.date_finished.date()).days, 0
        )
        values = {
            "planned_start": plan.date_start,
            "planned_end": plan.date_finished,
            "actual_start": start,
            "actual_end": end,
        }
        texts = {
            name: fields.Datetime.to_string(value) or False
            for name, value in values.items()
        }
        return {**texts, "days_late": late}

    def _prepare_cost_variance(self, deviations):
        planned = sum(deviation.planned_cost for deviation in deviations)
        actual = sum(deviation.actual_cost for deviation in deviations)
        currency = self.company_id.currency_id
        return {
            "planned": currency.round(planned),
            "actual": currency.round(actual),
            "difference": currency.round(actual - planned),
            "currency": currency.name,
        }

    def action_view_plan(self):
        """The plan that is kept of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan"),
            "res_model": "mto.production.plan",
            "res_id": self.plan_ids.id,
            "views": [(False, "form")],
            "target": "new",
        }
