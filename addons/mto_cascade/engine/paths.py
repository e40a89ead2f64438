"""Where the path of supply is broken: from a sold product down to the last component.

A graph of what is needed, as other code found it: a node per thing that is needed, with
its own problems and the nodes below it. Nodes are shared, so a component that is used a
thousand times is looked at once; a loop is found as what it is (strongly connected
components after Tarjan). Nothing here is recursive: structures are as deep as they are.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

LOOP = "loop"
DEPTH_LIMIT = "depth_limit"


@dataclass(frozen=True)
class PathProblem:
    """What is wrong; ``data`` is what its sentence needs.

    ``is_advice``: nothing is missing for it; told after what is.
    """

    code: str
    data: Mapping = field(default_factory=dict, hash=False)
    is_advice: bool = False


@dataclass
class PathNode:
    """Something that is needed.

    ``label``: what it is called in a path; neighbours with the same label are one step.
    ``below``: {key of a node: levels it is below this one, 0 or 1}, in order.
    """

    label: Hashable
    problems: list[PathProblem] = field(default_factory=list)
    below: dict[Hashable, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PathFinding:
    """A problem and the labels that lead to it, from the top."""

    labels: tuple
    problem: PathProblem


@dataclass
class PathReport:
    """The first findings below a node, and how many there are beyond them.

    ``advice`` is counted for itself: however much there is, no problem is left out.
    """

    problems: list[PathFinding] = field(default_factory=list)
    advice: list[PathFinding] = field(default_factory=list)
    more: int = 0

    @property
    def findings(self) -> list[PathFinding]:
        return self.problems + self.advice

    def kind(self, problem: PathProblem) -> list[PathFinding]:
        return self.advice if problem.is_advice else self.problems


class PathGraph:
    """Finds the problems below any node of a graph.

    :param nodes: {key: ``PathNode``}; every key below a node is there
    :param depth_limit: levels below a node that are accepted
    """

    def __init__(self, nodes: Mapping[Hashable, PathNode], depth_limit: int):
        self.nodes = nodes
        self.depth_limit = depth_limit
        self._component = {}  # key: number of its strongly connected component
        self._members = []  # of each component; what is below comes first
        self._find_components()
        self._circles = {
            number
            for number, members in enumerate(self._members)
            if len(members) > 1 or members[0] in nodes[members[0]].below
        }
        self._heights = []  # levels below each component
        self._broken = []  # whether anything in or below each component is wrong
        for members in self._members:
            self._measure(members)

    def report(self, key: Hashable, limit: int) -> PathReport:
        """The problems in and below one node: each thing once, the nearest first.

        :param limit: how many problems are told with their paths, and how much advice
        """
        report = PathReport()
        number = self._component[key]
        found = set()
        if self._broken[number]:
            self._search(key, limit, report, found)
        if self._heights[number] > self.depth_limit:
            path = self._get_deepest_path(key)
            problem = PathProblem(DEPTH_LIMIT, {"limit": self.depth_limit})
            self._add(report, limit, found, path, problem)
        return report

    # Once for all nodes

    def _find_components(self):
        """Fill the components, each after those below it."""
        order, low, stack, on_stack = {}, {}, [], set()
        for start in self.nodes:
            if start in order:
                continue
            walk = [self._enter(start, order, low, stack, on_stack)]
            while walk:
                key, below = walk[-1]
                other = next(below, None)
                if other is None:
                    walk.pop()
                    if walk:
                        parent = walk[-1][0]
                        low[parent] = min(low[parent], low[key])
                    if low[key] == order[key]:
                        self._close_component(key, stack, on_stack)
                elif other not in order:
                    walk.append(self._enter(other, order, low, stack, on_stack))
                elif other in on_stack:
                    low[key] = min(low[key], order[other])

    def _enter(self, key, order, low, stack, on_stack) -> tuple[Hashable, Iterator]:
        order[key] = low[key] = len(order)
        stack.append(key)
        on_stack.add(key)
        return key, iter(self.nodes[key].below)

    def _close_component(self, key, stack, on_stack):
        members = []
        while not members or members[-1] != key:
            members.append(stack.pop())
            on_stack.discard(members[-1])
            self._component[members[-1]] = len(self._members)
        self._members.append(members)

    def _measure(self, members):
        """Height of a component, and whether something in or below it is wrong."""
        number = len(self._heights)
        height, broken = 0, number in self._circles
        for key in members:
            node = self.nodes[key]
            broken = broken or bool(node.problems)
            for other, levels in node.below.items():
                below = self._component[other]
                if below != number:
                    height = max(height, levels + self._heights[below])
                    broken = broken or self._broken[below]
        self._heights.append(height)
        self._broken.append(broken)

    # For one node

    def _search(self, start, limit, report, found):
        """Add what is wrong, in order of the distance from ``start``."""
        parents = {start: None}
        queue = deque([start])
        circles = set()
        while queue:
            key = queue.popleft()
            node = self.nodes[key]
            for problem in node.problems:
                self._add(report, limit, found, (key, parents), problem)
            number = self._component[key]
            if number in self._circles and number not in circles:
                circles.add(number)
                self._add_circle(report, limit, found, key, parents)
            for other in node.below:
                if other not in parents and self._broken[self._component[other]]:
                    parents[other] = key
                    queue.append(other)

    def _add(self, report, limit, found, path, problem):
        """Add a problem of the node at the end of a path, if it is not told yet.

        :param path: (key, {key: the one above}) or the keys themselves
        """
        keys = path if isinstance(path, list) else None
        last = self.nodes[keys[-1] if keys else path[0]].label
        if (last, problem.code) in found:
            return
        found.add((last, problem.code))
        findings = report.kind(problem)
        if len(findings) >= limit:
            report.more += 1
            return
        keys = keys or _walk_up(*path)
        findings.append(PathFinding(self._get_labels(keys), problem))

    def _add_circle(self, report, limit, found, key, parents):
        """Add a loop: the path to where it is entered, and once around."""
        label = self.nodes[key].label
        if (label, LOOP) in found:
            return
        found.add((label, LOOP))
        if len(report.problems) >= limit:
            report.more += 1
            return
        labels = self._get_labels([*_walk_up(key, parents), *self._get_circle(key)])
        labels = _cut_at_repetition((*labels, label))
        report.problems.append(PathFinding(labels, PathProblem(LOOP)))

    def _get_circle(self, key):
        """The nodes from the one below ``key`` up to the one that leads back to it."""
        number = self._component[key]
        parents = {key: None}
        queue = deque([key])
        while queue:
            current = queue.popleft()
            for other in self.nodes[current].below:
                if other == key:
                    return _walk_up(current, parents)[1:]
                if other not in parents and self._component[other] == number:
                    parents[other] = current
                    queue.append(other)
        return []

    def _get_deepest_path(self, key):
        """The path down the greatest depth, to the first node beyond the limit."""
        path, depth = [key], 0
        while depth <= self.depth_limit:
            number = self._component[path[-1]]
            way = self._get_way_down(number, path[-1])
            path += way
            depth += self._get_levels(path[-2], path[-1])
        return path

    def _get_way_down(self, number, key):
        """From a node to the next component, towards the greatest depth."""
        parents = {key: None}
        queue = deque([key])
        while queue:
            current = queue.popleft()
            for other, levels in self.nodes[current].below.items():
                below = self._component[other]
                if below == number:
                    if other not in parents:
                        parents[other] = current
                        queue.append(other)
                elif levels + self._heights[below] == self._heights[number]:
                    return [*_walk_up(current, parents)[1:], other]
        return []

    def _get_levels(self, key, other):
        return self.nodes[key].below[other]

    def _get_labels(self, keys):
        labels = []
        for key in keys:
            label = self.nodes[key].label
            if not labels or labels[-1] != label:
                labels.append(label)
        return tuple(labels)


def _walk_up(key, parents):
    keys = []
    while key is not None:
        keys.append(key)
        key = parents[key]
    return keys[::-1]


def _cut_at_repetition(labels):
    """Up to where a label comes back: one thing may be there as several nodes."""
    seen = set()
    for number, label in enumerate(labels):
        if label in seen:
            return labels[: number + 1]
        seen.add(label)
    return labels
