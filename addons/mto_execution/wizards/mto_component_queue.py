from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.mto_launch import LaunchBook


class MtoComponentQueue(models.TransientModel):
    """Who gets a component: all demands for it, in the order in which they are served.

    Computed when it is opened; a person's decision is recorded on the orders.
    """

    _name = "mto.component.queue"
    _description = "Who Gets It"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_ids = fields.Many2many("product.product", string="Components")
    line_ids = fields.One2many("mto.component.queue.line", "queue_id", readonly=True)

    @api.model
    def _open(self, products, company):
        """The screen of the demands for ``products`` in the company."""
        self.env["stock.move"].check_access("read")
        queue = self.create(
            {
                "company_id": company.id,
                "product_ids": [Command.set(products.ids)],
            }
        )
        queue._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Gets It"),
            "res_model": "mto.component.queue.line",
            "views": [(False, "list")],
            "domain": [("queue_id", "=", queue.id)],
        }

    def _fill(self):
        # Checked when it is opened: who may see moves may see who competes for goods.
        queue = self.sudo()
        queue.env.flush_all()
        queue.line_ids.unlink()
        book = LaunchBook(queue.env, queue.product_ids.ids, queue.company_id.ids)
        facts = book.make_facts()
        demands = [key for key in book.held if book.moves[key[1]]["is_kept"]]
        demands.sort(key=lambda key: book.get_turn(key[1]))
        queue.line_ids = [
            Command.create(queue._prepare_line(number, key, book, facts))
            for number, key in enumerate(demands, start=1)
        ]

    def _prepare_line(self, number, key, book, facts):
        row = book.moves[key[1]]
        pegs = facts.pegs.get(key, ())
        coming = [
            facts.arrivals[supply] for supply, _q in pegs if supply in facts.arrivals
        ]
        free = sum(q for supply, q in pegs if supply not in facts.arrivals)
        return {
            "sequence": number,
            "move_id": key[1],
            "required": row["quantity"],
            "held": book.held[key],
            "free": free,
            "missing": max(row["quantity"] - book.held[key] - free, 0.0),
            "expected_date": max((item.date for item in coming), default=False),
        }


class MtoComponentQueueLine(models.TransientModel):
    """One demand for the component."""

    _name = "mto.component.queue.line"
    _description = "Demand for a Component"
    _order = "sequence, id"
    _rec_name = "move_id"

    queue_id = fields.Many2one("mto.component.queue", required=True, ondelete="cascade")
    sequence = fields.Integer("Turn")
    move_id = fields.Many2one("stock.move", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="move_id.product_id")
    uom_id = fields.Many2one(related="product_id.uom_id")
    production_id = fields.Many2one(
        related="move_id.raw_material_production_id", string="Manufacturing Order"
    )
    document = fields.Char(related="move_id.reference")
    picking_id = fields.Many2one(related="move_id.picking_id", string="Transfer")
    customer_order_ids = fields.Many2many(
        related="production_id.customer_order_ids", string="Customer Orders"
    )
    customer_promise_date = fields.Datetime(
        related="production_id.customer_promise_date", string="Promised"
    )
    date = fields.Datetime(related="move_id.date", string="Needed")
    priority = fields.Selection(related="move_id.priority")
    required = fields.Float(digits="Product Unit")
    held = fields.Float("Reserved", digits="Product Unit")
    free = fields.Float(
        "From Free Stock", digits="Product Unit", help="Its turn of what is free."
    )
    missing = fields.Float(digits="Product Unit")
    expected_date = fields.Datetime("Expected")

    def action_serve_first(self):
        """Ask why this demand is served before the others."""
        self.ensure_one()
        production = self.production_id
        if not production:
            raise UserError(
                self.env._(
                    "Give the transfer %s priority instead.", self.picking_id.name
                )
            )
        return self.env["mto.production.ask"]._open(
            production, "first", self.env._("Serve First")
        )

    def action_take_from_others(self):
        """Show what other orders could give to the customer order behind the demand."""
        self.ensure_one()
        order = self.customer_order_ids[:1]
        if not order:
            raise UserError(self.env._("It is for no customer order."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_pegging.mto_serve_first_action"
        )
        return {**action, "context": {"default_order_id": order.id}}

    def action_open_document(self):
        """The manufacturing order or transfer of the demand."""
        self.ensure_one()
        record = self.production_id or self.picking_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
