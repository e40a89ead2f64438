from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.mto_cascade.engine import STOCK_THEN_ORDER
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED, REQUESTED

from ..engine import Offer, choose_offers, choose_returns, sort_offers
from .mto_demand_change import PENDING
from .mto_peg_override import DECIDED, GIVEN, KEPT
from .mto_pegging import LINE, MOVE, PRODUCTION, SOLD, STOCK, _to_text

# Moves that wait for goods or hold them.
WAITING = ("waiting", "confirmed", "partially_available")
ALIVE = (*WAITING, "assigned")


@dataclass
class Market:
    """What an order could take from others, and what is told of it.

    ``offers``: list of ``Offer``; ``needs``: {key of a demand: what is not reserved of
    it}; ``shares``: of the order; ``served``: {key of a holder: {order line:
    quantity}}; ``nodes``: {key: what is told of it}; ``own``: {key of a demand: when
    its own supply is there, False where something lacks}.
    """

    offers: list = field(default_factory=list)
    needs: dict = field(default_factory=dict)
    shares: Any = None
    served: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)


class MtoPegExchange(models.AbstractModel):
    """One order is given what another one had.

    Callers have checked who asks; everything runs as superuser, because who decides
    need not see the sales orders. Keys are those of ``mto.pegging``.
    """

    _name = "mto.peg.exchange"
    _description = "Exchange of Supply"

    # What could be taken

    def _get_market(self, lines, document=None):
        """What the sales order lines ``lines`` could take from others.

        :param document: a record whose supply alone is asked for: a manufacturing
            order, purchase or transfer
        :rtype: Market
        """
        graph, shares = self.env["mto.pegging"]._get_supply(lines)
        records = self.env["mto.pegging"]._browse(shares.order)
        demands = {
            key: record
            for key, record in records.items()
            if key[0] == MOVE and self._may_receive(record)
        }
        if not demands:
            return Market(shares=shares)
        moves = self.env[MOVE].union(*demands.values())
        holders = self._search_holders(moves)
        around = self._get_neighbourhood(moves | holders)
        market = Market(
            needs={
                key: min(move._get_unreserved_quantity(), sum_of(shares, key))
                for key, move in demands.items()
            },
            shares=shares,
            own=self._get_own_dates(demands, graph),
        )
        market.offers = self._make_offers(demands, holders, around, market, document)
        return self._describe(market, lines)

    def _may_receive(self, move):
        """Whether the demand still waits for goods that lie in a stock."""
        return (
            move.state in WAITING
            and not move.picked
            and move.product_id.is_storable
            and self.env["mto.pegging"]._is_demand(move)
            and self.env["mto.pegging"]._takes_from_stock(move)
        )

    def _search_holders(self, demands):
        """Demands of others for the same goods that have something to give."""
        moves = self.env[MOVE].search(
            Domain("product_id", "in", demands.product_id.ids)
            & Domain("company_id", "in", demands.company_id.ids)
            & Domain("state", "in", ALIVE)
            & Domain("picked", "=", False)
            & Domain("production_id", "=", False)
            & Domain("id", "not in", demands.ids)
        )
        pegging = self.env["mto.pegging"]
        return moves.filtered(
            lambda m: pegging._is_demand(m) and pegging._takes_from_stock(m)
        )

    def _get_neighbourhood(self, moves):
        """The graph of what is linked with the moves, one level."""
        return self.env["mto.pegging"]._get_graph(moves, self.env[LINE], "sharers")

    def _get_own_dates(self, demands, graph):
        """When what the demands have themselves is there, False if something lacks."""
        supplies = defaultdict(list)
        for peg in graph.pegs:
            if peg.demand in demands and peg.supply[0] != STOCK:
                supplies[peg.demand].append(peg.supply)
        keys = {key for group in supplies.values() for key in group}
        nodes = self.env["mto.pegging"]._prepare_nodes(keys)
        return {
            key: key not in graph.unsupplied
            and max((nodes[s]["date_end"] or "" for s in supplies[key]), default="")
            for key in demands
        }

    def _make_offers(self, demands, holders, around, market, document):
        by_product = holders.grouped("product_id")
        kept = self.env["mto.peg.override"]._get_kept(holders)
        pegs = defaultdict(list)
        for peg in around.pegs:
            pegs[peg.demand].append(peg)
        keys = {peg.supply for group in pegs.values() for peg in group}
        market.nodes = self.env["mto.pegging"]._prepare_nodes(
            key for key in keys if key[0] in (MOVE, PRODUCTION, LINE)
        )
        only = self._get_keys_of(document)
        offers = []
        for key, demand in demands.items():
            for holder in by_product.get(demand.product_id, ()):
                if not self._may_exchange(demand, holder):
                    continue
                free = holder.product_qty - kept[holder]
                for peg in pegs[MOVE, holder.id]:
                    if only is not None and peg.supply not in only:
                        continue
                    offer = self._make_offer(key, demand, holder, peg, free, market)
                    if offer:
                        offers.append(offer)
        return sort_offers(offers)

    def _may_exchange(self, demand, holder):
        return (
            demand.company_id == holder.company_id
            and (demand.specification_key or "") == (holder.specification_key or "")
            and not self._serve_each_other(demand, holder)
        )

    def _serve_each_other(self, demand, holder):
        """Whether what one of them is for needs the other: it would wait for itself."""
        return demand.raw_material_production_id and (
            demand.raw_material_production_id == holder.raw_material_production_id
        )

    def _make_offer(self, key, demand, holder, peg, free, market):
        """What the holder could give of one peg, None for what is of no use."""
        lies_there = self._lies_there(peg.supply)
        if lies_there:
            quantity = min(peg.quantity, self._get_movable(holder, demand))
            date = None
        else:
            if not self._arrives_for(peg.supply, holder, demand):
                return None
            quantity, date = peg.quantity, market.nodes[peg.supply]["date_end"] or "9"
        quantity = min(quantity, free)
        own = market.own[key]
        # A day earlier at least: hours are the accidents of planning.
        is_late = date is not None and own is not False and date[:10] >= own[:10]
        if quantity < demand.product_id.uom_id.rounding / 2 or is_late:
            return None
        return Offer(key, (MOVE, holder.id), peg.supply, quantity, date)

    def _lies_there(self, supply):
        """Whether the goods are in stock, reserved by who has them."""
        if supply[0] == STOCK:
            return True
        moves = self._get_supply_moves(supply)
        return bool(moves) and all(move.state == "done" for move in moves)

    def _get_supply_moves(self, supply):
        """The moves that a node of supply stands for."""
        model, res_id = supply
        if model == MOVE:
            return self.env[MOVE].browse(res_id)
        if model == PRODUCTION:
            production = self.env[PRODUCTION].browse(res_id)
            return production.move_finished_ids.filtered(
                lambda m: (
                    m.product_id == production.product_id and m.state != "cancel"
                )
            )
        return self.env[MOVE]

    def _get_movable(self, holder, demand):
        """What the holder has reserved where the demand may take it."""
        return sum(
            self._get_movable_lines(holder, demand).mapped("quantity_product_uom")
        )

    def _get_movable_lines(self, holder, demand):
        return holder.move_line_ids.filtered(
            lambda line: (
                not line.picked and line.location_id._child_of(demand.location_id)
            )
        )

    def _arrives_for(self, supply, holder, demand):
        """Whether open supply of the holder reaches the place of the demand.

        What the demand is made of itself cannot supply it.
        """
        if supply[0] == LINE:
            line = self.env[LINE].browse(supply[1])
            return line.state in REQUESTED and line._arrives_at(demand.location_id)
        moves = self._get_supply_moves(supply) & holder.move_orig_ids
        own_order = demand.raw_material_production_id
        return bool(moves) and all(
            move._arrives_at(demand.location_id)
            and not (own_order and move.production_id == own_order)
            for move in moves
        )

    def _get_keys_of(self, document):
        """Keys of the nodes that a document stands for, None for any."""
        if not document:
            return None
        if document._name == PRODUCTION:
            return {(PRODUCTION, document.id)}
        if document._name == "purchase.order":
            receipts = document.order_line.move_ids
            return {(LINE, line.id) for line in document.order_line} | {
                (MOVE, move.id) for move in receipts
            }
        return {(MOVE, move.id) for move in document.move_ids}

    def _describe(self, market, lines):
        """Add whom the holders serve; drop what would be taken from the same order."""
        holders = {offer.holder for offer in market.offers}
        moves = self.env[MOVE].browse(res_id for _model, res_id in holders)
        if holders:
            answer = self.env["mto.pegging"]._get_demand(holders, moves, self.env[LINE])
            market.served = answer.shares
        market.offers = [
            offer
            for offer in market.offers
            if not market.served[offer.holder].keys() & set(lines)
        ]
        return market

    def _choose(self, market, offers):
        """What the order would take of ``offers`` if it took all that it can use."""
        return choose_offers(
            market.shares.order,
            [
                (peg, sum(passed.values()))
                for peg, passed in market.shares.pegs
                if peg.demand[0] != STOCK
            ],
            market.needs,
            offers,
        )

    # Preview: the same is done, looked at, and rolled back

    def _preview(self, exchanges):
        """What applying ``exchanges`` would change for each order.

        :param exchanges: list of (demand, holder, supply key, quantity)
        :return: see ``mto.customer.order.preview_serve_first``
        """
        effects = self._make_effects(exchanges)
        before = self._get_dates(effects)
        with self._forget_marks(), closing(self.env.cr.savepoint()):
            self._exchange(exchanges, self.env._("Preview"), self.env[SOLD])
            self.env.flush_all()
            self.env.invalidate_all()
            after = self._get_dates(effects)
        return self._prepare_effects(effects, before, after)

    @contextmanager
    def _forget_marks(self):
        """Let what is rolled back leave no trace in the memory of the transaction."""
        cr = self.env.cr
        pending = set(cr.precommit.data.get(PENDING) or ())
        decided = set(cr.postcommit.data.get(DECIDED) or ())
        yield
        for data, name, before in (
            (cr.precommit.data, PENDING, pending),
            (cr.postcommit.data, DECIDED, decided),
        ):
            if name in data:
                data[name].intersection_update(before)

    def _make_effects(self, exchanges):
        """{order line: [(kind, exchange, quantity)]}; kind 'takes' or 'gives'."""
        keys = {}
        for demand, holder, _supply, _quantity in exchanges:
            keys |= {(MOVE, demand.id): demand, (MOVE, holder.id): holder}
        moves = self.env[MOVE].union(*keys.values())
        answer = self.env["mto.pegging"]._get_demand(keys, moves, self.env[LINE])
        effects = defaultdict(list)
        for exchange in exchanges:
            demand, holder, _supply, quantity = exchange
            for kind, move in (("takes", demand), ("gives", holder)):
                total = answer.totals.get((MOVE, move.id)) or 1.0
                for line, share in answer.shares[MOVE, move.id].items():
                    effects[line].append((kind, exchange, quantity * share / total))
        return effects

    def _get_dates(self, effects):
        """Return {order line: (when it is expected, whether something is missing)}."""
        lines = self.env[SOLD].union(*effects)
        lines = lines.filtered(lambda line: line._is_open_for_delivery())
        progress = self.env["mto.order.progress"].sudo()
        values = progress._compute_values(lines, progress._project(lines))
        return {
            line.id: (vals["expected_date"], vals["is_missing"])
            for line, vals in values.items()
        }

    def _prepare_effects(self, effects, before, after):
        by_order = defaultdict(list)
        for line in effects:
            by_order[line.order_id].append(line)
        rows = [
            self._prepare_effect(order, lines, effects, before, after)
            for order, lines in by_order.items()
        ]
        return sorted(rows, key=lambda row: (not row["takes"], row["order"]))

    def _prepare_effect(self, order, lines, effects, before, after):
        promises = [p for line in lines if (p := line._get_promise_date())]
        promise = min(promises, default=False)
        date_after, is_missing = _get_last(after, lines)
        days = self.env["mto.supply.tree"]
        return {
            "order": order.name,
            "order_id": order.id,
            "customer": order.partner_id.display_name,
            "takes": self._prepare_parts("takes", lines, effects),
            "gives": self._prepare_parts("gives", lines, effects),
            "promise_date": _to_text(promise),
            "date_before": _to_text(_get_last(before, lines)[0]),
            "date_after": _to_text(date_after),
            "is_missing": is_missing,
            "days_late": max(days._count_days(promise, date_after), 0)
            if date_after and promise
            else False,
        }

    def _prepare_parts(self, kind, lines, effects):
        parts = defaultdict(float)
        for line in lines:
            for found, (_demand, holder, supply, _all), quantity in effects[line]:
                if found == kind:
                    parts[holder.product_id, supply] += quantity
        return [
            {
                "product_id": product.id,
                "product": product.display_name,
                "quantity": product.uom_id.round(quantity),
                "uom": product.uom_id.name,
                "document": self._get_document_name(supply),
            }
            for (product, supply), quantity in parts.items()
        ]

    def _get_document_name(self, supply):
        if supply[0] == STOCK:
            return self.env._("Stock")
        nodes = self.env["mto.pegging"]._prepare_nodes([supply])
        return nodes[supply]["name"]

    # Applying

    def _exchange(self, exchanges, reason, lines):
        """Swap links and reservations, and remember what was decided.

        Needs the claims of the products, so that nobody gives away the same share.

        :param lines: the sales order lines that are served first
        """
        for demand, holder, supply, quantity in exchanges:
            self._check(demand, holder, supply, quantity)
            self._give(demand, holder, supply, quantity, reason, lines.order_id)

    def _check(self, demand, holder, supply, quantity):
        """Refuse what is not there any more, or was never there."""
        around = self._get_neighbourhood(demand | holder)
        kept = self.env["mto.peg.override"]._get_kept(holder)
        key = (MOVE, holder.id)
        shares = {(p.demand, p.supply): p.quantity for p in around.pegs}
        had = shares.get((key, supply), 0.0)
        if self._lies_there(supply):
            had = min(had, self._get_movable(holder, demand))
        elif not self._arrives_for(supply, holder, demand):
            had = 0.0
        had = min(had, holder.product_qty - kept[holder])
        unit = demand.product_id.uom_id
        is_open = self._may_receive(demand) and holder.state in ALIVE
        if not (is_open and self._may_exchange(demand, holder)) or holder.picked:
            had = 0.0
        if unit.compare(quantity, had) > 0:
            raise UserError(
                self.env._(
                    "%(quantity)g %(unit)s of %(product)s can no longer be given: "
                    "%(left)g are left. Something changed meanwhile, or they are kept "
                    "for their order. Look again at what can be taken.",
                    quantity=quantity,
                    unit=unit.name,
                    product=demand.product_id.display_name,
                    left=max(had, 0.0),
                )
            )
        needed = demand._get_unreserved_quantity()
        if unit.compare(quantity, needed) > 0:
            raise UserError(
                self.env._(
                    "Only %(needed)g %(unit)s of %(product)s are still needed, not "
                    "%(quantity)g.",
                    needed=needed,
                    unit=unit.name,
                    product=demand.product_id.display_name,
                    quantity=quantity,
                )
            )

    def _give(self, demand, holder, supply, quantity, reason, order):
        """Give ``quantity`` of what the holder has; take back what is not needed."""
        around = self._get_neighbourhood(demand | holder)
        shares = {(p.demand[1], p.supply): p.quantity for p in around.pegs}
        returns = self._get_returns(demand, holder, supply, quantity, around)
        self._remember(demand, holder, supply, quantity, reason, order)
        if self._lies_there(supply):
            self._hand_over(demand, holder, supply, quantity)
        else:
            self._link(supply, holder, demand)
        if shares.get((holder.id, supply), 0.0) - quantity < 1e-6:
            self._unlink(supply, holder)
        for own, part in returns:
            self._link(own, demand, holder)
            if shares.get((demand.id, own), 0.0) - part < 1e-6:
                self._unlink(own, demand)
        self._use_stock_as_well(holder | demand)
        (holder | demand)._recompute_state()
        if self._lies_there(supply):
            # What is free meanwhile is theirs, as it was when they reserved.
            holder._action_assign()

    def _get_returns(self, demand, holder, supply, quantity, around):
        """[(supply, quantity)] of its own that the demand needs no more."""
        own = []
        for peg in around.pegs:
            if peg.demand != (MOVE, demand.id) or peg.supply == supply:
                continue
            if self._lies_there(peg.supply):
                continue
            if self._arrives_for(peg.supply, demand, holder):
                node = self.env["mto.pegging"]._prepare_nodes([peg.supply])[peg.supply]
                own.append((peg.supply, peg.quantity, node["date_end"] or "9"))
        missing = around.unsupplied.get((MOVE, demand.id), 0.0)
        return choose_returns(own, quantity, missing)

    def _remember(self, demand, holder, supply, quantity, reason, order):
        self._take_back(holder, quantity)
        moves = self._get_supply_moves(supply)
        holders = self.env["mto.pegging"]._get_demand(
            [(MOVE, holder.id)], holder, self.env[LINE]
        )
        orders = holders.lines.order_id
        self.env["mto.peg.override"].create(
            {
                "kind": GIVEN,
                "product_id": demand.product_id.id,
                "quantity": quantity,
                "order_id": order[:1].id,
                "holder_order_id": orders[:1].id,
                "company_id": demand.company_id.id,
                "reason": reason,
                "demand_ids": [Command.set(demand.ids)],
                "supply_move_id": moves[:1].id,
                "supply_line_id": supply[1] if supply[0] == LINE else False,
                "held_quantity": demand._get_reserved_quantity(),
            }
        )

    def _take_back(self, holder, quantity):
        """What was once given to the holder is less by what it gives now."""
        overrides = self.env["mto.peg.override"]._find(holder.product_id)
        for override in overrides.sorted("id", reverse=True):
            if override.kind != GIVEN or holder not in override.demand_ids:
                continue
            part = min(override.quantity, quantity)
            quantity -= part
            if override.quantity - part > 1e-6:
                override.quantity -= part
            elif part:
                override.write(
                    {
                        "lifted_on": fields.Datetime.now(),
                        "lifted_uid": self.env.uid,
                    }
                )

    def _hand_over(self, demand, holder, supply, quantity):
        """Reserve for the demand exactly the goods that the holder had."""
        before = demand._get_reserved_quantity()
        for goods, part in self._release(demand, holder, quantity).items():
            demand._reserve_goods(part, goods)
        taken = demand._get_reserved_quantity() - before
        if demand.product_id.uom_id.compare(taken, quantity):
            raise UserError(
                self.env._(
                    "%(product)s could not be reserved for another order. Reserve it "
                    "again for its own order, then try once more.",
                    product=demand.product_id.display_name,
                )
            )
        if demand.move_orig_ids:
            # What both are linked with is shared by what they hold of it.
            arrived = self._get_supply_moves(supply) & holder.move_orig_ids
            demand.move_orig_ids |= arrived

    def _release(self, demand, holder, quantity):
        """Take goods from the holder's reservation; {goods: quantity}."""
        released = defaultdict(float)
        for line in self._get_movable_lines(holder, demand):
            part = min(line.quantity_product_uom, quantity)
            if part <= 0:
                continue
            goods = (line.location_id, line.lot_id, line.package_id, line.owner_id)
            released[goods] += part
            quantity -= part
            rest = line.quantity_product_uom - part
            if line.product_id.uom_id.is_zero(rest):
                line.unlink()
            else:
                line.quantity = line.product_id.uom_id._compute_quantity(
                    rest, line.product_uom_id, rounding_method="HALF-UP"
                )
        return released

    def _link(self, supply, giver, taker):
        """Link open supply of the giver with the taker."""
        network = self.env["mto.supply.network"]
        if supply[0] == LINE:
            network._link(self.env[LINE].browse(supply[1]), taker)
            return
        for move in self._get_supply_moves(supply) & giver.move_orig_ids:
            if move.state not in CLOSED:
                network._link(move, taker)

    def _unlink(self, supply, giver):
        """Cut the links between supply and who has nothing of it any more."""
        if supply[0] == LINE:
            self.env[LINE].browse(supply[1]).move_dest_ids -= giver
            return
        moves = self._get_supply_moves(supply)
        giver.move_orig_ids -= moves
        production = moves.production_id
        if production and giver.created_production_id == production:
            giver.created_production_id = giver.move_orig_ids.production_id[:1]
        parent = giver.raw_material_production_id.production_group_id
        served = moves.move_dest_ids.raw_material_production_id.production_group_id
        if production and parent and parent not in served:
            production.production_group_id.parent_ids -= parent

    def _use_stock_as_well(self, moves):
        """A demand on stock that is now linked takes the rest from stock as before."""
        mixed = moves.filtered(
            lambda m: (
                m.procure_method == "make_to_stock"
                and (m.move_orig_ids or m.created_purchase_line_ids)
                and m.supply_policy != STOCK_THEN_ORDER
            )
        )
        mixed.write(
            {
                "supply_policy": STOCK_THEN_ORDER,
                "supply_reason": {
                    "code": "served_first",
                    "record_id": self.env.uid,
                    "name": self.env.user.name,
                },
                "supply_rule_id": False,
            }
        )

    # Keeping

    def _keep(self, lines, reason):
        """Let nobody give away what the sales order lines have now.

        :return: the overrides that were created
        """
        graph, shares = self.env["mto.pegging"]._get_supply(lines)
        records = self.env["mto.pegging"]._browse(shares.order)
        moves = self.env[MOVE].union(
            *(
                record
                for key, record in records.items()
                if key[0] == MOVE and self._may_hold(record)
            )
        )
        overrides = self.env["mto.peg.override"]
        kept = overrides._get_kept(moves)
        values = []
        for move in moves:
            missing = graph.unsupplied.get((MOVE, move.id), 0.0)
            share = min(sum_of(shares, (MOVE, move.id)), move.product_qty - missing)
            quantity = move.product_id.uom_id.round(share - kept[move])
            if quantity > 0:
                values.append(
                    {
                        "kind": KEPT,
                        "product_id": move.product_id.id,
                        "quantity": quantity,
                        "order_id": lines.order_id[:1].id,
                        "company_id": move.company_id.id,
                        "reason": reason,
                        "demand_ids": [Command.set(move.ids)],
                    }
                )
        return overrides.create(values)

    def _may_hold(self, move):
        pegging = self.env["mto.pegging"]
        return (
            move.state in ALIVE
            and move.product_id.is_storable
            and pegging._is_demand(move)
            and pegging._takes_from_stock(move)
        )


def sum_of(shares, key):
    """How much of a node serves the roots."""
    return sum(shares.quantities[key].values())


def _get_last(dates, lines):
    """(the last day on which one of the lines is expected, whether something lacks)."""
    known = [dates[line.id] for line in lines if line.id in dates]
    return (
        max((date for date, _missing in known if date), default=False),
        any(missing for _date, missing in known),
    )
