"""What another date of a demand means for everything that supplies it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .impact import DECIDE, LEAVE

NONE = timedelta(0)


@dataclass(frozen=True)
class DatedNode:
    """A document, or a step of its goods.

    ``date``: when its goods are there, or are needed. ``start``: when it needs what
    supplies it; None for ``date``. ``earliest``: it cannot be there sooner.
    ``follows``: it has no date of its own, but that of the node it belongs to.
    """

    key: Hashable
    date: datetime | None = None
    rule: str = LEAVE
    start: datetime | None = None
    earliest: datetime | None = None
    follows: bool = False


@dataclass
class Redating:
    """``moved``: {key: by how much}; ``stuck``: {key: by how much it should move, but
    a person decides}; ``kept``: the same of what a person keeps; ``late``: {key: how
    much it comes after it is needed then}.
    """

    moved: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    stuck: dict = field(default_factory=dict)
    late: dict = field(default_factory=dict)


def redate(
    nodes: Mapping[Hashable, DatedNode],
    pegs: Iterable[Any],
    start: Mapping[Hashable, timedelta],
    kept: Iterable[Hashable] = (),
) -> Redating:
    """Move what supplies ``start`` with it.

    A supply moves with the first of the demands that it serves: what others share stays
    in time for them, and what was there early stays as early. Nothing moves before its
    ``earliest``; what needs a decision stays, and what is below it with it.

    :param pegs: have ``demand`` and ``supply``
    :param start: {key of a demand: by how much it moves}
    :param kept: keys of documents that stay where they are
    """
    kept = set(kept)
    result = Redating()
    demands = defaultdict(list)
    pegs = [peg for peg in pegs if peg.demand in nodes and peg.supply in nodes]
    for peg in pegs:
        demands[peg.supply].append(peg.demand)
    for key in _sort(nodes, pegs):
        if key in start:
            if start[key]:
                result.moved[key] = start[key]
            continue
        _move(nodes, nodes[key], demands[key], kept, result)
    return result


def _move(nodes, node, demands, kept, result):
    shifts = [result.moved.get(key, NONE) for key in demands]
    if not any(shifts):
        return
    if node.follows:
        result.moved[node.key] = shifts[0]
        return
    needs = [_get_need(nodes[key]) for key in demands]
    if not node.date or None in needs or node.rule == LEAVE:
        return
    before = min(needs)
    after = min(need + shift for need, shift in zip(needs, shifts, strict=True))
    shift = after - before
    if shift > NONE:
        # What is late already has time to catch up, and moves no further than needed.
        shift = max(min(shift, after - node.date), NONE)
    if not shift:
        return
    if node.rule == DECIDE or node.key in kept:
        (result.kept if node.key in kept else result.stuck)[node.key] = shift
        _note_late(node, NONE, after, result)
        return
    shift = _limit(node, shift)
    if shift:
        result.moved[node.key] = shift
    _note_late(node, shift, after, result)


def _limit(node, shift):
    """Never before the earliest moment, never later because of it."""
    if shift < NONE and node.earliest:
        return max(shift, min(node.earliest - node.date, NONE))
    return shift


def _note_late(node, shift, needed, result):
    late = node.date + shift - needed
    if late > NONE:
        result.late[node.key] = late


def _get_need(node):
    return node.start or node.date


def _sort(nodes, pegs):
    """All keys, each after everything that it serves."""
    waiting = defaultdict(int)
    supplies = defaultdict(list)
    for peg in pegs:
        waiting[peg.supply] += 1
        supplies[peg.demand].append(peg.supply)
    ready = [key for key in nodes if not waiting[key]]
    while ready:
        key = ready.pop()
        yield key
        for supply in supplies[key]:
            waiting[supply] -= 1
            if not waiting[supply]:
                ready.append(supply)
