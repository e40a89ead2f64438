from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine import Arrival, Network, Pool, Request, share

# States of a purchase order line whose goods no receipt announces yet.
REQUESTED = ("draft", "sent", "to approve")
CLOSED = ("done", "cancel")


class MtoSupplyNetwork(models.AbstractModel):
    """Who supplies whom, with quantities: loaded in batch, computed by the engine.

    A demand is a stock move; a supply is a stock move ('move') or the line of a
    request for quotation ('line'). Quantities are in the unit of the product. Callers
    pass records with the rights to read them; nothing is handed out but quantities.
    """

    _name = "mto.supply.network"
    _description = "Supply Network"

    # Loading

    @api.model
    def _load_open(self, demands, supplies=None):
        """Network of what is still open around ``demands`` and ``supplies``.

        Needs are what is not reserved yet, capacities what has not arrived yet. Where
        supply does not suffice for all, the others are served before ``demands``.
        """
        everybody, supplies = self._get_neighbours(demands, supplies)
        everybody = (everybody - demands) | demands.sudo()
        open_demands = everybody.filtered(lambda m: m.state not in (*CLOSED, "draft"))
        return self._make_network(
            {move.id: move._get_unreserved_quantity() for move in open_demands},
            {
                key: 0.0 if supply_state == "done" else quantity
                for key, quantity, supply_state in self._get_capacities(supplies)
            },
            open_demands,
        )

    @api.model
    def _load_waiting(self, demands, supplies=None):
        """Network of what is not reserved yet and of goods that lie there for it.

        What has arrived serves those first who took of it already. Where demands that
        use stock took it, or it was lost, no more counts than is free in stock.
        """
        everybody, supplies = self._get_neighbours(demands, supplies)
        everybody = (everybody - demands) | demands.sudo()
        alive = everybody.filtered(lambda m: m.state not in ("cancel", "draft"))
        waiting = alive.filtered(lambda m: m.state != "done")
        capacities = {
            key: quantity for key, quantity, _s in self._get_capacities(supplies)
        }
        arrived = supplies[0].filtered(lambda m: m.state == "done")
        taken = self._make_taken(alive, arrived, capacities)
        network = self._make_network(
            {move.id: move._get_unreserved_quantity() for move in waiting},
            capacities,
            waiting,
        )
        network.needs = {**taken.needs, **network.needs}
        network.links = taken.links + network.links
        return network

    def _make_taken(self, demands, arrived, capacities):
        """What was taken of the supply that has arrived, and what is not there.

        :param demands: all that are linked with the supply, done ones too
        :param arrived: supplying moves that are done
        """
        if not arrived:
            return Network()
        ordered = demands.filtered(
            lambda m: (
                m.procure_method == "make_to_order" and m.move_orig_ids & arrived
            )
        )
        taken = Network(
            {("taken", move.id): move._get_taken_quantity() for move in ordered},
            capacities,
            [
                (("move", origin.id), ("taken", move.id))
                for move in ordered
                for origin in move.move_orig_ids & arrived
            ],
        )
        flow = taken.solve()
        # Rather what a demand that uses stock is linked with: it may have taken that.
        arrived = arrived.sorted(
            lambda m: all(d.procure_method == "make_to_order" for d in m.move_dest_ids)
        )
        waiting = demands.filtered(lambda m: m.state not in CLOSED)
        free = self._get_on_hand(waiting)
        for pool in waiting.grouped(lambda m: m._get_supply_pool()):
            product, location = pool
            there = arrived.filtered(
                lambda m, product=product, location=location: (
                    m.product_id == product and m._arrives_at(location)
                )
            )
            left = sum(flow.left(("move", move.id)) for move in there)
            taken.needs["gone", pool] = left - max(free.get(pool, 0.0), 0.0)
            taken.links += [(("move", move.id), ("gone", pool)) for move in there]
        return taken

    def _make_network(self, needs, capacities, demands):
        links = []
        for move in demands:
            links += [(("move", origin.id), move.id) for origin in move.move_orig_ids]
            links += [
                (("line", line.id), move.id) for line in move.created_purchase_line_ids
            ]
        return Network(needs, capacities, links)

    def _get_neighbours(self, demands, supplies=None):
        """Everybody linked with ``demands`` and ``supplies``, over any number of links.

        :return: (demands, (supplying moves, lines))
        """
        moves, lines = supplies or (
            self.env["stock.move"],
            self.env["purchase.order.line"],
        )
        demands = demands.sudo()
        moves, lines = moves.sudo(), lines.sudo()
        while True:
            more_moves = demands.move_orig_ids - moves
            more_lines = demands.created_purchase_line_ids - lines
            moves |= more_moves
            lines |= more_lines
            more_demands = (moves.move_dest_ids | lines.move_dest_ids) - demands
            demands |= more_demands
            if not more_demands:
                return demands, (moves, lines)

    def _get_capacities(self, supplies):
        """Return [(key, quantity, 'open' or 'done')] of supplies that count."""
        moves, lines = supplies
        result = []
        for move in moves:
            # A manufacturing order that was just made for a demand may be a draft yet.
            if move.state != "cancel" and (move.state != "draft" or move.production_id):
                done = "done" if move.state == "done" else "open"
                key = ("move", move.id)
                result.append((key, move._get_demanded_quantity(), done))
        for line in lines:
            if line.state in REQUESTED:
                key = ("line", line.id)
                result.append((key, line._get_requested_quantity(), "open"))
        return result

    def _get_supply_key(self, record):
        """The key of a supplying move or purchase line in a network."""
        return ("move" if record._name == "stock.move" else "line", record.id)

    # Links that Odoo lost

    @api.model
    def _find_stranded(self, demands):
        """Make-to-order demands that no linked supply covers, with what is missing.

        :return: {move: missing quantity}
        """
        waiting = demands.filtered(lambda m: m._waits_for_supply())
        waiting._read_shared_supply()
        suspects = waiting._filter_perhaps_stranded()
        if not suspects:
            return {}
        flow = self._load_waiting(suspects).solve()
        return {
            move: missing
            for move in suspects
            if (missing := flow.missing(move.id))
            and move.product_id.uom_id.compare(missing, 0) > 0
        }

    @api.model
    def _find_uncovered(self, demands):
        """The same with demands that use stock first, and order the missing part, and
        with those whose supply somebody cancelled.

        :return: {move: missing quantity}
        """
        result = self._find_stranded(demands)
        others = demands.filtered(
            lambda m: m._is_stock_first_demand() or m._has_lost_supply()
        )
        if others:
            flow = self._load_open(others).solve()
            for move in others:
                missing = flow.missing(move.id)
                if move.product_id.uom_id.compare(missing, 0) > 0:
                    result[move] = missing
        return result

    @api.model
    def _relink_neighbours(self, demands):
        """Link those with what is left who share supply with ``demands`` and lack some.

        Core reserves what arrives for one of them, whatever its share of it is.
        """
        everybody, supplies = self._get_neighbours(demands)
        return self._relink(self._find_uncovered(everybody), supplies)

    @api.model
    def _relink(self, stranded, supplies=None):
        """Link stranded demands to supply of their own order that has something left.

        Supply of the same product, place, specification and references: what Odoo
        raised, made in batches, merged or split for them without keeping the link.

        :param dict stranded: {move: missing quantity}
        :param supplies: (moves, lines) that may serve them, of other orders too
        :return: the moves that were linked with something
        """
        moves = self.env["stock.move"].concat(*stranded)
        if not moves:
            return moves
        candidates = self._search_own_supply(moves)
        if supplies:
            candidates = (candidates[0] | supplies[0], candidates[1] | supplies[1])
        if not (candidates[0] or candidates[1]):
            return moves.browse()
        flow = self._load_waiting(moves, candidates).solve()
        left = {key: flow.left(key) for key, _q, _s in self._get_capacities(candidates)}
        linked, short = moves.browse(), moves.browse()
        for move, missing in stranded.items():
            for record in self._sort_own_supply(candidates, move, supplies):
                key = self._get_supply_key(record)
                taken = min(left.get(key, 0.0), missing)
                if move.product_id.uom_id.compare(taken, 0) <= 0:
                    continue
                self._link(record, move)
                left[key] -= taken
                missing -= taken
                linked |= move
                if move.product_id.uom_id.compare(missing, 0) <= 0:
                    break
            else:
                short |= move
        return linked | self._relink_short(short, candidates, supplies)

    def _relink_short(self, short, candidates, supplies=None):
        """Link those for whom not enough was left; nothing here. See ``_relink``.

        :return: the moves that were linked with something
        """
        return short.browse()

    def _search_own_supply(self, demands):
        """Supply that shares a reference with one of ``demands``."""
        references = Domain("reference_ids", "in", demands.reference_ids.ids)
        products = Domain("product_id", "in", demands.product_id.ids)
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                references
                & products
                & Domain("state", "!=", "cancel")
                & (
                    Domain("state", "!=", "draft")
                    | Domain("production_id", "!=", False)
                )
                & self._get_arrival_domain(demands.location_id),
                order="date, id",
            )
        )
        lines = (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                products
                & Domain("state", "in", REQUESTED)
                & Domain("order_id.reference_ids", "in", demands.reference_ids.ids),
                order="date_planned, id",
            )
        )
        return moves, lines

    def _sort_own_supply(self, candidates, demand, supplies=None):
        """Candidates that may supply ``demand``: what is not done yet first."""
        moves, lines = candidates
        near_moves, near_lines = supplies or (moves.browse(), lines.browse())
        moves = moves.filtered(
            lambda m: (
                m.product_id == demand.product_id
                and (m.reference_ids & demand.reference_ids or m in near_moves)
                and m.company_id == demand.company_id
                and (m.specification_key or "") == (demand.specification_key or "")
                and m._arrives_at(demand.location_id)
                and not m.origin_returned_move_id
                and demand not in m.move_dest_ids
            )
        ).sorted(lambda m: (m.state == "done", m.date, m.id))
        lines = lines.filtered(
            lambda line: (
                line.product_id == demand.product_id
                and (
                    line.order_id.reference_ids & demand.reference_ids
                    or line in near_lines
                )
                and line.company_id == demand.company_id
                and (line.specification_key or "") == (demand.specification_key or "")
                and line._arrives_at(demand.location_id)
                and demand not in line.move_dest_ids
            )
        )
        return [*moves, *lines]

    def _get_arrival_domain(self, locations):
        """Moves that bring goods to ``locations`` from outside of them."""
        arrives = Domain("location_dest_id", "child_of", locations.ids) | Domain(
            "location_final_id", "child_of", locations.ids
        )
        return arrives & ~Domain("location_id", "child_of", locations.ids)

    def _link(self, supply, demand):
        """Write the link that Odoo writes when it orders for a demand."""
        supply, demand = supply.sudo(), demand.sudo()
        if demand._has_lost_supply():
            demand.procure_method = "make_to_order"
        if supply._name == "purchase.order.line":
            supply.move_dest_ids |= demand
            return
        supply.move_dest_ids |= demand
        production = supply.production_id
        if production and not demand.created_production_id:
            demand.created_production_id = production
        parent = demand.raw_material_production_id.production_group_id
        # Core counts as made for the sales order what has no parent.
        if production and parent and not supply.move_dest_ids.sale_line_id:
            production.production_group_id.parent_ids |= parent

    # Stock first, then order

    @api.model
    def _share_free(self, demands):
        """What each of ``demands`` gets from stock and from arrivals, what is missing.

        In the order of the demands. Needs the claims of their products, so that two
        transactions do not share the same goods.

        :return: {move: Share}
        """
        pools = demands.grouped(lambda move: move._get_supply_pool())
        flow = self._load_open(demands).solve()
        needs = {move: flow.missing(move.id) for move in demands}
        # Of goods whose stock is not kept, what has arrived is gone from no shelf.
        untracked = demands.filtered(lambda m: m._should_bypass_reservation())
        for move in untracked:
            needs[move] = max(move.product_qty - move._get_linked_quantity(), 0.0)
        short = demands.filtered(lambda m: m.product_id.uom_id.compare(needs[m], 0) > 0)
        committed = self._get_commitments(short - untracked)
        on_hand = self._get_on_hand(short - untracked)
        arrivals = self._get_arrivals(short)
        result = {}
        for key, moves in pools.items():
            pool = Pool(on_hand.get(key, 0.0), committed.get(key, 0.0), arrivals[key])
            requests = [
                Request(move, needs[move], move.date, move.specification_key or "")
                for move in moves
            ]
            result.update(share(pool, requests))
        return result

    def _get_on_hand(self, demands):
        """Return {pool: quantity nobody reserved}, as a reservation would find it.

        Lots of which more is taken than there is count for nothing, packages and
        owners as in core's own reservation. Negative where nothing is free and more
        was taken than there was. Goods that expire are asked of core.
        """
        return self._count_on_hand(demands.grouped(lambda m: m._get_supply_pool()))

    def _count_on_hand(self, pools):
        """The same for pools: (product, location) each."""
        if not pools:
            return {}
        products, locations = self._get_goods_and_places(pools)
        quants = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                Domain("product_id", "in", products.ids)
                & Domain("location_id", "child_of", locations.ids),
                ["product_id", "location_id", "lot_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        by_product = defaultdict(list)
        for product, *quant in quants:
            by_product[product].append(quant)
        result = {}
        for product, location in pools:
            key = (product, location)
            if self._expires(product):
                result[key] = (
                    self.env["stock.quant"]
                    .sudo()
                    ._get_available_quantity(product, location, strict=False)
                )
                continue
            lots = defaultdict(float)
            for place, lot, quantity, reserved in by_product[product]:
                if place._child_of(location):
                    lots[lot] += quantity - reserved
            free = sum(max(quantity, 0.0) for quantity in lots.values())
            result[key] = free or sum(lots.values())
        return result

    def _get_goods_and_places(self, pools):
        return (
            self.env["product.product"].union(*(product for product, _place in pools)),
            self.env["stock.location"].union(*(place for _product, place in pools)),
        )

    def _get_pools(self, products, location, company):
        """What is there and on its way for demands that may come.

        They are younger than all demands that are there.

        :return: {product: ``Pool``}, with the records of arrivals as their keys
        """
        keys = [(product, location) for product in products]
        on_hand = self._count_on_hand(keys)
        committed = self._count_commitments(
            dict.fromkeys(keys, float("inf")), self.env["stock.move"]
        )
        arrivals = self._count_arrivals(
            keys, self._search_open_supply(products, company, location)
        )
        return {
            product: Pool(
                on_hand[product, location],
                committed[product, location],
                arrivals[product, location],
            )
            for product in products
        }

    def _expires(self, product):
        return "use_expiration_date" in product._fields and product.use_expiration_date

    def _get_commitments(self, demands):
        """Return {pool: quantity that older demands without reservation will take}.

        A demand on stock that was confirmed earlier, and what lies in stock for a
        demand made to order whose supply has arrived.
        """
        pools = demands.grouped(lambda m: m._get_supply_pool())
        return self._count_commitments(
            {key: min(moves.ids, default=float("inf")) for key, moves in pools.items()},
            demands,
        )

    def _count_commitments(self, firsts, demands):
        """The same for {pool: id of the first demand}; ``demands`` do not count."""
        result = defaultdict(float)
        if not firsts:
            return result
        products, locations = self._get_goods_and_places(firsts)
        others = (
            self.env["stock.move"]
            .sudo()
            .search(
                Domain("product_id", "in", products.ids)
                & Domain("location_id", "child_of", locations.ids)
                & Domain("state", "in", ("confirmed", "waiting", "partially_available"))
                & Domain("id", "not in", demands.ids)
            )
        )
        others = others.filtered(lambda m: m._takes_from_stock())
        # Served before the demands, as where their own needs are counted.
        flow = self._load_open(others + demands.sudo()).solve()
        by_product = others.grouped("product_id")
        for key, first in firsts.items():
            product, location = key
            for other in by_product.get(product, ()):
                if other.location_id._child_of(location) and (
                    other.id < first or other._has_arrived_supply()
                ):
                    result[key] += flow.missing(other.id)
        return result

    def _get_arrivals(self, demands):
        """Return {pool: arrivals that nobody, or not everything of, is linked to}."""
        if not demands:
            return defaultdict(list)
        return self._count_arrivals(
            demands.grouped(lambda m: m._get_supply_pool()),
            self._search_arrivals(demands),
        )

    def _count_arrivals(self, pools, supplies):
        """The same for pools, of ``supplies`` (moves, lines)."""
        result = defaultdict(list)
        moves, lines = supplies
        flow = self._load_open(self.env["stock.move"], supplies).solve()
        moves_of, lines_of = moves.grouped("product_id"), lines.grouped("product_id")
        for key in pools:
            product, location = key
            for record in [*moves_of.get(product, ()), *lines_of.get(product, ())]:
                name = "line" if record._name != "stock.move" else "move"
                left = flow.left((name, record.id))
                if left and record._arrives_at(location):
                    result[key].append(self._make_arrival(record, left))
        return result

    def _make_arrival(self, record, left):
        is_line = record._name == "purchase.order.line"
        return Arrival(
            record,
            left,
            record.date_planned if is_line else record.date,
            record.specification_key or "",
        )

    def _search_arrivals(self, demands):
        """Open supply from outside that arrives before the last of ``demands``."""
        return self._search_open_supply(
            demands.product_id,
            demands.company_id,
            demands.location_id,
            max(demands.mapped("date")),
        )

    def _search_open_supply(self, products, companies, locations, latest=False):
        """(moves, lines) that bring the products to the locations until ``latest``."""
        common = Domain("product_id", "in", products.ids) & Domain(
            "company_id", "in", companies.ids
        )
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                common
                & Domain(
                    "state",
                    "in",
                    ("waiting", "confirmed", "partially_available", "assigned"),
                )
                & (Domain("date", "<=", latest) if latest else Domain.TRUE)
                & Domain("origin_returned_move_id", "=", False)
                & self._get_arrival_domain(locations),
                order="date, id",
            )
        )
        lines = (
            self.env["purchase.order.line"]
            .sudo()
            .search(
                common
                & Domain("state", "in", REQUESTED)
                & (Domain("date_planned", "<=", latest) if latest else Domain.TRUE),
                order="date_planned, id",
            )
        )
        return moves, lines

    @api.model
    def _get_free(self, demands):
        """What each of ``demands`` could take from stock, in their order.

        Goods that nobody reserved, less what older demands will take of them.

        :return: {move: quantity in the product's unit}
        """
        on_hand = self._get_on_hand(demands)
        committed = self._get_commitments(demands)
        result = {}
        for key, moves in demands.grouped(lambda m: m._get_supply_pool()).items():
            requests = [
                Request(move, move._get_unreserved_quantity(), move.date)
                for move in moves
            ]
            shares = share(
                Pool(on_hand.get(key, 0.0), committed.get(key, 0.0)), requests
            )
            result.update((move, part.from_stock) for move, part in shares.items())
        return result
