from odoo import fields, models

from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED


class MtoPurchaseNeed(models.Model):
    """What the vendor of a requested line asks for: kept to be searched.

    Derived with the rows of ``mto.demand.line``, by the same queue and every night.
    """

    _name = "mto.purchase.need"
    _inherit = "mto.derived"
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
        """Keep the terms of those of ``lines`` that are requested, drop the others'.

        :return: what was kept and is not true, see ``mto.demand.line._derive``
        """
        kept = {
            row.purchase_line_id: row
            for row in self.search([("purchase_line_id", "in", lines.ids)])
        }
        requested = lines.filtered(
            lambda line: line.state in REQUESTED and line.product_id
        )
        return self._keep(
            kept, {line: self._prepare_values(line) for line in requested}
        )

    def _get_key(self):
        return "purchase_need", self.purchase_line_id.id, False

    def _get_compared(self):
        return self.vendor_days, round(self.minimum_qty, 6)

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
