"""Promises for the demands of a quotation, which share one stock in their order."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from .goods import TINY, Ledger
from .promise import (
    ARRIVAL,
    BEYOND_CALENDAR,
    BLOCKING,
    DEFAULT_DELAY,
    DELIVERY,
    NO_HOURS,
    NOBODY_ORDERS,
    NOT_CONFIRMED,
    OVERDUE,
    STOCK,
    TRANSFER,
    Limiting,
    Part,
    PathStep,
    Promise,
    PromiseDemand,
    Remark,
)
from .schedule import Scheduler
from .structure import KIT
from .workdays import BeyondCalendar

# What is told as an assumption; all else is missing.
ASSUMED = (NOBODY_ORDERS, NOT_CONFIRMED, OVERDUE, DEFAULT_DELAY)


@dataclass(frozen=True)
class Item:
    """A demand and the node that serves it.

    ``security_days``: between the planned and the promised delivery.
    ``calendar``: key of the working hours of the company.
    """

    demand: PromiseDemand
    root: Hashable
    security_days: float = 0.0
    calendar: Hashable | None = None


class Promiser:
    """Answers demands one after the other; each takes what it needs from the ledger."""

    def __init__(self, scheduler: Scheduler, ledger: Ledger, now: datetime):
        self.scheduler = scheduler
        self.ledger = ledger
        self.now = now

    def promise(self, item: Item) -> Promise:
        """Return when the demand can be met, and why not earlier."""
        demand = item.demand
        promise = Promise(demand)
        if demand.quantity <= TINY:
            return promise
        before, self.ledger = self.ledger, self.ledger.fork()
        try:
            outcome = self._schedule(item, demand.quantity, self.ledger)
            promise.not_before = self._deliver(item, outcome)
        except BeyondCalendar as error:
            self.ledger = before
            promise.missing.append(self._prepare_calendar_remark(item, error))
            promise.is_late = demand.wanted is not None
            return promise
        self._add_remarks(promise, outcome)
        if not outcome.is_blocked:
            promise.feasible = promise.not_before
        self._add_path(promise, item, outcome)
        self._add_wanted(promise, item, outcome)
        self._add_parts(promise, item, before)
        return promise

    def _schedule(self, item, quantity, ledger):
        start = self._get_start(item)
        return self.scheduler.schedule(item.root, quantity, start, ledger)

    def _get_start(self, item):
        return max(item.demand.start or self.now, self.now)

    def _deliver(self, item, outcome):
        """When it is at the customer's: on that day, so until work ends."""
        calendar = self.scheduler.get_calendar(item.calendar)
        moment = calendar.add_days(outcome.ready, item.security_days)
        return calendar.close(calendar.arrival(moment))

    def _prepare_calendar_remark(self, item, error):
        calendar_id = error.calendar[0] if error.calendar else False
        return Remark(
            BEYOND_CALENDAR if error.has_hours else NO_HOURS,
            item.demand.product_id,
            bool(calendar_id) and "resource.calendar",
            calendar_id,
        )

    def _add_remarks(self, promise, outcome):
        for remark in outcome.remarks:
            is_assumed = remark.code in ASSUMED
            (promise.assumed if is_assumed else promise.missing).append(remark)
        promise.missing.sort(key=lambda remark: remark.code not in BLOCKING)

    # The wanted moment

    def _add_wanted(self, promise, item, outcome):
        wanted = promise.wanted
        if wanted is None:
            return
        calendar = self.scheduler.get_calendar(item.calendar)
        start = self._get_start(item)
        wanted = calendar.close(wanted)
        promise.is_late = promise.feasible is None or promise.feasible > wanted
        if promise.feasible is None:
            return
        if promise.is_late:
            promise.slack_days = _get_days(promise.feasible, wanted)
            return
        try:
            needed = calendar.subtract_days(
                calendar.latest_end(wanted), item.security_days
            )
            latest = self.scheduler.get_latest_begin(outcome, needed)
        except BeyondCalendar:
            return
        promise.order_by = max(latest, start)
        promise.slack_days = _get_days(start, promise.order_by)

    def _add_parts(self, promise, item, ledger):
        """What can be there earlier than the rest, in whole units."""
        quantity = promise.quantity
        if promise.feasible and not promise.is_late:
            promise.quantity_on_wanted = quantity
            if promise.wanted is not None:
                promise.parts = [Part(quantity, promise.feasible)]
                return
        trials = Trials(self, item, ledger)
        first = None
        if promise.wanted is not None:
            calendar = self.scheduler.get_calendar(item.calendar)
            first = trials.find_part(calendar.close(promise.wanted))
            promise.quantity_on_wanted = first.quantity if first else 0.0
        first = first or trials.find_part()
        if first and promise.feasible and first.moment >= promise.feasible:
            first = None
        rest = quantity - (first.quantity if first else 0.0)
        if first:
            promise.parts.append(first)
        if promise.feasible and rest > TINY:
            promise.parts.append(Part(rest, promise.feasible))

    def try_quantity(self, item: Item, quantity: float, ledger: Ledger):
        """Return when a quantity can be delivered, None if never."""
        try:
            outcome = self._schedule(item, quantity, ledger.fork())
            return None if outcome.is_blocked else self._deliver(item, outcome)
        except BeyondCalendar:
            return None

    # Why not earlier

    def _add_path(self, promise, item, outcome):
        found = list(self._walk(item, outcome))
        root = outcome.needs[outcome.root][0]
        promise.path = [step for step, _key in reversed(found)]
        node = self.scheduler.structure.nodes[outcome.root]
        if node.transit_days or item.security_days:
            promise.path.append(
                PathStep(
                    node.product_id,
                    DELIVERY,
                    root.there,
                    promise.not_before,
                    root.quantity,
                )
            )
        waits = [one for one in reversed(found) if one[0].supply != STOCK]
        if waits:
            step, key = max(waits, key=lambda one: one[0].days)
            promise.limiting = self._prepare_limiting(step, key, outcome)

    def _walk(self, item, outcome):
        """Steps of the critical path, from the customer backwards.

        Each with the node whose goods are counted: not what fills its stock.
        """
        nodes = self.scheduler.structure.nodes
        key, need = outcome.root, outcome.needs[outcome.root][0]
        counted = key
        while True:
            node = nodes[key]
            if key != outcome.root and node.transit_days:
                yield (
                    PathStep(
                        node.product_id,
                        TRANSFER,
                        need.there,
                        need.moment,
                        need.quantity,
                    ),
                    counted,
                )
            if need.source:
                yield self._prepare_taken(node, need, outcome), counted
                return
            order = outcome.orders[key]
            if node.supply and node.supply != KIT:
                step = PathStep(
                    node.product_id,
                    node.supply,
                    order.begin,
                    order.end,
                    order.quantity,
                    vendor_id=node.vendor_id,
                )
                if node.supply != TRANSFER or node.receipt_days:
                    yield step, counted
            if order.cause is None:
                return
            need = self.scheduler.get_need(outcome, order.cause, key)
            key = order.cause
            if node.supply != TRANSFER or nodes[key].product_id != node.product_id:
                counted = key

    def _prepare_taken(self, node, need, outcome):
        source = need.source
        quantity = sum(part for part, one in need.taken if one is source)
        is_there = source.moment is None
        return PathStep(
            node.product_id,
            STOCK if is_there else ARRIVAL,
            outcome.start,
            need.there,
            quantity,
            source.document,
        )

    def _prepare_limiting(self, step, key, outcome):
        needs = outcome.needs[key]
        order = outcome.orders.get(key)
        taken = [one for need in needs for one in need.taken]
        on_hand = sum(part for part, source in taken if source.moment is None)
        arriving = sum(part for part, source in taken if source.moment is not None)
        missing = order.quantity if order else 0.0
        if step.supply == ARRIVAL:
            arriving -= step.quantity
            missing += step.quantity
        return Limiting(
            step.product_id,
            sum(need.quantity for need in needs),
            on_hand,
            arriving,
            missing,
            step.supply,
            step.end,
            step.days,
            step.document,
            step.vendor_id,
        )


