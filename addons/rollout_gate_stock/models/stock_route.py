from odoo import models


class StockRoute(models.Model):
    _name = "stock.route"
    _inherit = ["stock.route", "rollout.frozen"]

    _frozen_area = "supply"

    def write(self, vals):
        """Which warehouses use a shared route is the design of these warehouses."""
        is_used = "warehouse_ids" in vals
        before = {route: route.warehouse_ids for route in self if is_used}
        result = super().write(vals)
        for route, warehouses in before.items():
            gone, new = warehouses - route.warehouse_ids, route.warehouse_ids
            (gone | (new - warehouses))._check_frozen(["route_ids"])
        return result

    def _get_frozen_names(self, names):
        """Warehouses and rules are parts of the design themselves."""
        own = super()._get_frozen_names(names)
        return [name for name in own if name not in ("warehouse_ids", "rule_ids")]
