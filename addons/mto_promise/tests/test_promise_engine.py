import doctest
from datetime import datetime, timedelta
from random import Random

from odoo.tests import BaseCase

from ..engine import (
    BUY,
    KIT,
    LOOP,
    MANUFACTURE,
    NO_HOURS,
    NO_SUPPLY,
    SUBCONTRACT,
    TINY,
    TRANSFER,
    BeyondCalendar,
    Hours,
    Item,
    Ledger,
    Node,
    Operation,
    PromiseDemand,
    Scheduler,
    Source,
    Structure,
    WorkCalendar,
    answer,
    goods,
    promise_all,
    structure,
    workdays,
)

# A Monday, in working hours.
NOW = datetime(2026, 3, 2, 9)
DAY = timedelta(days=1)


def make_calendar(key, random):
    """Some working days a week from 8 to 16, and some days off."""
    days = random.sample(range(7), random.randint(3, 7))
    leaves = []
    for _number in range(random.randint(0, 4)):
        first = NOW.replace(hour=0) + random.randint(-5, 60) * DAY
        leaves.append((first, first + random.randint(1, 9) * DAY))
    return WorkCalendar(
        (key, False, False), [Hours(d, 8, 16) for d in days], "UTC", leaves
    )


class TestExamples(BaseCase):
    """The golden cases in the docstrings of the engine."""

    def test_examples(self):
        for module in (answer, goods, structure, workdays):
            result = doctest.testmod(module)
            self.assertFalse(result.failed, module.__name__)
            self.assertTrue(result.attempted, module.__name__)


class TestWorkCalendar(BaseCase):
    def test_daylight_saving(self):
        """Hours are local: 8 o'clock is an hour earlier in UTC from 29 March on."""
        calendar = WorkCalendar(1, [Hours(d, 8, 16) for d in range(7)], "Europe/Paris")
        self.assertEqual(
            [calendar.opening(datetime(2026, 3, day, 23)) for day in (27, 28)],
            [datetime(2026, 3, 28, 7), datetime(2026, 3, 29, 6)],
        )
        # The night that has an hour less.
        night = WorkCalendar(2, [Hours(6, 0, 6)], "Europe/Paris")
        begin = night.opening(datetime(2026, 3, 28, 12))
        self.assertEqual(begin, datetime(2026, 3, 28, 23))
        self.assertEqual(night.add_minutes(begin, 300), datetime(2026, 3, 29, 4))
        self.assertEqual(night.subtract_minutes(datetime(2026, 3, 29, 4), 300), begin)

    def test_weeks_take_turns(self):
        """As ``resource.calendar.attendance.get_week_type`` counts them."""
        week = (NOW.toordinal() - 1) // 7 % 2
        calendar = WorkCalendar(1, [Hours(0, 8, 16, 1 - week)], "UTC")
        self.assertEqual(calendar.opening(NOW), datetime(2026, 3, 9, 8))

    def test_hours_over_midnight_and_up_to_it(self):
        calendar = WorkCalendar(1, [Hours(0, 20, 28), Hours(2, 16, 24)], "UTC")
        self.assertEqual(calendar.opening(datetime(2026, 3, 3, 2)).hour, 2)
        self.assertEqual(
            calendar.add_minutes(datetime(2026, 3, 2, 20), 9 * 60),
            datetime(2026, 3, 4, 17),
        )

    def test_no_hours(self):
        for hours in ([], [Hours(0, 8, 8)]):
            calendar = WorkCalendar("empty", hours, "UTC")
            with self.assertRaises(BeyondCalendar) as caught:
                calendar.opening(NOW)
            self.assertFalse(caught.exception.has_hours)

    def test_beyond_the_calendar(self):
        closed = [(NOW, NOW + 20000 * DAY)]
        calendar = WorkCalendar("closed", [Hours(0, 8, 16)], "UTC", closed)
        asked = (
            lambda: calendar.opening(NOW + DAY),
            lambda: calendar.add_minutes(NOW, 1e9),
            lambda: calendar.add_minutes(NOW, 1e300),
            lambda: calendar.add_days(NOW, 1e9),
            lambda: calendar.subtract_days(datetime(1, 1, 2), 5),
            lambda: WorkCalendar("x", [Hours(0, 8, 16)], "UTC").opening(datetime.max),
        )
        for ask in asked:
            self.assertRaises(BeyondCalendar, ask)

    def test_forwards_and_backwards_fit(self):
        random = Random(19)
        for _number in range(300):
            calendar = make_calendar("c", random)
            moment = NOW + timedelta(minutes=random.randint(0, 90 * 1440))
            days, minutes = random.randint(0, 30), random.randint(0, 5000)
            self.assertLessEqual(
                calendar.add_days(calendar.subtract_days(moment, days), days), moment
            )
            self.assertLessEqual(
                calendar.add_minutes(
                    calendar.subtract_minutes(moment, minutes), minutes
                ),
                moment,
            )
            start, end = calendar.latest_start(moment), calendar.latest_end(moment)
            self.assertEqual(calendar.opening(start), start)
            self.assertEqual(calendar.arrival(end), end)
            self.assertLessEqual(max(start, end), moment)
            self.assertGreaterEqual(calendar.opening(moment), calendar.arrival(moment))

    def test_work_between_what_is_planned_as_minute_by_minute(self):
        """The first gap that is long enough, and the last one before an end."""
        random = Random(23)
        week = [Hours(day, 8, 12) for day in range(5)]
        for _number in range(60):
            load = [
                (begin, begin + timedelta(minutes=random.randint(10, 200)))
                for begin in (
                    NOW + timedelta(minutes=random.randint(0, 4 * 1440))
                    for _one in range(random.randint(0, 6))
                )
            ]
            shop = WorkCalendar("shop", week, "UTC", load=load)
            minutes = random.randint(1, 300)
            end = shop.add_work(NOW, minutes)
            self.assertEqual(end, self._find_gap(shop, NOW, minutes))
            needed = end + timedelta(minutes=random.randint(0, 1440))
            begin = shop.subtract_work(needed, minutes)
            self.assertGreaterEqual(begin, NOW)
            self.assertLessEqual(shop.add_work(begin, minutes), needed)
            later = shop.add_work(begin + timedelta(minutes=1), minutes)
            self.assertGreater(later, needed)

    def _find_gap(self, shop, moment, minutes):
        """Try each minute to begin at."""
        while True:
            end = shop.add_minutes(moment, minutes)
            if not any(a < end and b > moment for a, b in shop.load):
                return end
            moment += timedelta(minutes=1)


