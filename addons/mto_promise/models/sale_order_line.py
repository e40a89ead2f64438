from odoo import fields, models

# What says when the customer may expect the line.
DATES = {"wanted_date", "promised_date"}


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

    def _get_promise_date(self):
        """The date of the line itself, where it has one."""
        self.ensure_one()
        return self.promised_date or self.wanted_date or super()._get_promise_date()

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, DATES)
        return super()._write_multi(vals_list)
