"""What has to come before what."""


class CycleError(ValueError):
    """What depends on itself: a list of keys, the first one again at the end."""

    def __init__(self, cycle):
        super().__init__(" > ".join(str(key) for key in cycle))
        self.cycle = cycle


def find_cycle(predecessors):
    """Return a list of keys that wait for each other, or an empty list.

    :param dict predecessors: {key: keys that come before it}
    """
    done = set()
    for start in predecessors:
        path, todo = [], [(start, False)]
        while todo:
            key, leaving = todo.pop()
            if leaving:
                path.pop()
                done.add(key)
            elif key in path:
                return [*path[path.index(key) :], key]
            elif key not in done:
                path.append(key)
                todo.append((key, True))
                todo += [(before, False) for before in predecessors.get(key, ())]
    return []


def layers(predecessors):
    """Return lists of keys: each key stands after all that it depends on.

    Keys keep the order of `predecessors` within a layer.

    :raises CycleError: when keys wait for each other
    """
    cycle = find_cycle(predecessors)
    if cycle:
        raise CycleError(cycle)
    result, placed = [], set()
    rest = list(predecessors)
    while rest:
        layer = [
            key
            for key in rest
            if not (set(predecessors[key]) & set(predecessors)) - placed
        ]
        result.append(layer)
        placed |= set(layer)
        rest = [key for key in rest if key not in placed]
    return result
