from odoo import fields, models

from .supply_words import SUPPLY_POLICIES


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    supply_policy = fields.Selection(
        SUPPLY_POLICIES,
        help="How demands of sales orders on the stock of this warehouse are supplied "
        "where no line, product, rule or category decides.\n"
        "Empty or Inherit: the company decides. What can neither be made nor bought is "
        "taken from stock.",
    )

    def write(self, vals):
        res = super().write(vals)
        self.env["mto.supply.resolver"]._forget_rules(self._name, vals)
        return res

    def _get_component_locations(self):
        """Where components go that leave the stock of this warehouse."""
        if self.manufacture_steps != "mrp_one_step":
            return self.pbm_loc_id
        return self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company_id.id)]
        )
