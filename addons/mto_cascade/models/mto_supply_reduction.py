from odoo import api, models

from .mto_supply_network import CLOSED, REQUESTED


class MtoSupplyReduction(models.AbstractModel):
    """Orders less of supply that nobody needs any more, as far as it is not started.

    Requests for quotation and manufacturing orders follow, with all that was ordered
    for their components. A purchase, a started order and what serves somebody else
    stay as they are: what they bring goes to stock. Callers have checked who asks.
    """

    _name = "mto.supply.reduction"
    _description = "Reduction of Supply"

    @api.model
    def _order_less(self, supplies, quantity):
        """Order up to ``quantity`` less of ``supplies``, the last ones first.

        :param supplies: (supplying moves, lines of requests for quotation)
        :param float quantity: in the unit of the product
        :return: the part of ``quantity`` that could not be taken back
        """
        # Orders of other people's departments: whoever may give up a demand gives up
        # what was ordered for it.
        moves, lines = (records.sudo() for records in supplies)
        flow = self._get_open_flow(moves, lines)
        for line in lines.filtered(lambda line: line.state in REQUESTED)[::-1]:
            spare = line._get_spare_quantity(flow.left(("line", line.id)))
            less = min(spare, quantity)
            line._request_less(less)
            quantity -= less
        for move in moves.filtered(lambda m: m.state not in CLOSED)[::-1]:
            production = move.production_id
            less = min(flow.left(("move", move.id)), quantity)
            if (
                move.product_id.uom_id.compare(less, 0) > 0
                and production.product_id == move.product_id
                and production._is_not_started()
            ):
                self._make_less(production, less)
                quantity -= less
        return max(quantity, 0.0)

    def _get_open_flow(self, moves, lines):
        network = self.env["mto.supply.network"]
        return network._load_open(self.env["stock.move"], (moves, lines)).solve()

    def _make_less(self, production, quantity):
        """Make ``quantity`` less, and order less for the components."""
        product = production.product_id
        rest = product.uom_id.round(production.product_uom_qty - quantity)
        components = [
            (
                move,
                (move.move_orig_ids, move.sudo().created_purchase_line_ids),
                move._get_demanded_quantity(),
            )
            for move in production.move_raw_ids
            if move.state not in CLOSED
        ]
        # Nobody is asked to do by hand what happens here.
        production = production.with_context(skip_activity=True)
        if product.uom_id.compare(rest, 0) <= 0:
            production.action_cancel()
        else:
            self.env["change.production.qty"].sudo().with_context(
                skip_activity=True
            ).create(
                {
                    "mo_id": production.id,
                    "product_qty": product.uom_id._compute_quantity(
                        rest, production.product_uom_id, rounding_method="HALF-UP"
                    ),
                }
            ).change_prod_qty()
        for move, supplies, before in components:
            less = before - move._get_open_quantity()
            if move.product_id.uom_id.compare(less, 0) > 0:
                self._order_less((supplies[0].exists(), supplies[1].exists()), less)
