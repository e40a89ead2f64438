import itertools
import random

from odoo.tests import BaseCase

from ..engine import FreeSupply, OpenDemand, hand_out, make_expected_pegs

PLACES = ("1/", "1/2/", "1/3/", "1/2/4/", "5/")


def _as_list(pegs):
    return [(peg.demand, peg.supply, peg.quantity) for peg in pegs]


class TestExpectedPegs(BaseCase):
    def test_stock_first_then_the_earliest_arrival(self):
        pegs = make_expected_pegs(
            [OpenDemand("d", "g", 10, "1/", 5)],
            [
                FreeSupply("late", "g", 4, "1/", 9),
                FreeSupply("early", "g", 3, "1/", 2),
                FreeSupply("stock", "g", 4, "1/2/"),
            ],
        )
        self.assertEqual(
            _as_list(pegs), [("d", "stock", 4), ("d", "early", 3), ("d", "late", 3)]
        )
        self.assertFalse(any(peg.hard for peg in pegs))

    def test_priority_before_date_before_key(self):
        demands = [
            OpenDemand("b", "g", 1, "1/", 1, priority=1),
            OpenDemand("a", "g", 1, "1/", 1, priority=1),
            OpenDemand("rush", "g", 1, "1/", 7),
            OpenDemand("later", "g", 1, "1/", 2, priority=1),
        ]
        pegs = make_expected_pegs(demands, [FreeSupply("s", "g", 4, "1/")])
        self.assertEqual([peg.demand for peg in pegs], ["rush", "a", "b", "later"])

    def test_goods_of_another_place_do_not_count(self):
        demand = OpenDemand("d", "g", 5, "1/2/", 1)
        for supply in (
            FreeSupply("s", "g", 5, "1/3/"),
            FreeSupply("s", "g", 5, "1/"),
            FreeSupply("s", "other", 5, "1/2/"),
            FreeSupply("s", "g", 5, "1/2/4/", 1, source="1/2/"),
        ):
            self.assertFalse(make_expected_pegs([demand], [supply]))

    def test_nothing_supplies_itself(self):
        demand = OpenDemand("d", "g", 5, "1/", 1, owner=7)
        supply = FreeSupply("s", "g", 5, "1/", 1, source="9/", owner=7)
        self.assertFalse(make_expected_pegs([demand], [supply]))

    def test_handed_out_in_order(self):
        given = hand_out([("a", 3), ("b", 4), ("c", 9)], [("x", 5), ("y", 0), ("z", 4)])
        self.assertEqual(
            given, [("a", "x", 3), ("b", "x", 2), ("b", "z", 2), ("c", "z", 2)]
        )
        self.assertFalse(hand_out([], [("x", 5)]) or hand_out([("a", 1)], []))

    def test_same_as_one_piece_after_the_other(self):
        """Random goods, places, dates; a person who hands out piece by piece."""
        generator = random.Random(3)
        for case in range(400):
            demands, supplies = self._make_random(generator)
            with self.subTest(case=case):
                expected = self._hand_out(demands, supplies)
                generator.shuffle(demands)
                generator.shuffle(supplies)
                found = {}
                for peg in make_expected_pegs(demands, supplies):
                    found[peg.demand, peg.supply] = peg.quantity
                self.assertEqual(found, expected)

    def _make_random(self, generator):
        demands = [
            OpenDemand(
                f"d{number}",
                generator.choice("gh"),
                generator.randint(0, 5),
                generator.choice(PLACES),
                generator.randint(1, 3),
                generator.randint(0, 1),
                generator.choice((None, 1, 2)),
            )
            for number in range(generator.randint(1, 7))
        ]
        supplies = [
            FreeSupply(
                f"s{number}",
                generator.choice("gh"),
                generator.randint(0, 5),
                generator.choice(PLACES),
                generator.choice((None, 1, 2, 3)),
                generator.choice((None, "9/", *PLACES)),
                generator.choice((None, 1, 2)),
            )
            for number in range(generator.randint(1, 7))
        ]
        return demands, supplies

    def _hand_out(self, demands, supplies):
        pieces = [
            supply
            for supply in sorted(supplies, key=lambda s: (s.date or 0, s.key))
            for _piece in range(supply.quantity)
        ]
        given = {}
        for demand in sorted(demands, key=lambda d: (d.priority, d.date, d.key)):
            for _piece in range(demand.quantity):
                fitting = [p for p in pieces if self._fits(p, demand)]
                if not fitting:
                    break
                pieces.remove(fitting[0])
                link = (demand.key, fitting[0].key)
                given[link] = given.get(link, 0) + 1
        return given

    def _fits(self, supply, demand):
        return (
            supply.goods == demand.goods
            and demand.place in _get_parents(supply.place)
            and demand.place not in _get_parents(supply.source or "")
            and not (demand.owner and demand.owner == supply.owner)
        )


def _get_parents(path):
    """'1/2/' -> {'1/', '1/2/'}"""
    names = path.split("/")[:-1]
    return {f"{name}/" for name in itertools.accumulate(names, "{}/{}".format)}
