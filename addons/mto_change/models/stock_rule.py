from odoo import api, models

from ..marks import is_marked
from .mto_change_application import APPLYING
from .stock_move import TAKEN_ON


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

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """What was picked may be brought on in part: the rest is not wanted."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        if is_marked(self.env, TAKEN_ON):
            vals["product_uom_qty"] = float(self.env.context[TAKEN_ON])
        return vals
