from odoo import models
from odoo.tools import SQL


class MtoOpenOrder(models.Model):
    _inherit = "mto.open.order"
    _depends = {"sale.order.line": ["promised_date", "wanted_date"]}

    def _get_promise_date(self):
        """As ``sale.order.line._get_promise_date()``."""
        return SQL(
            "COALESCE(line.promised_date, line.wanted_date, %s)",
            super()._get_promise_date(),
        )
