from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mto_cascade.report.mto_supply_preview import COST_GROUP

FOLLOW, KEEP, REDUCE = "follow", "keep_surplus", "reduce"


class SaleOrderChange(models.TransientModel):
    _name = "sale.order.change"
    _description = "Change of a Confirmed Order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    line_ids = fields.One2many("sale.order.change.line", "change_id", "Lines")
    cancel_order = fields.Boolean("Cancel the Order")
    commitment_date = fields.Datetime("Delivery Date")
    # Read as the user: whoever may not see an order learns nothing of it here.
    company_id = fields.Many2one(related="order_id.company_id", related_sudo=False)
    commercial_partner_id = fields.Many2one(
        related="order_id.partner_id.commercial_partner_id", related_sudo=False
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        "Delivery Address",
        domain="['|', ('id', 'child_of', commercial_partner_id), "
        "('id', '=', partner_shipping_id)]",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", domain="[('company_id', '=', company_id)]"
    )
    reason = fields.Char(help="Why the order is changed; kept in its chatter.")
    document_ids = fields.One2many(
        "sale.order.change.document", "change_id", "Decisions"
    )
    # What the screen shows; computed with each change of the fields above.
    fingerprint = fields.Char(readonly=True)
    tree = fields.Json(readonly=True)
    summary = fields.Char(readonly=True)
    cost = fields.Char(readonly=True, groups="mto_cascade.group_supply_cost")
    problem = fields.Char(readonly=True)

    @api.model
    def _open(self, order):
        """Action that shows the change of a confirmed order."""
        change = self.create(
            {
                "order_id": order.id,
                "commitment_date": order.commitment_date,
                "partner_shipping_id": order.partner_shipping_id.id,
                "warehouse_id": order.warehouse_id.id,
                "line_ids": [
                    Command.create(
                        {"line_id": line.id, "quantity": line.product_uom_qty}
                    )
                    for line in order.order_line
                    if not line.display_type and not line.is_downpayment
                ],
            }
        )
        return change._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %s", self.order_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # The preview

    @api.onchange(
        "line_ids",
        "cancel_order",
        "commitment_date",
        "partner_shipping_id",
        "warehouse_id",
    )
    def _onchange_change(self):
        self._preview()

    def _preview(self):
        self.problem = self.summary = self.fingerprint = self.tree = False
        self._show_cost(False)
        changes = self._get_changes()
        if not changes:
            self.document_ids = [Command.clear()]
            return
        try:
            answer = self.order_id._origin.preview_change(changes)[0]
        except UserError as error:
            self.problem = error.args[0]
            self.document_ids = [Command.clear()]
            return
        self.fingerprint = answer["fingerprint"]
        self.summary = answer["summary"]
        self.tree = self.env["mto.change.tree"]._make_tree(answer)
        self._show_cost(answer)
        self._show_decisions(answer)

    def _show_cost(self, answer):
        if self.env.user.has_group(COST_GROUP):
            self.cost = answer and self.env["mto.change.tree"]._tell_cost(answer)

    def _show_decisions(self, answer):
        """Rows that a person may overrule; what was chosen before stays chosen."""
        chosen = {document.node: document.choice for document in self.document_ids}
        rows = [row for row in answer["documents"] if self._may_overrule(row)]
        self.document_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "node": row["node"],
                        "name": row["name"],
                        "product": row["product"],
                        "reason": row["reason"],
                        "is_open": row["action"] == "decide",
                        "choice": chosen.get(row["node"], FOLLOW),
                    }
                )
                for row in rows
            ),
        ]

    def _may_overrule(self, row):
        return row["action"] in (
            "decide",
            "reduce",
            "cancel",
            "reschedule",
        ) and row["model"] in ("mrp.production", "purchase.order.line")

    def _get_changes(self):
        """As ``sale.order.preview_change`` takes them."""
        if self.cancel_order:
            return [{"cancel": True}]
        changes = [change for line in self.line_ids for change in line._get_changes()]
        if self.commitment_date != self.order_id.commitment_date:
            date = fields.Datetime.to_string(self.commitment_date) or False
            changes.append({"commitment_date": date})
        for name in ("partner_shipping_id", "warehouse_id"):
            if self[name] and self[name] != self.order_id[name]:
                changes.append({name: self[name]._origin.id})
        return changes

    # Buttons

    def action_apply(self):
        """Change the order as the screen shows it."""
        self.ensure_one()
        changes = self._get_changes()
        if not changes:
            raise UserError(self.env._("Nothing was changed yet."))
        decisions = [
            {"node": document.node, "action": document.choice}
            for document in self.document_ids
            if document.choice != FOLLOW
        ]
        self.order_id.apply_change(
            changes, self.fingerprint or "", self.reason, decisions
        )
        return {"type": "ir.actions.act_window_close"}

    def action_refresh(self):
        """Look at the consequences again: something else may have changed."""
        self.ensure_one()
        self._preview()
        return self._get_action()


class SaleOrderChangeLine(models.TransientModel):
    _name = "sale.order.change.line"
    _description = "Line of a Change"

    change_id = fields.Many2one("sale.order.change", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('sale_ok', '=', True)]",
    )
    quantity_before = fields.Float(
        "Ordered",
        related="line_id.product_uom_qty",
        related_sudo=False,
        digits="Product Unit",
    )
    delivered = fields.Float(
        "Delivered",
        related="line_id.qty_delivered",
        related_sudo=False,
        digits="Product Unit",
    )
    quantity = fields.Float("New", digits="Product Unit", default=1.0)
    product_uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_unit")
    new_product_id = fields.Many2one(
        "product.product",
        "Instead",
        domain="[('sale_ok', '=', True)]",
        help="Another variant or product. What is not delivered becomes a new line.",
    )

    @api.depends("line_id")
    def _compute_product(self):
        for line in self:
            line.product_id = line.line_id.product_id or line.product_id

    @api.depends("line_id", "product_id")
    def _compute_unit(self):
        for line in self:
            line.product_uom_id = line.line_id.product_uom_id or line.product_id.uom_id

    def _get_changes(self):
        self.ensure_one()
        if not self.line_id:
            if not self.product_id or not self.quantity:
                return []
            return [{"product_id": self.product_id.id, "quantity": self.quantity}]
        change = {}
        if self.quantity != self.line_id.product_uom_qty:
            change["quantity"] = self.quantity
        if self.new_product_id:
            change["product_id"] = self.new_product_id._origin.id
        return [{"line_id": self.line_id.id, **change}] if change else []


class SaleOrderChangeDocument(models.TransientModel):
    _name = "sale.order.change.document"
    _description = "Decision about a Document"

    change_id = fields.Many2one("sale.order.change", required=True, ondelete="cascade")
    node = fields.Char(readonly=True)
    name = fields.Char("Document", readonly=True)
    product = fields.Char(readonly=True)
    reason = fields.Char("Why", readonly=True)
    is_open = fields.Boolean(readonly=True)
    choice = fields.Selection(
        [
            (FOLLOW, "As shown above"),
            (KEEP, "Keep as it is, to stock"),
            (REDUCE, "Make less (started work)"),
        ],
        "Decision",
        default=FOLLOW,
        required=True,
    )
