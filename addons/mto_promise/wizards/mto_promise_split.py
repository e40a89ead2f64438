from odoo import api, fields, models


class MtoPromiseSplit(models.TransientModel):
    _name = "mto.promise.split"
    _description = "Deliver in Two Parts"

    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="sale_line_id.product_id")
    uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    total = fields.Float(
        related="sale_line_id.product_uom_qty", digits="Product Unit", string="Ordered"
    )
    quantity = fields.Float(
        "Deliver First",
        digits="Product Unit",
        compute="_compute_parts",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    first_date = fields.Datetime(
        "On",
        compute="_compute_parts",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    rest = fields.Float("The Rest", digits="Product Unit", compute="_compute_rest")
    second_date = fields.Datetime(
        "Rest On",
        compute="_compute_parts",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )

    @api.depends("sale_line_id")
    def _compute_parts(self):
        """What can be delivered first, and when the rest can: as the promise says."""
        for split in self:
            line = split.sale_line_id
            promise = line._get_promise_date() if line else False
            split.quantity = line.product_uom_qty / 2
            split.first_date = split.second_date = promise
            parts = split._get_parts()
            if len(parts) > 1:
                unit, goods = line.product_uom_id, line.product_id.uom_id
                split.quantity = goods._compute_quantity(
                    parts[0].quantity, unit, rounding_method="DOWN"
                )
                split.first_date = parts[0].moment
                split.second_date = parts[1].moment

    def _get_parts(self):
        line = self.sale_line_id
        if line.state not in ("draft", "sent") or not line._promises_goods():
            return []
        # Whoever sells need not see the factory: quantities and dates are used.
        return line.sudo()._get_promises()[line].parts

    @api.depends("quantity", "total")
    def _compute_rest(self):
        for split in self:
            split.rest = split.total - split.quantity

    def action_split(self):
        """Make two lines of the one."""
        self.ensure_one()
        self.sale_line_id._split_delivery(
            self.quantity, self.first_date, self.second_date
        )
        return {"type": "ir.actions.act_window_close"}
