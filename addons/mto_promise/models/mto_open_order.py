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

    def action_move_dates(self):
        """Open the dates that what serves the rows should have: the door of planners.

        :return: window action
        :raises odoo.exceptions.AccessError: if a row may not be read, and without
            rights on manufacturing orders
        """
        self.check_access("read")
        # A planner may see every row, without the orders themselves.
        return self.env["mto.date.move.wizard"]._propose(self.sudo().sale_line_id)
