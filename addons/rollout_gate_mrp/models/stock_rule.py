from odoo import api, fields, models

from odoo.addons.rollout_gate.engine import locks
from odoo.addons.stock.models.stock_rule import ProcurementException


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_manufacture(self, procurements):
        """The scheduler tells what waits for a go-live, and goes on with the rest."""
        refused = [
            (procurement, message)
            for procurement, rule in procurements
            if (message := rule._get_manufacture_refusal(procurement))
        ]
        if refused:
            raise ProcurementException(refused)
        return super()._run_manufacture(procurements)

    def _get_manufacture_refusal(self, procurement):
        """Return why a site does not manufacture for a procurement yet, or False."""
        sites = self.env["rollout.lock"]._get_sites()
        if not sites:
            return False
        warehouse = self.picking_type_id.warehouse_id or self.warehouse_id
        held = locks.find_holding(
            sites, procurement.company_id.id, warehouse.id, fields.Datetime.now()
        )
        return held and self.env["rollout.site"]._get_refusal(
            held.key, procurement.product_id.display_name
        )
