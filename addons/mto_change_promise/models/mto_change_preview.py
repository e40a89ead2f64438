from datetime import datetime

from odoo import fields, models

from odoo.addons.mto_promise.engine import PromiseDemand


class MtoChangePreview(models.AbstractModel):
    """When more can be had, and what decides it: what a quotation would be told."""

    _inherit = "mto.change.preview"

    def _add_promise(self, request, asked, rows):
        """Tell the earliest date of what is needed more, in words and in the rows.

        The rows of the lines get the date that is promised and, where that cannot be
        kept, the earliest one, with the component that decides it and ``is_late``.
        """
        told = super()._add_promise(request, asked, rows)
        promises = self._get_earliest(request, asked)
        if not promises:
            return told
        messages = self.env["mto.promise"]._get_messages(promises.values())
        for key, promise in promises.items():
            self._add_earliest(rows[key], promise, messages[key])
        return self._tell_earliest(rows, promises, messages)

    def _get_earliest(self, request, asked):
        """{key of a line's row: ``Promise`` of what is needed more}"""
        dates = self.env["mto.change.dates"]._get_promises(request)
        demands, lines = [], {}
        for line, procurement in asked:
            _before, after = dates.get(line, (False, False))
            wanted = after or self._get_wanted(request, line)
            demand = self._prepare_demand(request, line, procurement, wanted)
            demands.append(demand)
            if not request.warehouse:
                lines[demand.key] = line
        return self.env["mto.promise"]._get_promises(demands, lines)

    def _get_wanted(self, request, line):
        """What the customer was told, False for nothing."""
        order_date = request.values.get(
            "commitment_date", request.order.commitment_date
        )
        return line.promised_date or line.wanted_date or order_date

    def _prepare_demand(self, request, line, procurement, wanted):
        product = procurement.product_id
        return PromiseDemand(
            key=self._get_line_key(line),
            product_id=product.id,
            quantity=procurement.product_uom._compute_quantity(
                procurement.product_qty, product.uom_id, round=False
            ),
            warehouse_id=(request.warehouse or line.warehouse_id).id,
            company_id=request.order.company_id.id,
            wanted=wanted or None,
            group=request.order.id,
        )

    # What is told

    def _is_kept(self, promise):
        """Whether it is sure to come when it was promised."""
        return bool(
            promise.wanted
            and promise.feasible
            and not (promise.is_late or promise.missing)
        )

    def _add_earliest(self, row, promise, message):
        wanted = fields.Datetime.to_string(promise.wanted) or False
        row["date_before"] = row["date_before"] or wanted
        if self._is_kept(promise):
            row["date_after"] = row["date_after"] or wanted
            return
        row["date_after"] = fields.Datetime.to_string(promise.feasible) or False
        row["reason"] = f"{row['reason']}. {message}"
        row["is_late"] = promise.is_late

    def _tell_earliest(self, rows, promises, messages):
        """One sentence: of several lines the one that comes last."""
        open_keys = [
            key for key, promise in promises.items() if not self._is_kept(promise)
        ]
        if not open_keys:
            return self.env._("the promise can be kept")
        last = max(open_keys, key=lambda key: promises[key].feasible or datetime.max)
        told = self._tell_one(rows[last], promises[last], messages[last])
        others = sum(promises[key].is_late for key in open_keys if key != last)
        if not others:
            return told
        return self.env._(
            "%(line)s; other lines later than promised: %(count)s",
            line=told,
            count=others,
        )

    def _tell_one(self, row, promise, message):
        quantity = self._tell({**row, "quantity": promise.quantity})
        values = {"more": f"{quantity} {row['product']}", "why": message}
        if promise.missing:
            return self.env._("%(more)s more: %(why)s", **values)
        tell_moment = self.env["mto.promise"]._format_moment
        values["date"] = tell_moment(promise.feasible)
        if not promise.is_late:
            return self.env._("%(more)s more on %(date)s (%(why)s)", **values)
        return self.env._(
            "%(more)s more on %(date)s, not as promised on %(wanted)s (%(why)s)",
            wanted=tell_moment(promise.wanted),
            **values,
        )
