from collections import Counter

from odoo import fields, models

from ..cascade import current


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities_dict(
        self, lot_id, owner_id, package_id, from_date=False, to_date=False
    ):
        """Do not count the demands that core has not confirmed at this point."""
        result = super()._compute_quantities_dict(
            lot_id, owner_id, package_id, from_date, to_date
        )
        cascade = current(self.env)
        if cascade and cascade.pending:
            for product_id, quantity in self._count_pending(cascade, to_date).items():
                result[product_id]["outgoing_qty"] -= quantity
                result[product_id]["virtual_available"] += quantity
        return result

    def _count_pending(self, cascade, to_date):
        """Return {product id: quantity} of demands whose turn has not come yet."""
        place = self.env["stock.location"].browse(
            self.env.context.get("location") or ()
        )
        latest = fields.Datetime.to_datetime(to_date)
        found = Counter()
        for move in self.env["stock.move"].sudo().browse(cascade.pending):
            if (
                move.product_id in self
                and move.state
                in ("waiting", "confirmed", "partially_available", "assigned")
                and (not latest or move.date <= latest)
                and move.location_id._child_of(place)
                and not move.location_dest_id._child_of(place)
            ):
                found[move.product_id.id] += move.product_qty
        return found
