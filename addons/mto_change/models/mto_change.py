from collections import defaultdict
from dataclasses import dataclass, field, replace

from odoo import models
from odoo.fields import Domain

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED, REQUESTED
from odoo.addons.mto_pegging.engine.pegging import Peg
from odoo.addons.mto_pegging.models.mto_pegging import (
    DOWN,
    LINE,
    MOVE,
    PRODUCTION,
    SOLD,
    STOCK,
)

from .. import engine
from ..engine import BY_ITSELF, DECIDE, LEAVE, TINY, Impact, Node, Reduction


@dataclass
class Plan:
    """What a change does to the documents that are there; keys are (model, id).

    ``start``: {key: less} where the change begins. ``records``: {key: record}.
    ``levels``: {key: level below the order line}. ``kept``: keys that a person keeps.
    ``spare``: {key: what nobody needs of it before the change}. ``required``: {key of a
    requested line: what demands asked for before the change}.
    """

    nodes: dict = field(default_factory=dict)
    pegs: list = field(default_factory=list)
    records: dict = field(default_factory=dict)
    levels: dict = field(default_factory=dict)
    start: dict = field(default_factory=dict)
    kept: set = field(default_factory=set)
    spare: dict = field(default_factory=dict)
    required: dict = field(default_factory=dict)
    impact: Impact = field(default_factory=Impact)

    def get_after(self, key):
        """Quantity of the node after the change."""
        after = self.nodes[key].quantity - self.impact.less.get(key, 0.0)
        return after if after > TINY else 0.0


