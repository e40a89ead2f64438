import random

from odoo.tests import BaseCase, tagged

from ..engine import Arrival, Flow, Pool, Request, share


def best_cover(needs, capacities, links):
    """Largest total by trying every set of demands (Hall's condition, weighted)."""
    demands = list(needs)
    linked = {d: {s for s, other in links if other == d} for d in demands}
    best = sum(needs.values())
    for mask in range(1, 1 << len(demands)):
        chosen = [d for i, d in enumerate(demands) if mask & (1 << i)]
        reach = set().union(*(linked[d] for d in chosen))
        rest = sum(needs[d] for d in demands if d not in chosen)
        best = min(best, rest + sum(capacities[s] for s in reach))
    return best


@tagged("post_install", "-at_install")
class TestFlow(BaseCase):
    """How much of each demand its linked supply covers."""

    def test_one_supply_for_two_demands(self):
        flow = Flow({"a": 6, "b": 5}, {"s": 8}, [("s", "a"), ("s", "b")])
        self.assertEqual((flow.covered("a"), flow.covered("b")), (6, 2))
        self.assertEqual(flow.missing("b"), 3)
        self.assertEqual(flow.left("s"), 0)

    def test_supply_is_re_routed(self):
        """Both can be covered only if the first one takes the other supply."""
        flow = Flow(
            {"a": 4, "b": 4}, {"s": 4, "t": 4}, [("s", "a"), ("t", "a"), ("s", "b")]
        )
        self.assertEqual(flow.missing("a") + flow.missing("b"), 0)
        self.assertEqual(flow.quantities, {("t", "a"): 4, ("s", "b"): 4})

    def test_long_chain_is_re_routed(self):
        names = range(40)
        links = [(i, i) for i in names] + [(i + 1, i) for i in names]
        flow = Flow(
            {**dict.fromkeys(names, 1), "last": 1},
            dict.fromkeys(range(41), 1),
            [*links, (0, "last")],
        )
        self.assertEqual(sum(flow.quantities.values()), 41)

    def test_earlier_demands_come_first(self):
        """The last demand gets nothing that re-routing could give to one before it."""
        links = [("s", "a"), ("t", "a"), ("s", "b"), ("t", "c")]
        flow = Flow({"a": 3, "b": 3, "c": 3}, {"s": 3, "t": 3}, links)
        self.assertEqual((flow.missing("a"), flow.missing("b")), (0, 0))
        self.assertEqual(flow.missing("c"), 3)

    def test_nothing_linked(self):
        flow = Flow({"a": 3}, {"s": 3}, [])
        self.assertEqual((flow.missing("a"), flow.left("s")), (3, 3))

    def test_unknown_and_repeated_links(self):
        flow = Flow(
            {"a": 3}, {"s": 5}, [("s", "a"), ("s", "a"), ("x", "a"), ("s", "y")]
        )
        self.assertEqual(flow.quantities, {("s", "a"): 3})

    def test_noise_is_nothing(self):
        flow = Flow({"a": 0.1 + 0.2}, {"s": 0.3}, [("s", "a")])
        self.assertEqual(flow.missing("a"), 0)
        self.assertEqual(Flow({"a": 1e-9}, {"s": 1}, [("s", "a")]).quantities, {})

    def test_negative_counts_for_nothing(self):
        flow = Flow({"a": -2, "b": 2}, {"s": 2}, [("s", "a"), ("s", "b")])
        self.assertEqual(flow.covered("b"), 2)

    def test_random_networks_reach_the_largest_total(self):
        for seed in range(300):
            rng = random.Random(seed)
            demands = [f"d{i}" for i in range(rng.randint(1, 6))]
            supplies = [f"s{i}" for i in range(rng.randint(1, 5))]
            needs = {d: rng.randint(0, 9) for d in demands}
            capacities = {s: rng.randint(0, 9) for s in supplies}
            links = [(s, d) for s in supplies for d in demands if rng.random() < 0.45]
            rng.shuffle(links)
            flow = Flow(needs, capacities, links)
            self.assertAlmostEqual(
                sum(flow.quantities.values()),
                best_cover(needs, capacities, links),
                msg=f"seed {seed}",
            )
            for demand in demands:
                self.assertAlmostEqual(
                    flow.covered(demand) + flow.missing(demand), needs[demand]
                )
            for supply in supplies:
                sent = sum(q for (s, _d), q in flow.quantities.items() if s == supply)
                self.assertAlmostEqual(sent + flow.left(supply), capacities[supply])


@tagged("post_install", "-at_install")
class TestShare(BaseCase):
    """What stock-first demands get from stock, from arrivals, and what is missing."""

    def _share(self, pool, *requests):
        return {
            key: (part.from_stock, part.arrivals, part.missing)
            for key, part in share(pool, requests).items()
        }

    def test_stock_then_order(self):
        found = self._share(Pool(14), Request("a", 20, 1))
        self.assertEqual(found, {"a": (14, [], 6)})

    def test_first_come_first_served(self):
        found = self._share(Pool(14), Request("a", 10, 9), Request("b", 10, 1))
        self.assertEqual(found, {"a": (10, [], 0), "b": (4, [], 6)})

    def test_older_demand_comes_first(self):
        found = self._share(Pool(14, committed=9), Request("a", 10, 1))
        self.assertEqual(found, {"a": (5, [], 5)})

    def test_arrival_in_time(self):
        arrivals = [Arrival("late", 9, 5), Arrival("soon", 4, 2)]
        found = self._share(Pool(1, arrivals=arrivals), Request("a", 10, 3))
        self.assertEqual(found, {"a": (1, [("soon", 4)], 5)})

    def test_earliest_arrival_first_and_shared(self):
        arrivals = [Arrival("second", 9, 5), Arrival("first", 4, 2)]
        found = self._share(
            Pool(arrivals=arrivals), Request("a", 6, 9), Request("b", 9, 9)
        )
        self.assertEqual(
            found,
            {"a": (0, [("first", 4), ("second", 2)], 0), "b": (0, [("second", 7)], 2)},
        )

    def test_older_demand_takes_stock_then_the_earliest_arrival(self):
        arrivals = [Arrival("first", 4, 2), Arrival("second", 5, 3)]
        found = self._share(Pool(2, committed=5, arrivals=arrivals), Request("a", 7, 9))
        self.assertEqual(found, {"a": (0, [("first", 1), ("second", 5)], 1)})

    def test_other_specification_is_no_supply(self):
        arrivals = [Arrival("red", 4, 2, "red"), Arrival("plain", 4, 2)]
        found = self._share(Pool(arrivals=arrivals), Request("a", 5, 9, "red"))
        self.assertEqual(found, {"a": (0, [("red", 4)], 1)})

    def test_negative_stock_is_nothing(self):
        self.assertEqual(
            self._share(Pool(-3, committed=-2), Request("a", 5, 1)), {"a": (0, [], 5)}
        )
