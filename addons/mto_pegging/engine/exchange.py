"""Who gives what to whom, when one order is served before another."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .dates import by_date
from .pegging import TINY, Peg


@dataclass(frozen=True)
class Offer:
    """``quantity`` of ``supply`` that ``holder`` has and ``demand`` could take.

    ``date``: when it is there, None for what lies there.
    """

    demand: Hashable
    holder: Hashable
    supply: Hashable
    quantity: float
    date: Any = None


def sort_offers(offers: Iterable[Offer]) -> list[Offer]:
    """What is there first, then by date; as few documents as possible."""
    return sorted(
        offers,
        key=lambda o: (by_date(o.date), -o.quantity, o.holder),
    )


def choose_offers(
    order: Iterable[Hashable],
    pegs: Iterable[tuple[Peg, float]],
    needs: Mapping[Hashable, float],
    offers: Iterable[Offer],
) -> dict[Offer, float]:
    """Take as much as an order can use, from the top down, nothing twice.

    What is taken needs no parts of its own: half of a bicycle that another order gives
    leaves half of its wheels to be taken.

    :param order: nodes that serve the order, each after all that it serves
    :param pegs: (peg, the order's part of it) between them
    :param needs: {demand: what the order has not reserved of it}
    """
    waiting = defaultdict(list)
    for offer in sort_offers(offers):
        waiting[offer.demand].append(offer)
    below, arriving = defaultdict(list), defaultdict(float)
    for peg, part in pegs:
        below[peg.demand].append((peg.supply, part))
        arriving[peg.supply] += part
    left: dict[tuple, float] = {}
    still, chosen = defaultdict(float), {}
    for node in order:
        part = still[node] / arriving[node] if arriving[node] > TINY else 1.0
        need = needs.get(node, 0.0) * part
        taken = 0.0
        for offer in waiting[node]:
            key = (offer.holder, offer.supply)
            quantity = min(left.setdefault(key, offer.quantity), need - taken)
            if quantity > TINY:
                chosen[offer] = quantity
                left[key] -= quantity
                taken += quantity
        whole = sum(quantity for _supply, quantity in below[node])
        if needs.get(node):
            # What is reserved needs no parts that are still to come.
            part *= 1 - taken / need if need > TINY else 0.0
        for supply, quantity in below[node]:
            if whole > TINY:
                still[supply] += quantity * part
    return chosen


def choose_returns(
    own: Iterable[tuple[Hashable, float, Any]], quantity: float, missing: float
) -> list[tuple[Hashable, float]]:
    """What a demand no longer needs once it is given ``quantity``.

    First it is what it lacked, then its own supply, the latest first.

    :param own: (supply, quantity, when it is there) of what is still to come
    """
    spare = quantity - missing
    result = []
    for supply, most, _date in sorted(own, key=lambda item: item[2], reverse=True):
        part = min(most, spare)
        if part > TINY:
            result.append((supply, part))
            spare -= part
    return result
