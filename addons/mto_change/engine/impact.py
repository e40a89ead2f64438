"""What it means for every document when less is needed.

All quantities are in the unit of the node's product. Keys are chosen by the caller.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

# Quantities below are noise of floating point: units of measure are far coarser.
TINY = 1e-6

# What may happen to a document.
BY_ITSELF, DECIDE, LEAVE = "by_itself", "decide", "leave"
# What a demand gives up first.
REQUEST, PRODUCTION, TRANSFER, OTHER = range(4)


@dataclass(frozen=True)
class Node:
    """A document or a step of its goods.

    ``free``: how much of it may be given up, None for all. ``is_maker``: what it makes
    less, it needs less of in proportion. ``is_whole``: given up as a whole only (a
    batch); ``spare`` is what nobody needs of it already. A peg of nothing tells whom a
    batch was made for that nobody needs: it goes with what they give up. ``pool``:
    equal for goods that can stand in for each other, None for none. ``taker``: date of
    a demand that may take what is left over of its pool, None for no. ``held``: how
    much of a demand lies reserved for it. ``sharers``: of goods that have arrived, the
    demands that may reserve at once what another one lets go. ``lack``: how much of a
    demand nothing supplies; ``waiting``: of goods to come, the demands that are linked
    with them and lack some, in the order in which they get what others give up.
    """

    key: Hashable
    quantity: float
    rule: str = LEAVE
    kind: int = OTHER
    rounding: float = 0.0
    free: float | None = None
    is_maker: bool = False
    is_whole: bool = False
    spare: float = 0.0
    undecided: float = 0.0
    pool: Hashable = None
    taker: Any = None
    held: float = 0.0
    sharers: tuple = ()
    lack: float = 0.0
    waiting: tuple = ()


@dataclass
class Impact:
    """``less``: {key: quantity it becomes smaller by}; ``surplus``: {key: quantity that
    nobody needs of a node that stays}; ``passed``: {(supply, demand): quantity that the
    demand takes of the surplus of the supply}.
    """

    less: dict = field(default_factory=dict)
    surplus: dict = field(default_factory=dict)
    passed: dict = field(default_factory=dict)


class Reduction:
    """Follows what is needed less from the demands down."""

    def __init__(
        self,
        nodes: Mapping[Hashable, Node],
        pegs: Iterable[Any],
        kept: Iterable[Hashable] = (),
    ):
        """``pegs`` have ``demand``, ``supply`` and ``quantity``; ``kept`` stay."""
        self.nodes = nodes
        self.kept = set(kept)
        self.changed = set()
        self.unneeded = set()
        self.pegs = [p for p in pegs if p.demand in nodes and p.supply in nodes]
        self.supplies = defaultdict(list)
        for peg in self.pegs:
            self.supplies[peg.demand].append(peg)
        self.order = self._sort()

    def get_impact(self, less: Mapping[Hashable, float]) -> Impact:
        """Impact of needing ``less`` of these nodes."""
        self.changed = set(less)
        passed: dict = {}
        while True:
            impact, released = self._follow(less, passed)
            more = self._pass_surplus(impact, released)
            if not more:
                return impact
            for link, quantity in more.items():
                passed[link] = passed.get(link, 0.0) + quantity

    # Down

    def _follow(self, less, passed):
        """(impact, {(demand, supply): quantity given up}) of ``less``."""
        impact = Impact(passed=dict(passed))
        self.unneeded = set()
        asked = defaultdict(float, less)
        lacks = {key: node.lack for key, node in self.nodes.items() if node.lack}
        released = defaultdict(float)
        taken = defaultdict(float)
        for (supply, demand), quantity in passed.items():
            taken[supply] += quantity
            asked["takes", demand] += quantity
        for key in self.order:
            self._give_to_waiting(self.nodes[key], asked, lacks, impact)
            self._shrink(self.nodes[key], asked, taken, impact)
            if key in impact.less and self.nodes[key].is_maker:
                self._need_less(key, impact.less[key], asked)
            else:
                given_up = impact.less.get(key, 0.0)
                self._release(key, given_up, asked, released)
                self._release(key, asked["takes", key], asked, released, exact=True)
        return impact, released

    def _give_to_waiting(self, node, asked, lacks, impact):
        """What is given up of the node goes first to who is linked and lacks some."""
        for demand in node.waiting if node.key not in self.changed else ():
            lack = lacks.get(demand, 0.0) - impact.less.get(demand, 0.0)
            part = min(lack, asked[node.key])
            if part > TINY:
                lacks[demand] -= part
                asked[node.key] -= part

    def _shrink(self, node, asked, taken, impact):
        """How much less of the node there will be, and what is left over of it."""
        wanted = min(asked[node.key], node.quantity)
        if wanted <= TINY and node.key not in self.unneeded:
            return
        less = self._get_less(node, wanted)
        if less > TINY:
            impact.less[node.key] = less
        left = wanted - less - taken[node.key]
        if left > TINY:
            impact.surplus[node.key] = left

    def _get_less(self, node, wanted):
        if node.key in self.changed:
            # That is the change, whoever decided it.
            return wanted
        if node.rule != BY_ITSELF or node.key in self.kept:
            return 0.0
        if node.is_whole:
            is_all = wanted + node.spare >= node.quantity - TINY
            return node.quantity if is_all else 0.0
        limit = node.quantity if node.free is None else node.free
        return min(wanted, limit)

    def _need_less(self, key, less, asked):
        """A maker needs its components in proportion, rounded up as Odoo rounds."""
        node = self.nodes[key]
        rest = max(node.quantity - less, 0.0)
        for peg in self.supplies[key]:
            part = self.nodes[peg.supply]
            after = peg.quantity * rest / node.quantity
            asked[peg.supply] += max(peg.quantity - _round_up(after, part.rounding), 0)

    def _release(self, key, quantity, asked, released, exact=False):
        """Give up ``quantity`` of what supplies the demand: see the readme.

        ``exact``: a taker gives up what can be changed, and nothing else.
        """
        if quantity <= TINY:
            return
        pegs = self.supplies[key]
        self.unneeded.update(peg.supply for peg in pegs if not peg.quantity)
        if not exact:
            supplied = sum(peg.quantity for peg in pegs)
            quantity -= max(self.nodes[key].quantity - supplied, 0.0)
        for peg in self._sort_by_release(pegs):
            if quantity <= TINY:
                break
            if exact and not self._can_change(peg.supply):
                continue
            there = peg.quantity - released[key, peg.supply]
            part = min(there, quantity)
            if part > TINY:
                released[key, peg.supply] += part
                asked[peg.supply] += part
                quantity -= part

    def _sort_by_release(self, pegs):
        """What is given up first: requests, orders not started, the last ones first."""
        return sorted(
            reversed(pegs),
            key=lambda peg: (
                not self._can_change(peg.supply),
                self.nodes[peg.supply].kind,
            ),
        )

    def _can_change(self, key):
        return self.nodes[key].rule == BY_ITSELF and key not in self.kept

    # To others

    def _pass_surplus(self, impact, released):
        """{(supply, demand): quantity}: surplus that another demand can use."""
        result = defaultdict(float)
        promised = defaultdict(float)
        freed = self._count_freed(impact, released)
        for key, surplus in impact.surplus.items():
            if key in self.kept:
                continue
            if self.nodes[key].sharers:
                surplus = min(surplus, freed[key])
            surplus += self.nodes[key].undecided
            for demand in self._get_takers(self.nodes[key]):
                if surplus <= TINY:
                    break
                can_give = self._count_changeable(demand, released) - promised[demand]
                part = min(surplus, can_give)
                if part > TINY:
                    result[key, demand] += part
                    promised[demand] += part
                    surplus -= part
        return result

    def _count_freed(self, impact, released):
        """{supply that has arrived: what demands let go of it that they had reserved}

        Less what was passed already.
        """
        result = defaultdict(float)
        for demand, pegs in self.supplies.items():
            node = self.nodes[demand]
            after = node.quantity - impact.less.get(demand, 0.0)
            free = max(node.held - after, 0.0)
            for peg in pegs:
                if self.nodes[peg.supply].sharers:
                    part = min(released[demand, peg.supply], free)
                    result[peg.supply] += part
                    free -= part
        for (supply, _demand), quantity in impact.passed.items():
            result[supply] -= quantity
        return result

    def _get_takers(self, node):
        """Who may take what is left over of the node, in the order of their dates."""
        if node.sharers:
            found = [self.nodes[key] for key in node.sharers if key in self.nodes]
        elif node.rule == DECIDE and node.pool is not None:
            found = [n for n in self.nodes.values() if n.pool == node.pool]
        else:
            found = []
        takers = [taker for taker in found if taker.taker is not None]
        return [taker.key for taker in sorted(takers, key=lambda n: (n.taker, n.key))]

    def _count_changeable(self, demand, released):
        """What serves the demand and could be given up for something better."""
        return sum(
            peg.quantity - released[demand, peg.supply]
            for peg in self.supplies[demand]
            if self._can_change(peg.supply) and self.nodes[peg.supply].kind != TRANSFER
        )

    def _sort(self):
        """All keys, each after everything that it serves; loops are cut elsewhere."""
        below = defaultdict(list)
        for peg in self.pegs:
            below[peg.demand].append(peg.supply)
        for node in self.nodes.values():
            for demand in node.waiting:
                below[demand].append(node.key)
        waiting = Counter(chain.from_iterable(below.values()))
        ready = [key for key in self.nodes if not waiting[key]]
        result = []
        while ready:
            key = ready.pop()
            result.append(key)
            for supply in below[key]:
                waiting[supply] -= 1
                if not waiting[supply]:
                    ready.append(supply)
        return result


def _round_up(quantity, rounding):
    if not rounding:
        return quantity
    steps = quantity / rounding
    return math.ceil(steps - 1e-6 * max(1.0, abs(steps))) * rounding
