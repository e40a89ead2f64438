from odoo import fields, models

from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED


class MtoPurchaseNeed(models.Model):
    """What the vendor of a requested line asks for: kept to be searched.

    Derived with the rows of ``mto.demand.line``, by the same queue and every night.
    """

    _name = "mto.purchase.need"
    _description = "Terms of a Requested Purchase Line"
    _log_access = False

    purchase_line_id = fields.Many2one(
        "purchase.order.line", required=True, ondelete="cascade", index=True
    )
    vendor_days = fields.Integer()
    minimum_qty = fields.Float(
        digits="Product Unit", help="In the unit of the purchase line."
    )

    _line_uniq = models.UniqueIndex("(purchase_line_id)")

    def _derive(self, lines):
        """Keep the terms of those of ``lines`` that are requested, drop the others'."""
        kept = {
            row.purchase_line_id: row
            for row in self.search([("purchase_line_id", "in", lines.ids)])
        }
        requested = lines.filtered(
            lambda line: line.state in REQUESTED and line.product_id
        )
        self.browse(
            row.id for line, row in kept.items() if line not in requested
        ).unlink()
        created = []
        for line in requested:
            vals = self._prepare_values(line)
            if line in kept:
                kept[line].write(vals)
            else:
                created.append(vals)
        self.create(created)

    def _prepare_values(self, line):
        # Chosen as core chooses it: the price that the line was made with.
        seller = line.selected_seller_id
        minimum = seller.product_uom_id._compute_quantity(
            seller.min_qty, line.product_uom_id, rounding_method="HALF-UP"
        )
        return {
            "purchase_line_id": line.id,
            "vendor_days": seller.delay,
            "minimum_qty": minimum if seller else 0.0,
        }
