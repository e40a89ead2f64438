from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.mto_production_plan import COST_GROUP


class MtoComponentReplace(models.TransientModel):
    """Takes another component: from the list, or with an approval."""

    _name = "mto.component.replace"
    _description = "Replace a Component"

    move_id = fields.Many2one("stock.move", required=True, readonly=True)
    production_id = fields.Many2one(related="move_id.raw_material_production_id")
    planned_product_id = fields.Many2one(related="move_id.product_id")
    uom_id = fields.Many2one(related="move_id.product_id.uom_id")
    planned_quantity = fields.Float("In Place of", digits="Product Unit", required=True)
    listed_ids = fields.Many2many("product.product", compute="_compute_listed_ids")
    product_id = fields.Many2one(
        "product.product", "Substitute", domain="[('type', '=', 'consu')]"
    )
    is_listed = fields.Boolean(compute="_compute_is_listed")
    needs_approval = fields.Boolean(compute="_compute_is_listed")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        readonly=False,
        help="Of the substitute, in its unit.",
    )
    free_quantity = fields.Float(
        "In Stock and Free", digits="Product Unit", compute="_compute_free_quantity"
    )
    currency_id = fields.Many2one(related="production_id.company_id.currency_id")
    cost_difference = fields.Monetary(
        compute="_compute_cost_difference",
        groups=COST_GROUP,
        help="What the substitute costs more than the component.",
    )
    reason = fields.Char()

    @api.depends("move_id")
    def _compute_listed_ids(self):
        for wizard in self:
            # Whoever works on the order need not see bills of materials.
            line = wizard.move_id.sudo().bom_line_id
            wizard.listed_ids = line.substitute_ids.product_id

    @api.depends("product_id", "listed_ids")
    def _compute_is_listed(self):
        may_approve = self.env["mto.component.substitution"]._may_approve()
        for wizard in self:
            wizard.is_listed = wizard.product_id in wizard.listed_ids
            wizard.needs_approval = bool(
                wizard.product_id and not wizard.is_listed and not may_approve
            )

    @api.depends("product_id", "planned_quantity")
    def _compute_quantity(self):
        for wizard in self:
            listed = wizard.production_id._get_listed(
                wizard.planned_product_id, wizard.product_id
            )
            wizard.quantity = wizard.planned_quantity * (listed.quantity or 1.0)

    @api.depends("product_id")
    def _compute_free_quantity(self):
        for wizard in self:
            product = wizard.product_id.with_context(
                location=wizard.move_id.location_id.id
            )
            wizard.free_quantity = product.free_qty

    @api.depends("product_id", "quantity", "planned_quantity")
    def _compute_cost_difference(self):
        for wizard in self:
            company = wizard.production_id.company_id
            new = wizard.product_id.with_company(company).standard_price
            old = wizard.planned_product_id.with_company(company).standard_price
            wizard.cost_difference = (
                new * wizard.quantity - old * wizard.planned_quantity
            )

    def action_apply(self):
        """Replace it, or ask for the approval."""
        self.ensure_one()
        if not self.product_id or self.product_id == self.planned_product_id:
            raise UserError(self.env._("Choose what takes its place."))
        if self.planned_quantity <= 0 or self.quantity <= 0:
            raise UserError(self.env._("Enter a positive quantity."))
        record = self.production_id._substitute(
            self.planned_product_id,
            self.product_id,
            self.planned_quantity,
            self.quantity,
            self.reason,
        )
        if record.state == "approved":
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "It is no approved substitute: somebody is asked to approve it. "
                    "Until then the component stays as planned."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