class Factory:
    """A random tree of nodes with their stock, and its schedule by brute force."""

    def __init__(self, seed, shared=False):
        self.random = Random(seed)
        random = self.random
        self.calendars = {
            (key, False, False): make_calendar(key, random) for key in range(3)
        }
        self.nodes, self.pools = {}, {}
        self.shared = shared
        self._make_node("n", random.randint(1, 5))

    def _make_node(self, key, depth):
        random = self.random
        node = Node(key, calendar=(0, False, False))
        self.nodes[key] = node
        node.transit_days = random.choice((0, 0, 0, 1, 2))
        node.receipt_days = random.choice((0, 0, 1))
        if random.random() < 0.6:
            node.pool = key
            self.pools[key] = self._make_sources()
        if depth and random.random() < 0.9:
            node.supply = random.choice((MANUFACTURE, MANUFACTURE, SUBCONTRACT, KIT))
            node.produce_days = random.randint(1, 9)
            if node.supply == SUBCONTRACT:
                self._add_vendor(node)
            for number in range(random.randint(1, 3)):
                child = f"{key}{number}"
                if self.shared and random.random() < 0.3 and len(self.nodes) > 8:
                    # Below what was finished already, so that nothing leads back.
                    child = random.choice(list(self.nodes))
                    if not self._is_finished(child, key):
                        continue
                else:
                    self._make_node(child, depth - 1)
                node.components.append((child, random.choice((1, 2, 0.5))))
        else:
            node.supply = BUY
            self._add_vendor(node)

    def _add_vendor(self, node):
        random = self.random
        node.vendor_days = random.randint(0, 30)
        node.order_days = random.choice((0, 0, 2))
        node.vendor_calendar = random.choice((None, (1, False, False)))

    def _is_finished(self, other, key):
        return not key.startswith(other)

    def _make_sources(self):
        random = self.random
        sources = [Source(random.randint(0, 12))]
        for _number in range(random.randint(0, 2)):
            when = NOW + random.randint(0, 40) * DAY
            sources.append(Source(random.randint(1, 9), when))
        return sources

    def schedule(self, quantity):
        scheduler = Scheduler(Structure(self.nodes), self.calendars)
        return scheduler.schedule("n", quantity, NOW, Ledger(self.pools))

    # By brute force: a day after the other, a need after the other

    def is_open(self, calendar, day):
        if calendar is None:
            return True
        known = self.calendars[calendar]
        works = any(weekday == day.weekday() for _week, weekday in known.hours)
        return works and not self.is_leave(calendar, day)

    def is_leave(self, calendar, day):
        return calendar is not None and any(
            start.date() <= day < stop.date()
            for start, stop in self.calendars[calendar].leaves
        )

    def next_open(self, calendar, day):
        while not self.is_open(calendar, day):
            day += DAY
        return day

    def add_days(self, calendar, day, days):
        """Count days on which nobody is off; the days until them do not count."""
        while self.is_leave(calendar, day):
            day += DAY
        while days:
            day += DAY
            if not self.is_leave(calendar, day):
                days -= 1
        return day

    def get_days(self, node):
        below = [
            self.get_days(self.nodes[child]) + self.nodes[child].transit_days
            for child, _ratio in node.components
        ]
        return node.get_days() + max(below, default=0)

    def find_day(self, key, quantity, start):
        """The day on which a quantity of a node is where its only parent needs it."""
        node = self.nodes[key]
        shop = node.calendar
        days = []
        if node.pool is not None:
            until = self.next_open(
                shop, self.add_days(shop, start, int(self.get_days(node)))
            )
            for source in sorted(
                self.pools[key], key=lambda source: source.moment or datetime.min
            ):
                day = max(source.moment or NOW, NOW).date()
                taken = min(source.quantity, quantity)
                if taken > TINY and (source.moment is None or day <= until):
                    quantity -= taken
                    days.append(self.next_open(shop, day))
        if quantity > TINY:
            begin = max(
                [
                    start,
                    *(
                        self.find_day(child, quantity * ratio, start)
                        for child, ratio in node.components
                    ),
                ]
            )
            days.append(self.find_end(node, begin))
        day = max(days, default=start)
        if node.transit_days:
            day = self.next_open(shop, self.add_days(shop, day, node.transit_days))
        return day

    def find_end(self, node, day):
        shop, vendor = node.calendar, node.vendor_calendar
        if node.supply == KIT:
            return day
        day = self.next_open(shop, day)
        if node.supply in (BUY, SUBCONTRACT):
            days = node.vendor_days
            if node.supply == SUBCONTRACT:
                days = max(days, node.produce_days)
            day = self.next_open(shop, self.add_days(shop, day, node.order_days))
            day = self.add_days(vendor, self.next_open(vendor, day), days)
            day = self.next_open(shop, self.next_open(vendor, day))
        else:
            day = self.next_open(shop, self.add_days(shop, day, node.produce_days))
        return self.next_open(shop, self.add_days(shop, day, node.receipt_days))


