from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..engine import start_moment

PLANNED_START = {
    "start_later",
    "start_later_reason",
    "start_owner_id",
    "wanted_start_date",
}
STARTED = {"started_on", "started_by_id"}


class SaleOrder(models.Model):
    """Confirmed now, started later."""

    _inherit = "sale.order"

    start_later = fields.Boolean(
        copy=False,
        tracking=True,
        help="The order is confirmed, but nothing is delivered, made or bought for it "
        "until somebody starts it. Delivery counts from the start.",
    )
    start_later_reason = fields.Char("Reason to Start Later", copy=False)
    start_owner_id = fields.Many2one(
        "res.users",
        "Starts the Order",
        copy=False,
        check_company=True,
        domain=[("share", "=", False)],
        tracking=True,
        help="Gets an activity and may start the order.",
    )
    wanted_start_date = fields.Date("Wanted Start", copy=False, tracking=True)
    started_on = fields.Datetime(copy=False, readonly=True)
    started_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    is_waiting_for_start = fields.Boolean(
        "Waiting for Start",
        compute="_compute_is_waiting_for_start",
        search="_search_is_waiting_for_start",
    )
    has_lines_to_engineer = fields.Boolean(
        "To be Engineered",
        compute="_compute_has_lines_to_engineer",
        search="_search_has_lines_to_engineer",
    )
    plans_engineering = fields.Boolean(compute="_compute_has_lines_to_engineer")
    start_state = fields.Selection(
        [("start", "Start"), ("engineering", "Engineering")],
        "Waiting for",
        compute="_compute_start_state",
        groups="base.group_user",
    )

    # Not stored and read anew each time: they tell what is so today.
    waiting_message = fields.Text(
        compute="_compute_waiting_message", groups="base.group_user"
    )
    is_start_late = fields.Boolean(
        compute="_compute_waiting_message", groups="base.group_user"
    )
    may_start = fields.Boolean(compute="_compute_may_start", groups="base.group_user")
    _waiting_for_start_idx = models.Index(
        "(start_owner_id) WHERE start_later IS TRUE AND started_on IS NULL"
    )

    # Confirm now, start later

    def _waits_for_start(self):
        """Whether the order is confirmed and somebody still has to start it."""
        self.ensure_one()
        return self.state == "sale" and self.start_later and not self.started_on

    @api.depends("state", "start_later", "started_on")
    def _compute_is_waiting_for_start(self):
        for order in self:
            order.is_waiting_for_start = order._waits_for_start()

    def _search_is_waiting_for_start(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("state", "=", "sale") & Domain("start_later", "=", True)
        domain &= Domain("started_on", "=", False)
        return domain if True in value else ~domain

    @api.depends("state", "order_line.to_engineer", "order_line.engineering_done_on")
    def _compute_has_lines_to_engineer(self):
        for order in self:
            lines = order.order_line.filtered("to_engineer")
            order.plans_engineering = bool(lines)
            order.has_lines_to_engineer = order.state == "sale" and any(
                line._waits_for_engineering() for line in lines
            )

    def _search_has_lines_to_engineer(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("to_engineer", "=", True)
        waiting &= Domain("engineering_done_on", "=", False)
        domain = Domain("state", "=", "sale") & Domain("order_line", "any", waiting)
        return domain if True in value else ~domain

    @api.depends("is_waiting_for_start", "has_lines_to_engineer")
    def _compute_start_state(self):
        for order in self:
            order.start_state = (
                order.is_waiting_for_start
                and "start"
                or (order.has_lines_to_engineer and "engineering")
            )

    @api.depends("is_waiting_for_start", "start_owner_id")
    @api.depends_context("uid")
    def _compute_may_start(self):
        for order in self:
            order.may_start = order.is_waiting_for_start and order._is_start_allowed()

    def _is_start_allowed(self):
        """The owner of the start, and administrators of sales and of manufacturing."""
        self.ensure_one()
        user = self.env.user
        return (
            self.env.su
            or self.start_owner_id == user
            or user.has_group("sales_team.group_sale_manager")
            or user.has_group("mrp.group_mrp_manager")
        )

    @api.depends(
        "is_waiting_for_start",
        "has_lines_to_engineer",
        "start_later_reason",
        "start_owner_id",
        "wanted_start_date",
        "commitment_date",
        "expected_date",
        "order_line.engineer_id",
        "order_line.engineering_due_date",
    )
    def _compute_waiting_message(self):
        for order in self:
            late = order.is_waiting_for_start and order._is_promise_late()
            parts = [
                *(order._get_start_sentences() if order.is_waiting_for_start else ()),
                *order._get_engineering_sentences(),
            ]
            order.is_start_late = late
            order.waiting_message = "\n".join(parts) or False

    def _is_promise_late(self):
        self.ensure_one()
        return bool(
            self.commitment_date
            and self.expected_date
            and self.commitment_date < self.expected_date
        )

    def _get_start_sentences(self):
        self.ensure_one()
        yield self.env._(
            "Waiting to be started: %(reason)s. Nothing is delivered, made or bought "
            "for this order yet. %(owner)s starts it%(date)s.",
            reason=self.start_later_reason,
            owner=self.start_owner_id.name,
            date=self.env._(" on %s", format_date(self.env, self.wanted_start_date))
            if self.wanted_start_date
            else "",
        )
        if self._is_promise_late():
            yield self.env._(
                "The delivery promised for %(promised)s can no longer be kept by the "
                "lead times: from the start it is expected on %(expected)s. Agree on "
                "another date with the customer.",
                promised=format_date(self.env, self.commitment_date),
                expected=format_date(self.env, self.expected_date),
            )
        elif self.expected_date:
            yield self.env._(
                "Delivery counts from the start: expected on %s.",
                format_date(self.env, self.expected_date),
            )

    def _get_engineering_sentences(self):
        self.ensure_one()
        today = fields.Date.context_today(self)
        for line in self.order_line if self.has_lines_to_engineer else ():
            if line._waits_for_engineering():
                due = line.engineering_due_date
                values = {
                    "product": line.product_id.display_name,
                    "user": line.engineer_id.name,
                    "date": format_date(self.env, due),
                }
                yield (
                    self.env._(
                        "Engineering is overdue: %(product)s (%(user)s, due %(date)s)",
                        **values,
                    )
                    if due and due < today
                    else self.env._(
                        "To be engineered: %(product)s (%(user)s, due %(date)s)",
                        **values,
                    )
                )

    @api.onchange("start_later")
    def _onchange_start_later(self):
        if self.start_later and not self.start_owner_id:
            self.start_owner_id = self.user_id or self.env.user

    @api.constrains("start_later", "start_later_reason")
    def _check_start_later_reason(self):
        for order in self:
            if order.start_later and not (order.start_later_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why order %s starts later: fill in the reason.",
                        order.name,
                    )
                )

    @api.model
    def _check_not_started_by_hand(self, vals_list):
        if not self.env.su and any(STARTED & vals.keys() for vals in vals_list):
            raise AccessError(
                self.env._(
                    "Who started an order and when is noted by the button Start only."
                )
            )

    def _check_start_change(self, vals):
        """Refuse what would hold an order that runs, or start one without the button.

        Warehouse and shop floor may write orders too, to update deliveries: the start
        is not theirs to plan.
        """
        self._check_not_started_by_hand([vals])
        if PLANNED_START.isdisjoint(vals):
            return
        confirmed = self.filtered(lambda order: order.state == "sale")
        if confirmed and not self.env["sale.order.line"]._may_plan_start():
            raise AccessError(
                self.env._(
                    "Only a salesperson or a manufacturing administrator may change "
                    "when a confirmed order starts."
                )
            )
        if "start_later" not in vals:
            return
        for order in confirmed:
            if bool(vals["start_later"]) == order.start_later:
                continue
            if order.start_later:
                message = self.env._(
                    "Order %s is confirmed: press Start to start it.", order.name
                )
            else:
                message = self.env._(
                    "Order %s is confirmed and its supply is ordered. Cancel it and "
                    "set it to quotation to start it later.",
                    order.name,
                )
            raise UserError(message)

    def _follow_start_change(self, state=None):
        """Keep owner, activities and delivery status in step with what waits.

        :param state: what the orders were just set to, if they were
        """
        for order in self:
            if order.start_later and not order.start_owner_id:
                order.start_owner_id = order.user_id or self.env.user
        if state in ("draft", "sent"):
            # Noted by the button only; a quotation is started by nobody.
            started = self.sudo().filtered("started_on")
            started.write(dict.fromkeys(STARTED, False))
        activities = self.env["mto.waiting.activity"]
        activities._sync_start(self.filtered("start_later"))
        lines = self.order_line.filtered("to_engineer")
        activities._sync_engineering(lines)
        (self.filtered("start_later") | lines.order_id)._renew_delivery_status()

    def _renew_delivery_status(self):
        """Core watches the transfers; what waits has none yet."""
        self.env.add_to_compute(self._fields["delivery_status"], self)

    def _compute_delivery_status(self):
        """An order with goods that wait is neither without delivery nor full."""
        res = super()._compute_delivery_status()
        for order in self:
            if order.delivery_status in (False, "full") and any(
                line._is_held() and line.product_id.type == "consu"
                for line in order.order_line
                if line.state == "sale"
            ):
                order.delivery_status = (
                    "partial" if order.delivery_status else "pending"
                )
        return res

    @api.depends(
        "start_later",
        "started_on",
        "wanted_start_date",
        "order_line.to_engineer",
        "order_line.engineering_done_on",
        "order_line.engineering_due_date",
    )
    def _compute_expected_date(self):
        return super()._compute_expected_date()

    def _get_start_deadline(self):
        """The day by which the order should be started: the wanted one, else the last
        one that keeps the promise, else today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if self.wanted_start_date or not self.commitment_date:
            return self.wanted_start_date or today
        lead = max(self.order_line.mapped("customer_lead"), default=0)
        return max(self.commitment_date.date() - timedelta(days=lead), today)

    def _get_start_moment(self):
        """When supply of the order starts, False if with the confirmation.

        What waits starts on the wanted day, at the earliest now.
        """
        self.ensure_one()
        if not self.start_later:
            return False
        now = fields.Datetime.now()
        return start_moment(now, self.started_on, self.wanted_start_date)

    def action_start(self):
        """Start confirmed orders that wait: deliver, make and buy what they need.

        All lines of all orders are ordered in one go; lines to be engineered wait on.
        For the owner of the start, and for administrators of sales and of
        manufacturing, with read access to the orders. An order that does not wait is
        left alone, so that a second press does nothing.

        :return: True
        :raises odoo.exceptions.UserError: for an order that is not confirmed
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.check_access("read")
        for order in self:
            if order.state != "sale":
                raise UserError(
                    self.env._(
                        "Order %s is not confirmed. Confirm it first, then start it.",
                        order.name,
                    )
                )
        orders = self.filtered(lambda order: order._waits_for_start())
        for order in orders:
            if not order._is_start_allowed():
                raise AccessError(
                    self.env._(
                        "Order %(order)s is started by %(owner)s, a sales "
                        "administrator or a manufacturing administrator.",
                        order=order.name,
                        owner=order.start_owner_id.name,
                    )
                )
        # After the check: who starts orders may not write them, nor their supply.
        orders.sudo()._start()
        return True

    def _start(self):
        """Note who starts the orders and order what they need."""
        if not self:
            return
        self.write({"started_on": fields.Datetime.now(), "started_by_id": self.env.uid})
        # Now, not at the end: who presses at the same moment waits here, is refused by
        # the database and, when Odoo runs the request again, finds nothing to start.
        self.flush_recordset(STARTED)
        self.env["mto.waiting.activity"]._sync_start(self)
        self.order_line._launch_supply()
        self._renew_delivery_status()
        self._message_log_batch(
            {order.id: order._get_started_message() for order in self}
        )

    def _get_started_message(self):
        self.ensure_one()
        text = self.env._("Started: supply of the order is ordered from now on.")
        if self._is_promise_late():
            text += " " + self.env._(
                "The delivery promised for %(promised)s is earlier than the lead times "
                "allow: it is expected on %(expected)s.",
                promised=format_date(self.env, self.commitment_date),
                expected=format_date(self.env, self.expected_date),
            )
        return text

    def _claim_start(self):
        """Make changes of waiting orders and their start wait for each other.

        Either sees the row of the order changed since it began and is run again: no
        quantity that is changed during the start gets lost.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET write_uid = write_uid WHERE id IN %s",
                    tuple(sorted(self.ids)),
                )
            )
