from odoo import models

from ..cascade import current, running

# For fewer lines, looking up what may be met costs more than it saves.
FEW_LINES = 5


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, **kwargs):
        """Look up rules and bills of materials for the deliveries of all lines."""
        if current(self.env) is not None or len(self) < FEW_LINES:
            return super()._action_launch_stock_rule(**kwargs)
        with running(self.env) as cascade:
            cascade.resting = cascade.alone = True
            self.env["mto.batch.scope"]._look_around(cascade, self.product_id)
            result = super()._action_launch_stock_rule(**kwargs)
            # While it is known which products are kits.
            self.mapped("qty_delivered")
            return result

    def _is_confirmed(self):
        """Whether changes of these lines lead to something."""
        return all(state == "sale" for state in self.mapped("state"))
