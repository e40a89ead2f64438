from collections import defaultdict

from odoo import api, models

from ..marks import EXACT_QUANTITY, LINKING_LATER, MARK


class MtoSupplyBatch(models.AbstractModel):
    """What somebody asks who confirms the orders of a cascade level by level.

    ``stock.move._link_supply`` does this for the demands of one confirmation, right
    after it. With records of ``_link_later`` it does nothing, and who asked for them
    does it here: for many orders at once, demands in the order in which
    they would have been confirmed. ``mto_batch_confirm`` does so; it finds this model
    in the registry and does not depend on it.

    Callers pass moves with superuser rights.
    """

    _name = "mto.supply.batch"
    _description = "Supply of Demands Confirmed at Once"

    @api.model
    def _link_later(self, records):
        """Return ``records`` with which nothing is linked before it is asked for."""
        return records.with_context(**{LINKING_LATER: MARK})

    @api.model
    def _filter_stock_first(self, moves):
        """Return those of ``moves`` that take from stock and order what is missing."""
        return moves.filtered(lambda move: move._is_stock_first_demand())

    @api.model
    def _link(self, moves):
        """Link the demands made to order in ``moves`` that were left without supply."""
        moves._relink_stranded()

    @api.model
    def _share(self, demands):
        """Claim the products of ``demands`` and share out what is there and on its way.

        In the order of ``demands``; nothing is written but the claims.

        :return: {move: ``engine.Share``}
        """
        demands._claim_stock()
        return self.env["mto.supply.network"]._share_free(demands)

    @api.model
    def _orders_exactly(self, product):
        """Whether no vendor sells more than what is missing: a rest would be shared."""
        return all(
            not price.min_qty
            and (not price.product_uom_id or price.product_uom_id == product.uom_id)
            for price in product.sudo().seller_ids
        )

    @api.model
    def _take(self, shares):
        """Reserve and link what each demand got.

        :param dict shares: as of ``_share``
        """
        network = self.env["mto.supply.network"]
        moves = self.env["stock.move"].concat(*shares)
        self._reserve({move: part.from_stock for move, part in shares.items()})
        for move, part in shares.items():
            for supply, quantity in part.arrivals:
                network._link(supply, move)
                if supply._name == "purchase.order.line":
                    supply._take_surplus(quantity)
        moves._recompute_state()

    def _reserve(self, quantities):
        """Reserve free stock: many demands at once, as far as one does not need to see
        what another one has taken.

        :param dict quantities: {move: quantity in the product's unit}
        """
        wanted = {
            move: quantity
            for move, quantity in quantities.items()
            if move.product_id.uom_id.compare(quantity, 0) > 0
        }
        moves = self.env["stock.move"].concat(*wanted)
        rounds = defaultdict(dict)
        for found in moves.grouped(lambda move: move._get_supply_pool()).values():
            together = len(found) == 1 or self._lies_together(found[0])
            for turn, move in enumerate(found):
                rounds[0 if together else turn][move] = wanted[move]
        for _turn, part in sorted(rounds.items()):
            self._reserve_round(part)

    def _lies_together(self, move):
        """Whether all there is lies in one heap, of which each demand takes a part."""
        product = move.product_id
        quants = self.env["stock.quant"].sudo()._gather(product, move.location_id)
        return product.tracking == "none" and len(quants) == 1

    def _reserve_round(self, quantities):
        values = []
        for move, quantity in quantities.items():
            found, _taken = move.with_context(
                **{EXACT_QUANTITY: MARK}
            )._update_reserved_quantity_vals(quantity, move.location_id, strict=False)
            if production := move.raw_material_production_id:
                # As core does where it reserves components.
                for vals in found:
                    vals["production_id"] = production.id
                    vals["workorder_id"] = move.workorder_id.id
            values += found
        lines = self.env["stock.move.line"].sudo().create(values)
        lines._apply_putaway_strategy()

    @api.model
    def _prepare_missing(self, shares):
        """Return [(move, procurement of what is missing)], ordered as ``shares``."""
        return [
            (move, move._prepare_missing_procurement(part.missing))
            for move, part in shares.items()
            if move.product_id.uom_id.compare(part.missing, 0) > 0
        ]

    @api.model
    def _filter_uncovered(self, demands):
        """Return those whose missing part was added to an order of another demand."""
        uncovered = self.env["mto.supply.network"]._find_uncovered(demands)
        return demands.filtered(lambda move: move in uncovered)

    @api.model
    def _cover(self, demands):
        """Link demands with what was added for them to an order of another one."""
        demands._relink_uncovered()
