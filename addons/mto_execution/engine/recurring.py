"""What deviates again and again, and what the bill of materials should say instead.

Four diagnoses: a bill of materials that is poorly calibrated, a step that takes other
than planned, a fragile component, an inaccurate time to deliver.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from .plan import TINY

BOM, STEP, FRAGILE, DEADLINE = "bom", "step", "fragile", "deadline"

# An order more or less says nothing: so many must deviate, and half of those looked at.
LEAST = 3
SHARE = 0.5


@dataclass(frozen=True)
class Series:
    """What the last orders took, the last one first.

    ``current``: what the bill of materials says now, ``values``: what each order took,
    both for one piece. ``scrapped``: of that, what was thrown away.
    """

    kind: str  # "component", "step" or "deadline"
    current: float
    values: Sequence[float]
    scrapped: Sequence[float] = ()


@dataclass(frozen=True)
class Diagnosis:
    """``times`` of the last ``looked_at`` orders deviated, the same way each time."""

    kind: str
    times: int
    looked_at: int
    mean: float
    spread: float
    suggested: float


def diagnose(series: Series, tolerance: float) -> Diagnosis | None:
    """Return what is wrong with the plan, or None where nothing recurs.

    :param tolerance: percent of ``current``; days, where the series is of days

    >>> diagnose(Series("component", 2.0, [2.2, 2.2, 2.0, 2.2]), 5)
    ... # doctest: +NORMALIZE_WHITESPACE
    Diagnosis(kind='bom', times=3, looked_at=4, mean=2.15, spread=0.087,
              suggested=2.15)
    """
    values = list(series.values)
    band = tolerance
    if series.kind != "deadline":
        band = abs(series.current) * tolerance / 100
    above = sum(value > series.current + band + TINY for value in values)
    below = sum(value < series.current - band - TINY for value in values)
    times = max(above, below)
    if times < LEAST or times < SHARE * len(values):
        return None
    mean, spread = fmean(values), pstdev(values)
    kind = _get_kind(series, above >= below, abs(mean - series.current), spread)
    suggested = max(math.ceil(mean - TINY), 0) if kind == DEADLINE else mean
    return Diagnosis(
        kind, times, len(values), round(mean, 3), round(spread, 3), round(suggested, 3)
    )


def _get_kind(series, is_more, drift, spread):
    if series.kind == "step":
        return STEP
    if series.kind == "deadline":
        return DEADLINE
    scraps = sum(quantity > TINY for quantity in series.scrapped)
    # Steady: the figure is wrong. Now and then, or thrown away: the part breaks.
    is_fragile = is_more and (2 * scraps >= len(series.values) or spread > drift)
    return FRAGILE if is_fragile else BOM
