from odoo import fields, models

from ..engine import STOCK_THEN_ORDER
from .mto_supply_network import REQUESTED


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    specification_key = fields.Char(readonly=True, copy=False)

    def _get_requested_quantity(self):
        """Quantity of a request for quotation, in the product's unit; else zero."""
        self.ensure_one()
        if self.state not in REQUESTED or self.display_type:
            return 0.0
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _arrives_at(self, location):
        """Whether the goods reach ``location``, maybe after more steps."""
        self.ensure_one()
        order = self.order_id
        destination = self.location_final_id or order._get_final_location_record()
        return bool(destination) and destination._child_of(location)

    def _get_move_dests_initial_demand(self, move_dests):
        """A demand that uses stock first is served by the line with its missing part.

        Core attaches the whole demand to the receipt, and would return the rest.
        """
        stock_first = move_dests.filtered(
            lambda m: m.supply_policy == STOCK_THEN_ORDER and m.state != "done"
        )
        demanded = super()._get_move_dests_initial_demand(move_dests - stock_first)
        if not stock_first:
            return demanded
        flow = self.env["mto.supply.network"]._load_open(stock_first).solve()
        attached = self.move_ids.filtered(
            lambda m: m.state != "cancel" and m.move_dest_ids & stock_first
        )
        missing = sum(flow.missing(move.id) for move in stock_first) + sum(
            move._get_demanded_quantity() for move in attached
        )
        return demanded + self.product_id.uom_id._compute_quantity(
            missing, self.product_uom_id, rounding_method="HALF-UP"
        )
