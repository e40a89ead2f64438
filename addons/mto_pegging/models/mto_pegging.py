from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.mto_cascade.engine import Flow
from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED

from ..engine import TINY, Demand, Facts, Peg, Shares, Supply, make_pegs, surplus

DOWN, UP = "down", "up"

MOVE, LINE = "stock.move", "purchase.order.line"
PRODUCTION, SOLD, STOCK = "mrp.production", "sale.order.line", "product.product"

# One step from a record to the next, in the columns (kind, id) of the walk.
_STEP_TO_ORIGINS = SQL(
    """SELECT 'move', rel.move_orig_id FROM stock_move_move_rel rel
        WHERE walk.kind = 'move' AND rel.move_dest_id = walk.id"""
)
_STEP_TO_REQUESTS = SQL(
    """SELECT 'line', rel.created_purchase_line_id
         FROM stock_move_created_purchase_line_rel rel
        WHERE walk.kind = 'move' AND rel.move_id = walk.id"""
)
_STEP_TO_DESTINATIONS = SQL(
    """SELECT 'move', rel.move_dest_id FROM stock_move_move_rel rel
        WHERE walk.kind = 'move' AND rel.move_orig_id = walk.id"""
)
_STEP_TO_REQUESTERS = SQL(
    """SELECT 'move', rel.move_id FROM stock_move_created_purchase_line_rel rel
        WHERE walk.kind = 'line' AND rel.created_purchase_line_id = walk.id"""
)
_STEP_TO_COMPONENTS = SQL(
    """SELECT 'move', component.id FROM stock_move finished
         JOIN stock_move component
           ON component.raw_material_production_id = finished.production_id
        WHERE walk.kind = 'move' AND finished.id = walk.id"""
)
_STEP_TO_FINISHED = SQL(
    """SELECT 'move', finished.id FROM stock_move component
         JOIN stock_move finished
           ON finished.production_id = component.raw_material_production_id
        WHERE walk.kind = 'move' AND component.id = walk.id"""
)
# Links of quantities, both ways.
_SHARING = [
    _STEP_TO_ORIGINS,
    _STEP_TO_REQUESTS,
    _STEP_TO_DESTINATIONS,
    _STEP_TO_REQUESTERS,
]
_STEPS = {
    DOWN: [_STEP_TO_ORIGINS, _STEP_TO_REQUESTS, _STEP_TO_COMPONENTS],
    UP: [_STEP_TO_DESTINATIONS, _STEP_TO_REQUESTERS, _STEP_TO_FINISHED],
    "sharers": _SHARING,
    "connected": [*_SHARING, _STEP_TO_COMPONENTS, _STEP_TO_FINISHED],
}


class Graph:
    """Records around a question, their pegs and quantities.

    ``pegs``: list of ``Peg``; ``totals``: {key: quantity in the product's unit};
    ``unsupplied``: {key of a demand: quantity}. Keys are (model, id).
    """

    def __init__(self, pegs, unsupplied, totals, supplies):
        self.pegs = pegs
        self.supplies = supplies
        self.unsupplied = unsupplied
        self.totals = totals

    def expect(self, pegs):
        """Add soft pegs: of demands that lack supply, and of who competes for it.

        ``pegs`` name moves; what is outside of the graph is left out.
        """
        nodes = {supply.key: supply.node or supply.key for supply in self.supplies}
        quantities = defaultdict(float)
        for peg in pegs:
            supply = nodes.get(peg.supply)
            if peg.supply[0] == STOCK:
                supply = peg.supply[:2]
            if not supply:
                continue
            quantity = peg.quantity
            if peg.demand in self.totals:
                quantity = self._cover(peg.demand, quantity)
            if quantity > TINY:
                quantities[peg.demand, supply] += quantity
        self.pegs += [
            Peg(demand, supply, quantity, hard=False)
            for (demand, supply), quantity in quantities.items()
        ]

    def _cover(self, demand, quantity):
        """Take ``quantity``, or what is missing if less, off what nothing supplies."""
        missing = self.unsupplied.get(demand, 0.0)
        quantity = min(quantity, missing)
        if missing - quantity > TINY:
            self.unsupplied[demand] = missing - quantity
        else:
            self.unsupplied.pop(demand, None)
        return quantity

    def get_surplus(self):
        """Return {key: quantity that no demand is pegged to} of supplies."""
        return surplus(self.pegs, self.supplies)

    def get_shares(self, roots):
        makers = [key for key in self.totals if key[0] == PRODUCTION]
        return Shares(self.pegs, self.totals, roots, makers)


