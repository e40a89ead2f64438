from odoo import api, fields, models


class SaleOrder(models.Model):
    """Dates of an order: the customer's wish, and what its lines promise."""

    _inherit = "sale.order"

    promise_weeks = fields.Integer(
        "Weeks from Order",
        copy=False,
        help="Promise so many weeks from the confirmation, instead of a date, for all "
        "lines without a date of their own.",
    )
    promise_early = fields.Selection(related="company_id.promise_early")
    planned_message = fields.Text(
        compute="_compute_planned_message",
        groups="base.group_user",
        help="What the factory plans for a later day than was promised.",
    )

    _promise_weeks_positive = models.Constraint(
        "CHECK (promise_weeks >= 0)", "Weeks from the order cannot be negative."
    )

    def write(self, vals):
        if "commitment_date" not in vals:
            return super().write(vals)
        lines = self.order_line._get_confirmed()
        before = {line: line._get_promise_date() for line in lines}
        res = super().write(vals)
        # Core gives all deliveries the date of the order.
        own = lines.filtered(lambda line: line._has_own_promise())
        moving = lines.filtered("company_id.promise_move_dates")
        # Who sells need not have rights on what follows.
        (own | moving).sudo()._set_deadlines()
        lines._keep_promises(before, vals)
        return res

    def _has_line_promises(self):
        """Whether all goods have dates of their own: the order's says nothing."""
        self.ensure_one()
        goods = self.order_line.filtered(lambda line: line._promises_goods())
        return bool(goods) and all(line._has_own_promise() for line in goods)

    @api.depends("order_line.planned_date", "order_line.promised_date", "state")
    @api.depends_context("lang")
    def _compute_planned_message(self):
        for order in self:
            order.planned_message = order._tell_planned() or False

    def _tell_planned(self):
        """Say which lines the factory plans later than they are promised, and why."""
        self.ensure_one()
        late = self.order_line.filtered(
            lambda line: (
                line.planned_date
                and line.state == "sale"
                and line.planned_date > line._get_promise_date()
            )
        )
        return "\n".join(line._tell_planned() for line in late)
