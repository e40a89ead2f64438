from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _order_missing_components(self):
        """Send what the subcontractor needs for a quantity that was raised.

        Core raises his order with the receipt and sends nothing more: the components
        would wait for goods that nobody brings.
        """
        covered = {}
        for component in self.move_raw_ids:
            if (
                component.state in ("done", "cancel")
                or component.procure_method != "make_to_order"
                or not component.move_orig_ids
            ):
                continue
            quantity = component._get_brought_quantity()
            missing = component.product_uom_qty - quantity
            if component.product_uom.compare(missing, 0) > 0:
                covered[component.id] = quantity
        if covered:
            self.env["stock.move"].browse(covered)._run_procurement(covered)
