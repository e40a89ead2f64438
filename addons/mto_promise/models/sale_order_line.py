from datetime import timedelta

from odoo import api, fields, models

# What says when the customer may expect the line.
DATES = {"wanted_date", "promised_date"}
# Key of the transaction's data: earliest dates that the confirmation just asked for.
PLANNED = "mto_promise.planned"


class SaleOrderLine(models.Model):
    """Each line has a wanted and a promised date of its own; empty is the order's."""

    _inherit = "sale.order.line"

    wanted_date = fields.Datetime(
        "Wanted",
        copy=False,
        help="When the customer wants this line. Empty: the delivery date of the order.",
    )
    promised_date = fields.Datetime(
        "Promised",
        copy=False,
        help="What the customer was told for this line. Empty: the wanted date, else "
        "the delivery date of the order, else Odoo's expected date.",
    )
    promise_weeks = fields.Integer(
        "Weeks from Order",
        copy=False,
        help="Promise so many weeks from the confirmation, instead of a date. 0: as "
        "the order says.",
    )
    planned_date = fields.Datetime(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The factory works towards this date, because the promised one could not "
        "be kept when the order was confirmed.",
    )

    _promise_weeks_positive = models.Constraint(
        "CHECK (promise_weeks >= 0)", "Weeks from the order cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_new_promises()
        return lines

    def write(self, vals):
        if DATES.isdisjoint(vals):
            return super().write(vals)
        confirmed = self._get_confirmed()
        before = {line: line._get_promise_date() for line in confirmed}
        res = super().write(vals)
        # Who sells need not have rights on what follows.
        confirmed.sudo()._set_deadlines()
        confirmed._keep_promises(before, vals)
        return res

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, DATES)
        return super()._write_multi(vals_list)

    def _get_confirmed(self):
        """Those that a customer was promised: goods of confirmed orders."""
        return self.filtered(
            lambda line: line.state == "sale" and line._promises_goods()
        )

    def _promises_goods(self):
        self.ensure_one()
        return (
            not self.display_type
            and self.product_id.type == "consu"
            and self.product_uom_qty > 0
        )

    # The date

    def _has_own_promise(self):
        """Whether the line has a date that is not its order's."""
        self.ensure_one()
        return bool(self.promised_date or self.wanted_date)

    def _get_promise_weeks(self):
        self.ensure_one()
        return self.promise_weeks or self.order_id.promise_weeks

    def _get_wanted_date(self):
        """When the customer wants the line, False where nobody said."""
        self.ensure_one()
        return self.wanted_date or self.order_id.commitment_date

    def _get_promise_date(self):
        """The date of the line itself, where it has one.

        As long as weeks are promised and the order is not confirmed they count from now.
        """
        self.ensure_one()
        if self.promised_date:
            return self.promised_date
        weeks = self._get_promise_weeks()
        if weeks and self.state in ("draft", "sent"):
            return fields.Datetime.now() + timedelta(weeks=weeks)
        return self.wanted_date or super()._get_promise_date()

    def _prepare_procurement_values(self):
        """The deadline is the promise; what is planned is what can be kept."""
        values = super()._prepare_procurement_values()
        if self._has_own_promise() or self.planned_date:
            promise = self._get_promise_date()
            planned = max(promise, self.planned_date or promise)
            values["date_deadline"] = promise
            values["date_planned"] = planned - timedelta(
                days=self.company_id.security_lead
            )
        return values

    def _inverse_customer_lead(self):
        """A lead time moves no deadline of a line that has a date."""
        return super(
            SaleOrderLine, self.filtered(lambda line: not line._has_own_promise())
        )._inverse_customer_lead()

    # At the confirmation

    def _settle_promise(self, promise):
        """Make a date of what was promised until the confirmation.

        :param promise: ``engine.Promise`` of the line
        """
        self.ensure_one()
        if self.promised_date:
            return
        if self._get_promise_weeks():
            self.promised_date = self._get_promise_date()
        elif self.company_id.promise_default == "earliest" and promise.feasible:
            wanted = self._get_wanted_date()
            self.promised_date = max(promise.feasible, wanted or promise.feasible)

    def _action_launch_stock_rule(self, **kwargs):
        self.filtered(
            lambda line: (
                line.company_id.promise_plan_earliest
                and line in line._get_confirmed()
                and not line._is_held()
                and not line.move_ids
            )
        )._plan_for_earliest()
        return super()._action_launch_stock_rule(**kwargs)

    def _plan_for_earliest(self):
        """Let the factory work towards what can be kept; the promise stays."""
        if not self:
            return
        known = self.env.cr.precommit.data.get(PLANNED, {})
        rest = self.filtered(lambda line: line.id not in known)
        # Whoever confirms need not see the factory: only dates are used.
        asked = rest.sudo()._ask_promises() if rest else {}
        earliest = {
            line: known[line.id] if line.id in known else asked[line].feasible
            for line in self
        }
        late = {
            line: date
            for line, date in earliest.items()
            if date and date > line._get_promise_date()
        }
        for line, date in late.items():
            line.planned_date = date
        for order, lines in (
            self.browse(line.id for line in late).grouped("order_id").items()
        ):
            order._log_promises([line._tell_planned() for line in lines])

    def _ask_promises(self):
        """Return {line: ``Promise``} of lines that are confirmed but not ordered yet."""
        demands = [line._prepare_promise_demand() for line in self]
        found = self.env["mto.promise"]._get_promises(demands)
        return {
            line: found[demand.key] for line, demand in zip(self, demands, strict=True)
        }

    def _tell_planned(self):
        """One sentence on a line that is planned later than it is promised."""
        self.ensure_one()
        return self.env._(
            "%(product)s is promised for %(promised)s, which cannot be kept: everything "
            "is planned for %(planned)s.",
            product=self.product_id.display_name,
            promised=self._format_day(self._get_promise_date()),
            planned=self._format_day(self.planned_date),
        )

    def _set_deadlines(self):
        """Give deliveries and productions of the lines their promise as deadline.

        Core tells the production's move, and leaves the manufacturing order as it was.
        """
        for line in self:
            moves = line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
            deliveries = moves.filtered(
                lambda move: move.location_dest_id.usage == "customer"
            )
            deliveries.date_deadline = line._get_promise_date()
            for production in moves.production_id:
                production.date_deadline = min(
                    production.move_finished_ids.filtered("date_deadline").mapped(
                        "date_deadline"
                    ),
                    default=False,
                )

    def _keep_promises(self, before, vals):
        """Check and keep the promises of confirmed lines that a person changed.

        :param before: {line: its promise before}
        :param vals: what was written, with the reason of it
        """
        changed = {
            line: before[line]
            for line in self
            if line._get_promise_date() != before[line]
        }
        if changed:
            lines = self.browse(line.id for line in changed)
            lines._check_early_promises(vals)
            self.env["mto.promise.change"]._keep_changes(changed, vals)
