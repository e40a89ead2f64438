import random
from itertools import chain, combinations

from odoo.tests import BaseCase

from ..engine.stocking import StockNode, StockStructure

# A bicycle: frame (made 4 days, painted by a subcontractor 10, steel 7), wheel (made 3,
# hub 21), brake kit (32 days) on both wheel and frame.
BICYCLE = {
    "bicycle": StockNode("bicycle", 2, {"frame": 1, "wheel": 2}),
    "frame": StockNode("frame", 4, {"painted": 1, "kit": 1}),
    "painted": StockNode("painted", 10, {"steel": 3}),
    "steel": StockNode("steel", 7),
    "wheel": StockNode("wheel", 3, {"hub": 1, "kit": 1}),
    "hub": StockNode("hub", 21),
    "kit": StockNode("kit", 32),
}
COSTS = {"frame": 80, "painted": 60, "steel": 5, "wheel": 40, "hub": 20, "kit": 30}


def _make(nodes=None, per_day=0.5, costs=None):
    nodes = nodes or BICYCLE
    return StockStructure(nodes, {"bicycle": per_day}, costs or COSTS)


class TestStocking(BaseCase):
    def test_wait_is_the_longest_path(self):
        structure = _make()
        self.assertEqual(structure.get_waits()["bicycle"], 38)
        self.assertEqual(
            structure.get_clock_path("bicycle"), ["bicycle", "frame", "kit"]
        )

    def test_what_lies_in_stock_is_not_waited_for(self):
        kit = StockNode("kit", 32, is_buffered=True)
        structure = _make({**BICYCLE, "kit": kit})
        self.assertEqual(structure.get_waits()["bicycle"], 26)
        self.assertEqual(structure.holdings["kit"].days, 0)

    def test_stock_lasts_for_the_lead_time_of_the_part(self):
        """3 kits a bicycle, one bicycle every two days, 32 days: 48 kits for 1,440."""
        holding = _make().holdings["kit"]
        self.assertEqual((holding.days, holding.quantity), (32, 48))
        self.assertEqual(holding.value, 1440)

    def test_at_least_what_one_product_needs_is_held(self):
        self.assertEqual(_make(per_day=0).holdings["wheel"].quantity, 2)

    def test_table_has_what_saves_most_first(self):
        first, second, *_rest = _make().get_options()
        self.assertEqual(first.holding.part, "kit")
        self.assertEqual((first.before, first.after, first.saved), (38, 26, 12))
        # The frame alone: the kit is waited for in the wheel as well.
        self.assertEqual((second.holding.part, second.after), ("frame", 37))

    def test_unknown_cost_is_listed_but_not_chosen(self):
        structure = _make(costs={**COSTS, "kit": None})
        self.assertIsNone(structure.get_options()[0].holding.value)
        choice = structure.choose({"bicycle": 30})
        self.assertEqual(set(choice.parts), {"frame", "wheel"})

    def test_cost_of_what_it_is_made_of(self):
        """A frame: 3 steel at 5 and the painter's unknown; a wheel: hub 20, kit 30."""
        structure = _make(
            costs={**COSTS, "wheel": None, "painted": None, "steel": None}
        )
        self.assertEqual(structure.parts["wheel"], 50)
        self.assertIsNone(structure.parts["painted"])

    def test_cheapest_set(self):
        choice = _make().choose({"bicycle": 26})
        self.assertEqual(choice.parts, ("kit",))
        self.assertEqual((choice.value, choice.bound), (1440, 1440))
        self.assertTrue(choice.is_exact)
        self.assertEqual(choice.waits, {"bicycle": 26})

    def test_target_that_cannot_be_met_says_what_can(self):
        choice = _make().choose({"bicycle": 1})
        self.assertEqual(choice.unreachable, {"bicycle": 2})
        self.assertEqual(choice.waits["bicycle"], 2)

    def test_target_that_is_met_needs_nothing(self):
        choice = _make().choose({"bicycle": 38})
        self.assertEqual((choice.parts, choice.value, choice.bound), ((), 0, 0))

    def test_shared_part_is_paid_once(self):
        nodes = {
            "a": StockNode("a", 1, {"x": 1, "shared": 1}),
            "b": StockNode("b", 1, {"y": 1, "shared": 1}),
            "x": StockNode("x", 9, {}),
            "y": StockNode("y", 9, {}),
            "shared": StockNode("shared", 9, {}),
        }
        demands = {"a": 1, "b": 1}
        structure = StockStructure(nodes, demands, {"x": 1, "y": 1, "shared": 1})
        choice = structure.choose({"a": 5, "b": 5})
        self.assertEqual(choice.value, 9 + 9 + 18)
        [option] = [o for o in structure.get_options() if o.holding.part == "shared"]
        self.assertEqual((option.before, option.saved), (10, 0))

    def test_loop_is_cut_where_it_leads_back(self):
        nodes = {
            "bicycle": StockNode("bicycle", 1, {"a": 1}),
            "a": StockNode("a", 2, {"b": 1}),
            "b": StockNode("b", 3, {"a": 1}),
        }
        structure = StockStructure(nodes, {"bicycle": 1}, {"a": 1, "b": 1})
        self.assertEqual(structure.get_waits()["bicycle"], 6)
        self.assertEqual(structure.choose({"bicycle": 2}).waits["bicycle"], 1)

    def test_forty_levels(self):
        nodes = {
            str(i): StockNode(str(i), 1, {str(i + 1): 1} if i < 39 else {})
            for i in range(40)
        }
        structure = StockStructure(nodes, {"0": 1}, {str(i): 1 for i in range(1, 40)})
        choice = structure.choose({"0": 10})
        self.assertLessEqual(choice.waits["0"], 10)
        self.assertTrue(choice.is_exact)


