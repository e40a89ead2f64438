from odoo import models


class StockPicking(models.Model):
    """What is received is inspected, where an inspection point says so."""

    _inherit = "stock.picking"

    def _action_done(self):
        res = super()._action_done()
        received = self.filtered(
            lambda p: p.state == "done" and p.picking_type_code == "incoming"
        )
        if received:
            received._make_inspections()
        return res

    def _make_inspections(self):
        points = self.env["mto.inspection.point"]._get_points(
            "receipt", self.company_id
        )
        if not points:
            return
        # Whoever receives goods makes what has to be looked at.
        self.env["mto.inspection"].sudo().create(
            [
                {
                    "point_id": point.id,
                    "company_id": picking.company_id.id,
                    "product_id": product.id,
                    "lot_id": lot.id,
                    "quantity": sum(lines.mapped("quantity_product_uom")),
                    "picking_id": picking.id,
                    "holds": point.holds,
                }
                for picking in self.sudo()
                for (product, lot), lines in picking.move_line_ids.grouped(
                    lambda line: (line.product_id, line.lot_id)
                ).items()
                for point in points
                if point._applies_to(product, picking.company_id)
                and any(lines.mapped("quantity"))
            ]
        )
