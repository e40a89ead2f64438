from odoo import models

COLUMNS = {"product_uom_qty", "product_uom_id", "customer_lead", "qty_delivered"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)

    def action_open_supply(self):
        """ "Supply of this order", of these lines alone.

        :return: the action that shows the tree
        :rtype: dict
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mto_pegging.action_line_supply"
        )
        # The one line stays in the address of the page.
        return {**action, "context": {"active_id": self[:1].id, "active_ids": self.ids}}

    def _is_open_for_delivery(self):
        """Whether goods of the confirmed line are still to be delivered."""
        self.ensure_one()
        return (
            self.state == "sale"
            and self.product_id.type == "consu"
            and self.qty_delivered < self.product_uom_qty
        )
