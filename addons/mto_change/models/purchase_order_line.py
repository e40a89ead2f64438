from odoo import Command, models

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        """A confirmed purchase that a person reduces leaves somebody without goods."""
        if "product_qty" not in vals:
            return super().write(vals)
        resupply = self.env["mto.change.resupply"]
        reduced = resupply._get_changed(self).filtered(
            lambda line: line.state == "purchase"
            and line.product_uom_id.compare(vals["product_qty"], line.product_qty) < 0
        )
        served = resupply._get_served_by_lines(reduced)
        ordered = resupply._filter_ordered(served)
        res = super().write(vals)
        if reduced:
            resupply._resupply(served, ordered)
        return res

    def _get_move_dests_initial_demand(self, move_dests):
        """What is on its way beyond the demands is not ordered again.

        Core forgets it, and lets more come where a line is lowered, or more than it is
        raised by.
        """
        quantity = super()._get_move_dests_initial_demand(move_dests)
        if not self.company_id.sudo().order_change_rules:
            return quantity
        return max(quantity, self._get_qty_procurement())

    def _let_go(self):
        """Nobody waits for the lines any more, which end.

        Core cancels demands with them where goods are put away, or what is left of a
        demand that stock served.
        """
        self.sudo().move_dest_ids = [Command.clear()]

    def _get_open_demands(self):
        """Open demands that wait for the goods of the lines (sudo)."""
        lines = self.sudo()
        return (lines.move_dest_ids | lines.move_ids.move_dest_ids).filtered(
            lambda m: m.state not in (*CLOSED, "draft")
        )

    def _get_replaceable_quantity(self):
        """What has not come, in the unit of the line, less what is too much.

        What a change left over, and nobody decided to keep, is requested of nobody.
        """
        self.ensure_one()
        surplus = self.env["mto.change.issue"]._get_undecided_surplus(self)
        return (
            self.product_qty
            - self.qty_received
            - self.product_id.uom_id._compute_quantity(
                surplus, self.product_uom_id, rounding_method="HALF-UP"
            )
        )

    def _get_product_price(self):
        """Price of a unit of the product, in the currency of the company."""
        self.ensure_one()
        price = self.product_uom_id._compute_price(
            self.price_unit_discounted, self.product_id.uom_id
        )
        return self.currency_id._convert(
            price,
            self.company_id.currency_id,
            self.company_id,
            self.order_id.date_order.date(),
        )
