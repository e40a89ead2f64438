from odoo import models

from ..marks import MARK
from ..models.mto_change_application import APPLYING
from ..models.stock_move import NETTING


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """A lowered order needs less below; who waited for it is supplied again."""
        resupply = self.env["mto.change.resupply"]
        changed = resupply._get_changed(self.mo_id)
        if not changed:
            return super().change_prod_qty()
        less = self._get_less(changed)
        served = resupply._get_served(changed)
        ordered = resupply._filter_ordered(served)
        plan = self.env["mto.change"].sudo()._plan_productions(less) if less else None
        modes = {NETTING: MARK, **({APPLYING: MARK} if less else {})}
        res = super(ChangeProductionQty, self.with_context(**modes)).change_prod_qty()
        if plan:
            self.env["mto.change.application"]._apply(plan)
            resupply._resupply(served, ordered)
        return res

    # A raise only gets another context: mto_batch_confirm may do many of them at once.
    change_prod_qty.raises_at_once = True

    def _get_less(self, productions):
        """{manufacturing order: quantity it makes less}, in the product's unit."""
        result = {}
        for wizard in self:
            production = wizard.mo_id
            unit = production.product_uom_id
            less = unit._compute_quantity(
                production.product_qty - wizard.product_qty,
                production.product_id.uom_id,
            )
            if production in productions and unit.compare(less, 0) > 0:
                result[production] = less
        return result
