import itertools
import random
from fractions import Fraction

from odoo.tests import BaseCase

from odoo.addons.mto_cascade.engine import Flow

from .. import engine
from ..engine import Demand, Facts, Peg, Shares, Supply, split_exactly, surplus


def make_pegs(facts):
    return engine.make_pegs(facts, Flow)


def _as_dict(pegs):
    return {(peg.demand, peg.supply): peg.quantity for peg in pegs}


class TestPegs(BaseCase):
    def test_open_demand_is_pegged_to_its_link(self):
        pegs, unsupplied = make_pegs(
            Facts([Demand("d", 5, stock="s")], [Supply("m", 8)], [("m", "d")])
        )
        self.assertEqual(_as_dict(pegs), {("d", "m"): 5})
        self.assertFalse(unsupplied)
        self.assertEqual(surplus(pegs, [Supply("m", 8)]), {"m": 3})

    def test_reserved_part_is_from_stock_before_an_open_supply(self):
        """Four are reserved in stock: the order of ten has six for this demand."""
        pegs, _unsupplied = make_pegs(
            Facts([Demand("d", 10, held=4, stock="s")], [Supply("m", 10)], [("m", "d")])
        )
        self.assertEqual(_as_dict(pegs), {("d", "s"): 4, ("d", "m"): 6})

    def test_reserved_part_is_from_what_arrived(self):
        pegs, _unsupplied = make_pegs(
            Facts(
                [Demand("d", 10, held=4, stock="s")],
                [Supply("m", 3, is_done=True), Supply("n", 6)],
                [("m", "d"), ("n", "d")],
            )
        )
        self.assertEqual(_as_dict(pegs), {("d", "m"): 3, ("d", "s"): 1, ("d", "n"): 6})

    def test_who_holds_goods_has_them(self):
        """Of three that arrived for both, the later demand took two."""
        demands = [
            Demand("a", 3, date=1, stock="s"),
            Demand("b", 3, held=2, date=2, stock="s"),
        ]
        pegs, unsupplied = make_pegs(
            Facts(demands, [Supply("m", 3, is_done=True)], [("m", "a"), ("m", "b")])
        )
        self.assertEqual(_as_dict(pegs), {("b", "m"): 2, ("a", "m"): 1})
        self.assertEqual(unsupplied, {"a": 2, "b": 1})

    def test_goods_without_stock_never_lack(self):
        pegs, unsupplied = make_pegs(
            Facts([Demand("d", 5, stock="s", is_kept=False)], [Supply("m", 2)], [])
        )
        self.assertEqual(_as_dict(pegs), {("d", "s"): 5})
        self.assertFalse(unsupplied)

    def test_answer_depends_on_nobodys_point_of_view(self):
        """Facts in any order make the same pegs."""
        generator = random.Random(11)
        for _case in range(50):
            facts = self._make_random_facts(generator)
            expected = _as_dict(make_pegs(facts)[0])
            for part in (facts.demands, facts.supplies, facts.links):
                generator.shuffle(part)
            self.assertEqual(_as_dict(make_pegs(facts)[0]), expected)

    def test_random_pegs_fit_and_cover_as_much_as_possible(self):
        """Against every way to cut supplies off."""
        generator = random.Random(5)
        for case in range(200):
            with self.subTest(case=case):
                self._check(self._make_random_facts(generator))

    def _make_random_facts(self, generator):
        demands = []
        for number in range(generator.randint(1, 5)):
            quantity = generator.randint(0, 9)
            demands.append(
                Demand(
                    f"d{number}",
                    quantity,
                    generator.randint(0, quantity),
                    date=generator.randint(1, 3),
                    stock="stock",
                )
            )
        supplies = [
            Supply(f"s{number}", generator.randint(0, 12), generator.random() < 0.4)
            for number in range(generator.randint(0, 4))
        ]
        links = [
            (supply.key, demand.key)
            for supply in supplies
            for demand in demands
            if generator.random() < 0.5
        ]
        return Facts(demands, supplies, links)

    def _check(self, facts):
        pegs, unsupplied = make_pegs(facts)
        capacity = {supply.key: supply.quantity for supply in facts.supplies}
        for demand in facts.demands:
            covered = sum(peg.quantity for peg in pegs if peg.demand == demand.key)
            self.assertAlmostEqual(
                covered + unsupplied.get(demand.key, 0), demand.quantity
            )
        for key, quantity in capacity.items():
            used = sum(peg.quantity for peg in pegs if peg.supply == key)
            self.assertLessEqual(used, quantity + 1e-6)
        linked = sum(peg.quantity for peg in pegs if peg.supply in capacity)
        self.assertAlmostEqual(linked, self._get_smallest_cut(facts, capacity))

    def _get_smallest_cut(self, facts, capacity):
        """What links can carry at most: every set of needs is tried (Hall, König)."""
        arrived = {supply.key for supply in facts.supplies if supply.is_done}
        needs = []
        for demand in facts.demands:
            linked = {supply for supply, key in facts.links if key == demand.key}
            needs.append((demand.held, linked & arrived))
            needs.append((demand.quantity - demand.held, linked))
        best = float("inf")
        for chosen in itertools.product((False, True), repeat=len(needs)):
            within = set()
            cut = 0
            for is_chosen, (quantity, linked) in zip(chosen, needs, strict=True):
                if is_chosen:
                    within |= linked
                else:
                    cut += quantity
            best = min(best, cut + sum(capacity[key] for key in within))
        return best