class MtoChange(models.AbstractModel):
    """What less demand does to all that supplies it: loaded in batch.

    Callers have checked who asks and pass records as superuser.
    """

    _name = "mto.change"
    _description = "Consequences of a Change"

    # Plans

    def _plan_lines(self, targets, kept=(), others=()):
        """Plan of order lines whose quantity becomes less.

        :param dict targets: {order line: new quantity in its unit}, ``False`` for
            "nothing more is delivered"
        :param kept: keys of documents that stay as they are
        :param others: order lines whose supply is read as well
        :rtype: Plan
        """
        lines = self.env[SOLD].union(*targets, *others).sudo()
        # Only which: all that is asked of them is read with what supplies them.
        moves = lines.env[MOVE].search(
            [("sale_line_id", "in", lines.ids), ("state", "!=", "cancel")]
        )
        return self._plan(
            moves,
            lambda graph: self._get_start(targets, graph),
            [(SOLD, line.id) for line in lines],
            kept,
        )

    def _plan_productions(self, less, kept=()):
        """Plan of what is below manufacturing orders that make less.

        :param dict less: {manufacturing order: quantity in the product's unit}
        """
        productions = self.env[PRODUCTION].union(*less).sudo()
        start = {(PRODUCTION, mo.id): quantity for mo, quantity in less.items()}
        return self._plan(
            productions.move_finished_ids | productions.move_raw_ids,
            lambda _graph: start,
            list(start),
            kept,
        )

    def _plan(self, moves, get_start, roots, kept):
        plan = self._load(moves, roots)
        if loose := self._find_loose_batches(plan):
            moves |= loose
            plan = self._load(moves, roots)
            self._peg_loose_batches(plan, loose)
        plan.kept = set(kept)
        plan.start = get_start(plan)
        plan.impact = self._follow(plan)
        takers = self._find_takers(plan)
        if takers:
            levels, start = plan.levels, plan.start
            plan = self._load(moves | takers, roots)
            self._peg_loose_batches(plan, loose)
            plan.levels, plan.start, plan.kept = levels, start, set(kept)
            plan.impact = self._follow(plan)
        return plan

    def _follow(self, plan):
        return Reduction(plan.nodes, plan.pegs, plan.kept).get_impact(plan.start)

    def _get_start(self, targets, plan):
        """{key of a delivery move: quantity that it delivers less}"""
        deliveries = defaultdict(list)
        for peg in plan.pegs:
            if peg.demand[0] == SOLD:
                deliveries[peg.demand].append(plan.records[peg.supply])
        start = {}
        for line, target in targets.items():
            moves = self.env[MOVE].concat(*deliveries[SOLD, line.id])
            # Picked, and not delivered any more: it waits for a new delivery.
            moves -= moves._get_picked()
            # What was picked already is given up last, as core does.
            moves = moves.sorted(lambda m: (not m._leaves_stock(), m.id))
            # A kit may have a component twice, by itself and in another kit.
            alike = moves.grouped(lambda m: (m.product_id, m.bom_line_id))
            for same in alike.values():
                start.update(self._get_less_delivered(line, target, same))
        return start

    def _get_less_delivered(self, line, target, moves):
        """{key: less} of the moves that deliver one product of the line."""
        still_open = moves.filtered(lambda m: m.state not in CLOSED)
        total = sum(move._get_demanded_quantity() for move in moves)
        less = sum(still_open.mapped("product_qty"))
        if target is not False:
            less = min(less, self._get_line_reduction(line, target, total, moves))
        result = {}
        for move in still_open:
            part = min(less, move.product_qty)
            if part > TINY:
                result[MOVE, move.id] = part
                less -= part
        return result

    def _get_line_reduction(self, line, target, total, moves):
        """How much less of its product, or of a component of its kit."""
        if moves.product_id == line.product_id:
            unit = line.product_id.uom_id
            wanted = line.product_uom_id._compute_quantity(target, unit, round=False)
            # What came back, to be refunded, counts as not delivered.
            returned = line._get_outgoing_incoming_moves(strict=False)[1]
            total -= sum(move._get_demanded_quantity() for move in returned)
            return max(total - wanted, 0.0)
        before = line.product_uom_qty
        return total * (before - target) / before if before > target else 0.0

    # Batches that were made superfluous

    def _find_loose_batches(self, plan):
        """Outputs of batches that were made for these orders, and serve nobody.

        Several demands leave something of their last batches. Once that is linked with
        others, it is a batch that nobody needs, and no link leads to it.
        """
        batches = self._get_batches(plan)
        if not batches:
            return self.env[MOVE]
        outputs = (
            self.env[MOVE]
            .sudo()
            .search(
                Domain("product_id", "in", batches.product_id.ids)
                & Domain("production_id.bom_id.enable_batch_size", "=", True)
                & Domain("reference_ids", "in", batches.reference_ids.ids)
                & Domain("state", "not in", (*CLOSED, "draft"))
            )
        )
        return outputs.filtered(
            lambda m: (
                m.product_id == m.production_id.product_id
                and m.move_dest_ids
                <= m.move_dest_ids.filtered(lambda d: d.state in CLOSED)
            )
        )

    def _get_batches(self, plan):
        return (
            self.env[PRODUCTION]
            .sudo()
            .browse(
                peg.supply[1]
                for peg in plan.pegs
                if peg.supply[0] == PRODUCTION and plan.nodes[peg.supply].is_whole
            )
        )

    def _peg_loose_batches(self, plan, loose):
        """A peg of nothing to each that the batches were made for."""
        pegs, supplied = defaultdict(set), defaultdict(float)
        for peg in plan.pegs:
            supplied[peg.demand] += peg.quantity
            record = plan.records[peg.supply]
            if record._name == PRODUCTION and plan.nodes[peg.supply].is_whole:
                for reference in record.reference_ids:
                    pegs[record.product_id, reference].add(peg)
        lacking = {
            key
            for key, quantity in supplied.items()
            if plan.nodes[key].quantity - quantity > TINY
        }
        for production in loose.production_id:
            key = (PRODUCTION, production.id)
            alike = set().union(
                *(pegs[production.product_id, r] for r in production.reference_ids)
            )
            demands = {peg.demand for peg in alike}
            if key not in plan.nodes or demands & lacking:
                continue
            for demand in sorted(demands):
                plan.pegs.append(Peg(demand, key, 0.0))
            levels = [plan.levels[p.supply] for p in alike if p.supply in plan.levels]
            plan.levels.setdefault(key, max(levels, default=0))

    # Loading

    def _load(self, moves, roots):
        """Plan without impact: what supplies the moves, and its state."""
        pegging = self.env["mto.pegging"].sudo()
        graph = pegging._get_graph(moves.sudo(), self.env[LINE].sudo(), DOWN)
        plan = Plan()
        keys = {key for peg in graph.pegs for key in (peg.demand, peg.supply)}
        plan.records = pegging._browse(sorted(keys | graph.totals.keys()))
        self._read_documents(plan.records)
        plan.spare = graph.get_surplus()
        lacks = self._get_lacks(plan.records, graph)
        plan.nodes = {
            key: self._make_node(
                record, graph.totals.get(key, 0.0), plan.spare.get(key, 0.0), lacks
            )
            for key, record in plan.records.items()
        }
        for key, quantity in self._get_undecided(plan).items():
            plan.nodes[key] = replace(plan.nodes[key], undecided=quantity)
        plan.required = {
            key: record.required_qty
            for key, record in plan.records.items()
            if key[0] == LINE
        }
        plan.pegs = [peg for peg in graph.pegs if self._counts(plan, peg)]
        plan.levels = graph.get_shares(roots).levels
        return plan

    def _read_documents(self, records):
        """Read at once what the rules ask of documents."""
        by_model = defaultdict(list)
        for model, res_id in records:
            by_model[model].append(res_id)
        productions = self.env[PRODUCTION].sudo().browse(by_model[PRODUCTION])
        productions.fetch(["state", "qty_producing", "orderpoint_id", "bom_id"])
        productions.workorder_ids.fetch(["state"])
        lines = self.env[LINE].sudo().browse(by_model[LINE])
        lines.order_id.fetch(["state"])
        # Each of these would be read in parts, by who asks first.
        moves = self.env[MOVE].sudo().browse(by_model[MOVE])
        places = moves.location_id | moves.location_dest_id | moves.location_final_id
        places |= productions.location_dest_id
        places.fetch(["usage", "warehouse_id", "parent_path"])
        (moves.product_id | lines.product_id).mapped("display_name")

    def _counts(self, plan, peg):
        """What a confirmed purchase brings is settled by the purchase."""
        demand = plan.records[peg.demand]
        return not (demand._name == MOVE and self._is_bought(demand))

    def _is_bought(self, move):
        return bool(move.purchase_line_id and not move.origin_returned_move_id)

    def _get_lacks(self, records, graph):
        """{key of a demand: what nothing supplies of it}, the first by date first"""
        supplied = defaultdict(float)
        for peg in graph.pegs:
            supplied[peg.demand] += peg.quantity
        short = {
            key: graph.totals[key] - supplied[key]
            for key, record in records.items()
            if key[0] == MOVE
            and graph.totals[key] - supplied[key] > TINY
            and self._may_take(record)
        }
        if not short:
            return {}
        moves = self.env[MOVE].sudo().browse(key[1] for key in short).sorted("date")
        missing = self.env["mto.change.resupply"]._find_lacking(moves)
        return {
            (MOVE, move.id): min(missing[move], short[MOVE, move.id])
            for move in moves
            if move in missing
        }

    def _get_undecided(self, plan):
        """{key: what is left over of it already, and a person is to decide about}

        Not what a buyer asked for beyond the demands.
        """
        issues = self.env["mto.change.issue"]
        documents = {
            key: issues._get_supplying_document(plan.records[key])
            for key, quantity in plan.spare.items()
            if quantity > TINY
            and key in plan.nodes
            and plan.nodes[key].rule == DECIDE
            and not (key[0] == MOVE and plan.records[key].is_surplus)
        }
        asked = issues._filter_undecided(documents.values())
        return {
            key: plan.spare[key]
            for key, document in documents.items()
            if document in asked
        }

    def _make_node(self, record, quantity, spare, lacks):
        kind, rule = self._get_kind(record), self._get_rule(record)
        options = {}
        if record._name == LINE and rule == BY_ITSELF:
            options["free"] = record._get_spare_quantity(quantity)
        if record._name == PRODUCTION:
            options["is_maker"] = True
            options["is_whole"] = record.bom_id.enable_batch_size
            options["spare"] = spare
        if record._name == MOVE:
            options["rounding"] = record.product_uom._compute_quantity(
                record.product_uom.rounding, record.product_id.uom_id, round=False
            )
            if self._may_take(record):
                options["taker"] = record.date
            if record._has_arrived_supply():
                options["held"] = record._get_reserved_quantity()
        options["sharers"] = self._get_sharers(record)
        if lacks:
            options["lack"] = lacks.get((record._name, record.id), 0.0)
            served = set(self._get_linked_demands(record))
            options["waiting"] = tuple(key for key in lacks if key in served)
        return Node(
            (record._name, record.id),
            quantity,
            rule,
            kind,
            pool=self._get_pool(record),
            **options,
        )

    def _get_kind(self, record):
        if record._name == LINE:
            return engine.REQUEST
        if record._name == PRODUCTION:
            return engine.PRODUCTION
        return engine.TRANSFER if record._name == MOVE else engine.OTHER

    def _get_linked_demands(self, record):
        """Keys of the demands that are linked with goods to come."""
        if record._name not in (MOVE, PRODUCTION, LINE) or record.state == "done":
            return []
        if record._name == PRODUCTION:
            record = record.move_finished_ids.filtered(
                lambda m: m.product_id == record.product_id
            )
        return [(MOVE, demand.id) for demand in record.move_dest_ids]

    # Rules

    def _get_rule(self, record):
        """What may happen to a document: by itself, by a decision, or nothing."""
        return {
            SOLD: lambda _record: BY_ITSELF,
            MOVE: self._get_move_rule,
            PRODUCTION: self._get_production_rule,
            LINE: self._get_purchase_rule,
            STOCK: lambda _record: LEAVE,
        }[record._name](record)

    def _get_move_rule(self, move):
        if move.state in CLOSED:
            return LEAVE
        if self._is_bought(move):
            return DECIDE
        return LEAVE if move.production_id or move._brings_bought() else BY_ITSELF

    def _get_production_rule(self, production):
        if production.state in CLOSED or production.orderpoint_id:
            return LEAVE
        return BY_ITSELF if production._is_not_started() else DECIDE

    def _get_purchase_rule(self, line):
        return BY_ITSELF if line.state in REQUESTED else DECIDE

    # Who takes what is left over

    def _get_pool(self, record):
        """Goods that can stand in for each other: product, company, warehouse, key."""
        if record._name == PRODUCTION:
            warehouse = record.location_dest_id.warehouse_id
        elif record._name == MOVE and self._may_take(record):
            warehouse = record.location_id.warehouse_id
        elif record._name == MOVE and self._is_bought(record):
            place = record.location_final_id or record.location_dest_id
            warehouse = place.warehouse_id
        else:
            return None
        return (
            record.product_id.id,
            record.company_id.id,
            warehouse.id,
            record.specification_key or "",
        )

    def _may_take(self, move):
        """Whether the move is an open demand that is served out of linked supply."""
        return (
            move.state in ("waiting", "confirmed", "partially_available")
            and not move.production_id
            and not move.picked
            and not move.origin_returned_move_id
            and (move.procure_method == "make_to_order" or bool(move.supply_policy))
            and move._leaves_stock()
        )

    def _get_sharers(self, record):
        """Keys of demands that are linked with goods that arrived, and wait for more.

        They may reserve at once what another one lets go.
        """
        if record._name not in (MOVE, PRODUCTION) or record.state != "done":
            return ()
        arrived = record
        if record._name == PRODUCTION:
            arrived = record.move_finished_ids.filtered(
                lambda m: m.product_id == record.product_id and m.state == "done"
            )
        places = arrived.location_dest_id
        return tuple(
            (MOVE, demand.id)
            for demand in arrived.move_dest_ids
            if self._may_take(demand)
            and not demand._should_bypass_reservation()
            and all(place._child_of(demand.location_id) for place in places)
        )

    def _find_takers(self, plan):
        """Open demands elsewhere for what the plan leaves over."""
        pools = {
            plan.nodes[key].pool
            for key in plan.impact.surplus
            if plan.nodes[key].rule == DECIDE and key not in plan.kept
        } - {None}
        if not pools:
            return self.env[MOVE]
        moves = (
            self.env[MOVE]
            .sudo()
            .search(
                Domain("product_id", "in", [pool[0] for pool in pools])
                & Domain("company_id", "in", [pool[1] for pool in pools])
                & Domain("state", "in", ("waiting", "confirmed", "partially_available"))
                & Domain(
                    "id", "not in", [key[1] for key in plan.nodes if key[0] == MOVE]
                )
            )
        )
        return moves.filtered(
            lambda m: self._may_take(m) and self._get_pool(m) in pools
        )
