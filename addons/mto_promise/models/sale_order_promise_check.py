from markupsafe import Markup

from odoo import models

from .sale_order_line import PLANNED


class SaleOrder(models.Model):
    """What a quotation promises is looked at once more when it is accepted."""

    _inherit = "sale.order"

    def action_confirm(self):
        """Settle what is promised: weeks become dates, what is too early is told.

        What a customer signed or paid for is never refused: its salesperson gets an
        open issue instead.
        """
        self.filtered(lambda o: o.state in ("draft", "sent"))._settle_promises()
        res = super().action_confirm()
        self.env.cr.precommit.data.pop(PLANNED, None)
        return res

    def _watches_promises(self):
        """Whether a promise was given, or the company wants what can be kept."""
        self.ensure_one()
        company = self.company_id
        return (
            company.promise_default == "earliest"
            or company.promise_early != "warn"
            or company.promise_plan_earliest
            or any(
                line.promised_date or line._get_promise_weeks()
                for line in self.order_line
            )
        )

    def _settle_promises(self):
        watched = self.filtered(lambda order: order._watches_promises())
        lines = watched.order_line.filtered(lambda line: line._promises_goods())
        if not lines:
            return
        # Whoever confirms need not see the factory; dates and sentences are used.
        promises = lines.sudo()._get_promises()
        promises = {line: promises[line] for line in lines}
        for line, promise in promises.items():
            line._settle_promise(promise)
        earliest = {line: promise.feasible for line, promise in promises.items()}
        early = lines._find_early(earliest)
        by_customer = watched.filtered(lambda order: order._is_accepted_by_customer())
        lines._refuse_early(
            {
                line: date
                for line, date in early.items()
                if line.order_id not in by_customer and not line._is_early_allowed()
            }
        )
        self.env.cr.precommit.data[PLANNED] = {
            line.id: date for line, date in earliest.items()
        }
        for order in watched:
            slipped = {line: promises[line] for line in early if line.order_id == order}
            if slipped:
                order._tell_slipped(slipped, order in by_customer)

    def _is_accepted_by_customer(self):
        """Whether the customer signed the quotation or paid for it."""
        self.ensure_one()
        return bool(
            self.signed_on
            or any(
                transaction.state in ("authorized", "done")
                # A salesperson may confirm without seeing payments.
                for transaction in self.sudo().transaction_ids
            )
        )

    def _tell_slipped(self, slipped, by_customer):
        """Note what was promised, what can be kept, and why; an issue if accepted."""
        self.ensure_one()
        Promise = self.env["mto.promise"].sudo()
        sentences = [
            " ".join(
                filter(
                    None,
                    [
                        line._tell_early(promise.feasible),
                        Promise._get_message(promise),
                        line.early_promise_reason
                        and self.env._("Reason: %s.", line.early_promise_reason),
                    ],
                )
            )
            for line, promise in slipped.items()
        ]
        self._log_promises(sentences)
        if by_customer:
            self._raise_late_promise(
                "\n".join(sentences),
                max(
                    (promise.feasible - line._get_promise_date()).days
                    for line, promise in slipped.items()
                ),
            )

    def _raise_late_promise(self, note, days):
        # A customer accepts; the issue is for the salesperson.
        Issues = self.env["operation.exception"].sudo()
        Issues._raise_exception(
            self._get_promise_key(), "late_promise", self.sudo(), note=note, days=days
        )

    def _get_promise_key(self):
        """Key of the open issue: one for each order, whoever finds it."""
        self.ensure_one()
        return f"late-promise-{self.id}"

    def _log_promises(self, sentences):
        """Note sentences in the chatter, for employees only."""
        self.ensure_one()
        body = Markup("<br/>").join(sentences)
        self.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)