class TestAgainstBruteForce(BaseCase):
    """The engine against a scheduler that counts day by day, from the top down."""

    def test_dates_are_those_of_brute_force(self):
        waited = 0
        for seed in range(400):
            factory = Factory(seed)
            quantity = factory.random.randint(1, 30)
            outcome = factory.schedule(quantity)
            day = factory.find_day("n", quantity, NOW.date())
            with self.subTest(seed=seed):
                self.assertEqual(outcome.ready.date(), day)
            waited += outcome.ready.date() > NOW.date()
        self.assertGreater(waited, 300)

    def test_no_part_is_used_before_it_is_there(self):
        """Nothing is taken twice, and nothing begins without its parts."""
        ordered = 0
        for seed in range(300):
            factory = Factory(seed, shared=True)
            outcome = factory.schedule(factory.random.randint(1, 30))
            with self.subTest(seed=seed):
                self._check_sources(factory, outcome)
                self._check_orders(factory, outcome)
            ordered += len(outcome.orders)
        self.assertGreater(ordered, 600)

    def _check_sources(self, factory, outcome):
        taken = {}
        for key, needs in outcome.needs.items():
            for need in needs:
                parts = sum(part for part, _source in need.taken)
                self.assertAlmostEqual(parts + need.ordered, need.quantity)
                for part, source in need.taken:
                    taken[key, id(source)] = taken.get((key, id(source)), 0) + part
                    self.assertGreaterEqual(need.there, source.moment or NOW)
        for key, sources in factory.pools.items():
            for source in sources:
                self.assertLessEqual(taken.get((key, id(source)), 0), source.quantity)

    def _check_orders(self, factory, outcome):
        for key, order in outcome.orders.items():
            asked = sum(need.ordered for need in outcome.needs[key])
            self.assertAlmostEqual(order.quantity, asked)
            for child, _ratio in factory.nodes[key].components:
                needs = [n for n in outcome.needs[child] if n.parent == key]
                quantity = sum(need.quantity for need in needs)
                lines = [r for c, r in factory.nodes[key].components if c == child]
                self.assertAlmostEqual(quantity, order.quantity * sum(lines))
                self.assertTrue(all(need.moment <= order.begin for need in needs))
            for need in outcome.needs[key]:
                if need.ordered > TINY:
                    self.assertGreaterEqual(need.there, order.end)

    def test_latest_start_is_the_latest(self):
        """Begun at the latest moment it is in time; a day later it is not."""
        for seed in range(300):
            factory = Factory(seed)
            # What arrives or lies there can be chosen by when it is begun.
            factory.pools = {key: [Source(0)] for key in factory.pools}
            quantity = factory.random.randint(1, 30)
            scheduler = Scheduler(Structure(factory.nodes), factory.calendars)
            ledger = Ledger(factory.pools)
            outcome = scheduler.schedule("n", quantity, NOW, ledger)
            wanted = outcome.ready + factory.random.randint(0, 30) * DAY
            latest = scheduler.get_latest_begin(outcome, wanted)
            with self.subTest(seed=seed):
                self.assertGreaterEqual(latest, NOW)
                again = scheduler.schedule("n", quantity, latest, ledger)
                self.assertLessEqual(again.ready, wanted)
                late = scheduler.schedule("n", quantity, latest + DAY, ledger)
                self.assertGreater(late.ready, wanted)