class TestStockingBruteForce(BaseCase):
    """The cheapest set against all sets, on random structures."""

    def _make_random(self, rng):
        size = rng.randint(3, 9)
        keys = list(range(size))
        roots = keys[: rng.randint(1, 2)]
        nodes = {}
        for key in keys:
            below = [k for k in keys[key + 1 :] if k not in roots]
            some = rng.sample(below, min(len(below), rng.randint(0, 3)))
            nodes[key] = StockNode(
                # Some products are needed in two ways.
                key if rng.random() < 0.85 else max(key - 1, len(roots)),
                rng.randint(0, 9),
                {child: rng.randint(1, 3) for child in some},
                is_buffered=key not in roots and rng.random() < 0.1,
            )
        nodes = {k: n if k not in roots else _with_part(n, k) for k, n in nodes.items()}
        costs = {key: rng.randint(0, 20) for key in keys if key not in roots}
        demands = {root: rng.choice([0, 0.1, 1]) for root in roots}
        return StockStructure(nodes, demands, costs)

    def _brute_force(self, structure, targets):
        parts = list(structure.holdings)
        sets = chain.from_iterable(
            combinations(parts, size) for size in range(len(parts) + 1)
        )
        best = None
        for chosen in sets:
            waits = structure.get_waits(chosen)
            if all(waits[root] <= days for root, days in targets.items()):
                value = sum(structure.holdings[part].value for part in chosen)
                best = value if best is None else min(best, value)
        return best

    def test_cheapest_of_all_sets(self):
        rng = random.Random(8)
        checked = 0
        for _attempt in range(400):
            structure = self._make_random(rng)
            waits = structure.get_waits()
            targets = {root: rng.uniform(0, waits[root]) for root in structure.roots}
            best = self._brute_force(structure, targets)
            choice = structure.choose(targets)
            self.assertEqual(best is None, bool(choice.unreachable))
            if best is None:
                continue
            checked += bool(choice.parts)
            self.assertTrue(choice.is_exact)
            self.assertAlmostEqual(choice.value, best)
            self.assertAlmostEqual(choice.bound, best)
            for root, days in targets.items():
                self.assertLessEqual(choice.waits[root], days + 1e-6)
        self.assertGreater(checked, 100)

    def test_bound_holds_where_the_effort_is_spent(self):
        rng = random.Random(88)
        inexact = 0
        for _attempt in range(300):
            structure = self._make_random(rng)
            waits = structure.get_waits()
            targets = {root: 0.5 * waits[root] for root in structure.roots}
            best = self._brute_force(structure, targets)
            choice = structure.choose(targets, effort=0)
            if best is None:
                continue
            inexact += not choice.is_exact
            self.assertLessEqual(choice.bound, best + 1e-6)
            self.assertGreaterEqual(choice.value, best - 1e-6)
            for root, days in targets.items():
                self.assertLessEqual(choice.waits[root], days + 1e-6)
        self.assertGreater(inexact, 3)


def _with_part(node, part):
    return StockNode(part, node.days, node.below)
