"""Pegs: how much of which supply is for which demand.

The quantity of a peg is in the unit of the supply's product. Keys are chosen by the
caller, hashable and sortable; dates only need to be comparable.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

# Quantities below are noise of floating point: units of measure are far coarser.
TINY = 1e-7


@dataclass(frozen=True)
class Demand:
    """A quantity that leaves stock, or one step of its way.

    ``held`` is what is done or reserved of it; it lies there, whoever is linked.
    ``is_done``: nothing more will come. ``stock``: key of the stock it is taken from,
    None where goods come from a vendor or a customer. Of goods whose stock is not kept
    (``is_kept``) nothing is ever missing.
    """

    key: Hashable
    quantity: float
    held: float = 0.0
    is_done: bool = False
    date: Any = 0
    stock: Hashable | None = None
    is_kept: bool = True


@dataclass(frozen=True)
class Supply:
    """A quantity that arrives; ``node`` is the key that pegs name."""

    key: Hashable
    quantity: float
    is_done: bool = False
    node: Hashable | None = None


@dataclass(frozen=True)
class Peg:
    """``quantity`` of ``supply`` is for ``demand``.

    ``hard``: by a link or a reservation, not expected only.
    """

    demand: Hashable
    supply: Hashable
    quantity: float
    hard: bool = True


@dataclass
class Facts:
    """``links``: (supply key, demand key), ``parts``: whole pegs that are known.

    ``given``: (demand key, supply keys in the order of preference, quantity), what a
    person decided.
    """

    demands: list[Demand] = field(default_factory=list)
    supplies: list[Supply] = field(default_factory=list)
    links: list[tuple[Hashable, Hashable]] = field(default_factory=list)
    parts: list[Peg] = field(default_factory=list)
    given: list[tuple[Hashable, list[Hashable], float]] = field(default_factory=list)


def make_pegs(facts: Facts, solve: Callable) -> tuple[list[Peg], dict[Hashable, float]]:
    """Return the pegs and {demand key: quantity that nothing supplies}.

    ``solve`` finds the largest flow of (needs, capacities, links, given), as the class
    ``Flow`` of mto_cascade does.

    What is held comes first, out of supply that has arrived; what arrived for nobody
    was in stock. Then what is open takes what is left of its links: what somebody
    decided to give to it before all others.
    """
    flow = solve(*_make_network(facts))
    nodes = {supply.key: supply.node or supply.key for supply in facts.supplies}
    quantities: dict[tuple[Hashable, Hashable], float] = {}
    unsupplied = {}
    for demand in facts.demands:
        if demand.stock is None:
            continue
        taken = flow.missing(("held", demand.key))
        missing = flow.missing(("open", demand.key))
        if not demand.is_kept:
            taken, missing = taken + missing, 0.0
        if taken:
            quantities[demand.key, demand.stock] = taken
        if missing:
            unsupplied[demand.key] = missing
    for (supply, (_part, demand)), quantity in flow.quantities.items():
        peg = (demand, nodes[supply])
        quantities[peg] = quantities.get(peg, 0.0) + quantity
    pegs = [
        Peg(demand, supply, quantity)
        for (demand, supply), quantity in quantities.items()
    ]
    return facts.parts + pegs, unsupplied


def _make_network(facts):
    """What ``solve`` is asked, in the order of priority and of preference.

    What is given of supply that has arrived lies there: who holds it has it, so that
    this decides the order of demands only.
    """
    first = {demand for demand, _supplies, _quantity in facts.given}
    arrived = {supply.key for supply in facts.supplies if supply.is_done}
    demands = sorted(facts.demands, key=lambda d: (d.key not in first, d.date, d.key))
    needs = {("held", demand.key): demand.held for demand in demands}
    for demand in demands:
        left = 0.0 if demand.is_done else demand.quantity - demand.held
        needs["open", demand.key] = left if left > TINY else 0.0
    links = []
    for supply, demand in sorted(facts.links, key=lambda k: (k[0] not in arrived, k)):
        if supply in arrived:
            links.append((supply, ("held", demand)))
        links.append((supply, ("open", demand)))
    given = [
        (("open", demand), [key for key in supplies if key not in arrived], quantity)
        for demand, supplies, quantity in facts.given
    ]
    return needs, {s.key: s.quantity for s in facts.supplies}, links, given


def surplus(pegs: Iterable[Peg], supplies: Iterable[Supply]) -> dict[Hashable, float]:
    """Return {node: quantity of the supply that no demand is pegged to}."""
    totals: dict[Hashable, float] = {}
    for supply in supplies:
        node = supply.node or supply.key
        totals[node] = totals.get(node, 0.0) + supply.quantity
    for peg in pegs:
        if peg.supply in totals:
            totals[peg.supply] -= peg.quantity
    return {node: left for node, left in totals.items() if left > TINY}
