"""How much of each demand its linked supply covers.

Odoo stores who is linked to whom, never how much. The quantities follow from the
links: the largest flow from supplies to demands that no capacity and no need exceeds
(a transportation problem without costs; augmenting paths after Ford and Fulkerson).
All quantities are in the unit of the product.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

# Quantities below are noise of floating point: units of measure are far coarser.
TINY = 1e-7


@dataclass
class Network:
    """Demands with their needs, supplies with their capacities, and who is linked.

    The order of ``needs`` is a priority: what an earlier demand can get, alone or with
    those before it, no later one takes away. The order of ``links`` is a preference:
    the earlier link of a demand is used first as long as the total does not suffer.
    """

    needs: dict[Hashable, float] = field(default_factory=dict)
    capacities: dict[Hashable, float] = field(default_factory=dict)
    links: list[tuple[Hashable, Hashable]] = field(default_factory=list)

    def solve(self) -> "Flow":
        return Flow(self.needs, self.capacities, self.links)


class Flow:
    """A largest flow of a network.

    ``quantities``: {(supply, demand): quantity}, without zeros.
    """

    def __init__(
        self,
        needs: Mapping[Hashable, float],
        capacities: Mapping[Hashable, float],
        links: Iterable[tuple[Hashable, Hashable]],
        given: Iterable[tuple[Hashable, Iterable, float]] = (),
    ):
        self.quantities: dict[tuple[Hashable, Hashable], float] = defaultdict(float)
        self._missing = {key: max(need, 0.0) for key, need in needs.items()}
        self._left = {key: max(value, 0.0) for key, value in capacities.items()}
        self._supplies = defaultdict(list)
        self._demands = defaultdict(list)
        for supply, demand in dict.fromkeys(links):
            if supply in self._left and demand in self._missing:
                self._supplies[demand].append(supply)
                self._demands[supply].append(demand)
        given_quantities = self._give(given)
        dead = set()
        for demand in self._missing:
            for supply in self.supplies(demand):
                self._send(supply, demand, self._left[supply], self._missing[demand])
            self._improve(demand, dead)
        for link, value in given_quantities.items():
            self.quantities[link] += value
        self.quantities = {
            link: value for link, value in self.quantities.items() if value > TINY
        }

    def covered(self, demand: Hashable) -> float:
        """Quantity of the demand that its linked supply covers."""
        return sum(self.quantities.get((s, demand), 0.0) for s in self.supplies(demand))

    def missing(self, demand: Hashable) -> float:
        """Quantity of the demand that no linked supply covers."""
        return self._clean(self._missing[demand])

    def left(self, supply: Hashable) -> float:
        """Quantity of the supply that no linked demand needs."""
        return self._clean(self._left[supply])

    def supplies(self, demand: Hashable) -> list[Hashable]:
        return self._supplies.get(demand, [])

    @staticmethod
    def _clean(quantity: float) -> float:
        return quantity if quantity > TINY else 0.0

    def _send(self, supply, demand, *limits):
        quantity = min(limits)
        if quantity > TINY:
            self.quantities[supply, demand] += quantity
            self._left[supply] -= quantity
            self._missing[demand] -= quantity

    def _give(self, given):
        """Send what was decided; kept apart, so that nothing re-routes it."""
        for demand, supplies, most in given:
            if demand not in self._missing:
                continue
            for supply in supplies:
                before = self._missing[demand]
                if supply in self._left:
                    self._send(supply, demand, self._left[supply], before, most)
                most -= before - self._missing[demand]
        result, self.quantities = self.quantities, defaultdict(float)
        return result

    def _improve(self, demand, dead):
        """Re-route what was sent to others until the demand can get no more."""
        while self._missing[demand] > TINY and demand not in dead:
            path = self._find_path(demand, dead)
            if not path:
                break
            self._augment(path)

    def _find_path(self, start, dead):
        """Links from ``start`` to a supply with something left, shortest first.

        A demand that was reached in vain can never get more, whoever comes later: it
        joins ``dead``.
        """
        came_from = {start: None}
        used = set()
        queue = deque([start])
        while queue:
            demand = queue.popleft()
            for supply in self._supplies[demand]:
                if supply in used:
                    continue
                used.add(supply)
                if self._left[supply] > TINY:
                    return self._trace(came_from, supply, demand)
                for other in self._demands[supply]:
                    if (
                        other not in came_from
                        and other not in dead
                        and self.quantities[supply, other] > TINY
                    ):
                        came_from[other] = (supply, demand)
                        queue.append(other)
        dead.update(came_from)
        return []

    @staticmethod
    def _trace(came_from, supply, demand):
        """Return [(supply that gives, demand that takes)], from the spare supply."""
        path = [(supply, demand)]
        while came_from[demand]:
            supply, demand = came_from[demand]
            path.append((supply, demand))
        return path

    def _augment(self, path):
        """Each demand on the path takes from its supply what the next one gives up."""
        spare = path[0][0]
        needy = path[-1][1]
        given_up = [
            (later_supply, demand)
            for (_s, demand), (later_supply, _d) in zip(path, path[1:], strict=False)
        ]
        quantity = min(
            [self._left[spare], self._missing[needy]]
            + [self.quantities[link] for link in given_up]
        )
        for link in given_up:
            self.quantities[link] -= quantity
        for link in path:
            self.quantities[link] += quantity
        self._left[spare] -= quantity
        self._missing[needy] -= quantity
