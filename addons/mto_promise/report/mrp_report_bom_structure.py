from odoo import models

from .customer_clock import Clock


class ReportBomStructure(models.AbstractModel):
    _inherit = "report.mrp.report_bom_structure"

    def _add_supply(self, data, warehouse):
        res = super()._add_supply(data, warehouse)
        self._add_lead_times(data, warehouse)
        return res

    def _add_lead_times(self, data, warehouse):
        """Tell of each line ``clock_days`` and ``buffered_days``, as "By Level" does.

        Days that a customer waits until it is there, and days that stock takes off
        that; False for none. What another bill of materials makes tells nothing.
        """
        # Vendors and rules tell the days; only the days are shown.
        lead = (
            self.env["mto.lead.structure"]
            .sudo()
            ._get_structure(data["product"].sudo(), warehouse.sudo(), demands={})
        )
        clock = Clock(lead)
        todo = [(data, root, False) for root in lead.roots.values()]
        while todo:
            line, key, is_behind_stock = todo.pop()
            line["clock_days"], line["buffered_days"] = clock.get_days(
                key, is_behind_stock
            )
            is_behind_stock = is_behind_stock or clock.nodes[key].is_buffered
            below = clock.get_components(key)
            todo += [
                (component, below[component["product_id"]], is_behind_stock)
                for component in line.get("components", ())
                if component["product_id"] in below
            ]
