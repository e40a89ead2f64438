from odoo import api, fields, models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # ``sale_line_id`` says for which order line a vendor ships; who asked, Odoo drops.
    demand_user_id = fields.Many2one(
        "res.users",
        "Asked for by",
        readonly=True,
        copy=False,
        help="Who confirmed or changed the order that the vendor ships for.",
    )

    @api.model
    def _prepare_purchase_order_line_from_procurement(self, *args, **kwargs):
        vals = super()._prepare_purchase_order_line_from_procurement(*args, **kwargs)
        values = args[7] if len(args) > 7 else kwargs["values"]
        if vals.get("sale_line_id") and values.get("demand_line_id"):
            vals["demand_user_id"] = values.get("demand_user_id")
        return vals

    def _prepare_stock_moves(self, picking):
        """The goods that the vendor ships serve the order line, at level 0."""
        res = super()._prepare_stock_moves(picking)
        demand = self._prepare_dropship_demand()
        return [{**vals, **demand} for vals in res] if demand else res

    def _prepare_dropship_demand(self):
        self.ensure_one()
        if not self.sale_line_id or not self._is_dropshipped():
            return {}
        return {
            "demand_line_id": self.sale_line_id.id,
            "demand_level": 0,
            "demand_user_id": self.demand_user_id.id,
            "specification_key": self.specification_key,
        }
