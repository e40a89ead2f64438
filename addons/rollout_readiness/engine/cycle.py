"""Circles in a graph, in one pass and without recursion (Tarjan 1972)."""

from collections.abc import Hashable, Iterable, Mapping


def find_cycle_members(graph: Mapping[Hashable, Iterable[Hashable]]) -> set:
    """Return the nodes that lead back to themselves.

    :param graph: {node: those it leads to}
    """
    search = _Search(graph)
    for node in graph:
        if node not in search.order:
            search.walk(node)
    return search.members


class _Search:
    def __init__(self, graph):
        self.graph = graph
        self.order = {}
        self.low = {}
        self.open = []
        self.is_open = set()
        self.members = set()

    def walk(self, start):
        path = [self._enter(start)]
        while path:
            node, ahead = path[-1]
            for other in ahead:
                if other not in self.order:
                    path.append(self._enter(other))
                    break
                if other in self.is_open:
                    self.low[node] = min(self.low[node], self.order[other])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    self.low[before] = min(self.low[before], self.low[node])
                self._leave(node)

    def _enter(self, node):
        self.order[node] = self.low[node] = len(self.order)
        self.open.append(node)
        self.is_open.add(node)
        return node, iter(self.graph.get(node, ()))

    def _leave(self, node):
        """Close the component that a node is the root of."""
        if self.low[node] != self.order[node]:
            return
        component = []
        while not component or component[-1] != node:
            component.append(self.open.pop())
            self.is_open.discard(component[-1])
        if len(component) > 1 or node in self.graph.get(node, ()):
            self.members.update(component)
