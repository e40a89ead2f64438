"""Links that lead back to where they start."""

from collections import defaultdict
from collections.abc import Hashable, Iterable


def find_circles(links: Iterable[tuple[Hashable, Hashable]]) -> set[Hashable]:
    """Return the nodes of ``links`` that supply themselves, over any number of links.

    Nodes are numbered in the order in which a walk reaches them (Tarjan's strongly
    connected components, without recursion).
    """
    after = defaultdict(list)
    for supply, demand in links:
        after[supply].append(demand)
    number, low, result = {}, {}, set()
    path, on_path = [], set()
    for start in list(after):
        if start in number:
            continue
        stack = [(start, iter(after[start]))]
        _enter(start, number, low, path, on_path)
        while stack:
            node, demands = stack[-1]
            for demand in demands:
                if demand not in number:
                    _enter(demand, number, low, path, on_path)
                    stack.append((demand, iter(after.get(demand, ()))))
                    break
                if demand in on_path:
                    low[node] = min(low[node], number[demand])
            else:
                stack.pop()
                if stack:
                    parent = stack[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == number[node]:
                    result |= _leave(node, path, on_path, after)
    return result


def _enter(node, number, low, path, on_path):
    number[node] = low[node] = len(number)
    path.append(node)
    on_path.add(node)


def _leave(node, path, on_path, after):
    """Take the component that ends at ``node`` off the path; empty if no circle."""
    component = set()
    while True:
        member = path.pop()
        on_path.discard(member)
        component.add(member)
        if member == node:
            break
    if len(component) > 1 or node in after.get(node, ()):
        return component
    return set()
