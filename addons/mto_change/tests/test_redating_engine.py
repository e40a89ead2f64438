from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest import TestCase

from ..engine import BY_ITSELF, DECIDE, LEAVE, DatedNode, redate

DAY = timedelta(days=1)
BASE = datetime(2031, 5, 1)


@dataclass
class Link:
    demand: str
    supply: str


def day(number):
    return BASE + number * DAY


class TestRedating(TestCase):
    """A delivery on day 30, made from day 20 to 28, of parts that come on day 15."""

    def setUp(self):
        super().setUp()
        self.nodes = {}
        self.add("delivery", 30)
        self.add("made", 28, start=20)
        self.add("part", 20, follows=True)
        self.add("request", 15)
        self.pegs = [
            Link("delivery", "made"),
            Link("made", "part"),
            Link("part", "request"),
        ]

    def add(self, key, date, rule=BY_ITSELF, start=None, earliest=None, follows=False):
        self.nodes[key] = DatedNode(
            key,
            day(date),
            rule,
            day(start) if start is not None else None,
            day(earliest) if earliest is not None else None,
            follows,
        )

    def move(self, days, kept=()):
        return redate(self.nodes, self.pegs, {"delivery": days * DAY}, kept)

    def test_all_levels_move(self):
        for days in (-5, 9):
            moved = self.move(days).moved
            self.assertEqual(
                moved,
                dict.fromkeys(("delivery", "made", "part", "request"), days * DAY),
            )

    def test_what_others_share_stays_in_time_for_them(self):
        """Another demand needs the parts on day 22: they move 2 days, not 9."""
        self.add("other", 22)
        self.pegs.append(Link("other", "request"))
        self.assertEqual(self.move(9).moved["request"], 2 * DAY)
        self.assertEqual(self.move(-5).moved["request"], -5 * DAY)

    def test_a_later_demand_of_others_counts_for_nothing(self):
        self.add("other", 40)
        self.pegs.append(Link("other", "request"))
        self.assertEqual(self.move(9).moved["request"], 9 * DAY)

    def test_started_work_stays_and_what_is_below_it(self):
        self.add("made", 28, DECIDE, start=20)
        for days, late in ((9, {}), (-1, {}), (-5, {"made": 3 * DAY})):
            result = self.move(days)
            self.assertEqual(result.moved, {"delivery": days * DAY})
            self.assertEqual(result.stuck, {"made": days * DAY})
            self.assertEqual(result.late, late)

    def test_what_is_done_says_nothing(self):
        self.add("made", 28, LEAVE, start=20)
        result = self.move(-9)
        self.assertEqual((set(result.moved), result.stuck), ({"delivery"}, {}))

    def test_what_a_person_keeps(self):
        result = self.move(9, kept=("made",))
        self.assertEqual((set(result.moved), result.stuck), ({"delivery"}, {}))
        self.assertEqual(result.kept, {"made": 9 * DAY})

    def test_nothing_moves_before_its_earliest_moment(self):
        """The vendor needs until day 13: parts come 3 days after they are needed."""
        self.add("request", 15, earliest=13)
        result = self.move(-10)
        self.assertEqual(result.moved["request"], -2 * DAY)
        self.assertEqual(result.late, {"request": 3 * DAY})

    def test_what_is_late_catches_up(self):
        """Due on day 23, needed on day 20: 5 days more are 2 days for it."""
        self.add("request", 23)
        self.assertEqual(self.move(5).moved["request"], 2 * DAY)
        self.assertNotIn("request", self.move(2).moved)

    def test_there_and_back(self):
        """Two changes and one to the final date are the same."""
        first = self.move(-7).moved
        for key, shift in first.items():
            node = self.nodes[key]
            self.nodes[key] = DatedNode(
                key,
                node.date + shift,
                node.rule,
                node.start and node.start + shift,
                follows=node.follows,
            )
        self.assertEqual(self.move(7).moved, {key: 7 * DAY for key in first})

    def test_no_loop_without_end(self):
        self.pegs.append(Link("request", "made"))
        self.assertEqual(self.move(3).moved, {"delivery": 3 * DAY})
