from odoo import models


class StockRoute(models.Model):
    _name = "stock.route"
    _inherit = ["stock.route", "rollout.frozen"]

    _frozen_area = "supply"

    def write(self, vals):
        """Which warehouses use a shared route is the design of these warehouses."""
        before = {route: route.warehouse_ids for route in self}
        result = super().write(vals)
        if "warehouse_ids" in vals:
            for route, warehouses in before.items():
                changed = (warehouses | route.warehouse_ids) - (
                    warehouses & route.warehouse_ids
                )
                changed._check_frozen(["route_ids"])
        return result

    def _get_frozen_names(self, names):
        """Warehouses and rules are parts of the design themselves."""
        own = super()._get_frozen_names(names)
        return [name for name in own if name not in ("warehouse_ids", "rule_ids")]
