from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.mto_peg_override import DOCUMENTS


class MtoServeFirst(models.TransientModel):
    """Give a rush order what other orders had: choose, look at the effects, apply."""

    _name = "mto.serve.first"
    _description = "Serve This First"

    order_id = fields.Many2one(
        "mto.customer.order",
        "Serve First",
        required=True,
        help="The order that takes from others.",
    )
    holder_order_id = fields.Many2one(
        "mto.customer.order",
        "Take From",
        domain="[('id', 'in', holder_order_ids)]",
        help="Only what this order has; empty for all orders.",
    )
    holder_order_ids = fields.Many2many(
        "mto.customer.order", compute="_compute_holder_orders"
    )
    document = fields.Reference(
        selection=[
            ("mrp.production", "Manufacturing Order"),
            ("purchase.order", "Purchase Order"),
            ("stock.picking", "Transfer"),
        ],
        readonly=True,
        help="Only what this document supplies.",
    )
    reason = fields.Text(help="Told to the owners of the other orders.")
    line_ids = fields.One2many("mto.serve.first.line", "wizard_id", "To Take")
    effect_ids = fields.One2many(
        "mto.serve.first.effect", "wizard_id", "Effects", readonly=True
    )
    is_previewed = fields.Boolean(
        help="The effects that are shown are those of what is chosen."
    )

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        model = self.env.context.get("serve_first_model")
        active_id = self.env.context.get("active_id")
        if "document" in names and model in DOCUMENTS and active_id:
            values["document"] = f"{model},{active_id}"
        return values

    @api.depends("line_ids.holder_order_ids")
    def _compute_holder_orders(self):
        for wizard in self:
            wizard.holder_order_ids = wizard.line_ids.holder_order_ids

    @api.onchange("order_id")
    def _onchange_order(self):
        """Offers for this order, as much taken as it can use."""
        self.holder_order_id = False
        self._fill()

    @api.onchange("holder_order_id")
    def _onchange_holder(self):
        self._fill()

    @api.onchange("line_ids")
    def _onchange_lines(self):
        self.is_previewed = False

    def _fill(self):
        self.is_previewed = False
        self.line_ids = [Command.clear()]
        self.effect_ids = [Command.clear()]
        if not self.order_id:
            return
        self.order_id._check_may_serve_first()
        # Checked above; who decides need not see sales orders or purchases.
        answer = self.order_id.sudo()._prepare_offers(
            self.document and self.document.sudo(), self.holder_order_id
        )
        self.line_ids = [
            Command.create(self._prepare_line(offer)) for offer in answer["offers"]
        ]

    def _prepare_line(self, offer):
        order_ids = [item["order_id"] for item in offer["orders"]]
        return {
            "demand": offer["demand"],
            "holder": offer["holder"],
            "supply": offer["supply"],
            "product_id": offer["product_id"],
            "document": offer["document"],
            "available_date": offer["available_date"],
            "own_date": offer["own_date"],
            "offered": offer["quantity"],
            "quantity": offer["suggested"],
            "holder_order_ids": [Command.set(order_ids)],
            "holders": ", ".join(
                f"{item['order']} {item['customer']}" for item in offer["orders"]
            ),
        }

    def _get_exchanges(self):
        return [
            {
                "demand": line.demand,
                "holder": line.holder,
                "supply": line.supply,
                "quantity": line.quantity,
            }
            for line in self.line_ids
            if line.quantity
        ]

    def action_preview(self):
        """Show who loses what, and the new dates."""
        self.ensure_one()
        effects = self.order_id.preview_serve_first(self._get_exchanges())[0]["effects"]
        self.effect_ids = [
            Command.clear(),
            *(Command.create(self._prepare_effect(effect)) for effect in effects),
        ]
        self.is_previewed = True
        return self._reopen()

    def action_take_nothing(self):
        """Start from nothing: choose by hand."""
        self.line_ids.quantity = 0.0
        self.effect_ids = [Command.clear()]
        self.is_previewed = False
        return self._reopen()

    def _prepare_effect(self, effect):
        takes, gives = effect["takes"], effect["gives"]
        return {
            "order_id": effect["order_id"],
            "partner": effect["customer"],
            "is_first": bool(takes),
            "parts": self.env._("Takes %s", self._tell_parts(takes))
            if takes
            else self.env._("Gives %s", self._tell_parts(gives)),
            "promise_date": effect["promise_date"],
            "date_before": effect["date_before"],
            "date_after": effect["date_after"],
            "days_late": effect["days_late"],
            "is_missing": effect["is_missing"],
        }

    def _tell_parts(self, parts):
        return ", ".join(
            f"{part['quantity']:g} {part['uom']} {part['product']} ({part['document']})"
            for part in parts
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Serve This First"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_apply(self):
        """Do what was looked at."""
        self.ensure_one()
        if not self.is_previewed:
            raise UserError(
                self.env._("What is taken has changed: look at the effects first.")
            )
        self.order_id.apply_serve_first(self._get_exchanges(), self.reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s is served first. The owners of the other orders are told.",
                    self.order_id.name,
                ),
                "next": {
                    "type": "ir.actions.act_window_close",
                    "infos": {"applied": True},
                },
            },
        }


class MtoServeFirstLine(models.TransientModel):
    """So much of a supply that another order has."""

    _name = "mto.serve.first.line"
    _description = "What Can Be Taken"

    wizard_id = fields.Many2one("mto.serve.first", required=True, ondelete="cascade")
    demand = fields.Char(required=True)
    holder = fields.Char(required=True)
    supply = fields.Char(required=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")
    uom_id = fields.Many2one(related="product_id.uom_id")
    document = fields.Char()
    holders = fields.Char("Who Has It")
    holder_order_ids = fields.Many2many("mto.customer.order")
    available_date = fields.Datetime(
        "Available", help="When the goods are there; empty for what lies in stock."
    )
    own_date = fields.Datetime(
        "Own Supply",
        help="When the order's own supply is there; empty where something lacks.",
    )
    offered = fields.Float("They Have", digits="Product Unit")
    quantity = fields.Float("Take", digits="Product Unit")


class MtoServeFirstEffect(models.TransientModel):
    """What serving one order first does to an order."""

    _name = "mto.serve.first.effect"
    _description = "Effect of Serving First"
    _order = "is_first desc, id"

    wizard_id = fields.Many2one("mto.serve.first", required=True, ondelete="cascade")
    order_id = fields.Many2one("mto.customer.order")
    partner = fields.Char("Customer")
    is_first = fields.Boolean()
    # Long, so that it is wrapped and not cut.
    parts = fields.Text("Takes or Gives")
    promise_date = fields.Datetime("Promised")
    date_before = fields.Datetime("Before", help="When all of it is expected now.")
    date_after = fields.Datetime("After", help="When all of it is expected then.")
    days_late = fields.Integer()
    is_missing = fields.Boolean("Lacks", help="Nothing supplies a part of it then.")
