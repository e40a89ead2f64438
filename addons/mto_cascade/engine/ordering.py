"""How much is ordered from a vendor for what demands ask for.

All quantities are in the unit of the product.
"""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class VendorTerms:
    """What a vendor sells: at least ``minimum``, in whole steps of ``step``.

    The step is a pack, or the finest quantity that can be written on the order; 0 where
    every quantity can be ordered.
    """

    minimum: float = 0.0
    step: float = 0.0


def quantity_to_order(required: float, terms: VendorTerms) -> float:
    """Return the smallest quantity the vendor sells that covers ``required``.

    Nothing is ordered for no need, whatever the minimum.
    """
    if required <= _noise(terms.step):
        return 0.0
    return whole_steps(max(required, terms.minimum), terms.step)


def whole_steps(quantity: float, step: float) -> float:
    """Return ``quantity`` rounded up to whole steps, and as it is without a step."""
    if step <= 0:
        return quantity
    return ceil((quantity - _noise(step)) / step) * step


def changed_order(
    ordered: float,
    required_before: float,
    offered_before: float,
    required_after: float,
    terms: VendorTerms,
) -> float:
    """Return what to order now that the need changed.

    ``ordered`` is on order so far, ``offered_before`` is what the terms made of the
    need before. What a buyer ordered on top of that stays on top; what a buyer left out
    of the need, because it comes from elsewhere, stays left out.
    """
    left_out = required_before - ordered
    if left_out > _noise(terms.step):
        return quantity_to_order(required_after - left_out, terms)
    added = max(ordered - offered_before, 0.0)
    return whole_steps(quantity_to_order(required_after, terms) + added, terms.step)


def surplus(ordered: float, required: float) -> float:
    """Return what is ordered beyond what is required, never less than nothing."""
    return max(ordered - required, 0.0)


def _noise(step: float) -> float:
    """A remainder below this comes from converting units, it is not a need."""
    return 1e-6 * min(step or 1.0, 1.0)
