"""When a node is expected, and what it waits for: from the last part up to the root."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .dates import by_date
from .pegging import Peg


@dataclass(frozen=True)
class Plan:
    """When the work of a node is planned.

    ``is_done``: nothing is waited for. ``is_started``: it may go on before all is
    there. ``is_made``: what is planned to take long explains itself when it begins
    later than its parts arrive; a transfer only ever waits for what it carries.
    ``reason``: what holds up the node itself, of any kind.
    """

    start: Any
    end: Any
    is_done: bool = False
    is_started: bool = False
    is_made: bool = False
    reason: Any = None


@dataclass(frozen=True)
class Projection:
    """``date`` None: nothing more is waited for. ``cause``: the node that decides it.

    ``missing``: a demand that nothing supplies, so that the date is not to be trusted.
    ``via``: the part on the way to the cause, None where it is the node itself.
    """

    date: Any = None
    cause: Hashable | None = None
    missing: Hashable | None = None
    via: Hashable | None = field(default=None, compare=False)


def project_dates(
    order: Iterable[Hashable],
    pegs: Iterable[Peg],
    plans: Mapping[Hashable, Plan],
    unsupplied: Iterable[Hashable],
    now: Any,
) -> dict[Hashable, Projection]:
    """Return {node: Projection} of all nodes in ``order``.

    ``order``: each node after everybody that it serves (``Shares.order``); ``pegs``
    are free of loops. A node without a plan is there (stock) or is what it is made of
    (a sold line).
    """
    below = defaultdict(list)
    for peg in pegs:
        below[peg.demand].append(peg.supply)
    gaps = set(unsupplied)
    found: dict[Hashable, Projection] = {}
    for node in reversed(list(order)):
        plan = plans.get(node)
        if plan and plan.is_done:
            found[node] = Projection()
            continue
        parts = {supply: found[supply] for supply in below[node] if supply in found}
        missing = node if node in gaps else None
        for part in parts.values():
            missing = part.missing if missing is None else missing
        date, cause, via = _get_date(node, plan, parts, now)
        found[node] = Projection(date, cause, missing, via)
    return found


def get_chain(
    node: Hashable, projections: Mapping[Hashable, Projection]
) -> list[Hashable]:
    """Return the nodes from ``node`` down to what it waits for, both included."""
    chain: list[Hashable] = []
    step: Hashable | None = node
    while step is not None:
        chain.append(step)
        step = projections[step].via if step in projections else None
    return chain


def _get_date(node, plan, parts, now):
    via = max(parts, key=lambda key: by_date(parts[key].date), default=None)
    if via is not None and parts[via].date is None:
        via = None
    last = None if via is None else parts[via]
    if plan is None:
        return (last.date, last.cause, via) if last else (None, None, None)
    start = plan.start if plan.is_started else max(plan.start, now)
    if last and (last.date >= start or not plan.is_made):
        cause = last.cause
    else:
        cause, via = node, None
    if last:
        start = max(start, last.date)
    return max(plan.end, start + (plan.end - plan.start), now), cause, via
