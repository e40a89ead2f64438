from odoo import models

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

from ..models.mto_change_application import APPLYING
from ..models.stock_move import NETTING


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """A lowered order needs less below; who waited for it is supplied again."""
        resupply = self.env["mto.change.resupply"]
        changed = resupply._get_changed(self.mo_id)
        if received := self._filter_received(changed):
            received.with_context(
                **{APPLYING: MARK, "no_procurement": True}
            ).change_prod_qty()
            return (self - received).change_prod_qty()
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

    def _filter_received(self, productions):
        """Orders of subcontractors that are lowered to what is entered as received.

        Core does so while a receipt is filled in. The receipt still asks for the rest:
        what is below stays until the rest is cancelled.
        """
        if "is_subcontract" not in self.env["stock.move"]._fields:
            return self.browse()
        return self.filtered(
            lambda wizard: wizard.mo_id in productions and wizard._is_received_in_part()
        )

    def _is_received_in_part(self):
        """Whether the receipt asks for all that the order was to make."""
        self.ensure_one()
        production = self.mo_id
        receipts = production.move_finished_ids.move_dest_ids.filtered(
            lambda m: m.is_subcontract and m.state not in CLOSED
        )
        is_lowered = production.product_uom_id.compare(
            self.product_qty, production.product_qty
        )
        if not receipts or is_lowered >= 0:
            return False
        orders = receipts._get_subcontract_production().filtered(
            lambda mo: mo.state not in CLOSED
        )
        ordered = sum(orders.mapped("product_uom_qty"))
        asked = sum(receipts.mapped("product_qty"))
        return production.product_id.uom_id.compare(ordered, asked) <= 0
