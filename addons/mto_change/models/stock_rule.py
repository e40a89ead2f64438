from odoo import api, models

from odoo.addons.mto_cascade.marks import is_marked

from .mto_change_application import APPLYING
from .stock_move import NETTING, TAKEN_ON


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

    def _get_stock_move_values(self, *procurement):
        """A component that a kit has twice is changed where it was.

        Core takes all of it for the first one's: the kit could never be delivered.
        """
        move_values = super()._get_stock_move_values(*procurement)
        values = procurement[-1]
        if is_marked(self.env, APPLYING) or is_marked(self.env, NETTING):
            line = self.env["sale.order.line"].browse(values.get("sale_line_id") or ())
            moves = line.move_ids.filtered(lambda m: m.state != "cancel")
            if values.get("bom_line_id") in moves.bom_line_id.ids:
                move_values["bom_line_id"] = values["bom_line_id"]
        return move_values

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """What was picked may be brought on in part: the rest is not wanted."""
        vals = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        if is_marked(self.env, TAKEN_ON):
            vals["product_uom_qty"] = float(self.env.context[TAKEN_ON])
        return vals
