from odoo import models
from odoo.fields import Domain


class StockMove(models.Model):
    """Lines that are promised for different days leave in transfers of their own."""

    _inherit = "stock.move"

    def _follows_vendor(self):
        """Whether the vendor's date counts for the receipt, not a date set by hand.

        Core moves only the deadline of a receipt when the vendor's date changes.
        """
        self.ensure_one()
        return (
            bool(self.purchase_line_id.date_planned)
            and self.location_id.usage in ("supplier", "transit")
            and not self.picking_id.is_date_by_hand
        )

    def _has_own_transfer(self):
        """Whether lines of the order have dates of their own, and may leave apart."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        return order.picking_policy == "direct" and any(
            line._has_own_promise() for line in order.order_line
        )

    def _key_assign_picking(self):
        keys = super()._key_assign_picking()
        if self._has_own_transfer():
            keys += (self.sale_line_id._get_promise_date(),)
        return keys

    def _search_picking_for_assignation_domain(self):
        """Only a transfer whose goods were promised for the same moment."""
        domain = super()._search_picking_for_assignation_domain()
        if not self._has_own_transfer():
            return domain
        promise = self.sale_line_id._get_promise_date()
        others = self.sale_line_id.order_id.order_line.filtered(
            lambda line: line._get_promise_date() != promise
        )
        apart = ("move_ids", "not any", [("sale_line_id", "in", others.ids)])
        return Domain(domain) & Domain([apart])
