from odoo import models
from odoo.fields import Command

from ..cascade import current, running


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """Look up once what several lines lead to that are raised at once.

        Each line is a call of its own to supply what it needs more.
        """
        lines = self.env["sale.order.line"].browse(
            command[1]
            for command in vals.get("order_line") or ()
            if command[0] == Command.UPDATE and "product_uom_qty" in command[2]
        )
        if len(lines) < 2 or current(self.env) is not None or not lines._is_confirmed():
            return super().write(vals)
        with running(self.env) as cascade:
            cascade.resting = cascade.alone = True
            self.env["mto.batch.scope"]._look_around(cascade, lines.product_id)
            return super().write(vals)
