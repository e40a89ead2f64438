from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .mrp_production import CLOSED

OVERRIDE_GROUP = "mto_execution.group_launch_override"
WAITING = ("draft", "confirmed")


class MrpProduction(models.Model):
    """Can we start?"""

    _inherit = "mrp.production"

    launch_message = fields.Char(
        "Can We Start?",
        compute="_compute_launch",
        help="For whom the order is, what is missing, when that comes, and how much "
        "can start today.",
    )
    launch_state = fields.Selection(
        selection=[
            ("ready", "Can Start"),
            ("part", "Can Start in Part"),
            ("short", "Cannot Start"),
        ],
        string="Can Start",
        compute="_compute_launch",
    )
    launchable_quantity = fields.Float(
        "Can Start Today",
        digits="Product Unit",
        compute="_compute_launch",
        help="How much can start with the components that are there, in the product's "
        "unit.",
    )
    launch_missing_quantity = fields.Float(
        digits="Product Unit", compute="_compute_launch"
    )
    launch_date = fields.Datetime(
        "Components Expected",
        compute="_compute_launch",
        help="When all components are there; empty where that is not known.",
    )
    launch_policy = fields.Char(compute="_compute_launch_policy")
    launch_override_on = fields.Datetime("Overridden on", readonly=True, copy=False)
    launch_override_by_id = fields.Many2one(
        "res.users", "Overridden by", readonly=True, copy=False
    )
    launch_override_reason = fields.Char(
        "Started in Spite of a Shortage", readonly=True, copy=False
    )

    # The answer

    @api.readonly
    def get_launch_check(self):
        """Can we start? What each order has, what is missing and when that comes.

        Counted are what is consumed and reserved for the order, free stock, and who
        competes for it: orders and deliveries with a higher priority or an earlier date
        are served first. Computed each time, in a number of queries that does not grow
        with the orders. Needs read access to the orders.

        :return: one dictionary per record, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``can_launch``: True where all of it can start now; False where components
              are missing, and for orders that are on hold, done or cancelled
            - ``quantity``: of the order, ``launchable_quantity``: that can start with
              the components that are there, both in the unit ``uom`` of the product
            - ``missing``: a dictionary per component that is missing: ``product_id``,
              ``product``, ``required``, ``available``, ``missing`` (in the unit of
              the component), ``expected_date`` ('YYYY-MM-DD', when all of it is
              there; False where that is not known) and ``source`` (names of the
              documents that bring it, False where nothing does)
            - ``message``: the same in one sentence, in the user's language
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        # Checked above. What is missing is told to whoever may see the order: names of
        # documents, no price.
        words = self.sudo().env["mto.launch"]._get_words(self.sudo())
        return [production._prepare_launch_check(words) for production in self.sudo()]

    def _prepare_launch_check(self, words):
        check = words.checks.get(self.id)
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "can_launch": bool(check and check.can_launch and not self.is_on_hold),
            "quantity": self.product_uom_qty,
            "launchable_quantity": check.launchable if check else 0.0,
            "uom": self.product_id.uom_id.name,
            "missing": [
                self._prepare_missing(part, words)
                for part in (check.missing if check else ())
            ],
            "message": words.sentence(self),
        }

    def _prepare_missing(self, part, words):
        product = words.get_product(part)
        uom = product.uom_id
        date = part.date and fields.Datetime.context_timestamp(self.env.user, part.date)
        return {
            "product_id": product.id,
            "product": product.display_name,
            "required": uom.round(part.component.required),
            "available": uom.round(part.available),
            "missing": uom.round(part.missing),
            "expected_date": bool(date) and fields.Date.to_string(date.date()),
            "source": words.source(part),
        }

    @api.depends("state", "product_qty", "is_on_hold")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_launch(self):
        productions = self._origin.sudo()
        words = productions.env["mto.launch"]._get_words(productions)
        for production in self:
            check = words.checks.get(production._origin.id)
            production.launch_message = words.sentence(production._origin.sudo())
            production.launch_state = check and production._get_launch_state(check)
            production.launchable_quantity = check.launchable if check else 0.0
            production.launch_missing_quantity = (
                len(check.missing) == 1 and check.missing[0].missing if check else 0.0
            )
            production.launch_date = check and check.missing and check.date

    def _get_launch_state(self, check):
        if check.can_launch:
            return "ready"
        return "part" if check.launchable else "short"

    def _get_customer_orders(self):
        """Sales orders it serves, as superuser; of a fresh one, who asked for it first.

        The lists of mto_pegging follow a confirmation a moment later.
        """
        self.ensure_one()
        ids = self.sudo().customer_order_ids.ids
        first = self.sudo().demand_line_id.order_id
        return first.browse(ids) or first.filtered(lambda o: o.state == "sale")

    def _get_customer_promise(self):
        """The first promise of the orders it serves, False without one."""
        self.ensure_one()
        if self.customer_promise_date:
            return self.customer_promise_date
        line = self.sudo().demand_line_id
        return bool(line) and line._get_promise_date()

    # Inform, warn, block

    @api.depends("bom_id.launch_policy", "company_id.launch_policy")
    def _compute_launch_policy(self):
        for production in self:
            production.launch_policy = production._get_launch_policy()

    def _get_launch_policy(self):
        """inform, warn or block: the bill of materials decides, else the company."""
        self.ensure_one()
        bom = self.bom_id.sudo().launch_policy
        return bom or self.company_id.sudo().launch_policy or "inform"

    def action_start(self):
        if question := self._ask_before_start():
            return question
        self._freeze_plans()
        return super().action_start()

    def button_mark_done(self):
        if question := self._ask_before_finish():
            return question
        # All at once: core reports quantities order by order.
        self._freeze_plans()
        res = super().button_mark_done()
        # Core still dates what a subcontractor made: those close a moment later.
        self.filtered(lambda p: p.bom_id.type != "subcontract")._auto_close()
        return res

    def _before_start(self, vals):
        """What holds for the buttons holds for whoever writes the same."""
        quantity = vals.get("qty_producing")
        if vals.get("state") != "progress" and not quantity:
            return
        waiting = self.filtered(lambda p: p.state in WAITING)
        if vals.get("state") == "progress":
            waiting._check_may_start()
            waiting._refuse_shortage()
        else:
            waiting._check_not_on_hold()
            waiting._refuse_shortage(quantity)
        waiting._freeze_plans()

    def _ask_before_start(self):
        """Raise where starting is refused; return a question (action), or False."""
        waiting = self.filtered(lambda p: p.state in WAITING)
        waiting._check_may_start()
        waiting._refuse_shortage()
        return waiting._ask_about_shortage("start")

    def _ask_before_finish(self):
        """The same before goods are posted."""
        self._check_not_on_hold()
        self._refuse_unapproved()
        if question := self._ask_to_inspect():
            return question
        waiting = self.filtered(lambda p: p.state not in CLOSED)
        waiting._refuse_shortage(finishing=True)
        return waiting._ask_about_shortage("finish")

    def _check_may_start(self):
        self._check_not_on_hold()
        missing = self.filtered(
            lambda p: p.company_id.sudo().release_required and not p.released_on
        )
        if missing:
            raise UserError(
                self.env._(
                    "%s is not released. Release it first.", missing._name_list()
                )
            )

    def _get_short(self, policy, quantity=None, finishing=False):
        """Orders with this policy that nobody overrode and that lack components."""
        orders = self.filtered(
            lambda p: p._get_launch_policy() == policy and not p.launch_override_on
        )
        if not orders:
            return orders
        checks = self.env["mto.launch"].sudo()._get_checks(orders.sudo())
        return orders.filtered(
            lambda p: p.id in checks
            and p._get_wanted(quantity, finishing) > checks[p.id].launchable + 1e-6
        )

    def _get_wanted(self, quantity, finishing):
        """How much is to be made now, in the product's unit."""
        if finishing:
            quantity = self.qty_producing
        if not quantity:
            return self.product_uom_qty
        return self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id)

    def _refuse_shortage(self, quantity=None, finishing=False):
        short = self._get_short("block", quantity, finishing)
        if short:
            raise UserError(short._get_refusal())

    def _get_refusal(self):
        return "\n".join(
            [
                self.env._("Components are missing:"),
                *(f"{p.name}: {p.launch_message}" for p in self),
                self.env._(
                    "Start the part that can start, or ask somebody who may start in "
                    "spite of a shortage."
                ),
            ]
        )

    def _ask_about_shortage(self, step):
        short = self._get_short("warn", finishing=step == "finish")
        return bool(short) and self._open_override(short, step)

    def _open_override(self, short, step):
        wizard = self.env["mto.launch.override"].create(
            {
                "production_ids": [fields.Command.set(self.ids)],
                "short_ids": [fields.Command.set(short.ids)],
                "step": step,
            }
        )
        return wizard._open()

    def action_override_launch(self, reason):
        """Let the orders start and finish in spite of a shortage; record who decided.

        Where the policy is to warn, whoever may write the order decides; where it is to
        block, the group *Start in Spite of a Shortage*.

        :param str reason: why, in words
        :return: True
        :raises odoo.exceptions.AccessError: without the group, for a blocked order
        :raises odoo.exceptions.UserError: without a reason, or on an order that is done
        """
        self._check_workshop_access()
        self._check_may_override()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it starts in spite of the shortage."))
        for production in self:
            message = production.launch_message
            # Checked above: only methods write who decided.
            production.sudo().write(
                {
                    "launch_override_on": fields.Datetime.now(),
                    "launch_override_by_id": self.env.uid,
                    "launch_override_reason": reason,
                }
            )
            production.message_post(
                body=self.env._(
                    "May start in spite of a shortage: %(reason)s (%(message)s)",
                    reason=reason,
                    message=message,
                )
            )
        return True

    def _check_may_override(self):
        if done := self.filtered(lambda p: p.state in CLOSED):
            raise UserError(self.env._("%s is done or cancelled.", done._name_list()))
        blocked = self.filtered(lambda p: p._get_launch_policy() == "block")
        if blocked and not self.env.user.has_group(OVERRIDE_GROUP):
            raise AccessError(
                self.env._(
                    'Only people of the group "Start in Spite of a Shortage" may start '
                    "%s.",
                    blocked._name_list(),
                )
            )

    def action_open_override(self):
        """Ask for the reason to start in spite of a shortage."""
        self._check_may_override()
        return self._open_override(self, "start")

    # Where goods are posted

    def _post_inventory(self, cancel_backorder=False):
        self._refuse_unapproved()
        self._refuse_uninspected()
        self._refuse_negative_stock()
        return super()._post_inventory(cancel_backorder=cancel_backorder)

    def _refuse_negative_stock(self):
        """Raise where a blocked order would consume what does not lie there."""
        blocked = self.filtered(
            lambda p: p._get_launch_policy() == "block" and not p.launch_override_on
        )
        if not blocked:
            return
        lacking = blocked._get_lacking()
        if lacking:
            raise UserError(
                self.env._(
                    "Stock would become negative: %s. Receive or count the goods "
                    "first, or correct what was consumed.",
                    ", ".join(lacking),
                )
            )

    def _get_lacking(self):
        """What the orders would consume beyond what lies there, in words."""
        moves = self.move_raw_ids.filtered(
            lambda m: m.picked and m.state not in CLOSED and m.product_id.is_storable
        )
        lines = moves.move_line_ids.filtered(
            lambda line: not line.location_id.should_bypass_reservation()
        )
        taken = {}
        for line in lines:
            key = (line.product_id, line.location_id, line.lot_id)
            taken[key] = taken.get(key, 0.0) + line.quantity_product_uom
        found = self._get_on_hand(lines)
        words = self.env["mto.launch"]._get_words(self.browse())
        return [
            words.goods(quantity - found.get(key, 0.0), key[0])
            for key, quantity in taken.items()
            if key[0].uom_id.compare(quantity, found.get(key, 0.0)) > 0
        ]

    def _get_on_hand(self, lines):
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", lines.product_id.ids),
                    ("location_id", "in", lines.location_id.ids),
                ],
                ["product_id", "location_id", "lot_id"],
                ["quantity:sum"],
            )
        )
        return {
            (
                product.with_env(self.env),
                place.with_env(self.env),
                lot.with_env(self.env),
            ): quantity
            for product, place, lot, quantity in groups
        }
