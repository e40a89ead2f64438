from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVAL = {"early_promise_approver_id", "early_promise_approved_date"}
APPROVERS = "mto_promise.group_promise_approver"


class SaleOrderLine(models.Model):
    """A date that is earlier than what can be kept: warned, explained or approved."""

    _inherit = "sale.order.line"

    promise_reason_id = fields.Many2one(
        "operation.exception.reason",
        "Reason of the Promise",
        domain=[("kind", "=", "cause")],
        copy=False,
        groups="base.group_user",
        help="Why the promise was changed; kept with each change.",
    )
    early_promise_reason = fields.Char(
        "Reason for the Early Date",
        copy=False,
        groups="base.group_user",
        help="Why a date is promised that is earlier than the earliest date.",
    )
    early_promise_approver_id = fields.Many2one(
        "res.users",
        "Early Date Approved By",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    early_promise_approved_date = fields.Datetime(
        "Approved for",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="No earlier date than this was approved.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_approved_by_hand(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_approved_by_hand([vals])
        return super().write(vals)

    def _check_not_approved_by_hand(self, vals_list):
        if not self.env.su and any(APPROVAL & vals.keys() for vals in vals_list):
            raise AccessError(
                self.env._("Who approved an early date is noted by the button only.")
            )

    # What is early

    def _to_day(self, moment):
        """The day of a moment (UTC) where the company works."""
        zone = self.company_id.sudo().resource_calendar_id.tz or "UTC"
        return fields.Datetime.context_timestamp(
            self.with_context(tz=zone), moment
        ).date()

    def _format_day(self, moment):
        """'12 March', as where the earliest date is told."""
        return self.env["mto.supply.check"]._format_day(self._to_day(moment))

    def _find_early(self, earliest):
        """Those of the lines that are promised for a day before their earliest date.

        :param earliest: {line: datetime, or None where nobody knows}
        :return: {line: its earliest date}
        """
        return {
            line: earliest[line]
            for line in self
            if earliest.get(line)
            and line._to_day(line._get_promise_date()) < line._to_day(earliest[line])
        }

    def _get_earliest_dates(self):
        """{line: earliest date of a quotation, projected date of a confirmed line}"""
        confirmed = self.filtered(lambda line: line.state == "sale")
        # Whoever sells need not see the factory: only a date is used.
        promises = (self - confirmed).sudo()._get_promises()
        dates = {line: promise.feasible for line, promise in promises.items()}
        return dates | confirmed._get_projected_dates()

    # What it takes

    def _is_early_allowed(self):
        """Whether the company takes the early promise of the line as it is."""
        self.ensure_one()
        rule = self.company_id.promise_early
        if rule == "reason":
            return bool(self.early_promise_reason)
        return rule != "approve" or self._is_early_approved()

    def _is_early_approved(self):
        self.ensure_one()
        approved = self.early_promise_approved_date
        return bool(approved) and self._to_day(approved) <= self._to_day(
            self._get_promise_date()
        )

    def _is_promise_approver(self):
        """Whether the user may approve early dates of the line: never one's own."""
        self.ensure_one()
        seller = self.order_id.user_id or self.order_id.create_uid
        return self.env.user != seller and self.env.user.has_group(APPROVERS)

    def _check_new_promises(self):
        """Refuse lines that are added to a confirmed order with a date too early."""
        dated = self.filtered(
            lambda line: (
                line.promised_date
                and line.company_id.promise_early != "warn"
                and line in line._get_confirmed()
            )
        )
        if dated:
            # The queue has not seen them yet.
            delays = dated._get_delays(live=True)
            earliest = {line: d["projected_date"] for line, d in delays.items()}
            early = dated._find_early(earliest)
            dated._refuse_early(
                {
                    line: date
                    for line, date in early.items()
                    if not line._is_early_allowed()
                }
            )

    def _check_early_promises(self, vals):
        """Refuse what a person promises too early for confirmed lines.

        A reason of an earlier promise is none for this one.
        """
        asked = self.filtered(lambda line: line.company_id.promise_early != "warn")
        if not asked or self.env.su:
            return
        early = asked._find_early(asked._get_earliest_dates())
        approved = self.browse(line.id for line in early if line._is_promise_approver())
        explained = bool(vals.get("early_promise_reason"))
        self._refuse_early(
            {
                line: date
                for line, date in early.items()
                if line not in approved
                and not (explained and line.company_id.promise_early == "reason")
                and not (
                    line.company_id.promise_early == "approve"
                    and line._is_early_approved()
                )
            }
        )

    def _refuse_early(self, early):
        """Raise an error that names all lines of ``early`` that are not allowed."""
        if early:
            raise UserError(self._tell_refusal(early))

    def _tell_refusal(self, early):
        sentences = "\n".join(line._tell_early(date) for line, date in early.items())
        if any(line.company_id.promise_early == "reason" for line in early):
            return self.env._(
                "These dates are earlier than can be kept:\n\n%(sentences)s\n\nPromise "
                "a later date, or give a reason in the line, under “Reason for Early "
                "Date”.",
                sentences=sentences,
            )
        return self.env._(
            "These dates are earlier than can be kept:\n\n%(sentences)s\n\nPromise a "
            "later date, or ask somebody who may approve early dates; the salesperson "
            "of the order may not.",
            sentences=sentences,
        )

    def _tell_early(self, earliest):
        """One sentence on a promise before its earliest date."""
        self.ensure_one()
        return self.env._(
            "%(product)s: promised for %(promised)s, earliest date %(earliest)s.",
            product=self.product_id.display_name,
            promised=self._format_day(self._get_promise_date()),
            earliest=self._format_day(earliest),
        )

    # Approving

    def action_approve_early_promise(self):
        """Approve the dates of these lines although they are too early.

        For the group that approves early dates, never for the salesperson of the order.
        The approval holds for this date and later ones; it is noted on the order.

        :return: True
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.check_access("read")
        for line in self:
            if not line._is_promise_approver():
                raise AccessError(
                    self.env._(
                        "An early date of %s is approved by somebody of the group "
                        "Approve Early Dates who is not its salesperson.",
                        line.order_id.name,
                    )
                )
        for line in self:
            # After the check: approvers need not be able to change orders.
            line.sudo().write(
                {
                    "early_promise_approver_id": self.env.uid,
                    "early_promise_approved_date": line._get_promise_date(),
                }
            )
        self._log_approval()
        return True

    def _log_approval(self):
        orders = self.sudo().grouped("order_id")
        for order, lines in orders.items():
            sentences = [
                self.env._(
                    "Early date approved by %(user)s: %(product)s for %(date)s.",
                    user=self.env.user.name,
                    product=line.product_id.display_name,
                    date=line._format_day(line._get_promise_date()),
                )
                for line in lines
            ]
            order._log_promises(sentences)