class TestAnswers(BaseCase):
    """What is said of a demand."""

    def _promise(
        self, nodes, quantity, pools=(), calendars=(), wanted=None, root="bike"
    ):
        scheduler = Scheduler(Structure(nodes), dict(calendars))
        calendar = next(iter(dict(calendars)), None)
        demands = [
            PromiseDemand(number, 1, one, 1, 1, wanted)
            for number, one in enumerate(
                quantity if isinstance(quantity, list) else [quantity]
            )
        ]
        items = [Item(demand, root, calendar=calendar) for demand in demands]
        found = promise_all(items, scheduler, Ledger(dict(pools)), NOW)
        return [found[demand.key] for demand in demands]

    def _make_bike(self, days=21, **vals):
        return {
            "bike": Node("bike", MANUFACTURE, None, [("kit", 1)], produce_days=1),
            "kit": Node("kit", BUY, "kit", vendor_days=days, **vals),
        }

    def test_two_lines_share_one_stock(self):
        first, second = self._promise(
            self._make_bike(), [10, 10], {"kit": [Source(14)]}
        )
        self.assertEqual(first.feasible, NOW + DAY)
        self.assertEqual(second.feasible, NOW + 22 * DAY)
        self.assertEqual(second.limiting.on_hand, 4)
        self.assertEqual(
            [(part.quantity, part.moment) for part in second.parts],
            [(4, NOW + DAY), (6, NOW + 22 * DAY)],
        )

    def test_quantity_on_wanted(self):
        pools = {"kit": [Source(3), Source(4, NOW + 9 * DAY, ("purchase.order", 1))]}
        for days, possible in ((0, 0), (1, 3), (9, 3), (10, 7), (21, 7), (22, 20)):
            [promise] = self._promise(
                self._make_bike(), 20, pools, wanted=NOW + days * DAY
            )
            self.assertEqual(promise.quantity_on_wanted, possible, days)
            self.assertEqual(promise.is_late, possible < 20)
            self.assertEqual(promise.slack_days, days - 22)
            self.assertEqual(sum(part.quantity for part in promise.parts), 20)
            if possible == 7:
                # Not as early as the first three of them.
                self.assertEqual(promise.parts[0].moment, NOW + 10 * DAY)

    def test_what_is_longer_away_from_the_customer_takes_first(self):
        """Bolts of the frame and of the bike itself: the frame begins earlier."""
        nodes = {
            "bike": Node(
                "bike", MANUFACTURE, None, [("bolt", 4), ("frame", 1)], produce_days=1
            ),
            "frame": Node("frame", MANUFACTURE, None, [("bolt", 4)], produce_days=9),
            "bolt": Node("bolt", BUY, "bolt", vendor_days=9),
        }
        [promise] = self._promise(nodes, 1, {"bolt": [Source(4)]})
        self.assertEqual(promise.feasible, NOW + 10 * DAY)

    def test_wanted_lasts_until_work_ends(self):
        calendar = WorkCalendar(
            (1, False, False), [Hours(d, 8, 16) for d in range(7)], "UTC"
        )
        wanted = (NOW + DAY).replace(hour=7)
        [promise] = self._promise(
            self._make_bike(),
            4,
            {"kit": [Source(4)]},
            {calendar.key: calendar},
            wanted=wanted,
        )
        self.assertEqual(promise.feasible, (NOW + DAY).replace(hour=16))
        self.assertFalse(promise.is_late)

    def test_limiting_counts_the_stock_that_is_filled(self):
        nodes = self._make_bike()
        nodes["kit"] = Node("kit", TRANSFER, "kit", [("fill", 1)])
        nodes["fill"] = Node("kit", BUY, vendor_days=21)
        [promise] = self._promise(nodes, 20, {"kit": [Source(14)]})
        limiting = promise.limiting
        self.assertEqual(
            (limiting.needed, limiting.on_hand, limiting.missing), (20, 14, 6)
        )

    def test_batches(self):
        """Each order of a batch is set up anew, and the last is as large."""
        saw = Operation("shop", cycle=10, fixed=60, capacity=1, batch=4)
        self.assertEqual(saw.get_minutes(4), 100)
        self.assertEqual(saw.get_minutes(9), 300)

    def test_a_trial_takes_nothing(self):
        ledger = Ledger({"kit": [Source(14)]})
        ledger.take("kit", 1)
        trial = ledger.fork()
        trial.take("kit", 5)
        self.assertEqual(ledger.get_on_hand("kit"), 13)
        ledger.take("kit", 13)
        self.assertEqual(trial.get_on_hand("kit"), 8)

    def test_holds_if_ordered_by(self):
        [promise] = self._promise(self._make_bike(), 20, wanted=NOW + 30 * DAY)
        self.assertEqual(promise.order_by, NOW + 8 * DAY)
        self.assertEqual(promise.slack_days, 8)
        [late] = self._promise(self._make_bike(), 20, wanted=NOW - 3 * DAY)
        self.assertIsNone(late.order_by)
        self.assertEqual(late.slack_days, -25)
        self.assertEqual(late.feasible, NOW + 22 * DAY)

    def test_open_supply_is_not_waited_for_when_an_order_is_faster(self):
        pools = {"kit": [Source(20, NOW + 60 * DAY, ("purchase.order", 1))]}
        [promise] = self._promise(self._make_bike(), 20, pools)
        self.assertEqual(promise.feasible, NOW + 22 * DAY)
        nodes = self._make_bike()
        # Nor can what fills its stock be ordered.
        nodes["kit"].supply = TRANSFER
        nodes["kit"].components = [("fill", 1)]
        nodes["fill"] = Node("kit")
        [promise] = self._promise(nodes, 20, pools)
        self.assertEqual(promise.feasible, NOW + 61 * DAY)
        nodes["kit"] = Node("kit", False, "kit")
        [promise] = self._promise(nodes, 20, pools)
        self.assertEqual(promise.feasible, NOW + 61 * DAY)
        self.assertEqual(promise.limiting.document, ("purchase.order", 1))

    def test_nothing_to_deliver(self):
        for quantity in (0, -5, 1e-9):
            [promise] = self._promise(self._make_bike(), quantity)
            self.assertIsNone(promise.feasible)
            self.assertFalse(promise.missing or promise.path or promise.parts)

    def test_no_vendor_and_no_bill(self):
        nodes = self._make_bike()
        nodes["kit"].supply = False
        [promise] = self._promise(nodes, 20, {"kit": [Source(14)]}, wanted=NOW + DAY)
        self.assertIsNone(promise.feasible)
        self.assertTrue(promise.is_late)
        self.assertEqual([r.code for r in promise.missing], [NO_SUPPLY])
        self.assertEqual(promise.missing[0].product_id, "kit")
        self.assertEqual(promise.quantity_on_wanted, 14)
        self.assertEqual([part.quantity for part in promise.parts], [14])
        # Where stock suffices nothing is missing.
        [promise] = self._promise(nodes, 14, {"kit": [Source(14)]})
        self.assertEqual(promise.feasible, NOW + DAY)

    def test_loops(self):
        nodes = {
            "bike": Node("bike", MANUFACTURE, None, [("frame", 1)], produce_days=1),
            "frame": Node("frame", MANUFACTURE, "frame", [("tube", 1)], produce_days=1),
            "tube": Node("tube", MANUFACTURE, None, [("frame", 1)], produce_days=1),
        }
        [promise] = self._promise(nodes, 2)
        self.assertIsNone(promise.feasible)
        self.assertEqual([r.code for r in promise.missing], [LOOP])
        [promise] = self._promise(nodes, 2, {"frame": [Source(2)]})
        self.assertEqual(promise.feasible, NOW + DAY)
        itself = {"bike": Node("bike", MANUFACTURE, None, [("bike", 1)])}
        [promise] = self._promise(itself, 2)
        self.assertEqual([r.code for r in promise.missing], [LOOP])

    def test_calendar_without_hours(self):
        key = (7, False, False)
        nodes = self._make_bike()
        nodes["kit"].vendor_calendar = key
        calendars = {None: WorkCalendar(None, [Hours(0, 8, 16)], "UTC")}
        calendars[key] = WorkCalendar(key, [], "UTC")
        [promise] = self._promise(nodes, 20, calendars=calendars)
        self.assertIsNone(promise.feasible)
        [remark] = promise.missing
        self.assertEqual(
            (remark.code, remark.model, remark.record_id),
            (NO_HOURS, "resource.calendar", 7),
        )
        # Nothing is ordered, so nobody asks the vendor.
        [promise] = self._promise(nodes, 2, {"kit": [Source(2)]}, calendars)
        self.assertTrue(promise.feasible)

    def test_far_away(self):
        for wanted in (datetime.min, datetime(1, 1, 2), datetime(9999, 12, 31, 23)):
            [promise] = self._promise(self._make_bike(), 20, wanted=wanted)
            self.assertEqual(promise.feasible, NOW + 22 * DAY)
            self.assertEqual(promise.is_late, wanted < NOW)
        [promise] = self._promise(self._make_bike(days=10**7), 20, wanted=NOW)
        self.assertIsNone(promise.feasible)
        self.assertTrue(promise.missing[0].is_blocking)

    def test_operations_in_working_hours(self):
        """Two hours of setting up, then 3 at a time in an hour: 6 hours for 10."""
        key = (1, 2, 3)
        shop = WorkCalendar(key, [Hours(d, 8, 12) for d in range(5)], "UTC")
        saw = Operation(key, cycle=60, fixed=120, capacity=3)
        weld = Operation(key, cycle=30, capacity=10, after=(0,))
        nodes = {"bike": Node("bike", MANUFACTURE, operations=(saw, weld))}
        [promise] = self._promise(nodes, 10, calendars={key: shop})
        # From Monday 9: 3 hours, then 3 hours and a half on Tuesday, until work ends.
        self.assertEqual(promise.path[0].end, datetime(2026, 3, 3, 11, 30))
        self.assertEqual(promise.feasible, datetime(2026, 3, 3, 12))

    def test_forty_levels_with_a_trillion_paths(self):
        nodes = {
            level: Node(
                level,
                MANUFACTURE,
                None,
                [(level + 1, 1), (f"{level + 1}b", 1)],
                produce_days=1,
            )
            for level in range(40)
        }
        nodes |= {
            f"{level}b": Node(
                f"{level}b", KIT, None, [(level + 1, 1)] if level < 40 else []
            )
            for level in range(1, 41)
        }
        nodes[40] = Node(40, BUY, vendor_days=2)
        [promise] = self._promise(nodes, 1, root=0)
        self.assertEqual(promise.feasible, NOW + 42 * DAY)
        self.assertEqual(len(promise.path), 41)

    def test_parts_are_what_can_be_made_of_what_is_there(self):
        """Against trying each quantity: the largest that is there as early as one."""
        several = 0
        for seed in range(120):
            factory = Factory(seed)
            quantity = factory.random.randint(2, 12)
            [promise] = self._promise(
                factory.nodes, quantity, factory.pools, factory.calendars, root="n"
            )
            scheduler = Scheduler(Structure(factory.nodes), factory.calendars)
            calendar = scheduler.get_calendar(next(iter(factory.calendars)))
            moments = [
                calendar.close(
                    scheduler.schedule("n", one, NOW, Ledger(factory.pools)).ready
                )
                for one in range(1, quantity + 1)
            ]
            with self.subTest(seed=seed):
                self.assertEqual(moments, sorted(moments))
                self.assertEqual(promise.feasible, moments[-1])
                first = moments.count(moments[0])
                expected = [first, quantity - first] if first < quantity else [quantity]
                self.assertEqual([part.quantity for part in promise.parts], expected)
            several += len(promise.parts) > 1
        self.assertGreater(several, 25)
