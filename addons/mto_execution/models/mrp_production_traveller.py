from odoo import models


class MrpProduction(models.Model):
    """The paper that travels with the goods."""

    _inherit = "mrp.production"

    def _get_traveller_orders(self):
        """Customer orders that are served, as rows of the traveller."""
        self.ensure_one()
        tree = self.env["mto.supply.tree"]
        return [
            {**row, "promised": tree._format_moment(row["promise_date"])}
            for row in self.get_demand()[0]["demand"]
        ]

    def _get_traveller_components(self):
        """A row per place and lot that is reserved, and one for what is missing."""
        self.ensure_one()
        rows = []
        for move in self.move_raw_ids.filtered(lambda m: m.state != "cancel"):
            uom = move.product_id.uom_id
            left = move._to_product_uom(move.product_uom_qty)
            for line in move.move_line_ids:
                left -= line.quantity_product_uom
                rows.append(self._prepare_traveller_component(move, line))
            if uom.compare(left, 0) > 0:
                rows.append(self._prepare_traveller_component(move, False, left))
        return rows

    def _prepare_traveller_component(self, move, line, missing=0.0):
        product = move.product_id
        quantity = line.quantity_product_uom if line else missing
        return {
            "product": product.display_name,
            "quantity": f"{product.uom_id.round(quantity):.6f}".rstrip("0").rstrip("."),
            "uom": product.uom_id.name,
            "place": line.location_id.display_name if line else "",
            "lot": line.lot_id.name or "" if line else "",
            "is_missing": not line,
        }
