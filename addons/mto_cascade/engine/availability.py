"""What a demand that uses stock first takes from stock, what from supply that is on
its way to nobody else, and what is missing.

All quantities are in the unit of the product. Dates only need to be comparable.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .flow import TINY


@dataclass
class Arrival:
    """Open supply with a quantity that no demand is linked to."""

    key: Hashable
    quantity: float
    date: Any
    specification: str = ""


@dataclass
class Pool:
    """The goods of one product at one place.

    ``on_hand`` is what nobody reserved, negative where more was taken than there was:
    arrivals fill that first. ``committed`` is what older demands that are not reserved
    will take, first from stock, then from the earliest arrivals.
    """

    on_hand: float = 0.0
    committed: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    """A quantity that is still needed at a date."""

    key: Hashable
    quantity: float
    date: Any
    specification: str = ""


@dataclass
class Share:
    """What one request gets: from stock now, from arrivals, and what is missing."""

    from_stock: float = 0.0
    arrivals: list[tuple[Hashable, float]] = field(default_factory=list)
    missing: float = 0.0


def share(pool: Pool, requests: Iterable[Request]) -> dict[Hashable, Share]:
    """Serve the requests of one pool in the given order.

    An arrival serves a request that it reaches in time and whose specification it has.
    """
    arrivals = sorted(pool.arrivals, key=lambda arrival: arrival.date)
    left = {arrival.key: max(arrival.quantity, 0.0) for arrival in arrivals}
    free = max(pool.on_hand, 0.0)
    committed = max(pool.committed, 0.0) + max(-pool.on_hand, 0.0)
    taken = min(free, committed)
    free -= taken
    _commit(arrivals, left, committed - taken)
    result = {}
    for request in requests:
        part = Share(from_stock=min(max(request.quantity, 0.0), free))
        free -= part.from_stock
        part.missing = max(request.quantity, 0.0) - part.from_stock
        _take_arrivals(part, request, arrivals, left)
        if part.missing <= TINY:
            part.missing = 0.0
        result[request.key] = part
    return result


def _commit(arrivals, left, quantity):
    for arrival in arrivals:
        taken = min(left[arrival.key], quantity)
        left[arrival.key] -= taken
        quantity -= taken


def _take_arrivals(part, request, arrivals, left):
    for arrival in arrivals:
        if part.missing <= TINY:
            return
        if arrival.date > request.date or arrival.specification != (
            request.specification
        ):
            continue
        taken = min(left[arrival.key], part.missing)
        if taken > TINY:
            part.arrivals.append((arrival.key, taken))
            left[arrival.key] -= taken
            part.missing -= taken
