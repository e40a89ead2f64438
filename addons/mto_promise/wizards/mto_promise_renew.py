from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class MtoPromiseRenew(models.TransientModel):
    """ "Re-promise": other dates for what a customer waits for, with the reason."""

    _name = "mto.promise.renew"
    _description = "Re-promise"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    line_ids = fields.One2many(
        "mto.promise.renew.line",
        "renew_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    reason_id = fields.Many2one(
        "operation.exception.reason", domain=[("kind", "=", "cause")]
    )
    note = fields.Char("Explanation")
    is_early = fields.Boolean(compute="_compute_is_early")

    @api.depends("order_id")
    def _compute_line_ids(self):
        for renew in self:
            lines = renew.order_id.order_line._get_confirmed().filtered(
                lambda line: line._is_open_for_delivery()
            )
            renew.line_ids = [Command.clear()] + [
                Command.create({"sale_line_id": line.id}) for line in lines
            ]

    @api.depends("line_ids.date", "line_ids.projected_date")
    def _compute_is_early(self):
        for renew in self:
            renew.is_early = any(line._is_early() for line in renew.line_ids)

    def action_apply(self):
        """Promise the new dates; what is not changed stays as it is.

        :raises odoo.exceptions.UserError: if nothing is changed, or a date is too early
            and the company does not take that
        """
        self.ensure_one()
        changed = self.line_ids.filtered(lambda row: row.date != row.promised_date)
        if not changed:
            raise UserError(
                self.env._("No date is changed. Enter another date, or discard.")
            )
        for date, rows in changed.grouped("date").items():
            rows.sale_line_id.write(
                {
                    "promised_date": date,
                    "promise_reason_id": self.reason_id.id,
                    "early_promise_reason": self.note,
                }
            )
        return {"type": "ir.actions.act_window_close"}


class MtoPromiseRenewLine(models.TransientModel):
    _name = "mto.promise.renew.line"
    _description = "Re-promise of an Order Line"

    renew_id = fields.Many2one("mto.promise.renew", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one(
        "sale.order.line", "Order Line", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="sale_line_id.product_id")
    promised_date = fields.Datetime("Promised", compute="_compute_dates")
    projected_date = fields.Datetime("Projected", compute="_compute_dates")
    cause = fields.Char("Because of", compute="_compute_dates")
    date = fields.Datetime(
        "Promise",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )

    @api.depends("sale_line_id")
    def _compute_dates(self):
        delays = self.sale_line_id._get_delays()
        for row in self:
            delay = delays.get(row.sale_line_id, {})
            row.promised_date = row.sale_line_id._get_promise_date()
            row.projected_date = delay.get("projected_date")
            row.cause = delay.get("days_late") and delay.get("message")

    @api.depends("sale_line_id")
    def _compute_date(self):
        """What is late gets the projected date, everything else keeps its own."""
        for row in self:
            late = row._is_late()
            row.date = row.projected_date if late else row.promised_date

    def _is_late(self):
        self.ensure_one()
        line = self.sale_line_id
        return bool(self.projected_date) and (
            line._to_day(self.projected_date) > line._to_day(self.promised_date)
        )

    def _is_early(self):
        self.ensure_one()
        line = self.sale_line_id
        return bool(
            self.date
            and self.projected_date
            and line._to_day(self.date) < line._to_day(self.projected_date)
        )
