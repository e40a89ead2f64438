"""Who has which goods while an order is confirmed.

What lies in stock and arrives is known before; moves, orders and requests that the
confirmation makes are added as they come.
"""

from collections import defaultdict

from .availability import Arrival, Pool, Request, Share, share
from .documents import Move, Supply
from .factory import UNKNOWN, Answers, Product, Reordering, Stock
from .flow import Flow, Network
from .policy import STOCK_THEN_ORDER
from .units import DOWN, HALF_UP

OPEN = ("confirmed", "waiting", "partially_available")


class Ledger:
    def __init__(self, answers: Answers):
        self.answers = answers
        self.taken = defaultdict(float)
        self.moves: dict[int, list[Move]] = defaultdict(list)
        self.supplies: dict[int, list[Supply]] = defaultdict(list)
        self._arrivals: dict[tuple, Supply] = {}
        self._counted = set()

    def add_move(self, move: Move) -> None:
        self.moves[move.product.id].append(move)

    def add_supply(self, supply: Supply) -> None:
        self.supplies[supply.product.id].append(supply)
        self._arrivals.setdefault(supply.key, supply)

    def find_supply(self, key) -> Supply | None:
        """The supply that was known before or made since."""
        return self._arrivals.get(key)

    def count_change(self, rule: Reordering, product: Product) -> float:
        """By how much a reordering rule forecasts more or less than before."""
        left = sum(
            move.product_quantity
            for move in self.moves[product.id]
            if move.state != "draft"
            and move.date <= rule.horizon
            and move.place_from in rule.places
            and move.place_to not in rule.places
        )
        come = sum(
            self._count_coming(rule, supply) for supply in self.supplies[product.id]
        )
        return come - left

    def _count_coming(self, rule, supply):
        """Requests count only where no demand made to order waits for them."""
        if not supply.is_open or supply.place not in rule.places:
            return 0.0
        document = supply.document
        if document is None:
            return 0.0
        if supply.kind == "move":
            return supply.capacity if supply.date <= rule.horizon else 0.0
        counts = not supply.demands or any(
            demand.policy == STOCK_THEN_ORDER for demand in supply.demands
        )
        return document.product_quantity - document.former if counts else 0.0

    # Goods that lie there

    def free(self, move: Move) -> float:
        """What nobody reserved where the move starts; negative if more was taken."""
        return self._stock(move).on_hand - self.taken[move.pool]

    def reserve(self, move: Move, quantity: float) -> float:
        """Reserve up to ``quantity`` of what is free; returns how much that was."""
        quantity = min(quantity, max(self.free(move), 0.0))
        if quantity <= 0 or not move.product.is_stored:
            return 0.0
        self.taken[move.pool] += quantity
        move.reserved += quantity
        return quantity

    def reserve_as_odoo(self, move: Move) -> float:
        """Reserve what is missing, in whole digits of the unit of the move."""
        quantity = min(move.unreserved, max(self.free(move), 0.0))
        if move.unit.id != move.product.unit.id:
            in_unit = move.product.unit.convert(quantity, move.unit, DOWN)
            quantity = move.unit.convert(in_unit, move.product.unit, HALF_UP)
        return self.reserve(move, quantity)

    def _stock(self, move: Move) -> Stock:
        stock = self.answers.ask("stock", move.pool, move)
        if stock is UNKNOWN:
            return Stock()
        if move.pool not in self._counted:
            self._counted.add(move.pool)
            for arrival in stock.arrivals:
                self._add_arrival(move, arrival)
        return stock

    def _add_arrival(self, move, arrival):
        if known := self._arrivals.get(arrival.key):
            known.capacity += arrival.quantity
            return
        kind, _id = arrival.key
        self.add_supply(
            Supply(
                arrival.key,
                kind,
                move.product,
                move.place_from,
                arrival.date,
                arrival.specification,
                arrival.quantity,
                is_open=True,
            )
        )

    # Stock first, then order

    def share(self, demands: list[Move]) -> dict[Move, Share]:
        """What each demand gets from stock and from arrivals, and what is missing.

        As ``mto.supply.network._share_free``, for demands in the order of their ids.
        """
        pools = defaultdict(list)
        for move in demands:
            pools[move.pool].append(move)
        result = {}
        for moves in pools.values():
            result.update(self._share_pool(moves))
        return result

    def _share_pool(self, moves):
        stock = self._stock(moves[0])
        flow = self._flow(moves[0].product.id, moves)
        needs = {move: flow.missing(move.id) for move in moves}
        pool = Pool(arrivals=self._get_arrivals(moves[0]))
        if moves[0].product.is_stored:
            pool.on_hand = stock.on_hand - self.taken[moves[0].pool]
            pool.committed = stock.committed + self._committed(moves)
        return share(
            pool,
            [
                Request(move, needs[move], move.date, move.served.specification)
                for move in moves
            ],
        )

    def missing(self, move: Move) -> float:
        """What is neither reserved nor covered by linked supply."""
        return self._flow(move.product.id, [move]).missing(move.id)

    def _committed(self, demands):
        """What older demands of this confirmation will take from stock."""
        first = min(move.id for move in demands)
        pool = demands[0].pool
        others = [
            move
            for move in self.moves[pool[0]]
            if move.pool == pool
            and move.id < first
            and move.state in OPEN
            and move.takes_from_stock
        ]
        if not any(move.unreserved for move in others):
            return 0.0
        flow = self._flow(pool[0], [])
        return sum(flow.missing(move.id) for move in others)

    def _get_arrivals(self, move):
        flow = self._flow(move.product.id, [])
        return [
            Arrival(supply, left, supply.date, supply.specification)
            for supply in self.supplies[move.product.id]
            if supply.is_open
            and supply.place == move.place_from
            and (left := flow.left(supply.key))
        ]

    def _flow(self, product, demands) -> Flow:
        """The largest flow; where supply does not suffice ``demands`` are last."""
        last = set(demands)
        moves = [
            move
            for move in self.moves[product]
            if move not in last and move.state != "draft"
        ]
        moves += demands
        return Network(
            {move.id: move.unreserved for move in moves},
            {supply.key: supply.capacity for supply in self.supplies[product]},
            [(supply.key, move.id) for move in moves for supply in move.links],
        ).solve()

    def link(self, supply: Supply, move: Move) -> None:
        """Note that the supply is for the move."""
        if supply not in move.links:
            move.links.append(supply)
            # Odoo reads moves before requests for quotation.
            move.links.sort(key=lambda link: link.kind != "move")
            supply.demands.append(move)
