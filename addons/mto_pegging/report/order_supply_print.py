from odoo import api, models


class OrderSupplyPrint(models.AbstractModel):
    """ "Supply of this order" on paper, one tree for each order."""

    _name = "report.mto_pegging.order_supply_print"
    _description = "Supply of this order, printed"

    @api.model
    def _get_report_values(self, docids, data=None):
        tree = self.env["mto.order.supply"]
        return {
            "doc_ids": docids,
            "trees": [tree._get_printed([res_id]) for res_id in docids],
        }
