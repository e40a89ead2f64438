from odoo import api, fields, models
from odoo.exceptions import UserError


class MtoPurchaseConfirm(models.TransientModel):
    """Confirm the requests for quotation that the selected lines stand on."""

    _name = "mto.purchase.confirm"
    _description = "Confirm Requests for Quotation"

    line_ids = fields.Many2many("purchase.order.line", string="Selected")
    order_ids = fields.Many2many("purchase.order", compute="_compute_orders")
    other_line_ids = fields.Many2many(
        "purchase.order.line",
        compute="_compute_orders",
        help="A request is confirmed as a whole: these lines are ordered with it.",
    )
    order_count = fields.Integer(compute="_compute_orders")
    other_count = fields.Integer(compute="_compute_orders")

    @api.depends("line_ids")
    def _compute_orders(self):
        for wizard in self:
            orders = wizard._get_open_orders()
            lines = orders.order_line.filtered(lambda line: not line.display_type)
            wizard.order_ids = orders
            wizard.other_line_ids = lines - wizard.line_ids
            wizard.order_count = len(orders)
            wizard.other_count = len(wizard.other_line_ids)

    def _get_open_orders(self):
        return self.line_ids.order_id.filtered(
            lambda order: order.state in ("draft", "sent")
        )

    def action_confirm(self):
        """Confirm the requests, with the rights of the user."""
        self.ensure_one()
        orders = self._get_open_orders()
        if not orders:
            raise UserError(
                self.env._(
                    "Nothing is left to confirm: the requests were confirmed or "
                    "cancelled meanwhile."
                )
            )
        orders.button_confirm()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_message(orders),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_message(self, orders):
        waiting = orders.filtered(lambda order: order.state == "to approve")
        message = self.env._(
            "Ordered: %s", ", ".join((orders - waiting).mapped("name")) or "–"
        )
        if waiting:
            message += "\n" + self.env._(
                "Waiting for approval: %s", ", ".join(waiting.mapped("name"))
            )
        return message
