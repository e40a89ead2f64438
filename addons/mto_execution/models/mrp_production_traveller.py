import base64

from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import models

# Of the bars, in their narrowest widths; the paper says how wide that is.
BAR_HEIGHT = 36


class MrpProduction(models.Model):
    """The paper that travels with the goods."""

    _inherit = "mrp.production"

    def _get_traveller_orders(self):
        """Customer orders that are served, as rows of the traveller."""
        self.ensure_one()
        tree = self.env["mto.supply.tree"]
        return [
            {
                **row,
                "promised": tree._format_moment(row["promise_date"]),
                "quantity": _format(row["quantity"]),
            }
            for row in self.get_demand()[0]["demand"]
        ]

    def _get_traveller_quantity(self):
        """How much is made, without the zeros behind it."""
        self.ensure_one()
        return _format(self.product_qty)

    def _get_traveller_barcode(self, value):
        """Code 128 of ``value`` as the address of a picture, False where it has none.

        Lines, not points: it is sharp at each size, on screen and on paper.
        """
        if not value or not value.isascii():
            return False
        drawing = createBarcodeDrawing(
            "Code128",
            value=value,
            barWidth=1,
            barHeight=BAR_HEIGHT,
            quiet=1,
            humanReadable=0,
        )
        picture = base64.b64encode(drawing.asString("svg").encode()).decode()
        return f"data:image/svg+xml;base64,{picture}"

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
            "quantity": _format(product.uom_id.round(quantity)),
            "uom": product.uom_id.name,
            "place": line.location_id.display_name if line else "",
            "lot": line.lot_id.name or "" if line else "",
            "is_missing": not line,
        }


def _format(quantity):
    """Without the zeros behind it."""
    return f"{quantity:.6f}".rstrip("0").rstrip(".")
