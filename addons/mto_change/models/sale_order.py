from odoo import models

from .mto_change_application import APPLYING


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_cancel(self):
        """A cancelled order stops what supplies it, where the company says so."""
        lines = self.order_line.filtered(lambda line: line._follows_change_rules())
        if not lines or self.env.context.get(APPLYING):
            return super()._action_cancel()
        self.check_access("write")
        plan = self.env["mto.change"].sudo()._plan_lines(dict.fromkeys(lines, False))
        res = super(SaleOrder, self.with_context(**{APPLYING: True}))._action_cancel()
        self.env["mto.change.application"]._apply(plan)
        return res

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        """Nobody is asked to do by hand what the rules do."""
        if self.env.context.get(APPLYING):
            return None
        return super()._log_decrease_ordered_quantity(documents, cancel=cancel)
