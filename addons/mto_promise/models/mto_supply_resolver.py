from odoo import models


class SupplyResolver(models.AbstractModel):
    _inherit = "mto.supply.resolver"

    def _get_template_fields(self):
        """With what the dates of a quotation tell of each product."""
        return [*super()._get_template_fields(), "sale_delay", "target_wait_days"]
