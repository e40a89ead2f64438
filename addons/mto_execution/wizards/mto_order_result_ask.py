from odoo import Command, api, fields, models

from ..models.mto_production_plan import COST_GROUP


class MtoOrderResultAsk(models.TransientModel):
    """Results of customer orders until a day, line by line."""

    _name = "mto.order.result.ask"
    _description = "Results of Customer Orders"

    date = fields.Date(
        "Until",
        help="The last day that counts, as at a month's end. Empty: until now.",
    )
    date_from = fields.Date(
        "Ordered from",
        default=lambda self: fields.Date.start_of(fields.Date.today(), "year"),
        help="Orders that were confirmed before are left out. Empty: all.",
    )
    line_ids = fields.One2many("mto.order.result.line", "ask_id")

    def action_show(self):
        """Show the lines of all orders that were confirmed in the time."""
        self.ensure_one()
        domain = [
            ("state", "=", "sale"),
            ("product_id", "!=", False),
            ("is_downpayment", "=", False),
            ("company_id", "in", self.env.companies.ids),
        ]
        if self.date_from:
            domain.append(("order_id.date_order", ">=", self.date_from))
        if self.date:
            after = fields.Date.add(self.date, days=1)
            domain.append(("order_id.date_order", "<", after))
        return self._open(self.env["sale.order.line"].search(domain))

    @api.model
    def _show(self, lines):
        return self.create({})._open(lines)

    def _open(self, lines):
        # Asks for the group that sees costs.
        results = lines.get_order_result(self.date)
        self.line_ids = [
            Command.clear(),
            *(
                Command.create(self._prepare_line(line, result))
                for line, result in zip(lines, results, strict=True)
            ),
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Results of Orders"),
            "res_model": "mto.order.result.line",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "search_view_id": [
                self.env.ref("mto_execution.mto_order_result_line_view_search").id
            ],
            "domain": [("ask_id", "=", self.id)],
            "help": self.env._("No order was confirmed in this time."),
        }

    def _prepare_line(self, line, result):
        names = (
            "quantity",
            "actual_quantity",
            "invoiced_quantity",
            "sold",
            "invoiced",
            "planned_cost",
            "planned_on",
            "actual_cost",
            "wip_cost",
            "committed_cost",
            "planned_margin",
            "actual_margin",
        )
        return {
            "sale_line_id": line.id,
            "order_id": line.order_id.id,
            "customer_id": line.order_id.partner_id.id,
            "product_id": line.product_id.id,
            "company_id": line.company_id.id,
            "date": self.date,
            **{name: result[name] for name in names},
        }


class MtoOrderResultLine(models.TransientModel):
    """The result of one order line, as it was when it was asked for."""

    _name = "mto.order.result.line"
    _description = "Result of an Order Line"
    _order = "id"
    _rec_name = "order_id"

    ask_id = fields.Many2one("mto.order.result.ask", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", readonly=True)
    order_id = fields.Many2one("mto.customer.order", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Until", readonly=True)
    quantity = fields.Float("Sold Quantity", digits="Product Unit", readonly=True)
    actual_quantity = fields.Float(
        "Made or Taken",
        digits="Product Unit",
        readonly=True,
        help="Made or received for the line, or taken from stock.",
    )
    invoiced_quantity = fields.Float(digits="Product Unit", readonly=True)
    sold = fields.Monetary(readonly=True)
    invoiced = fields.Monetary(readonly=True)
    planned_on = fields.Datetime(
        "Plan Kept on",
        readonly=True,
        help="Empty: the plan was not kept when the order was confirmed, and is "
        "computed with what things cost today.",
    )
    planned_cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    actual_cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    wip_cost = fields.Monetary(
        "Work in Progress",
        readonly=True,
        groups=COST_GROUP,
        help="Consumed and worked so far for orders that are not done.",
    )
    committed_cost = fields.Monetary(
        "Committed",
        readonly=True,
        groups=COST_GROUP,
        help="Ordered from vendors and not received.",
    )
    planned_margin = fields.Monetary(readonly=True, groups=COST_GROUP)
    actual_margin = fields.Monetary(
        readonly=True,
        groups=COST_GROUP,
        help="Invoiced, less what the invoiced quantity cost.",
    )

    def action_open_order(self):
        """The order of the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
