from odoo import Command, api, fields, models
from odoo.tools import format_date

from odoo.addons.mto_pegging.models.mto_pegging import LINE, PRODUCTION, SOLD

from .mto_change_preview import KEEP

ACTIONS = [
    ("reduce", "Reduced"),
    ("cancel", "Cancelled"),
    ("increase", "More"),
    ("reschedule", "Rescheduled"),
    ("reassign", "For another order"),
    ("keep_surplus", "Stays, to stock"),
    ("decide", "To be decided"),
    ("update", "Takes the new structure"),
]


class MtoOrderChange(models.Model):
    """A change of a confirmed order: who, what, when, why, and what it did.

    Written when a change is applied; nobody edits it.
    """

    _name = "mto.order.change"
    _description = "Change of an Order"
    _order = "date desc, id desc"

    name = fields.Char("Summary", readonly=True)
    order_id = fields.Many2one(
        "sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one("res.users", "Changed by", readonly=True)
    reason = fields.Char(readonly=True)
    way = fields.Selection(
        [("shown", "Shown before"), ("saved", "Saved directly")],
        "How",
        required=True,
        readonly=True,
        help="Shown before: on the screen or through the interface, with its "
        "consequences. Saved directly: on the order, by an import or by code.",
    )
    document_ids = fields.One2many(
        "mto.order.change.document", "change_id", "Documents", readonly=True
    )

    @api.model
    def _keep(self, order, documents, way, reason=False, choices=None):
        """Keep what a change did (sudo); callers have checked who changes the order.

        :param list documents: rows as ``sale.order.preview_change`` returns them
        :param dict choices: {(model, id): action} that a person chose
        """
        choices = choices or {}
        preview = self.env["mto.change.preview"].sudo()
        changes = self.sudo()
        costs = changes._read_costs(documents, order)
        return changes.create(
            {
                "order_id": order.id,
                "name": preview._summarize(documents),
                "user_id": self.env.uid,
                "reason": reason,
                "way": way,
                "document_ids": [
                    Command.create(self._prepare_document(row, choices, costs))
                    for row in documents
                ],
            }
        )

    def _read_costs(self, documents, order):
        """{product id: cost of a unit today} of the documents, read at once."""
        products = self.env["product.product"].browse(
            {row["product_id"] for row in documents if row["product_id"]}
        )
        return {
            product.id: product.standard_price
            for product in products.with_company(order.company_id)
        }

    def _prepare_document(self, row, choices, costs):
        key = (row["model"], row["res_id"])
        chosen = choices.get(key)
        return {
            "model": row["model"],
            "res_id": row["res_id"],
            "name": row["name"],
            "level": row["level"],
            "product_id": row["product_id"],
            "quantity_before": row["quantity_before"],
            "quantity_after": row["quantity_after"],
            "date_before": row["date_before"],
            "date_after": row["date_after"],
            "action": chosen if chosen == KEEP else row["action"],
            "reason": row["reason"],
            "is_overruled": bool(chosen) and chosen != "decide",
            "value": self._get_value(row, costs),
        }

    def _get_value(self, row, costs):
        """What the document is worth more or less, at today's cost of the product."""
        if row["model"] not in (PRODUCTION, LINE):
            return 0.0
        return (row["quantity_after"] - row["quantity_before"]) * costs[
            row["product_id"]
        ]

    def action_tell_customer(self):
        """Write to the customer what was changed, from a template (a dialog)."""
        self.ensure_one()
        template = self.env.ref(
            "mto_change.mail_template_order_change", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.order_id.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
            },
        }

    def _get_customer_lines(self):
        """What a customer is told of the change, as texts; no word of the factory."""
        texts = []
        for document in self.document_ids.sudo():
            if document.model == SOLD:
                texts.append(document._tell_quantity())
            elif document.model == "stock.move" and document.date_after:
                texts.append(document._tell_date())
        return list(dict.fromkeys(filter(None, texts)))


class MtoOrderChangeDocument(models.Model):
    """One document of a change, with its quantity and date before and after."""

    _name = "mto.order.change.document"
    _description = "Document of a Change"
    _order = "change_id desc, id"

    change_id = fields.Many2one(
        "mto.order.change", required=True, readonly=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="change_id.order_id", store=True, index=True)
    partner_id = fields.Many2one(related="change_id.partner_id", store=True)
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="change_id.user_id", store=True)
    date = fields.Datetime(related="change_id.date", store=True)
    change_reason = fields.Char(
        related="change_id.reason", string="Reason of the Change", store=True
    )
    way = fields.Selection(related="change_id.way", store=True)
    model = fields.Selection(
        [
            ("sale.order.line", "Order Line"),
            ("mrp.production", "Manufacturing Order"),
            ("purchase.order.line", "Purchase"),
            ("stock.move", "Transfer"),
        ],
        "Kind",
        readonly=True,
    )
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    name = fields.Char("Document", readonly=True)
    level = fields.Integer(readonly=True, aggregator=False)
    product_id = fields.Many2one("product.product", readonly=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity_before = fields.Float("Before", digits="Product Unit", readonly=True)
    quantity_after = fields.Float("After", digits="Product Unit", readonly=True)
    quantity_change = fields.Float(
        "Difference", digits="Product Unit", compute="_compute_change", store=True
    )
    date_before = fields.Datetime("Planned Before", readonly=True)
    date_after = fields.Datetime("Planned After", readonly=True)
    action = fields.Selection(ACTIONS, "What Happened", readonly=True)
    reason = fields.Char("Why", readonly=True, help="The rule that was followed.")
    is_overruled = fields.Boolean(
        "Overruled", readonly=True, help="A person decided otherwise than the rule."
    )
    value = fields.Monetary(
        "Value of the Change",
        readonly=True,
        groups="mto_cascade.group_supply_cost",
        help="At the cost of the product when it was changed, in the currency of the "
        "company. Components are part of what is made of them: do not add levels.",
    )

    @api.depends("quantity_before", "quantity_after")
    def _compute_change(self):
        for document in self:
            document.quantity_change = (
                document.quantity_after - document.quantity_before
            )

    def _tell_cause(self):
        """Who touched the document last, when and why, as mto_pegging tells it."""
        self.ensure_one()
        words = filter(None, (self.change_reason, self.reason))
        return {
            "changed_by": self.user_id.name,
            "changed_on": fields.Datetime.to_string(self.date),
            "reason": ". ".join(words),
        }

    def _tell_quantity(self):
        self.ensure_one()
        return self.env._(
            "%(product)s: %(before)s before, %(after)s %(unit)s now",
            product=self.product_id.display_name,
            before=f"{self.quantity_before:g}",
            after=f"{self.quantity_after:g}",
            unit=self.uom_id.name,
        )

    def _tell_date(self):
        self.ensure_one()
        if not self.date_before or self.date_before == self.date_after:
            return False
        return self.env._(
            "%(product)s: planned for %(date)s now",
            product=self.product_id.display_name,
            date=format_date(self.env, self.date_after),
        )

    def action_open_document(self):
        """Open the document, with the rights of who looks."""
        self.ensure_one()
        model, res_id = self.model, self.res_id
        if model == "sale.order.line":
            model, res_id = "sale.order", self.order_id.id
        elif model == LINE:
            line = self.env[model].browse(res_id).exists()
            model, res_id = "purchase.order", line.order_id.id
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
