from odoo import models

# Set where an order that was changed orders again: take what is left over first.
NETTING = "mto_change_net"


class StockMove(models.Model):
    _inherit = "stock.move"

    def _prepare_procurement_qty(self):
        """What is left over of the own order is taken before more is ordered."""
        quantities = super()._prepare_procurement_qty()
        if not self.env.context.get(NETTING):
            return quantities
        needs = {
            move: move._to_product_uom(quantity)
            for move, quantity in zip(self, quantities, strict=True)
            if move.procure_method == "make_to_order"
            and move.product_uom.compare(quantity, 0) > 0
        }
        taken = self._take_own_surplus(needs)
        return [
            quantity - move._from_product_uom(taken[move])
            if move in taken
            else quantity
            for move, quantity in zip(self, quantities, strict=True)
        ]

    def _from_product_uom(self, quantity):
        self.ensure_one()
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom, rounding_method="HALF-UP"
        )

    def _take_own_surplus(self, needs):
        """Link demands with supply of their own order that has something left.

        :param dict needs: {move: quantity in the product's unit}
        :return: {move: quantity that was found}
        """
        moves = self.browse([move.id for move in needs])
        if not moves:
            return {}
        network = self.env["mto.supply.network"].sudo()
        supplies = self._find_own_supply(moves)
        if not (supplies[0] or supplies[1]):
            return {}
        flow = network._load_waiting(moves.sudo(), supplies).solve()
        left = {
            key: flow.left(key) for key, _q, _s in network._get_capacities(supplies)
        }
        taken = {}
        for move, need in needs.items():
            for record in network._sort_own_supply(supplies, move.sudo()):
                key = ("move" if record._name == self._name else "line", record.id)
                part = min(left.get(key, 0.0), need - taken.get(move, 0.0))
                if move.product_id.uom_id.compare(part, 0) > 0:
                    network._link(record, move)
                    left[key] -= part
                    taken[move] = taken.get(move, 0.0) + part
        return taken

    def _find_own_supply(self, moves):
        """Supply of the orders' references; not what is being ordered right now."""
        network = self.env["mto.supply.network"].sudo()
        supplies, lines = network._search_own_supply(moves.sudo())
        return (
            supplies.filtered(
                lambda m: "draft" not in m.move_dest_ids.mapped("state")
                and not m.origin_returned_move_id
            ),
            lines.filtered(
                lambda line: "draft" not in line.move_dest_ids.mapped("state")
            ),
        )

    def _run_procurement(self, old_qties=False):
        """A raised component uses up what is left over of its supply first."""
        if self.env.context.get(NETTING):
            old_qties = {**(old_qties or {}), **self._get_covered_quantities(old_qties)}
        return super()._run_procurement(old_qties)

    def _get_covered_quantities(self, old_qties):
        """{move id: quantity that needs no order}, in the unit of the move."""
        raised = self.filtered(
            lambda m: m.procure_method == "make_to_order"
            and m.product_uom.compare(m.product_uom_qty, (old_qties or {}).get(m.id, 0))
            > 0
        )
        if not raised:
            return {}
        missing = self.env["mto.supply.network"].sudo()._find_stranded(raised.sudo())
        self._take_own_surplus(missing)
        missing = self.env["mto.supply.network"].sudo()._find_stranded(raised.sudo())
        return {
            move.id: max(
                move.product_uom_qty - move._from_product_uom(missing.get(move, 0.0)),
                (old_qties or {}).get(move.id, 0),
            )
            for move in raised
        }
