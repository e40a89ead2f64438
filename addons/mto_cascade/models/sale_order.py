from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..engine import INHERIT, start_moment
from .mto_supply_check import get_sentence, get_serious, tell_problems
from .sale_order_line import CHECKED_ORDERS

# A quotation with more lines is checked by a button.
LINES_CHECKED_WHILE_TYPING = 50
# Fields of the lines that the path of supply depends on.
SUPPLY_FIELDS = (
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "warehouse_id",
    "route_ids",
    "supply_policy",
    "supply_scope",
    "to_engineer",
    "product_no_variant_attribute_value_ids",
)
PLANNED_START = {
    "start_later",
    "start_later_reason",
    "start_owner_id",
    "wanted_start_date",
}
STARTED = {"started_on", "started_by_id"}


class SaleOrder(models.Model):
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

    supply_problem_message = fields.Text(
        compute="_compute_supply_problem_message",
        groups="base.group_user",
        help="What is missing to supply the quotation, down to the last component.",
    )
    is_supply_unchecked = fields.Boolean(
        compute="_compute_supply_problem_message",
        groups="base.group_user",
        help="The quotation has too many lines to be checked while it is typed.",
    )
    supply_is_broken = fields.Boolean(
        compute="_compute_supply_is_broken", compute_sudo=True
    )
    free_to_use_message = fields.Text(
        compute="_compute_free_to_use_message",
        groups="base.group_user",
        help="What the made-to-order lines could take from stock instead.",
    )

    # Chosen by a person: what else hangs on an order, a quotation that was sent, shows
    # prices and is not for the shop floor.
    specification_attachment_ids = fields.Many2many(
        "ir.attachment",
        "sale_order_specification_attachment_rel",
        "order_id",
        "attachment_id",
        "Files for Production",
        copy=False,
        help="Drawings and other files that every manufacturing order of this sales "
        "order offers, at every level.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_started_by_hand(vals_list)
        orders = super().create(vals_list)
        orders.filtered("start_later")._follow_start_change()
        if any("specification_attachment_ids" in vals for vals in vals_list):
            orders._own_specification_attachments()
        return orders

    def write(self, vals):
        self._check_start_change(vals)
        res = super().write(vals)
        if "state" in vals or not PLANNED_START.isdisjoint(vals):
            self._follow_start_change(state=vals.get("state"))
        if "specification_attachment_ids" in vals:
            self._own_specification_attachments()
        return res

    def _own_specification_attachments(self):
        """Whoever reads the manufacturing orders may read these files from now on.

        So the user must have access to them. A file uploaded before the order was saved
        belongs to nobody else yet.
        """
        self.specification_attachment_ids.check_access("read")
        for order in self:
            loose = order.specification_attachment_ids.filtered(
                lambda file: not file.res_id
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": order.id})

    @api.depends("order_line.free_to_use_message")
    def _compute_free_to_use_message(self):
        for order in self:
            order.free_to_use_message = "\n".join(
                line.free_to_use_message
                for line in order.order_line
                if line.free_to_use_message
            )

    def action_use_free_stock(self):
        """Serve all made-to-order lines with what is free in stock, and order less.

        See ``sale.order.line.action_use_free_stock``.

        :return: True
        """
        return self.order_line.action_use_free_stock()

    # What will be created

    @api.readonly
    def preview_cascade(self):
        """What confirming these quotations one after the other would create.

        Nothing is written. Each quotation sees what those before it would take. An
        order that is confirmed or cancelled creates nothing more: its ``lines`` are
        empty. Needs read access to the orders only; the rest is looked up for the
        caller, who learns products, quantities and names of documents.

        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model`` ('sale.order'), ``name``
            - ``lines``: a node per order line that delivers goods, see
              ``product.product.get_supply_path``
            - ``documents``: {model: number of new documents}, models 'mrp.production',
              'purchase.order', 'stock.move' (goods brought from another place)
            - ``supplies``: what is made or enlarged, one dictionary each:

              - ``key``: named by the nodes it supplies
              - ``model``, ``id``, ``name``: of the document; False and empty for a new
                one. ``line_id``: of the purchase line that is enlarged, or False
              - ``status``: 'new' or 'enlarged'
              - ``product_id``, ``product``, ``uom``
              - ``quantity``: made or added, after batch size and what the vendor sells,
                in the unit of the product
              - ``serves``: [{``order_line_id``, ``level``}]

            - ``triggered``: nodes of what reordering rules would add at once
            - ``problems``, ``more``: as of ``get_supply_problems``, with what only the
              confirmation meets; up to 100 of each line are told
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        # Whoever sells need not see stock, vendors and orders of other departments;
        # what is handed out is described above, cost to the cost group only.
        Preview = self.env["mto.supply.preview"]
        return Preview.sudo()._preview_orders(self.sudo(), Preview._shows_cost())

    # Whether all of it can be supplied

    def _get_supply_dependencies(self):
        """What the path of supply depends on, as far as it is typed on the order."""
        return [
            "state",
            "commitment_date",
            "partner_shipping_id",
            *(f"order_line.{name}" for name in SUPPLY_FIELDS),
        ]

    @api.depends(lambda self: self._get_supply_dependencies())
    @api.depends_context("lang")
    def _compute_supply_problem_message(self):
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        large = quotations.filtered(
            lambda order: len(order.order_line) > LINES_CHECKED_WHILE_TYPING
        )
        found = (quotations - large)._find_supply_problems()
        for order in self:
            order.is_supply_unchecked = order in large
            answer = found.get(order)
            order.supply_problem_message = bool(answer) and tell_problems(
                self.env, answer
            )

    def _find_supply_problems(self, lines=None, **options):
        """Return {order: {"problems": [...], "more": n}}, see ``get_supply_problems``.

        :param lines: of these orders, all if not given
        :param options: of ``mto.supply.check._get_line_problems``
        """
        lines = (self.order_line if lines is None else lines)._get_paths_to_check()
        # Bills of materials, vendors and rules are not for everybody who sells; told
        # is what is missing, never a vendor, a price or a cost.
        Check = self.env["mto.supply.check"].sudo()
        found = Check._get_line_problems(lines.sudo(), **options)
        answers = {order: {"problems": [], "more": 0} for order in self}
        for line in lines:
            answer = answers[line.order_id]
            answer["more"] += found[line]["more"]
            for problem in found[line]["problems"]:
                if problem not in answer["problems"]:
                    answer["problems"].append(problem)
        return answers

    @api.readonly
    def get_supply_problems(self):
        """What stands in the way of supplying the orders, down to the last component.

        As far as demands are ordered: from where a policy or a route takes them from
        stock, only that somebody replenishes this stock. Quantities do not count: what
        is in stock today may be gone tomorrow. Lines to be engineered have no path yet.
        Needs read access to the orders only.

        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model`` ('sale.order'), ``name``
            - ``problems``: list of dictionaries with ``path`` (names, from the sold
              product to where it is wrong), ``product_ids`` (the same products),
              ``code`` and ``message`` (what is wrong there, in the language of the
              caller). Codes: 'no_bom', 'no_vendor',
              'no_valid_price', 'no_rule', 'archived_component', 'loop',
              'no_common_unit', 'not_replenished', 'no_lead_time' and 'depth_limit'
            - ``more``: how many problems there are beyond the first of each line
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        found = self._find_supply_problems()
        return [
            {"id": order.id, "model": order._name, "name": order.name, **found[order]}
            for order in self
        ]

    def action_open_supply_problems(self):
        """Open the list of what cannot be supplied, for the orders in ``self``."""
        self.check_access("read")
        return self.env["mto.supply.problem"]._open_for_orders(self)

    def action_confirm(self):
        """Refuse what cannot be supplied, if the company wants it: all at once.

        What a customer signed or paid is confirmed; if its supply cannot be ordered, it
        waits for the salesperson, see ``start_later``.
        """
        settled = self.filtered(lambda order: order._is_settled_by_customer())
        rest = self - settled
        rest._check_supply_paths()
        for order in settled:
            if order._is_supply_refused():
                order._plan_to_start_later(order._get_refusal())
            # Odoo may refuse to order what it needs. Then nothing of it is made,
            # instead of half of it.
            try:
                with self.env.cr.savepoint():
                    super(SaleOrder, order).action_confirm()
            except UserError as error:
                self.env.invalidate_all()
                order._plan_to_start_later(str(error))
                super(SaleOrder, order).action_confirm()
        res = not rest or super(SaleOrder, rest).action_confirm()
        self.env.cr.precommit.data.pop(CHECKED_ORDERS, None)
        return res

    def _check_supply_paths(self):
        asked = self.filtered(
            lambda order: (
                order.company_id.supply_check == "block" and not order.start_later
            )
        )
        asked._refuse_broken_paths(asked.order_line)
        if asked:
            self.env.cr.precommit.data[CHECKED_ORDERS] = frozenset(asked.ids)

    def _refuse_broken_paths(self, lines):
        """Raise an error with all that is wrong with these lines of the orders.

        :raises odoo.exceptions.UserError: if something is
        """
        refused = {
            order: answer
            for order, answer in (
                self._find_supply_problems(lines) if self else {}
            ).items()
            if get_serious(answer)
        }
        if refused:
            raise UserError(
                self.env._(
                    "What is ordered here cannot be supplied down to the last "
                    "component:\n\n%(problems)s\n\nComplete these paths of supply, or "
                    "plan to start the order later.",
                    problems="\n".join(
                        f"{order.name}: {get_sentence(problem)}"
                        for order, answer in refused.items()
                        for problem in get_serious(answer)
                    ),
                )
            )

    def _is_supply_refused(self):
        """Whether the order could not be confirmed: nothing to sign or pay then."""
        self.ensure_one()
        if (
            self.company_id.supply_check != "block"
            or self.state not in ("draft", "sent")
            or self.start_later
        ):
            return False
        return self.supply_is_broken

    @api.depends(lambda self: self._get_supply_dependencies())
    def _compute_supply_is_broken(self):
        for order, answer in self._find_supply_problems().items():
            order.supply_is_broken = bool(get_serious(answer))

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._is_supply_refused()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._is_supply_refused()

    def _is_supply_watched(self):
        """Whether the company refuses broken paths, or a policy can order something."""
        self.ensure_one()
        company = self.company_id
        lines = self.order_line
        return bool(
            company.supply_check == "block"
            or company.supply_preset
            or self.env["mto.supply.rule"]._get_engine_rules(company.id)
            or any(
                (record.supply_policy or INHERIT) != INHERIT
                for records in (lines, lines.product_id, lines.warehouse_id)
                for record in records
            )
            or any(lines.product_id.categ_id._get_supply_policy_sources().values())
        )

    def _is_settled_by_customer(self):
        """Whether the customer signed the quotation or paid for it."""
        self.ensure_one()
        return self._is_supply_watched() and bool(
            self.signed_on
            or any(
                transaction.state in ("authorized", "done")
                # A salesperson may confirm without seeing payments.
                for transaction in self.sudo().transaction_ids
            )
        )

    def _get_refusal(self):
        serious = get_serious(self._find_supply_problems()[self])
        return "; ".join(get_sentence(problem) for problem in serious)

    def _plan_to_start_later(self, reason):
        """Wait for the salesperson, who is told why (sudo: a customer confirms)."""
        self.sudo().write(
            {
                "start_later": True,
                "start_later_reason": self.env._(
                    "The customer has confirmed, but the supply cannot be ordered: "
                    "%(reason)s",
                    reason=reason,
                ),
                "start_owner_id": self._get_owner_of_problem().id,
            }
        )

    def _get_owner_of_problem(self):
        """Salesperson, else head of the sales team, else who made the quotation."""
        order = self.sudo()
        for user in (order.user_id, order.team_id.user_id, order.create_uid):
            if user.active and not user.share:
                return user
        return self.env.ref("base.user_admin")

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
