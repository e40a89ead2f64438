import itertools
import random

from odoo.tests import BaseCase

from odoo.addons.mto_cascade.engine import Flow

from ..engine import (
    Demand,
    Facts,
    Offer,
    Peg,
    Supply,
    choose_offers,
    choose_returns,
    make_pegs,
)


def _as_dict(pegs):
    return {(peg.demand, peg.supply): peg.quantity for peg in pegs}


class TestGiven(BaseCase):
    """What somebody decided, in the flow and in the pegs."""

    def test_the_last_comes_first(self):
        demands = [Demand(key, 4, date=day) for day, key in enumerate("abc")]
        links = [("m", key) for key in "abc"]
        facts = Facts(demands, [Supply("m", 6)], links, given=[("c", ["m"], 4)])
        self.assertEqual(
            _as_dict(make_pegs(facts, Flow)[0]), {("c", "m"): 4, ("a", "m"): 2}
        )

    def test_nothing_re_routes_what_was_given(self):
        """Giving it to another supply would serve more; somebody decided otherwise."""
        demands = [Demand("a", 4, date=1, stock="s"), Demand("b", 4, date=2)]
        links = [("m", "a"), ("m", "b"), ("n", "b")]
        supplies = [Supply("m", 4), Supply("n", 4)]
        pegs, missing = make_pegs(Facts(demands, supplies, links), Flow)
        self.assertEqual(_as_dict(pegs), {("a", "m"): 4, ("b", "n"): 4})
        given = [("b", ["m"], 3)]
        pegs, missing = make_pegs(Facts(demands, supplies, links, given=given), Flow)
        self.assertEqual(_as_dict(pegs), {("b", "m"): 3, ("a", "m"): 1, ("b", "n"): 1})
        self.assertEqual(missing, {"a": 3})

    def test_what_is_held_stays_where_it_is(self):
        """The goods lie there for another one: a decision moves nothing by itself."""
        demands = [Demand("a", 4, held=4, date=1), Demand("b", 4, date=2)]
        facts = Facts(
            demands,
            [Supply("m", 4, is_done=True)],
            [("m", "a"), ("m", "b")],
            given=[("b", ["m"], 4)],
        )
        self.assertEqual(_as_dict(make_pegs(facts, Flow)[0]), {("a", "m"): 4})

    def test_more_than_there_is(self):
        """The older decision is served, the rest of the supply that is named next."""
        facts = Facts(
            [Demand("a", 5), Demand("b", 5)],
            [Supply("m", 6), Supply("n", 3)],
            [("m", "a"), ("m", "b"), ("n", "b")],
            given=[("a", ["m"], 5), ("b", ["m", "n"], 9), ("z", ["m"], 1)],
        )
        self.assertEqual(
            _as_dict(make_pegs(facts, Flow)[0]),
            {("a", "m"): 5, ("b", "m"): 1, ("b", "n"): 3},
        )

    def test_random_given_is_kept_and_the_rest_is_a_largest_flow(self):
        """Against: what is given is taken away first, the rest is cut in every way."""
        generator = random.Random(23)
        for case in range(200):
            needs = {f"d{n}": generator.randint(0, 6) for n in range(3)}
            capacities = {f"s{n}": generator.randint(0, 8) for n in range(3)}
            links = [
                link
                for link in itertools.product(capacities, needs)
                if generator.random() < 0.6
            ]
            given = [
                (demand, [supply], generator.randint(1, 4))
                for supply, demand in links
                if generator.random() < 0.3
            ]
            with self.subTest(case=case):
                self._check_given(needs, capacities, links, given)

    def _check_given(self, needs, capacities, links, given):
        flow = Flow(needs, capacities, links, given)
        left, missing, fixed = dict(capacities), dict(needs), {}
        for demand, [supply], most in given:
            part = min(left[supply], missing[demand], most)
            left[supply] -= part
            missing[demand] -= part
            fixed[supply, demand] = fixed.get((supply, demand), 0) + part
        for link, part in fixed.items():
            self.assertGreaterEqual(flow.quantities.get(link, 0), part)
        rest = Flow(missing, left, links)
        total = sum(rest.quantities.values()) + sum(fixed.values())
        self.assertAlmostEqual(sum(flow.quantities.values()), total)
        for supply, capacity in capacities.items():
            used = sum(q for (s, _d), q in flow.quantities.items() if s == supply)
            self.assertLessEqual(used, capacity + 1e-9)
            self.assertAlmostEqual(flow.left(supply), capacity - used)


class TestExchange(BaseCase):
    def test_there_first_then_by_date(self):
        offers = [
            Offer("d", "late", "s1", 4, "2026-03-01"),
            Offer("d", "early", "s2", 4, "2026-02-01"),
            Offer("d", "stock", "s3", 2),
        ]
        chosen = choose_offers(["d"], [], {"d": 5}, offers)
        self.assertEqual(chosen, {offers[2]: 2, offers[1]: 3})

    def test_half_a_bike_leaves_half_of_its_wheels(self):
        """One of two bikes is given: the own order still makes the other one."""
        pegs = [(Peg("bike", "order", 2), 2), (Peg("order", "wheel", 4), 4)]
        bike = Offer("bike", "other", "made", 1)
        wheel = Offer("wheel", "other wheel", "bought", 9)
        chosen = choose_offers(
            ["bike", "order", "wheel"], pegs, {"bike": 2, "wheel": 4}, [wheel, bike]
        )
        self.assertEqual(chosen, {bike: 1, wheel: 2})
        whole = Offer("bike", "other", "made", 2)
        chosen = choose_offers(
            ["bike", "order", "wheel"], pegs, {"bike": 2, "wheel": 4}, [wheel, whole]
        )
        self.assertEqual(chosen, {whole: 2})

    def test_the_same_goods_are_taken_once(self):
        """Two demands of the order could use what one other order has."""
        offers = [Offer(d, "other", "bought", 5) for d in ("a", "b")]
        chosen = choose_offers(["a", "b"], [], {"a": 4, "b": 4}, offers)
        self.assertEqual(chosen, {offers[0]: 4, offers[1]: 1})

    def test_nothing_needed_nothing_taken(self):
        offer = Offer("a", "other", "bought", 5)
        self.assertEqual(choose_offers(["a"], [], {"a": 0}, [offer]), {})
        self.assertEqual(choose_offers([], [], {}, [offer]), {})

    def test_what_was_missing_first_then_the_latest_is_returned(self):
        own = [("early", 3, "2026-02-01"), ("late", 3, "2026-05-01")]
        self.assertEqual(choose_returns(own, 4, 0), [("late", 3), ("early", 1)])
        self.assertEqual(choose_returns(own, 4, 3), [("late", 1)])
        self.assertEqual(choose_returns(own, 4, 9), [])
        self.assertEqual(choose_returns([], 4, 0), [])
