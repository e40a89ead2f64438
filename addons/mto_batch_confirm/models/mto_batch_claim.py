from odoo import SUPERUSER_ID, api, models

from ..cascade import MustGoInTurn, get_policies, link_later
from ..engine import LAST


class MtoBatchClaim(models.AbstractModel):
    """Demands of a confirmation that take from stock and order what is missing.

    A policy of mto_cascade says so. Core's walk serves them order by order, when it
    comes back up from what is made for the order. Here all demands on a product are
    served at once, in that order, when it is known that no more can come.
    """

    _name = "mto.batch.claim"
    _description = "Claims on Stock of a Confirmation"

    @api.model
    def _serve(self, cascade, claims):
        """Let demands take what there is, and order the rest.

        :param claims: list of ``Claim``, in the order of their ranks
        :raise MustGoInTurn: where core would share out in another way
        """
        moves = self._browse_claimed(claims)
        for company, demands in moves.grouped("company_id").items():
            demands = demands.with_company(company)
            policies = get_policies(demands.env)
            shares = policies._share(demands)
            self._check_order(cascade, claims, shares)
            policies._take(shares)
            missing = policies._prepare_missing(shares)
            self.with_env(demands.env)._order_missing(cascade, claims, missing)

    def _browse_claimed(self, claims):
        """Return the moves of claims that still stand, each once.

        As superuser, like the orders that they belong to.
        """
        ids = dict.fromkeys(claim.key for claim in claims)
        moves = self.env["stock.move"].with_user(SUPERUSER_ID).sudo().browse(ids)
        return get_policies(self.env)._filter_stock_first(moves.exists())

    def _check_order(self, cascade, claims, shares):
        """Refuse what depends on more than the order of the claims."""
        calls = {}
        for claim in claims:
            calls.setdefault(claim.key, set()).add(claim.rank)
        # Some may have been merged into others since.
        waiting = {id_ for _rank, id_ in cascade.reservations}
        reserved = self.env["stock.move"].sudo().browse(waiting).exists()
        moves = self.env["stock.move"].concat(*shares)
        by_products = self._find_by_products(moves.product_id)
        for (product, _place), found in moves.grouped(
            lambda move: (move.product_id, move.location_id)
        ).items():
            parts = [shares[move] for move in found]
            has_goods = any(part.from_stock or part.arrivals for part in parts)
            is_short = any(part.missing for part in parts)
            in_parts = any(len(calls[move.id]) > 1 for move in found)
            if has_goods and (
                product in by_products | reserved.product_id
                or (in_parts and (is_short or not _lies_together(found[0])))
            ):
                raise MustGoInTurn
            if is_short and len(parts) > 1:
                self._check_vendors(product)

    def _find_by_products(self, products):
        """Return those that may come as by-products, of orders in between."""
        groups = (
            self.env["mrp.bom.byproduct"]
            .sudo()
            ._read_group([("product_id", "in", products.ids)], ["product_id"])
        )
        return products.browse([product.id for [product] in groups])

    def _check_vendors(self, product):
        """What a vendor sells beyond a demand is there for the next one."""
        if not get_policies(self.env)._orders_exactly(product):
            raise MustGoInTurn

    def _order_missing(self, cascade, claims, procurements):
        """Order as each order does that comes back up, by the rank of its claim."""
        rank_of = {}
        for claim in claims:
            rank_of.setdefault(claim.key, claim.rank)
        by_rank = {}
        for move, procurement in procurements:
            cascade.claimed.append((rank_of[move.id], move.id))
            by_rank.setdefault(rank_of[move.id], []).append(procurement)
        # As `_run_supply` of mto_cascade: what is made here orders in turn.
        rules = self.env["stock.rule"].with_context(no_procurement=False)
        rules = link_later(rules)
        for rank, found in by_rank.items():
            with cascade.scope(rank), rules._telling_path(found):
                rules.run(
                    found, raise_user_error=not self.env.context.get("from_orderpoint")
                )

    @api.model
    def _get_uncovered(self, cascade):
        """Return [(rank, moves)] that share an order which was enlarged for them."""
        moves = self.env["stock.move"].with_user(SUPERUSER_ID).sudo()
        moves = moves.browse(id_ for _rank, id_ in cascade.claimed).exists()
        if not moves:
            return []
        uncovered = set(get_policies(self.env)._filter_uncovered(moves).ids)
        by_rank = {}
        for rank, id_ in cascade.claimed:
            if id_ in uncovered:
                by_rank.setdefault((*rank, LAST), []).append(id_)
        return [(rank, moves.browse(ids)) for rank, ids in by_rank.items()]

    @api.model
    def _check_free(self, cascade, moves):
        """Refuse moves whose rule orders what is missing, where only a part is there.

        What core finds free then depends on what it has reserved so far. Where there is
        enough for all, or nothing, it finds the same as here.
        """
        for move in moves:
            if (
                move.rule_id.procure_method == "mts_else_mto"
                and not move._should_bypass_reservation()
            ):
                product, place = move.product_id, move.location_id
                if (product, place) not in cascade.free:
                    found = product.with_context(location=place.id).free_qty
                    cascade.free[product, place] = found
                cascade.wanted[product, place] += move.product_qty
                self._check_part(cascade, product, place)

    @api.model
    def _check_reservations(self, cascade, moves):
        """The same with all that other moves have reserved in between.

        :param moves: all that are going to be reserved, those of such rules as well
        """
        for product, place in cascade.free:
            found = moves.filtered(lambda m, product=product: m.product_id == product)
            cascade.wanted[product, place] = sum(found.mapped("product_qty"))
            self._check_part(cascade, product, place)

    def _check_part(self, cascade, product, place):
        free, wanted = cascade.free[product, place], cascade.wanted[product, place]
        if (
            product.uom_id.compare(free, 0) > 0
            and product.uom_id.compare(free, wanted) < 0
        ):
            raise MustGoInTurn

    @api.model
    def _check_enough(self, cascade, moves):
        """Refuse reservations where an order was enlarged and there is not enough.

        Core reserves for such an order in parts; who comes in between may get less.
        """
        for move in moves:
            if move.product_id.id in cascade.must_suffice and (
                move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
                or not _lies_together(move)
            ):
                raise MustGoInTurn


def _lies_together(move):
    """Whether all there is of a product lies in one heap."""
    quants = move.env["stock.quant"].sudo()._gather(move.product_id, move.location_id)
    return move.product_id.tracking == "none" and len(quants) == 1
