"""Whose share of a document is how much.

A node that serves a root with a fraction of itself passes on that fraction of each of
its pegs: half of a manufacturing order takes half of each component.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from .pegging import TINY, Peg


class Shares:
    """Shares of ``roots`` in everything that supplies them.

    ``quantities``: {node: {root: quantity in the node's unit}}.
    ``levels``: {node: number of ``makers`` between it and a root, at most}.
    ``loops``: pegs that close a loop and were left out.
    """

    def __init__(
        self,
        pegs: Iterable[Peg],
        totals: Mapping[Hashable, float],
        roots: Iterable[Hashable],
        makers: Iterable[Hashable] = (),
    ):
        self._supplies = defaultdict(list)
        for peg in pegs:
            self._supplies[peg.demand].append(peg)
        self._totals = totals
        self._makers = set(makers)
        self.loops: list[Peg] = []
        self.quantities = defaultdict(lambda: defaultdict(float))
        self.levels = {}
        for root in roots:
            self.quantities[root][root] = totals.get(root, 0.0)
            self.levels[root] = 0
        self.order = self._sort(list(self.levels))
        self.pegs: list[tuple[Peg, dict]] = []
        for node in self.order:
            self._pass_on(node)

    def _sort(self, roots):
        """All nodes below ``roots``, each after everybody that it serves."""
        finished, active, order = set(), set(), []
        for root in roots:
            stack = [(root, iter(list(self._supplies[root])))]
            if root in finished:
                continue
            active.add(root)
            while stack:
                node, pegs = stack[-1]
                for peg in pegs:
                    if peg.supply in active:
                        self._cut(peg)
                    elif peg.supply not in finished:
                        active.add(peg.supply)
                        below = iter(list(self._supplies[peg.supply]))
                        stack.append((peg.supply, below))
                        break
                else:
                    stack.pop()
                    active.discard(node)
                    finished.add(node)
                    order.append(node)
        return order[::-1]

    def _cut(self, peg):
        self.loops.append(peg)
        self._supplies[peg.demand].remove(peg)

    def _pass_on(self, node):
        total = self._totals.get(node, 0.0)
        level = self.levels[node] + (node in self._makers)
        for peg in self._supplies[node]:
            self.levels[peg.supply] = max(self.levels.get(peg.supply, 0), level)
            passed = {}
            for root, quantity in self.quantities[node].items():
                # A document without quantity serves nobody with anything.
                part = peg.quantity * quantity / total if total > TINY else 0.0
                self.quantities[peg.supply][root] += part
                passed[root] = part
            self.pegs.append((peg, passed))


def split_exactly(quantities: Mapping[Hashable, float], rounding: float) -> dict:
    """Round shares so that their sum is the rounded sum: no piece is lost or invented.

    The rounding of running totals: each share is off by less than one ``rounding``.
    """
    result, exact, given = {}, 0.0, 0.0
    for key, quantity in quantities.items():
        exact += quantity
        upto = round(exact / rounding) * rounding
        result[key] = round((upto - given) / rounding) * rounding
        given = upto
    return result
