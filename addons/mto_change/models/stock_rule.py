from odoo import api, models

from ..marks import is_marked
from .mto_change_application import APPLYING


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_buy(self, procurements):
        """What is asked for less is settled for the whole change at once.

        Core would take it from any line of the product, also below zero.
        """
        if is_marked(self.env, APPLYING):
            procurements = [
                (procurement, rule)
                for procurement, rule in procurements
                if procurement.product_uom.compare(procurement.product_qty, 0) > 0
                or not procurement.values.get("move_dest_ids")
            ]
            if not procurements:
                return True
        return super()._run_buy(procurements)
