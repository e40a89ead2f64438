from odoo import models

from ..engine import PromiseDemand


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_promises(self, wanted=None, memory=None):
        """Return {line: ``Promise``}: when each line can be had, and why not before.

        Of lines with goods that are not confirmed yet; the lines of one order share one
        stock, in the order of the order. They may be unsaved. Needs read access to the
        lines only, which callers have checked; nothing is written.

        :param wanted: moment on which all would be wanted, None for what lines say
        :param memory: of ``mto.promise._read_goods``, if it was read before
        """
        lines = self._filter_promisable().sorted(
            lambda line: (line.sequence, line._origin.id or float("inf"))
        )
        demands = [line._prepare_promise_demand(wanted) for line in lines]
        by_key = dict(zip(demands, lines, strict=True))
        found = self.env["mto.promise"]._get_promises(
            demands, {demand.key: line for demand, line in by_key.items()}, memory
        )
        return {line: found[demand.key] for demand, line in by_key.items()}

    def _filter_promisable(self):
        return self.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and line.product_uom_qty > 0
                and line.state not in ("sale", "cancel")
            )
        )

    def _prepare_promise_demand(self, wanted=None):
        self.ensure_one()
        return PromiseDemand(
            key=self,
            product_id=self.product_id.id,
            quantity=self._get_quantity_in_product_unit(),
            warehouse_id=self.warehouse_id.id,
            company_id=(self.company_id or self.env.company).id,
            wanted=wanted or self.wanted_date or self.order_id.commitment_date or None,
            line_id=self._origin.id,
            start=self._get_start_moment() or None,
            group=self.order_id,
        )

    def _get_promise_answers(self, wanted=None):
        """Return {line: what ``sale.order.get_promise`` tells of it}, as superuser.

        :param wanted: moment on which all would be wanted, None for what lines say
        """
        goods = self.filtered(
            lambda line: line.product_id.type == "consu" and not line.display_type
        )
        Promise = self.env["mto.promise"]
        found = goods._get_promises(wanted)
        messages = Promise._get_messages(found.values())
        answers = {
            line: Promise._prepare_answer(
                promise, line.id, line.promised_date, messages[line]
            )
            for line, promise in found.items()
        }
        others = goods.filtered(lambda line: line not in answers)
        return answers | others._get_answers_without_promise(wanted)

    def _get_answers_without_promise(self, wanted):
        """The same of lines that are confirmed, cancelled or ask for nothing."""
        Promise = self.env["mto.promise"]
        # Looked at anew: an integration asks a moment after it changed something.
        delays = self._get_delays(live=True)
        answers = {}
        for line in self:
            demand = line._prepare_promise_demand(wanted)
            answers[line] = Promise._prepare_answer(
                Promise._new_promise(demand), line.id, line.promised_date
            )
            if line.state == "sale":
                answers[line].update(line._prepare_projected(delays.get(line, {})))
            elif line.product_uom_qty <= 0:
                answers[line]["message"] = self.env._(
                    "Nothing to deliver: the quantity is %s.",
                    Promise._format_quantity(line.product_uom_qty),
                )
        return answers

    def _prepare_projected(self, delay):
        """What the documents of a confirmed line lead to.

        :param delay: of ``_get_delays``, empty for what is delivered
        """
        self.ensure_one()
        Promise = self.env["mto.promise"]
        waits = delay.get("product")
        return {
            "promised_date": Promise._tell_moment(self._get_promise_date()),
            "projected_date": Promise._tell_moment(delay.get("projected_date")),
            "days_late": delay.get("days_late", 0),
            "limiting_component": bool(waits) and Promise._get_name(waits.id),
            "critical_path": [
                Promise._prepare_step(step) for step in delay.get("path", ())
            ],
            "message": delay.get("message") or False,
        }