class TestShares(BaseCase):
    def test_half_of_an_order_takes_half_of_its_components(self):
        pegs = [
            Peg("line 1", "bike", 2),
            Peg("line 2", "bike", 2),
            Peg("bike", "wheel", 8),
            Peg("wheel", "spokes", 1),
        ]
        totals = {"line 1": 2, "line 2": 2, "bike": 4, "wheel": 8, "spokes": 1}
        shares = Shares(pegs, totals, ["line 1", "line 2"], makers=["bike"])
        self.assertEqual(shares.quantities["wheel"], {"line 1": 4, "line 2": 4})
        self.assertEqual(shares.quantities["spokes"], {"line 1": 0.5, "line 2": 0.5})
        self.assertEqual(shares.levels["bike"], 0)
        self.assertEqual(shares.levels["wheel"], 1)

    def test_a_part_used_twice_is_counted_once_for_each_use(self):
        pegs = [Peg("a", "b", 1), Peg("a", "c", 1), Peg("b", "p", 2), Peg("c", "p", 3)]
        shares = Shares(pegs, dict.fromkeys("abc", 1) | {"p": 5}, ["a"])
        self.assertEqual(shares.quantities["p"], {"a": 5})

    def test_a_loop_is_cut_and_named(self):
        pegs = [Peg("a", "b", 1), Peg("b", "c", 1), Peg("c", "b", 1)]
        shares = Shares(pegs, dict.fromkeys("abc", 1), ["a"])
        self.assertEqual(shares.loops, [Peg("c", "b", 1)])
        self.assertEqual(shares.quantities["c"], {"a": 1})

    def test_a_chain_of_thousands_needs_no_recursion(self):
        pegs = [Peg(number, number + 1, 1) for number in range(20_000)]
        shares = Shares(pegs, dict.fromkeys(range(20_001), 1), [0])
        self.assertEqual(shares.quantities[20_000], {0: 1})

    def test_same_as_following_every_way(self):
        """Random graphs of shared documents, against a person who follows each way."""
        generator = random.Random(17)
        for case in range(150):
            with self.subTest(case=case):
                pegs, totals, roots = self._make_random_graph(generator)
                shares = Shares(pegs, totals, roots)
                expected = self._follow_ways(pegs, totals, roots)
                for node, quantities in expected.items():
                    for root, quantity in quantities.items():
                        self.assertAlmostEqual(shares.quantities[node][root], quantity)
                    # What all orders have of it is what is pegged of it.
                    self.assertAlmostEqual(
                        sum(shares.quantities[node].values()), float(totals[node])
                    )
                self.assertEqual(
                    {node for node in shares.order if shares.quantities[node]},
                    set(expected),
                )

    def _make_random_graph(self, generator):
        """Documents in levels; each is as big as what is pegged to it."""
        levels, names = [], itertools.count()
        for _level in range(generator.randint(2, 5)):
            levels.append([next(names) for _node in range(generator.randint(1, 4))])
        totals = {root: generator.randint(1, 9) for root in levels[0]}
        pegs = []
        for above, below in itertools.pairwise(levels):
            for demand in above:
                for supply in generator.sample(below, generator.randint(0, len(below))):
                    if not totals.get(demand):
                        continue
                    quantity = generator.randint(1, 9)
                    pegs.append(Peg(demand, supply, quantity))
                    totals[supply] = totals.get(supply, 0) + quantity
        generator.shuffle(pegs)
        return pegs, totals, levels[0]

    def _follow_ways(self, pegs, totals, roots):
        """{node: {root: quantity}}: one way down after the other, in fractions."""
        result = {}

        def walk(node, root, quantity):
            served = result.setdefault(node, {})
            served[root] = served.get(root, 0) + quantity
            for peg in pegs:
                if peg.demand == node:
                    walk(
                        peg.supply,
                        root,
                        quantity * Fraction(peg.quantity) / totals[node],
                    )

        for root in roots:
            walk(root, root, Fraction(totals[root]))
        return {
            node: {root: float(quantity) for root, quantity in served.items()}
            for node, served in result.items()
        }

    def test_random_shares_are_rounded_without_loss(self):
        generator = random.Random(23)
        for rounding in (1.0, 0.01, 0.001):
            for _case in range(200):
                parts = [generator.random() * 3 for _part in range(7)]
                whole = round(sum(parts) / rounding) * rounding
                shares = split_exactly(dict(enumerate(parts)), rounding)
                self.assertAlmostEqual(sum(shares.values()), whole)
                for key, quantity in shares.items():
                    self.assertAlmostEqual(quantity, parts[key], delta=rounding)

    def test_rounded_shares_add_up(self):
        shares = split_exactly({"a": 10 / 3, "b": 10 / 3, "c": 10 / 3}, 0.01)
        self.assertAlmostEqual(sum(shares.values()), 10)
        for quantity in shares.values():
            self.assertAlmostEqual(quantity, 10 / 3, delta=0.01)
