"""What is free: goods on hand and open supply that nobody else was promised."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from .promise import Remark

# Less than this is nothing: what binary fractions leave.
TINY = 1e-6


@dataclass
class Source:
    """Goods that can be taken; ``moment`` is None for what is on hand.

    ``document``: (model, id) of the open document that brings them. ``remarks``: what is
    assumed of it.
    """

    quantity: float
    moment: datetime | None = None
    document: tuple | bool = False
    remarks: tuple[Remark, ...] = ()


class Ledger:
    """What is left of each pool (a product at a place) while demands take from it.

    A fork starts with what is left and leaves the original as it is, so that something
    can be tried.

    >>> ledger = Ledger({"kit": [Source(14)]})
    >>> trial = ledger.fork()
    >>> [taken for taken, _source in trial.take("kit", 20)]
    [14]
    >>> trial.take("kit", 6), ledger.get_on_hand("kit")
    ([], 14)
    """

    def __init__(self, pools: dict[Hashable, Iterable[Source]]):
        self._pools = {
            key: [[source.quantity, source] for source in _sort(sources)]
            for key, sources in pools.items()
        }
        self._own: set = set()

    def fork(self) -> "Ledger":
        """Return a ledger with what is left, in which something can be tried."""
        ledger = Ledger({})
        ledger._pools = dict(self._pools)
        # Neither of the two may change what both have.
        self._own = set()
        return ledger

    def get_on_hand(self, pool: Hashable) -> float:
        """Return what is left of the goods on hand."""
        return sum(
            left for left, source in self._pools.get(pool, ()) if source.moment is None
        )

    def take(
        self, pool: Hashable, quantity: float, latest: datetime | None = None
    ) -> list[tuple[float, Source]]:
        """Take what is left, what is on hand first, then what arrives first.

        :param latest: what arrives later stays; None takes all
        :return: (quantity, source) of what was taken
        """
        taken = []
        for entry in self._get_entries(pool):
            left, source = entry
            if quantity <= TINY:
                break
            if latest and source.moment and source.moment > latest:
                break
            part = min(left, quantity)
            if part > TINY:
                taken.append((part, source))
                entry[0] -= part
                quantity -= part
        return taken

    def _get_entries(self, pool):
        if pool not in self._own:
            self._own.add(pool)
            self._pools[pool] = [list(entry) for entry in self._pools.get(pool, ())]
        return self._pools[pool]


def _sort(sources):
    return sorted(
        sources, key=lambda source: (source.moment is not None, source.moment)
    )


def free_sources(
    on_hand: float, committed: float, arrivals: Iterable[Source]
) -> list[Source]:
    """Return what is free of goods of which others will take some.

    They take from stock first, then of what arrives first. ``on_hand`` is negative
    where more was taken than there was; arrivals fill that.

    >>> arrivals = [Source(5, datetime(2026, 3, 9)), Source(5, datetime(2026, 3, 2))]
    >>> [(s.quantity, s.moment.day) for s in free_sources(2, 4, arrivals)]
    [(3.0, 2), (5.0, 9)]
    """
    owed = max(committed, 0.0) + max(-on_hand, 0.0)
    free = []
    for source in _sort([Source(max(on_hand, 0.0)), *arrivals]):
        taken = min(source.quantity, owed)
        owed -= taken
        if source.quantity - taken > TINY:
            left = source.quantity - taken
            free.append(Source(left, source.moment, source.document, source.remarks))
    return free
