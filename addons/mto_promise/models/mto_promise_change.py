from odoo import api, fields, models


class MtoPromiseChange(models.Model):
    """What the customer of an order line was promised, and when that changed.

    Written where promises change; nobody writes it by hand.
    """

    _name = "mto.promise.change"
    _description = "Promise of an Order Line"
    _order = "date desc, id desc"
    _rec_name = "sale_line_id"

    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="sale_line_id.company_id", store=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    product_id = fields.Many2one(related="sale_line_id.product_id")
    kind = fields.Selection(
        [("first", "First promise"), ("change", "Promised anew")], required=True
    )
    date_before = fields.Datetime("Promised Before")
    date_after = fields.Datetime("Promised", required=True)
    reason_id = fields.Many2one("operation.exception.reason")
    note = fields.Char()
    user_id = fields.Many2one("res.users", "Changed By")
    date = fields.Datetime("Changed On", default=fields.Datetime.now, required=True)

    @api.model
    def _keep_changes(self, before, vals):
        """Keep that promises of confirmed lines changed, and note it on their orders.

        :param before: {line: what was promised before}
        :param vals: what was written, with the reason
        """
        lines = self.env["sale.order.line"].browse(line.id for line in before)
        # History is no document of the salesperson.
        kept = self.sudo()
        kept._keep_first(lines, before)
        changes = kept.create(
            [
                {
                    "sale_line_id": line.id,
                    "kind": "change",
                    "date_before": before[line],
                    "date_after": line._get_promise_date(),
                    "reason_id": vals.get("promise_reason_id"),
                    "note": vals.get("early_promise_reason"),
                    "user_id": self.env.uid,
                }
                for line in lines
            ]
        )
        for order, rows in changes.grouped("order_id").items():
            order.with_env(self.env)._log_promises([row._tell() for row in rows])
        return changes

    @api.model
    def _keep_first(self, lines, dates=None):
        """Keep the first promise of confirmed ``lines`` that have none yet, in batch.

        :param dates: {line: the promise}; without it, what is promised now
        """
        known = self.search([("sale_line_id", "in", lines.ids)]).sale_line_id
        return self.create(
            [
                {
                    "sale_line_id": line.id,
                    "kind": "first",
                    "date_after": dates[line] if dates else line._get_promise_date(),
                    "user_id": line.order_id.user_id.id,
                    "date": line.order_id.date_order,
                }
                for line in lines.sudo()
                if line not in known
            ]
        )

    def _tell(self):
        """One sentence on a change, for the order."""
        self.ensure_one()
        line = self.sale_line_id
        sentence = self.env._(
            "%(product)s: promised for %(after)s, before for %(before)s.",
            product=line.product_id.display_name,
            after=line._format_day(self.date_after),
            before=line._format_day(self.date_before),
        )
        reasons = [self.reason_id.name, self.note]
        reason = "; ".join(filter(None, reasons))
        return f"{sentence} {self.env._('Reason: %s.', reason)}" if reason else sentence
