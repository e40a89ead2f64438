"""How much must be ordered when stock is used first.

All quantities are in the unit of the product.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DemandChange:
    """A demand that appeared, grew or shrank.

    ``key`` identifies it in the answer. ``pool`` names the stock it draws from.
    ``before`` and ``after`` are the demanded quantities, ``reserved_before`` and
    ``reserved_after`` what stock was and is set aside for it. ``untracked`` demands are
    for goods whose stock is not kept: nothing can be said to be free.
    """

    key: Hashable
    pool: Hashable
    before: float
    after: float
    reserved_before: float = 0.0
    reserved_after: float = 0.0
    untracked: bool = False


def quantities_to_order(
    changes: Iterable[DemandChange],
    free_before: Mapping[Hashable, float],
    free_after: Mapping[Hashable, float],
) -> dict[Hashable, float]:
    """Return {key: quantity to order}, negative to order less, without zeros.

    What a demand misses is what neither its reservation nor free stock covers; demands
    of one pool share the free quantity in the given order. What was missing before has
    been ordered, so the difference is ordered. A demand that grew never orders less,
    one that shrank never orders more.
    """
    left_before = dict(free_before)
    left_after = dict(free_after)
    result = {}
    for change in changes:
        missing_before = _missing(
            change, change.before, change.reserved_before, left_before
        )
        missing_after = _missing(
            change, change.after, change.reserved_after, left_after
        )
        quantity = missing_after - missing_before
        grew = change.after > change.before
        if quantity and (quantity > 0) == grew and change.after != change.before:
            result[change.key] = quantity
    return result


def _missing(
    change: DemandChange,
    demanded: float,
    reserved: float,
    left: dict[Hashable, float],
) -> float:
    """Cover a demand out of ``left``, which shrinks, and return what is missing."""
    if change.untracked:
        return demanded
    open_quantity = max(demanded - reserved, 0.0)
    taken = min(open_quantity, max(left.get(change.pool, 0.0), 0.0))
    left[change.pool] = left.get(change.pool, 0.0) - taken
    return open_quantity - taken
