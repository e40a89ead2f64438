from dataclasses import dataclass
from unittest import TestCase

from ..engine import (
    BY_ITSELF,
    DECIDE,
    LEAVE,
    PRODUCTION,
    REQUEST,
    TRANSFER,
    Node,
    Reduction,
    get_differences,
    make_fingerprint,
    read_fingerprint,
)


@dataclass(frozen=True)
class Peg:
    demand: str
    supply: str
    quantity: float


def move(key, quantity, **options):
    return Node(key, quantity, BY_ITSELF, TRANSFER, **options)


def order(key, quantity, rule=BY_ITSELF, **options):
    return Node(key, quantity, rule, PRODUCTION, is_maker=True, **options)


def request(key, quantity, rule=BY_ITSELF, **options):
    return Node(key, quantity, rule, REQUEST, **options)


class TestImpactEngine(TestCase):
    """What is needed less is followed down, and stops where nothing may change."""

    def _get_impact(self, nodes, pegs, less, kept=()):
        by_key = {node.key: node for node in nodes}
        return Reduction(by_key, [Peg(*peg) for peg in pegs], kept).get_impact(less)

    def test_share_of_a_document(self):
        """A request for two demands gives up the share of one."""
        impact = self._get_impact(
            [move("a", 4), move("b", 6), request("rfq", 10)],
            [("a", "rfq", 4), ("b", "rfq", 6)],
            {"a": 3},
        )
        self.assertEqual(impact.less, {"a": 3, "rfq": 3})
        self.assertFalse(impact.surplus)

    def test_components_in_proportion(self):
        """Making 2 of 5 less takes 2/5 of each component, whole units rounded up."""
        impact = self._get_impact(
            [
                move("delivery", 5),
                order("mo", 5),
                move("wheels", 10, rounding=1.0),
                move("paint", 4, rounding=1.0),
                request("rfq", 10),
                request("pot", 4),
            ],
            [
                ("delivery", "mo", 5),
                ("mo", "wheels", 10),
                ("mo", "paint", 4),
                ("wheels", "rfq", 10),
                ("paint", "pot", 4),
            ],
            {"delivery": 2},
        )
        self.assertEqual(impact.less["rfq"], 4)
        # 4 x 3/5 are 2.4: three are still needed.
        self.assertEqual(impact.less["pot"], 1)

    def test_started_work_stays(self):
        """What is begun stays, with all below it; the rest is left over."""
        impact = self._get_impact(
            [
                move("delivery", 5),
                order("mo", 5, DECIDE),
                move("wheels", 10),
                request("rfq", 10),
            ],
            [("delivery", "mo", 5), ("mo", "wheels", 10), ("wheels", "rfq", 10)],
            {"delivery": 2},
        )
        self.assertEqual(impact.less, {"delivery": 2})
        self.assertEqual(impact.surplus, {"mo": 2})

    def test_what_can_be_changed_is_given_up_first(self):
        impact = self._get_impact(
            [move("a", 5), order("begun", 3, DECIDE), order("free", 2)],
            [("a", "free", 2), ("a", "begun", 3)],
            {"a": 2},
        )
        self.assertEqual(impact.less, {"a": 2, "free": 2})
        self.assertFalse(impact.surplus)

    def test_last_order_first_and_requests_before_orders(self):
        impact = self._get_impact(
            [move("a", 9), order("one", 3), order("two", 3), request("rfq", 3)],
            [("a", "one", 3), ("a", "two", 3), ("a", "rfq", 3)],
            {"a": 5},
        )
        self.assertEqual(impact.less, {"a": 5, "rfq": 3, "two": 2})

    def test_nothing_is_given_up_of_what_was_missing_anyway(self):
        impact = self._get_impact(
            [move("a", 5), order("mo", 3)], [("a", "mo", 3)], {"a": 2}
        )
        self.assertEqual(impact.less, {"a": 2})

    def test_surplus_is_passed_by_date(self):
        """What is left over serves the earlier of two demands, whose order goes."""
        impact = self._get_impact(
            [
                move("a", 5),
                order("begun", 5, DECIDE, pool="bike"),
                move("later", 2, pool="bike", taker=9),
                order("of later", 2),
                move("sooner", 2, pool="bike", taker=3),
                order("of sooner", 2),
            ],
            [
                ("a", "begun", 5),
                ("later", "of later", 2),
                ("sooner", "of sooner", 2),
            ],
            {"a": 3},
        )
        self.assertEqual(impact.passed, {("begun", "sooner"): 2, ("begun", "later"): 1})
        self.assertEqual(impact.less, {"a": 3, "of sooner": 2, "of later": 1})
        self.assertFalse(impact.surplus)

    def test_what_was_left_over_before_is_passed_as_well(self):
        """Of 3 that nobody decided about 2 go with the one that is given up now."""
        impact = self._get_impact(
            [
                move("a", 2),
                order("begun", 5, DECIDE, pool="bike", undecided=3),
                move("other", 3, pool="bike", taker=3),
                order("own", 3),
            ],
            [("a", "begun", 2), ("other", "own", 3)],
            {"a": 1},
        )
        self.assertEqual(impact.passed, {("begun", "other"): 3})
        self.assertEqual(impact.less, {"a": 1, "own": 3})
        self.assertFalse(impact.surplus)

    def test_surplus_is_not_passed_to_other_goods(self):
        impact = self._get_impact(
            [
                move("a", 5),
                order("begun", 5, DECIDE, pool="red"),
                move("other", 2, pool="blue", taker=3),
                order("mo", 2),
            ],
            [("a", "begun", 5), ("other", "mo", 2)],
            {"a": 3},
        )
        self.assertFalse(impact.passed)
        self.assertEqual(impact.surplus, {"begun": 3})

    def test_kept_by_a_person(self):
        impact = self._get_impact(
            [move("a", 5), order("mo", 5), move("part", 5), request("rfq", 5)],
            [("a", "mo", 5), ("mo", "part", 5), ("part", "rfq", 5)],
            {"a": 5},
            kept={"mo"},
        )
        self.assertEqual(impact.less, {"a": 5})
        self.assertEqual(impact.surplus, {"mo": 5})

    def test_who_lacks_takes_what_is_given_up(self):
        """An order of 5 for 2 and 4: nobody is without once one of the 2 goes."""
        nodes = [move("a", 2), move("b", 4, lack=1), order("mo", 5, waiting=("b",))]
        pegs = [("a", "mo", 2), ("b", "mo", 3)]
        self.assertEqual(self._get_impact(nodes, pegs, {"a": 1}).less, {"a": 1})
        both = {"a": 2, "mo": 1}
        self.assertEqual(self._get_impact(nodes, pegs, {"a": 2}).less, both)
        both = {"a": 1, "b": 1, "mo": 1}
        self.assertEqual(self._get_impact(nodes, pegs, {"a": 1, "b": 1}).less, both)

    def test_what_is_lacked_is_taken_once(self):
        """Of two orders that are given up, one goes on for the demand that waits."""
        nodes = [
            move("a", 6),
            move("b", 2, lack=2),
            order("one", 3, waiting=("b",)),
            order("two", 3, DECIDE, waiting=("b",)),
        ]
        impact = self._get_impact(nodes, [("a", "one", 3), ("a", "two", 3)], {"a": 6})
        given_up = impact.less.get("one", 0) + impact.surplus.get("two", 0)
        self.assertEqual(given_up, 4)

    def test_batches_are_whole(self):
        """Three batches of 2 for 5: one less needs one batch less, not a half."""
        pegs = [("a", "one", 2), ("a", "two", 2), ("a", "three", 1)]
        nodes = [
            move("a", 5),
            order("one", 2, is_whole=True),
            order("two", 2, is_whole=True),
            order("three", 2, is_whole=True, spare=1),
        ]
        impact = self._get_impact(nodes, pegs, {"a": 1})
        self.assertEqual(impact.less, {"a": 1, "three": 2})
        impact = self._get_impact(nodes, pegs, {"a": 2})
        self.assertEqual(impact.less, {"a": 2, "three": 2})
        self.assertEqual(impact.surplus, {"two": 1})

    def test_batch_that_nobody_needs(self):
        """A batch that others made superfluous goes with what they give up."""
        nodes = [
            move("a", 5),
            order("one", 3, is_whole=True),
            order("two", 3, is_whole=True, spare=1),
            order("three", 3, is_whole=True, spare=3),
            move("bolts", 6),
            request("rfq", 6),
        ]
        pegs = [
            ("a", "one", 3),
            ("a", "two", 2),
            ("a", "three", 0.0),
            ("three", "bolts", 6),
            ("bolts", "rfq", 6),
        ]
        below = {"three": 3, "bolts": 6, "rfq": 6}
        impact = self._get_impact(nodes, pegs, {"a": 1})
        self.assertEqual(impact.less, {"a": 1, **below})
        impact = self._get_impact(nodes, pegs, {"a": 5})
        self.assertEqual(impact.less, {"a": 5, "one": 3, "two": 3, **below})
        impact = self._get_impact(nodes, pegs, {"a": 5}, kept=["three"])
        self.assertEqual(impact.less, {"a": 5, "one": 3, "two": 3})

    def test_what_was_bought_for_stock_is_not_given_up(self):
        impact = self._get_impact(
            [move("a", 5), request("rfq", 8, free=3)], [("a", "rfq", 5)], {"a": 5}
        )
        self.assertEqual(impact.less, {"a": 5, "rfq": 3})

    def test_arrived_goods_are_left_over_without_a_decision(self):
        impact = self._get_impact(
            [
                move("a", 5),
                order("made", 5, LEAVE, pool="bike"),
                move("b", 2, pool="bike", taker=1),
                order("mo", 2),
            ],
            [("a", "made", 5), ("b", "mo", 2)],
            {"a": 5},
        )
        self.assertFalse(impact.passed)
        self.assertEqual(impact.surplus, {"made": 5})

    def test_arrived_goods_are_passed_to_who_shares_them(self):
        """What one had reserved is for the other, and less is requested for it."""
        nodes = [
            move("a", 10, held=8),
            move("b", 20, held=4, taker=1),
            Node("received", 14, LEAVE, TRANSFER, sharers=("b",)),
            request("rfq", 14),
        ]
        pegs = [
            ("a", "received", 10),
            ("b", "received", 4),
            ("b", "rfq", 14),
        ]
        impact = self._get_impact(nodes, pegs, {"a": 6})
        # 2 of the 6 were not reserved: whether they are there is not known.
        self.assertEqual(impact.passed, {("received", "b"): 4})
        self.assertEqual(impact.less, {"a": 6, "rfq": 4})
        self.assertEqual(impact.surplus, {"received": 2})
        kept = self._get_impact(nodes, pegs, {"a": 6}, kept=["received"])
        self.assertEqual(kept.surplus, {"received": 6})
        both = self._get_impact(nodes, pegs, {"a": 10, "b": 20})
        self.assertFalse(both.passed)
        self.assertEqual(both.less["rfq"], 14)

    def test_levels_are_no_recursion(self):
        nodes, pegs = [move("delivery", 1)], [("delivery", "mo 0", 1)]
        for level in range(3000):
            nodes += [order(f"mo {level}", 1), move(f"part {level}", 1)]
            pegs.append((f"mo {level}", f"part {level}", 1))
            pegs.append((f"part {level}", f"mo {level + 1}", 1))
        impact = self._get_impact(nodes, pegs, {"delivery": 1})
        self.assertEqual(impact.less["mo 2999"], 1)

    def test_fingerprint(self):
        facts = {
            "mrp.production,1": [5, "by_itself"],
            "purchase.order.line,2": [3, "x"],
        }
        text = make_fingerprint(facts)
        self.assertEqual(read_fingerprint(text), facts)
        self.assertEqual(
            get_differences(facts, {"mrp.production,1": [5, "decide"]}),
            ["mrp.production,1", "purchase.order.line,2"],
        )
        for wrong in ("", "abc", "%%%", None, 7):
            with self.assertRaises(ValueError):
                read_fingerprint(wrong)
