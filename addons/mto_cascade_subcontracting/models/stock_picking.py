from odoo import Command, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _prepare_subcontract_mo_vals(self, subcontract_move, bom):
        """The subcontractor works for the demands that the receipt serves.

        Core gives the order a reference of its own only. Whom its components are for
        follows from the order, as at every level. Several demands: the oldest decides.
        """
        vals = super()._prepare_subcontract_mo_vals(subcontract_move, bom)
        demands = subcontract_move._get_subcontract_demands()
        if not demands:
            return vals
        return {
            **vals,
            **demands[0]._prepare_demand_values(),
            "reference_ids": [
                *vals["reference_ids"],
                *(Command.link(id_) for id_ in demands.reference_ids.ids),
            ],
        }

    def _subcontracted_produce(self, subcontract_details):
        res = super()._subcontracted_produce(subcontract_details)
        for move, _bom in subcontract_details:
            move._link_subcontract_parents()
        return res
