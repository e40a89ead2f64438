"""Which parts to stock, so that customers wait no longer than they should.

The wait for a product is the longest path below it: the days of each node on it, down
to what is bought or what lies in stock. A part that is stocked takes its whole branch
off the customer's clock, and holds goods.

Finding the cheapest set of parts is the weighted hitting set of all paths that are too
long (each must be cut somewhere), which is hard in general. The search is branch and
bound over paths that are found as they are needed; the bound of a branch is a packing
of such paths (dual ascent, whose parts without reduced cost are a solution as well:
Bar-Yehuda and Even, 1981). When the effort is spent, the best set so far is told with
the bound that no set can be cheaper than.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

# Steps through the structure before the search stops with what it has: about a second.
EFFORT = 2_000_000
# Days and costs that differ by less are the same.
TINY = 1e-6


@dataclass(frozen=True)
class StockNode:
    """What is made, bought or moved for what stands above it.

    ``part``: what would be stocked, the same for all nodes of a product. ``days``: of
    this node alone. ``below``: {key of a component: quantity for one piece}.
    ``is_buffered``: it lies in stock already, nobody waits for it.
    """

    part: Hashable
    days: float = 0.0
    below: Mapping[Hashable, float] = field(default_factory=dict)
    is_buffered: bool = False


@dataclass(frozen=True)
class Holding:
    """What stocking a part means: goods that last for its own lead time.

    ``quantity``: expected demand over ``days``, at least what one product needs.
    ``value``: at ``unit_cost``; None where the cost is not known.
    """

    part: Hashable
    days: float
    quantity: float
    value: float | None


@dataclass(frozen=True)
class StockOption:
    """One part stocked, all else as it is: the wait of the products that need it.

    ``before``, ``after``: the longest wait of these products. ``saved``: days less to
    wait, of all of them together.
    """

    holding: Holding
    before: float
    after: float
    saved: float


@dataclass(frozen=True)
class StockChoice:
    """A set of parts to stock.

    ``value``: of their holdings. ``bound``: no set can do with less; equal to ``value``
    where ``is_exact``. ``waits``: {root: days} with it. ``unreachable``: {root: the
    shortest wait it can get}, of those that cannot meet their target.
    """

    parts: tuple
    value: float
    bound: float
    is_exact: bool
    waits: Mapping[Hashable, float]
    unreachable: Mapping[Hashable, float]


@dataclass(frozen=True)
class _Branch:
    taken: frozenset = frozenset()
    refused: frozenset = frozenset()


class StockStructure:
    """The structure of one product or of a range of products that share components.

    ``nodes``: {key: ``StockNode``}. ``demands``: {root: expected demand per day}, the
    roots are what is sold. ``unit_costs``: {part: cost of one piece}; where it is None
    the cost of what the part is made of counts, if all of that is known. ``stockable``:
    the parts that can be stocked (not what is sold itself, not kits), all with a cost
    if not given. Links that lead back to a node above are left out.
    """

    def __init__(self, nodes, demands, unit_costs, stockable=None):
        self.nodes: Mapping[Hashable, StockNode] = nodes
        self.roots = list(demands)
        self.order = _get_order(nodes, self.roots)
        self._index = {key: index for index, key in enumerate(self.order)}
        # A part after all that is above it, so that answers do not depend on chance.
        parts = dict.fromkeys(nodes[key].part for key in reversed(self.order))
        stockable = unit_costs if stockable is None else stockable
        costs = self._get_costs(unit_costs)
        self.parts = {part: costs[part] for part in parts if part in stockable}
        self.steps = 0
        self.holdings = self._get_holdings(demands)

    # Waits

    def get_waits(self, stocked: Iterable[Hashable] = ()) -> dict[Hashable, float]:
        """Return {key: days from an order until it is there}, with ``stocked``."""
        stocked = set(stocked)
        waits: dict[Hashable, float] = {}
        for key in self.order:
            node = self.nodes[key]
            if node.is_buffered or node.part in stocked:
                waits[key] = 0.0
            else:
                below = (waits[child] for child in self._get_below(key))
                waits[key] = node.days + max(below, default=0.0)
        self.steps += len(self.order)
        return waits

    def get_clock_path(self, root, waits=None):
        """Keys of the nodes the customer waits for, from ``root`` down."""
        waits = waits or self.get_waits()
        path = []
        key = root
        while key is not None and waits[key] > TINY:
            path.append(key)
            key = max(self._get_below(key), key=lambda k: waits[k], default=None)
        return path

    def _get_below(self, key):
        """Components; those that come later in the order lead back in a loop."""
        index = self._index
        return [child for child in self.nodes[key].below if index[child] < index[key]]

    # What each part would hold

    def _get_costs(self, unit_costs):
        """Return {part: cost of one piece, or None}, from the lowest level up."""
        by_key, costs = {}, {}
        for key in self.order:
            node = self.nodes[key]
            cost = unit_costs.get(node.part)
            below = self._get_below(key)
            if cost is None and below and all(by_key[k] is not None for k in below):
                cost = sum(node.below[k] * by_key[k] for k in below)
            by_key[key] = cost
            known = [c for c in (cost, costs.get(node.part)) if c is not None]
            costs[node.part] = max(known, default=None)
        return costs

    def _get_holdings(self, demands):
        waits = self.get_waits()
        demand = dict.fromkeys(self.order, 0.0)
        single = dict.fromkeys(self.order, 0.0)
        for root, per_day in demands.items():
            demand[root] += per_day
            single[root] = 1.0
        for key in reversed(self.order):
            for child in self._get_below(key):
                quantity = self.nodes[key].below[child]
                demand[child] += demand[key] * quantity
                single[child] = max(single[child], single[key] * quantity)
        return {
            part: self._make_holding(part, cost, keys, waits, demand, single)
            for part, cost, keys in self._group_parts()
        }

    def _group_parts(self):
        keys = {part: [] for part in self.parts}
        for key in self.order:
            node = self.nodes[key]
            if node.part in keys and not node.is_buffered:
                keys[node.part].append(key)
        return [(part, self.parts[part], found) for part, found in keys.items()]

    def _make_holding(self, part, cost, keys, waits, demand, single):
        days = max((waits[key] for key in keys), default=0.0)
        expected = sum(demand[key] for key in keys) * days
        quantity = max([expected, *(single[key] for key in keys)])
        return Holding(part, days, quantity, None if cost is None else cost * quantity)

    # One part at a time

    def get_options(self) -> list[StockOption]:
        """What stocking each part alone does: most days saved first, then least value.

        Parts that nobody waits for are left out; one that alone saves nothing is told
        (``saved`` 0), because it may with others.
        """
        before = self.get_waits()
        users = self._get_users()
        options = []
        for part, holding in self.holdings.items():
            roots = users.get(part, ())
            if holding.days <= TINY or not roots:
                continue
            after = self.get_waits([part])
            options.append(
                StockOption(
                    holding,
                    max(before[root] for root in roots),
                    max(after[root] for root in roots),
                    sum(before[root] - after[root] for root in roots),
                )
            )
        return sorted(options, key=_sort_option)

    def _get_users(self):
        """Return {part: roots whose customers may wait for it}."""
        users = {}
        for root in self.roots:
            reached, todo = {root}, [root]
            while todo:
                node = self.nodes[key := todo.pop()]
                if node.is_buffered:
                    continue
                users.setdefault(node.part, []).append(root)
                below = [k for k in self._get_below(key) if k not in reached]
                reached.update(below)
                todo += below
        return {part: list(dict.fromkeys(roots)) for part, roots in users.items()}

    # The cheapest set

    def choose(
        self, targets: Mapping[Hashable, float], kept=(), effort=EFFORT
    ) -> StockChoice:
        """The cheapest parts to stock so that each root waits at most its target.

        :param targets: {root: days}; others may wait as long as they do
        :param kept: parts that are stocked in any case; their value counts
        :param effort: steps to spend on finding the cheapest
        """
        costs = {
            part: holding.value
            for part, holding in self.holdings.items()
            if holding.value is not None
        }
        shortest = self.get_waits([*costs, *kept])
        unreachable = {
            root: shortest[root]
            for root, days in targets.items()
            if shortest[root] > days + TINY
        }
        goals = {root: unreachable.get(root, days) for root, days in targets.items()}
        search = _Search(self, goals, costs, frozenset(kept), effort)
        best, bound = search.run()
        # In the order of the table: the top of the structure first.
        parts = tuple(part for part in reversed(self.parts) if part in best)
        value = sum(costs.get(part, 0.0) for part in parts)
        waits = self.get_waits(best)
        return StockChoice(
            parts,
            value,
            min(bound, value),
            search.is_exact,
            {root: waits[root] for root in self.roots},
            unreachable,
        )

    def find_long_path(self, goals, stocked):
        """Keys from a root down to where its target is exceeded, or None."""
        waits = self.get_waits(stocked)
        for root, days in goals.items():
            if waits[root] > days + TINY:
                path, spent, key = [root], self.nodes[root].days, root
                while spent <= days + TINY:
                    key = max(self._get_below(key), key=lambda k: waits[k])
                    path.append(key)
                    spent += self.nodes[key].days
                return path
        return None


class _Search:
    """Branch and bound, the branch with the lowest bound first."""

    def __init__(self, structure, goals, costs, kept, effort):
        self.structure = structure
        self.goals = goals
        self.costs = costs
        self.kept = kept
        self.limit = structure.steps + effort
        self.is_exact = True
        self.best = None
        self.best_value = float("inf")

    def run(self):
        """Return (parts, lower bound of the value of any set)."""
        numbers, branches = count(), []
        self._push(branches, numbers, _Branch(taken=self.kept), 0.0)
        while branches:
            bound, _number, branch = heappop(branches)
            if bound >= self.best_value - TINY:
                break
            if self.structure.steps > self.limit:
                self.is_exact = False
                return self.best, bound
            for child in self._split(branch):
                self._push(branches, numbers, child, bound)
        return self.best, self.best_value

    def _push(self, branches, numbers, branch, bound):
        found = self._ascend(branch)
        if found is None:
            return
        parts, own_bound = found
        value = self._sum(parts)
        if self.best is None or value < self.best_value - TINY:
            self.best, self.best_value = parts, value
        bound = max(bound, own_bound)
        if bound < self.best_value - TINY:
            heappush(branches, (bound, next(numbers), branch))

    def _split(self, branch):
        """One of the parts on a path that is too long is stocked: the first, or ..."""
        path = self.structure.find_long_path(self.goals, branch.taken)
        refused = branch.refused
        for part in self._get_candidates(path or (), refused):
            yield _Branch(branch.taken | {part}, refused)
            refused |= {part}

    def _ascend(self, branch):
        """Return (a set that does, lower bound) of a branch; None if there is none.

        Each path that is too long is given as much as the cheapest part on it has left;
        what is given in total is a bound, parts with nothing left are stocked.
        """
        left = dict(self.costs)
        taken, added, bound = set(branch.taken), [], self._sum(branch.taken)
        while path := self.structure.find_long_path(self.goals, taken):
            candidates = self._get_candidates(path, branch.refused)
            if not candidates:
                return None
            given = min(left[part] for part in candidates)
            bound += given
            for part in candidates:
                left[part] -= given
                if left[part] <= TINY and part not in taken:
                    taken.add(part)
                    added.append(part)
        return self._drop_needless(taken, added), bound

    def _drop_needless(self, taken, added):
        for part in reversed(added):
            if not self.structure.find_long_path(self.goals, taken - {part}):
                taken.discard(part)
        return frozenset(taken)

    def _get_candidates(self, path, refused):
        nodes = self.structure.nodes
        parts = dict.fromkeys(nodes[key].part for key in path)
        return [part for part in parts if part in self.costs and part not in refused]

    def _sum(self, parts):
        return sum(self.costs.get(part, 0.0) for part in parts)


def _sort_option(option):
    value = option.holding.value
    return (-option.saved, value is None, value or 0.0)


def _get_order(nodes, roots):
    """Each key after its components; a loop is entered once."""
    order, seen = [], set()
    for root in roots:
        stack = [(root, False)]
        while stack:
            key, is_left = stack.pop()
            if is_left:
                order.append(key)
            elif key not in seen:
                seen.add(key)
                stack.append((key, True))
                stack += [(child, False) for child in reversed(list(nodes[key].below))]
    return order
