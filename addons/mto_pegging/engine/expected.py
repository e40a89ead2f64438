"""What is expected to cover a demand: free stock first, then what arrives for nobody.

Goods without a link or a reservation go to whom Odoo will give them: demands in the
order of priority, date and key, each out of what is there or comes first.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from .dates import by_date
from .pegging import TINY, Peg


@dataclass(frozen=True)
class OpenDemand:
    """A quantity of ``goods`` that is needed at ``place`` and that nothing is for yet.

    ``place`` is a path ('1/8/'): goods at the place or below it will do. ``priority``:
    the smaller, the earlier. ``owner``: what the goods are for, which cannot supply
    itself.
    """

    key: Hashable
    goods: Hashable
    quantity: float
    place: str
    date: Any
    priority: int = 0
    owner: Hashable | None = None


@dataclass(frozen=True)
class FreeSupply:
    """A quantity of ``goods`` at ``place`` that is for nobody, there on ``date``.

    ``date`` None: it is there. ``source``: where it comes from; goods that only move
    within a place bring nothing to it.
    """

    key: Hashable
    goods: Hashable
    quantity: float
    place: str
    date: Any = None
    source: str | None = None
    owner: Hashable | None = None

    def arrives_at(self, place: str) -> bool:
        if not self.place.startswith(place):
            return False
        return self.source is None or not self.source.startswith(place)


def make_expected_pegs(
    demands: Iterable[OpenDemand], supplies: Iterable[FreeSupply]
) -> list[Peg]:
    """Return soft pegs (``hard`` False), in the order in which demands are served."""
    by_goods = defaultdict(list)
    for supply in supplies:
        if supply.quantity > TINY:
            by_goods[supply.goods].append(supply)
    for group in by_goods.values():
        group.sort(key=lambda supply: (by_date(supply.date), supply.key))
    left = {s: s.quantity for group in by_goods.values() for s in group}
    queues: dict[tuple, list[FreeSupply]] = {}
    pegs = []
    for demand in sorted(demands, key=lambda d: (d.priority, d.date, d.key)):
        queue_key = demand.goods, demand.place
        if queue_key not in queues:
            fitting = [s for s in by_goods[demand.goods] if s.arrives_at(demand.place)]
            queues[queue_key] = fitting[::-1]
        pegs += _serve(demand, queues[queue_key], left)
    return pegs


def hand_out(
    takers: Iterable[tuple[Hashable, float]], givers: Iterable[tuple[Hashable, float]]
) -> list[tuple[Hashable, Hashable, float]]:
    """Give what is there to those who want it, both in their order.

    :param takers: (taker, quantity), ``givers``: (giver, quantity)
    :return: (taker, giver, quantity)
    """
    left = [[giver, quantity] for giver, quantity in givers if quantity > TINY][::-1]
    given = []
    for taker, missing in takers:
        while left and missing > TINY:
            taken = min(missing, left[-1][1])
            given.append((taker, left[-1][0], taken))
            missing -= taken
            left[-1][1] -= taken
            if left[-1][1] <= TINY:
                left.pop()
    return given


def _serve(demand, queue, left):
    """Pegs of one demand; what is used up leaves the end of ``queue``."""
    missing, pegs = demand.quantity, []
    while queue and left[queue[-1]] <= TINY:
        queue.pop()
    for supply in reversed(queue):
        if missing <= TINY:
            break
        taken = min(left[supply], missing)
        if taken <= TINY or _is_own(supply, demand):
            continue
        left[supply] -= taken
        missing -= taken
        pegs.append(Peg(demand.key, supply.key, taken, hard=False))
    return pegs


def _is_own(supply, demand):
    return demand.owner is not None and supply.owner == demand.owner
