"""The tree of a root: pegs unfolded from the top, with the quantity on each way."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from .pegging import TINY, Peg


@dataclass
class SupplyRow:
    """``chain``: nodes that are shown as one row, the demand first, its supply last.

    ``quantity``: of the first node, on this way down. ``pegs``: what brought us here,
    then those between the nodes of the chain.
    ``repeated``: shown before with everything below it, which is not shown again.
    """

    chain: list[Hashable]
    quantity: float
    parent: int
    pegs: list[Peg] = field(default_factory=list)
    repeated: bool = False


def make_rows(
    roots: Iterable[Hashable],
    pegs: Iterable[Peg],
    totals: Mapping[Hashable, float],
    merges: Callable[[Hashable], bool],
    limit: int = 20_000,
) -> list[SupplyRow]:
    """Rows of ``roots``, each above what supplies it.

    ``pegs`` must be free of loops. A node that ``merges`` and has one supply, which
    covers all of it, is one row with that supply. Beyond ``limit`` rows a node that was
    shown is not unfolded again: shared assemblies would multiply without end.
    """
    below = defaultdict(list)
    for peg in pegs:
        below[peg.demand].append(peg)
    rows: list[SupplyRow] = []
    unfolded = set()
    stack = [(root, totals.get(root, 0.0), -1, None) for root in roots][::-1]
    while stack:
        node, quantity, parent, peg = stack.pop()
        chain, pegs_of_row = [node], [peg] if peg else []
        last, share = node, quantity
        while merges(last) and (only := _get_only_supply(below, totals, last)):
            share = _pass_on(only, share, totals)
            last = only.supply
            chain.append(last)
            pegs_of_row.append(only)
        position = len(rows)
        row = SupplyRow(chain, quantity, parent, pegs_of_row)
        rows.append(row)
        if len(rows) > limit and last in unfolded and below[last]:
            row.repeated = True
            continue
        unfolded.add(last)
        stack += [
            (peg.supply, _pass_on(peg, share, totals), position, peg)
            for peg in reversed(below[last])
        ]
    return rows


def _pass_on(peg, quantity, totals):
    total = totals.get(peg.demand, 0.0)
    return peg.quantity * quantity / total if total > TINY else 0.0


def _get_only_supply(below, totals, node):
    """The peg that alone covers all of ``node``, None where there is no such."""
    pegs = below[node]
    if len(pegs) == 1 and pegs[0].quantity >= totals.get(node, 0.0) - TINY:
        return pegs[0]
    return None
