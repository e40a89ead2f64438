from odoo import models

from ..marks import ENLARGED_FOR, get_marked_ids


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """Link an order that is enlarged with the component that it is enlarged for.

        At once: what it makes more would be nobody's for what is ordered next. Odoo
        links components with the orders that it makes only.
        """
        before = {order: order.product_qty for order in self.mo_id}
        res = super().change_prod_qty()
        for order, quantity in before.items():
            if order.product_uom_id.compare(order.product_qty, quantity) > 0:
                self._link_enlarged(order)
        return res

    # Nothing is linked where mto_batch_confirm enlarges many at once: it links later.
    change_prod_qty.raises_at_once = True

    def _link_enlarged(self, order):
        """Components are ordered one after the other, each enlarges the order once."""
        ids = get_marked_ids(self.env, ENLARGED_FOR)
        output = order.move_finished_ids.filtered(
            lambda m: m.product_id == order.product_id
            and m.state not in ("done", "cancel")
        )[:1]
        demand = (
            self.env["stock.move"]
            .browse(ids)
            .filtered(
                lambda m: m.product_id == output.product_id
                and m not in output.move_dest_ids
                and (m.specification_key or "") == (order.specification_key or "")
            )[:1]
        )
        if demand:
            self.env["mto.supply.network"]._link(output, demand)
