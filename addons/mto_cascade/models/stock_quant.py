from odoo import api, models

from ..marks import EXACT_QUANTITY, is_marked


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _get_reserve_quantity(
        self, product_id, location_id, quantity, uom_id=None, *args, **kwargs
    ):
        """Reserve what stock first counted, also where it is no number of dozens.

        Core rounds down to the unit of the demand: 0.66 dozen of 8 pieces. The rest
        would be missing, and promised to the next demand.
        """
        if is_marked(self.env, EXACT_QUANTITY):
            uom_id = None
        return super()._get_reserve_quantity(
            product_id, location_id, quantity, uom_id, *args, **kwargs
        )
