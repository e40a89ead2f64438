from odoo import api, models

BATCH = 500


class LatePromise(models.AbstractModel):
    """Orders that will not be delivered when they were promised."""

    _name = "operation.exception.detector.late.promise"
    _inherit = "operation.exception.detector"
    _description = "Promises that cannot be kept"

    @api.model
    def _detect(self, setting):
        """Yield a cause for each order that is projected two working days late."""
        rows = self.env["mto.order.progress"].sudo()._find_late(setting.company_id)
        orders = rows.sale_line_id.order_id
        for start in range(0, len(orders), BATCH):
            batch = orders[start : start + BATCH]
            yield from self._get_causes(
                rows.filtered(lambda row, b=batch: row.sale_line_id.order_id in b)
            )

    def _get_causes(self, rows):
        sentences = rows._tell_all()
        return [
            {
                "key": order._get_promise_key(),
                "type_code": "late_promise",
                "record": order,
                "orders": order,
                "days": max(row._count_days_late() for row in theirs),
                "money": sum(row._get_value() for row in theirs),
                "date": order.date_order,
                "note": "\n".join(
                    row.sale_line_id._tell_delay(row, sentences[row]) for row in theirs
                ),
            }
            for order, theirs in rows.grouped(lambda r: r.sale_line_id.order_id).items()
        ]

    def _follow_orders(self, setting, orders):
        """Open and close the issues of these orders now."""
        progress = self.env["mto.order.progress"].sudo()
        rows = progress._find_late(setting.company_id, orders)
        keys = [order._get_promise_key() for order in orders]
        self._follow_now(setting, self._get_causes(rows), keys)

    @api.model
    def _get_gone_reason(self):
        return self.env._("The delivery is projected in time again, or it was made.")
