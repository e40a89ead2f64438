from odoo import models


class SupplyResolver(models.AbstractModel):
    _inherit = "mto.supply.resolver"

    def _prepare_rule_values(self, place):
        """For a sold product Odoo takes rules of the company only, not common ones.

        It looks whether the line is told, not which one it is.
        """
        values = super()._prepare_rule_values(place)
        return {**values, "sale_line_id": False} if place.is_sold else values
