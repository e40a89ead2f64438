from odoo import models

from ..cascade import current


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def _compute_state(self):
        """Write the states that change at once; core writes each, changed or not."""
        if not current(self.env):
            return super()._compute_state()
        for state in ("ready", "blocked"):
            self.filtered(
                lambda order, state=state: (
                    order.product_uom_id
                    and order.state in ("blocked", "ready")
                    and order.state != state
                    and (order.product_uom_id.compare(order.qty_ready, 0) > 0)
                    == (state == "ready")
                )
            ).write({"state": state})

    def _action_confirm(self):
        """Put the work orders of new orders in their sequence, all at once."""
        cascade = current(self.env)
        made = cascade and cascade.made.get("workorder_ids", ())
        new = self.filtered(lambda order: made and order.production_id.id in made)
        if rest := self - new:
            super(MrpWorkorder, rest)._action_confirm()
        if new:
            new.production_id._link_workorders_at_once()

    def _set_cost_mode(self):
        if not current(self.env):
            return super()._set_cost_mode()
        for mode, orders in self.grouped(
            lambda order: order.operation_id.cost_mode or "actual"
        ).items():
            orders.cost_mode = mode
