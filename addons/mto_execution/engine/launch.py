"""Can we start? What an order has of its components, what is missing, and why.

Quantities of a component are in the unit of the component's product, the quantity of an
order in the unit of its product. Keys are chosen by the caller, hashable.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

# Quantities below are noise of floating point: units of measure are far coarser.
TINY = 1e-7


@dataclass(frozen=True)
class Component:
    """A need of an order.

    ``required`` for all of the order; ``held``: consumed, reserved, or arrived for it.
    ``is_kept``: its stock is counted; of what is not counted nothing is ever missing.
    """

    key: Hashable
    order: Hashable
    product: Hashable
    required: float
    held: float = 0.0
    is_kept: bool = True


@dataclass(frozen=True)
class Order:
    """``step``: the order can be started in multiples of it."""

    key: Hashable
    quantity: float
    step: float = 1.0


@dataclass(frozen=True)
class Arrival:
    """Supply on its way. ``maker``: the order that makes it, ``carries``: the demand of
    a transfer, which itself waits for what it carries."""

    key: Hashable
    date: Any
    maker: Hashable | None = None
    carries: Hashable | None = None


@dataclass(frozen=True)
class Maker:
    """An order that makes a component: when it is planned, and what it needs."""

    start: Any
    end: Any
    needs: tuple[Hashable, ...] = ()
    is_started: bool = False


@dataclass(frozen=True)
class Expected:
    """``quantity`` will be there on ``date``.

    ``source``: the supply. ``chain``: the supplies that it waits for itself, one after
    the other; the last one decides. ``is_known`` False: something below is supplied by
    nothing, so that the date is not to be trusted.
    """

    quantity: float
    date: Any
    source: Hashable
    chain: tuple[Hashable, ...] = ()
    is_known: bool = True


@dataclass(frozen=True)
class Part:
    """A component of which ``missing`` is not there; ``expected`` by date."""

    component: Component
    available: float
    missing: float
    expected: tuple[Expected, ...] = ()

    @property
    def uncovered(self) -> float:
        """What nothing is expected to bring."""
        left = self.missing - sum(item.quantity for item in self.expected)
        return left if left > TINY else 0.0

    @property
    def date(self) -> Any:
        """When all of it is there, None where that is not known."""
        if self.uncovered or not all(item.is_known for item in self.expected):
            return None
        return max((item.date for item in self.expected), default=None)


@dataclass(frozen=True)
class Check:
    """``launchable``: the quantity that can start with what is there."""

    order: Order
    launchable: float
    parts: tuple[Part, ...] = ()
    missing: tuple[Part, ...] = field(default=())

    @property
    def can_launch(self) -> bool:
        return not self.missing

    @property
    def date(self) -> Any:
        """When everything is there, None where that is not known or all is there."""
        dates = [part.date for part in self.missing]
        return None if None in dates else max(dates, default=None)


@dataclass
class Facts:
    """What an answer is made from.

    ``pegs``: of each demand, (supply, quantity) in the order in which it is served.
    ``arrivals``: supplies on their way; a supply that is not among them is there.
    ``open``: {demand: quantity it still needs}, of the demands below.
    """

    pegs: Mapping[Hashable, list[tuple[Hashable, float]]]
    arrivals: Mapping[Hashable, Arrival]
    makers: Mapping[Hashable, Maker]
    open: Mapping[Hashable, float]
    now: Any


def check_launch(
    orders: Iterable[Order],
    components: Iterable[Component],
    facts: Facts,
) -> dict[Hashable, Check]:
    """Return {order key: Check}, in the order of ``orders``."""
    forecast = Forecast(facts)
    by_order = defaultdict(list)
    for component in components:
        by_order[component.order].append(component)
    return {
        order.key: _check(order, by_order[order.key], facts, forecast)
        for order in orders
    }


def _check(order, components, facts, forecast):
    parts = tuple(_make_part(part, facts, forecast) for part in components)
    missing = tuple(part for part in parts if part.missing > TINY)
    return Check(order, _get_launchable(order, parts), parts, missing)


def _make_part(component, facts, forecast):
    required = max(component.required, 0.0)
    if not component.is_kept:
        return Part(component, required, 0.0)
    available = component.held
    expected = []
    for supply, quantity in facts.pegs.get(component.key, ()):
        if supply in facts.arrivals:
            expected.append(forecast.expect(supply, quantity))
        else:
            available += quantity
    missing = required - available
    if missing <= TINY:
        return Part(component, required, 0.0)
    expected.sort(key=lambda item: item.date)
    return Part(component, available, missing, tuple(expected))


def _get_launchable(order, parts):
    """The scarcest component decides; what cannot be divided is rounded down."""
    ratio = min(
        (
            part.available / part.component.required
            for part in parts
            if part.component.required > TINY
        ),
        default=1.0,
    )
    if ratio >= 1.0 - TINY:
        return order.quantity
    steps = math.floor(order.quantity * max(ratio, 0.0) / order.step + 1e-6)
    return steps * order.step


class Forecast:
    """When supplies are there, from the last part up; each is looked at once."""

    def __init__(self, facts: Facts):
        self._facts = facts
        self._found: dict[Hashable, tuple] = {}

    def expect(self, supply: Hashable, quantity: float) -> Expected:
        date, chain, is_known = self._get(supply)
        return Expected(quantity, date, supply, chain, is_known)

    def _get(self, supply):
        """(date, chain of supplies below that decide it, whether that is sure)."""
        if supply not in self._found:
            arrival = self._facts.arrivals[supply]
            # Links made by hand can form a loop: it ends at the planned date.
            self._found[supply] = (arrival.date, (), True)
            self._found[supply] = self._compute(arrival)
        return self._found[supply]

    def _compute(self, arrival):
        maker = self._facts.makers.get(arrival.maker)
        if maker:
            work = timedelta() if maker.is_started else maker.end - maker.start
            planned = maker.end
            needs = maker.needs
        elif arrival.carries is not None:
            work, planned, needs = timedelta(), arrival.date, (arrival.carries,)
        else:
            return arrival.date, (), True
        last, is_known = self._get_last(needs)
        if last and last[0] + work > planned:
            return last[0] + work, (last[1], *last[2]), is_known
        chain = () if is_known else ((last[1], *last[2]) if last else ())
        return planned, chain, is_known

    def _get_last(self, needs):
        """((date, supply, its chain) of the part that comes last, whether all come)."""
        last, is_known = None, True
        for need in needs:
            left = self._facts.open.get(need, 0.0)
            for supply, quantity in self._facts.pegs.get(need, ()):
                left -= quantity
                if supply not in self._facts.arrivals:
                    continue
                date, chain, is_sure = self._get(supply)
                is_known = is_known and is_sure
                if last is None or date > last[0]:
                    last = (date, supply, chain)
            is_known = is_known and left <= TINY
        return last, is_known
