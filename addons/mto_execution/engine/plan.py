"""The plan of an order: divided as the order is, added up, compared with the fact."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

TINY = 1e-7


def divide(quantity: float, weights: Sequence[float]) -> list[float]:
    """Split ``quantity`` in the proportion of ``weights``; the sum is exactly it.

    The first part takes what rounding leaves. Weights that are all zero leave
    everything to the first.
    """
    total = sum(weights)
    if total <= TINY:
        return [quantity, *([0.0] * (len(weights) - 1))]
    rest = [quantity * weight / total for weight in weights[1:]]
    return [quantity - sum(rest), *rest]


@dataclass(frozen=True)
class Figure:
    """A quantity or minutes of one thing. ``key`` names it in plan and in fact."""

    key: Hashable
    value: float
    cost: float = 0.0


def add_up(figures: Iterable[Figure]) -> list[Figure]:
    """One figure per key, in the order of their first appearance."""
    found: dict[Hashable, Figure] = {}
    for figure in figures:
        known = found.get(figure.key, Figure(figure.key, 0.0))
        found[figure.key] = Figure(
            figure.key, known.value + figure.value, known.cost + figure.cost
        )
    return list(found.values())


@dataclass(frozen=True)
class Deviation:
    """Planned and actual of one thing; ``is_planned`` False: nobody planned it."""

    key: Hashable
    planned: float
    actual: float
    planned_cost: float
    actual_cost: float
    is_planned: bool

    @property
    def difference(self) -> float:
        return self.actual - self.planned

    @property
    def percent(self) -> float:
        """Of the plan; 100 where nothing was planned and something came."""
        if abs(self.planned) > TINY:
            return 100.0 * self.difference / self.planned
        return 100.0 if abs(self.actual) > TINY else 0.0


def compare_figures(
    planned: Iterable[Figure], actual: Iterable[Figure]
) -> list[Deviation]:
    """One deviation per key of either side, planned ones first."""
    plan = {figure.key: figure for figure in add_up(planned)}
    fact = {figure.key: figure for figure in add_up(actual)}
    result = []
    for key in dict.fromkeys([*plan, *fact]):
        left = plan.get(key, Figure(key, 0.0))
        right = fact.get(key, Figure(key, 0.0))
        result.append(
            Deviation(key, left.value, right.value, left.cost, right.cost, key in plan)
        )
    return result


def is_above(deviation: Deviation, tolerance: float) -> bool:
    """Whether the deviation is above ``tolerance`` percent, either way."""
    return abs(deviation.percent) > tolerance + TINY
