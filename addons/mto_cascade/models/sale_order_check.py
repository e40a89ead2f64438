from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import INHERIT
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


class SaleOrder(models.Model):
    """Whether all of an order can be supplied, asked before it is confirmed."""

    _inherit = "sale.order"

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
