from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _create_or_update_picking(self):
        res = super()._create_or_update_picking()
        self.move_ids._get_subcontract_production()._order_missing_components()
        return res

    def _prepare_stock_moves(self, picking):
        """A changed quantity changes the receipt that is there.

        Core puts a family of manufacturing orders on a receipt while the references
        lead to one only, and merges within a family. The subcontractor's orders come
        later and are families of their own: a line that is lowered would be returned.
        """
        res = super()._prepare_stock_moves(picking)
        received = self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id.usage != "supplier"
                and not move.origin_returned_move_id
            )
        )
        for vals in res if received else ():
            vals["production_group_id"] = received[0].production_group_id.id
        return res