class Trials:
    """Tries parts of a demand on copies of the ledger, each quantity once."""

    def __init__(self, promiser: Promiser, item: Item, ledger: Ledger):
        self.promiser = promiser
        self.item = item
        self.ledger = ledger
        self.most = ceil(item.demand.quantity - TINY) - 1
        self._moments: dict[int, datetime | None] = {}

    def find_part(self, until: datetime | None = None) -> Part | None:
        """Return the largest part that is there at a moment, None without one.

        :param until: the moment; None for as early as one unit can be there
        """
        first = self._try(1) if self.most >= 1 else None
        if not first or (until and first > until):
            return None
        until = until or first
        least, most = 1, self.most
        while least < most:
            middle = (least + most + 1) // 2
            moment = self._try(middle)
            if moment and moment <= until:
                least = middle
            else:
                most = middle - 1
        return Part(float(least), self._try(least))

    def _try(self, quantity):
        if quantity not in self._moments:
            moment = self.promiser.try_quantity(self.item, quantity, self.ledger)
            self._moments[quantity] = moment
        return self._moments[quantity]


def _get_days(start, end):
    return (end - start) / timedelta(days=1)


def promise_all(
    items: list[Item], scheduler: Scheduler, ledger: Ledger, now: datetime
) -> dict[Hashable, Promise]:
    """Return {key of the demand: promise} of demands that share one stock.

    A chain of 32 days: a part that takes 14 days to buy, in a frame of 7 days, in a
    wheel of 6 days, in a bike of 5 days. Odoo promises it for today.

    >>> from .structure import Node, Structure
    >>> from .promise import BUY, MANUFACTURE
    >>> def make(product, days, component):
    ...     return Node(product, MANUFACTURE, None, [(component, 1)], produce_days=days)
    >>> nodes = {
    ...     "bike": make(1, 5, "wheel"),
    ...     "wheel": make(2, 6, "frame"),
    ...     "frame": make(3, 7, "part"),
    ...     "part": Node(4, BUY, vendor_days=14),
    ... }
    >>> now = datetime(2026, 3, 2, 12)
    >>> demand = PromiseDemand("line", 1, 3, 1, 1, wanted=now)
    >>> scheduler = Scheduler(Structure(nodes))
    >>> found = promise_all([Item(demand, "bike")], scheduler, Ledger({}), now)["line"]
    >>> (found.feasible - now).days, found.is_late, found.slack_days
    (32, True, -32.0)
    >>> [(step.product_id, step.days) for step in found.path]
    [(4, 14.0), (3, 7.0), (2, 6.0), (1, 5.0)]
    >>> found.limiting.product_id
    4

    A bicycle of which 20 are wanted today needs a brake kit each: 14 are on hand.

    >>> from .goods import Source
    >>> nodes = {
    ...     "bike": Node(1, MANUFACTURE, None, [("kit", 1)]),
    ...     "kit": Node(2, BUY, pool="kit", vendor_days=21),
    ... }
    >>> scheduler = Scheduler(Structure(nodes))
    >>> ledger = Ledger({"kit": [Source(14)]})
    >>> demand = PromiseDemand("line", 1, 20, 1, 1, wanted=datetime(2026, 3, 2, 17))
    >>> found = promise_all([Item(demand, "bike")], scheduler, ledger, now)["line"]
    >>> found.feasible
    datetime.datetime(2026, 3, 23, 13, 0)
    >>> kit = found.limiting
    >>> kit.needed, kit.on_hand, kit.missing, kit.days, kit.available
    (20, 14, 6, 21.0, datetime.datetime(2026, 3, 23, 12, 0))
    >>> found.quantity_on_wanted
    14.0
    >>> [(part.quantity, str(part.moment.date())) for part in found.parts]
    [(14.0, '2026-03-02'), (6.0, '2026-03-23')]
    """
    promiser = Promiser(scheduler, ledger, now)
    return {item.demand.key: promiser.promise(item) for item in items}