@dataclass
class Answer:
    """Whom nodes serve, see ``_get_demand``; keys are (model, id).

    ``lines``: all order lines above them. ``shares``: {key: {order line: quantity in
    the unit of the key's product}}. ``needs``: {key: {order line: datetime}}.
    ``totals``: {key: quantity}. ``nodes``: {key: what is told of it}.
    ``products``: {key: product}. ``hard``: like ``shares``, of links and reservations
    alone.
    """

    lines: Any
    shares: dict
    needs: dict
    totals: dict
    nodes: dict
    products: dict
    hard: dict


class MtoPegging(models.AbstractModel):
    """Who serves whom, with quantities. Computed from links; nothing is stored.

    Callers check what the user may read and pass records as superuser: a salesperson
    may follow an order without rights on the documents that supply it.
    """

    _name = "mto.pegging"
    _description = "Pegging"

    # Questions

    def _get_supply(self, lines, soft=False):
        """Graph and shares of everything that supplies the order lines ``lines``.

        :param bool soft: also what is expected to cover what nothing is linked with
        """
        moves = lines.move_ids.filtered(lambda m: m.state != "cancel")
        graph = self._get_graph(moves, lines.env[LINE], DOWN)
        if soft:
            graph = self._add_expected(graph, moves)
        return graph, graph.get_shares([(SOLD, line.id) for line in lines])

    def _get_demand(self, keys, moves, purchase_lines, soft=False):
        """Shares of order lines in ``keys``, reached from these moves and lines up.

        :param bool soft: also whom they are expected to serve
        :rtype: Answer
        """
        if soft:
            pegs, more = self.env["mto.expected.supply"]._get_pegs_above(
                moves, purchase_lines
            )
            moves |= more
        graph = self._get_graph(moves, purchase_lines, UP)
        lines = self._browse(key for key in graph.totals if key[0] == SOLD)
        hard = graph.get_shares(list(lines))
        shares = hard
        if soft:
            graph.expect(pegs)
            shares = graph.get_shares(list(lines))
        records = self._browse(keys)
        needs = self._get_needs(shares, lines)
        return Answer(
            lines=self.env[SOLD].union(*lines.values()),
            shares=_get_parts(shares, keys, lines),
            needs={
                key: {lines[root]: need for root, need in needs[key].items()}
                for key in keys
            },
            totals=graph.totals,
            nodes=self._prepare_nodes(keys),
            products={key: record.product_id for key, record in records.items()},
            hard=_get_parts(hard, keys, lines),
        )

    def _get_needs(self, shares, lines):
        """When what supplies order lines is needed for them, at its own level.

        That is when the demand takes the goods. What only announces them, a receipt, is
        needed when its goods are.

        :return: {key: {key of an order line: datetime, False for unknown}}
        """
        dates = {key: line._get_promise_date() for key, line in lines.items()}
        moves = self._browse(
            {peg.demand for peg, _passed in shares.pegs if peg.demand[0] == MOVE}
        )
        for key, move in moves.items():
            if move.location_id.usage in ("internal", "transit"):
                dates[key] = move.date
        needs = defaultdict(dict)
        # Whatever serves is behind all that it serves.
        for peg, passed in shares.pegs:
            for root in passed:
                need = dates.get(peg.demand) or needs[peg.demand].get(root)
                known = needs[peg.supply].get(root) or need
                needs[peg.supply][root] = min(known, need) if need else known
        return needs

    def _add_expected(self, graph, moves):
        """The graph below ``moves`` with soft pegs, and what lies below these."""
        lacking = moves.browse(key[1] for key in graph.unsupplied)
        if not lacking:
            return graph
        pegs, more, lines = self.env["mto.expected.supply"]._get_pegs(lacking)
        if more or lines:
            graph = self._get_graph(moves | more, lines, DOWN)
        graph.expect(pegs)
        return graph

    # The graph

    def _get_graph(self, moves, purchase_lines, direction):
        """Graph of what lies below (or above) the records, to the end.

        Includes at each level everybody who shares a supply with them.
        """
        moves, purchase_lines = self._walk(moves, purchase_lines, direction)
        moves, purchase_lines = self._walk(moves, purchase_lines, "sharers")
        return self._make_graph(moves, purchase_lines)

    def _make_graph(self, moves, purchase_lines):
        """Graph of these records, with whom nobody else shares a supply."""
        self._read_moves(moves)
        moves = moves.filtered(lambda m: m.state != "cancel")
        purchase_lines |= moves.purchase_line_id
        held = self._get_held_quantities(moves)
        facts = Facts(
            demands=[
                self._make_demand(move, held.get(move.id, 0.0))
                for move in moves
                if self._is_demand(move)
            ],
            supplies=[self._make_supply(move) for move in moves]
            + [
                Supply((LINE, line.id), line._get_requested_quantity())
                for line in purchase_lines
                if line.state in REQUESTED
            ],
            links=self._get_links(moves, purchase_lines),
            parts=self._get_parts(moves),
            given=[
                ((MOVE, move.id), supplies, quantity)
                for move, supplies, quantity in self.env["mto.peg.override"]._get_given(
                    moves
                )
            ],
        )
        pegs, unsupplied = make_pegs(facts, Flow)
        totals = self._get_totals(moves, purchase_lines)
        return Graph(pegs, unsupplied, totals, facts.supplies)

    def _read_moves(self, moves):
        """Read all at once: Odoo by itself would read a thousand records at a time."""
        self._read(moves, "move_orig_ids", "move_dest_ids")
        self._read(moves.production_id | moves.raw_material_production_id)
        self._read(moves.product_id)
        self._read(moves.product_id.product_tmpl_id)

    def _read(self, records, *links):
        """Fill the cache with what reading any field of the records would read."""
        names = [
            name
            for name, field in records._fields.items()
            if field.column_type and field.prefetch is True
        ]
        records.fetch([*names, *links])

    def _walk(self, moves, purchase_lines, direction):
        """Everything that links reach from here, each record once."""
        if not (moves or purchase_lines):
            return moves, purchase_lines
        self.env.flush_all()
        start = [SQL("('move', %s)", move_id) for move_id in moves.ids]
        start += [SQL("('line', %s)", line_id) for line_id in purchase_lines.ids]
        found = self.env.execute_query(
            SQL(
                """WITH RECURSIVE walk (kind, id) AS (
                    SELECT * FROM (VALUES %s) AS start (kind, id)
                    UNION
                    SELECT step.kind, step.id FROM walk
                    CROSS JOIN LATERAL (%s) AS step (kind, id))
                SELECT kind, array_agg(id ORDER BY id) FROM walk GROUP BY kind""",
                SQL(", ").join(start),
                SQL(" UNION ALL ").join(_STEPS[direction]),
            )
        )
        ids = dict(found)
        return (
            moves.browse(ids.get("move", [])),
            purchase_lines.browse(ids.get("line", [])),
        )

    def _get_held_quantities(self, moves):
        """Return {move id: quantity done or reserved, in the product's unit}."""
        groups = self.env["stock.move.line"]._read_group(
            [("move_id", "in", moves.ids)],
            ["move_id"],
            ["quantity_product_uom:sum"],
        )
        return {move.id: quantity for move, quantity in groups}

    def _is_demand(self, move):
        """Whether the move waits for goods: what is produced comes out of nothing."""
        return not move.production_id and (
            move.location_id.usage in ("internal", "transit") or move.move_orig_ids
        )

    def _make_demand(self, move, held):
        quantity = move._get_demanded_quantity()
        if move.state == "done":
            held = quantity
        elif move._should_bypass_reservation():
            # Odoo calls it reserved although nothing lies there for it.
            held = 0.0
        return Demand(
            (MOVE, move.id),
            quantity,
            min(held, quantity),
            move.state == "done",
            move.date,
            (STOCK, move.product_id.id) if self._takes_from_stock(move) else None,
            is_kept=move.product_id.is_storable,
        )

    def _takes_from_stock(self, move):
        """Whether the place it leaves is a stock; a subcontractor's output is none."""
        place = move.location_id
        return (
            place.usage in ("internal", "transit")
            and not place.should_bypass_reservation()
        )

    def _make_supply(self, move):
        production = move.production_id
        is_main = production and move.product_id == production.product_id
        return Supply(
            (MOVE, move.id),
            move._get_demanded_quantity(),
            move.state == "done",
            (PRODUCTION, production.id) if is_main else None,
        )

    def _get_links(self, moves, purchase_lines):
        known = set(moves.ids)
        links = [
            ((MOVE, origin.id), (MOVE, move.id))
            for move in moves
            for origin in move.move_orig_ids
            if origin.id in known
        ]
        return links + [
            ((LINE, line.id), (MOVE, move.id))
            for line in purchase_lines
            if line.state in REQUESTED
            for move in line.move_dest_ids
            if move.id in known
        ]

    def _get_parts(self, moves):
        """Pegs that are whole: deliveries, components, ordered receipts."""
        parts = []
        for move in moves:
            key, quantity = (MOVE, move.id), move._get_demanded_quantity()
            if move.raw_material_production_id:
                production = (PRODUCTION, move.raw_material_production_id.id)
                parts.append(Peg(production, key, quantity))
            if move.purchase_line_id and not move.origin_returned_move_id:
                parts.append(Peg(key, (LINE, move.purchase_line_id.id), quantity))
            if self._is_last_step(move):
                parts.append(Peg((SOLD, move.sale_line_id.id), key, quantity))
        return parts

    def _is_last_step(self, move):
        """Whether the move is the last there is on the way to the customer."""
        line = move.sale_line_id
        return bool(
            line
            and not move.production_id
            and not move.origin_returned_move_id
            and not any(
                after.sale_line_id == line
                and after.state != "cancel"
                and not after.origin_returned_move_id
                for after in move.move_dest_ids
            )
        )

    def _get_totals(self, moves, purchase_lines):
        """Return {key: quantity in the product's unit} of all nodes."""
        totals = {(MOVE, move.id): move._get_demanded_quantity() for move in moves}
        productions = moves.production_id | moves.raw_material_production_id
        for production in productions:
            totals[PRODUCTION, production.id] = _get_produced(production)
        for line in purchase_lines:
            totals[LINE, line.id] = _get_ordered(line)
        for line in moves.sale_line_id:
            totals[SOLD, line.id] = line._get_quantity_in_product_unit()
        return totals

    # What is told of a node

    def _prepare_nodes(self, keys):
        """Return {key: what is told of the record}, without quantities."""
        return {
            key: {
                "id": f"{record._name},{record.id}",
                "model": record._name,
                "res_id": record.id,
                **self._prepare_node(record),
            }
            for key, record in self._browse(keys).items()
        }

    def _browse(self, keys):
        """Return {key: record}; records of a model are read together."""
        by_model = defaultdict(list)
        for model, res_id in keys:
            by_model[model].append(res_id)
        return {
            (model, record.id): record
            for model, ids in by_model.items()
            for record in self.env[model].browse(ids)
        }

    def _prepare_node(self, record):
        """Name, product, state and dates of a record of one of the models."""
        details = {
            SOLD: self._prepare_sold_node,
            MOVE: self._prepare_move_node,
            PRODUCTION: self._prepare_production_node,
            LINE: self._prepare_purchase_node,
            STOCK: self._prepare_stock_node,
        }[record._name](record)
        product = record if record._name == STOCK else record.product_id
        return {
            "name": details["name"],
            "product_id": product.id,
            "product": product.display_name,
            "uom": product.uom_id.name,
            "state": details.get("state") or False,
            "date_start": _to_text(details.get("start")),
            "date_end": _to_text(details.get("end")),
            "date_needed": _to_text(details.get("needed")),
        }

    def _prepare_sold_node(self, line):
        return {
            "name": line.order_id.name,
            "state": line.order_id.state,
            "needed": line._get_promise_date(),
        }

    def _prepare_move_node(self, move):
        return {
            "name": move.reference or move.picking_id.name or move.display_name,
            "state": move.state,
            "start": move.date,
            "end": move.date,
            "needed": move.date_deadline,
        }

    def _prepare_production_node(self, production):
        return {
            "name": production.name,
            "state": production.state,
            "start": production.date_start,
            "end": production.date_finished,
            "needed": production.date_deadline,
        }

    def _prepare_purchase_node(self, line):
        return {
            "name": line.order_id.name,
            "state": line.state,
            "start": line.order_id.date_order,
            "end": line.date_planned,
            "needed": min(line.move_dest_ids.mapped("date"), default=False),
        }

    def _prepare_stock_node(self, product):
        return {"name": self.env._("Stock")}


def _get_parts(shares, keys, lines):
    """Return {key: {order line: quantity}}."""
    return {
        key: {
            lines[root]: quantity
            for root, quantity in shares.quantities.get(key, {}).items()
        }
        for key in keys
    }


def _to_text(value):
    return fields.Datetime.to_string(value) or False


def _get_produced(production):
    """What comes out of the order, done or planned, in the product's unit."""
    main = production.move_finished_ids.filtered(
        lambda m: m.product_id == production.product_id and m.state != "cancel"
    )
    return sum(move._get_demanded_quantity() for move in main)


def _get_ordered(line):
    return line.product_uom_id._compute_quantity(
        line.product_qty, line.product_id.uom_id, rounding_method="HALF-UP"
    )
