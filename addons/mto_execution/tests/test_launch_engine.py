from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..engine import (
    Arrival,
    Component,
    Facts,
    Maker,
    Order,
    check_launch,
)

NOW = datetime(2026, 3, 1, 8)


def day(number):
    return NOW + timedelta(days=number)


class TestLaunchEngine(BaseCase):
    """Can we start? Twenty bicycles of one frame, two wheels and one brake kit each."""

    def _check(
        self, components, pegs=None, arrivals=(), makers=None, needs=None, **order
    ):
        order = Order("bikes", **{"quantity": 20, **order})
        facts = Facts(
            pegs or {}, {a.key: a for a in arrivals}, makers or {}, needs or {}, NOW
        )
        return check_launch([order], components, facts)["bikes"]

    def _parts(self, frames=20, wheels=40, brakes=20):
        return [
            Component("f", "bikes", "frame", 20, frames),
            Component("w", "bikes", "wheel", 40, wheels),
            Component("b", "bikes", "brake", 20, brakes),
        ]

    def test_all_there(self):
        check = self._check(self._parts())
        self.assertTrue(check.can_launch)
        self.assertEqual((check.launchable, check.missing, check.date), (20, (), None))

    def test_six_brake_kits_missing(self):
        arrival = Arrival("po", day(2))
        check = self._check(self._parts(brakes=14), {"b": [("po", 6)]}, [arrival])
        self.assertFalse(check.can_launch)
        self.assertEqual(check.launchable, 14)
        (part,) = check.missing
        self.assertEqual((part.component.product, part.available), ("brake", 14))
        self.assertEqual((part.missing, part.uncovered), (6, 0))
        self.assertEqual((part.date, check.date), (day(2), day(2)))

    def test_free_stock_counts_as_there(self):
        check = self._check(self._parts(brakes=14), {"b": [("stock", 6)]})
        self.assertTrue(check.can_launch)

    def test_the_scarcest_decides_and_rounds_down(self):
        check = self._check(self._parts(wheels=5, brakes=14))
        self.assertEqual(check.launchable, 2)
        check = self._check(self._parts(wheels=5, brakes=14), step=0.01)
        self.assertAlmostEqual(check.launchable, 2.5)

    def test_nothing_there(self):
        check = self._check(self._parts(frames=0))
        self.assertEqual(check.launchable, 0)

    def test_without_components(self):
        self.assertEqual(self._check([]).launchable, 20)

    def test_what_is_not_counted_is_never_missing(self):
        water = Component("x", "bikes", "water", 100, 0, is_kept=False)
        self.assertTrue(self._check([*self._parts(), water]).can_launch)

    def test_nothing_needed_decides_nothing(self):
        extra = Component("x", "bikes", "bell", 0, 0)
        self.assertEqual(self._check([*self._parts(brakes=14), extra]).launchable, 14)

    def test_partly_expected_has_no_date(self):
        check = self._check(
            self._parts(brakes=14), {"b": [("po", 4)]}, [Arrival("po", day(2))]
        )
        self.assertEqual(check.missing[0].uncovered, 2)
        self.assertIsNone(check.date)

    def test_the_last_arrival_is_the_date(self):
        arrivals = [Arrival("late", day(9)), Arrival("soon", day(2))]
        check = self._check(
            self._parts(brakes=14), {"b": [("late", 2), ("soon", 4)]}, arrivals
        )
        self.assertEqual(check.date, day(9))
        self.assertEqual(
            [item.source for item in check.missing[0].expected], ["soon", "late"]
        )

    def test_sub_assembly_waits_for_a_receipt(self):
        """Wheels are made in two days, of rims that come on day 5."""
        arrivals = [Arrival("wheels", day(3), maker="mo"), Arrival("rims", day(5))]
        check = self._check(
            self._parts(wheels=0),
            {"w": [("wheels", 40)], "r": [("rims", 40)]},
            arrivals,
            {"mo": Maker(day(1), day(3), ("r",))},
            {"r": 40},
        )
        (item,) = check.missing[0].expected
        self.assertEqual((item.date, item.chain), (day(7), ("rims",)))
        self.assertEqual(check.date, day(7))

    def test_sub_assembly_in_time_has_no_cause(self):
        arrivals = [Arrival("wheels", day(9), maker="mo"), Arrival("rims", day(1))]
        check = self._check(
            self._parts(wheels=0),
            {"w": [("wheels", 40)], "r": [("rims", 40)]},
            arrivals,
            {"mo": Maker(day(7), day(9), ("r",))},
            {"r": 40},
        )
        (item,) = check.missing[0].expected
        self.assertEqual((item.date, item.chain), (day(9), ()))

    def test_sub_assembly_without_supply_is_not_known(self):
        arrivals = [Arrival("wheels", day(3), maker="mo")]
        check = self._check(
            self._parts(wheels=0),
            {"w": [("wheels", 40)]},
            arrivals,
            {"mo": Maker(day(1), day(3), ("r",))},
            {"r": 40},
        )
        self.assertIsNone(check.date)

    def test_started_sub_assembly_needs_no_more_time(self):
        arrivals = [Arrival("wheels", day(3), maker="mo"), Arrival("rims", day(5))]
        check = self._check(
            self._parts(wheels=0),
            {"w": [("wheels", 40)], "r": [("rims", 40)]},
            arrivals,
            {"mo": Maker(day(-1), day(3), ("r",), is_started=True)},
            {"r": 40},
        )
        self.assertEqual(check.date, day(5))

    def test_transfer_waits_for_what_it_carries(self):
        arrivals = [Arrival("pick", day(1), carries="pick"), Arrival("po", day(4))]
        check = self._check(
            self._parts(brakes=0),
            {"b": [("pick", 20)], "pick": [("po", 20)]},
            arrivals,
            needs={"pick": 20},
        )
        self.assertEqual(check.date, day(4))
        self.assertEqual(check.missing[0].expected[0].chain, ("po",))

    def test_loop_ends(self):
        arrivals = [Arrival("a", day(1), maker="x"), Arrival("b", day(2), maker="y")]
        makers = {
            "x": Maker(day(0), day(1), ("nx",)),
            "y": Maker(day(1), day(2), ("ny",)),
        }
        check = self._check(
            self._parts(brakes=0),
            {"b": [("a", 20)], "nx": [("b", 1)], "ny": [("a", 1)]},
            arrivals,
            makers,
            {"nx": 1, "ny": 1},
        )
        self.assertIsNotNone(check.date)
