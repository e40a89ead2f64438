"""When a quantity can be had: nets each need and schedules what has to be ordered.

Netting goes from a product to its components: what is needed is taken from goods that
are free, then from open supply that comes before a new order would; the rest is
ordered.
Scheduling goes back up, from now on: what is ordered begins when its components are
there. The latest moment to begin is counted back from the moment that is wanted.

What is ordered of one component for one demand is one order, as Odoo raises the order
it finds for the same references. Needs that begin a longer way to the customer take
first.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from .goods import TINY, Ledger, Source
from .promise import BUY, MANUFACTURE, SUBCONTRACT, Remark
from .structure import KIT, LEAST_MINUTES, Structure
from .workdays import AlwaysOpen


@dataclass
class Need:
    """What one parent needs of a node; ``parent`` is None for the customer.

    ``tail``: about how many days lie between it and the customer. ``ordered``: what is
    left after ``taken`` = [(quantity, source)]. ``there``: when all of it is in stock,
    ``source``: what came last, None for the order. ``moment``: when it is where it is
    needed.
    """

    parent: Hashable | None
    quantity: float
    tail: float = 0.0
    taken: list[tuple[float, Source]] = field(default_factory=list)
    ordered: float = 0.0
    there: datetime | None = None
    source: Source | None = None
    moment: datetime | None = None


@dataclass
class Order:
    """What is ordered of a node. ``cause``: key of the component it waits for."""

    quantity: float
    begin: datetime | None = None
    end: datetime | None = None
    cause: Hashable | None = None


@dataclass
class Outcome:
    """A quantity, scheduled.

    ``ready``: when it is where it is needed, in spite of what is blocked.
    ``keys``: all nodes below, each before its components.
    """

    root: Hashable
    start: datetime
    keys: list
    needs: dict[Hashable, list[Need]] = field(default_factory=dict)
    orders: dict[Hashable, Order] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    ready: datetime | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether something is needed that cannot be had."""
        return any(remark.is_blocking for remark in self.remarks)


class Scheduler:
    """Schedules quantities of the nodes of a structure.

    :param calendars: {key: ``WorkCalendar``}; other keys are always open
    """

    def __init__(self, structure: Structure, calendars: Mapping = ()):
        self.structure = structure
        self.calendars = dict(calendars)
        self._always = AlwaysOpen()

    def get_calendar(self, key: Hashable | None) -> AlwaysOpen:
        """Return the calendar of a key."""
        return self.calendars.get(key, self._always)

    def schedule(
        self, root: Hashable, quantity: float, start: datetime, ledger: Ledger
    ) -> Outcome:
        """Return when a quantity of a node is there, if it is begun at ``start``.

        What it takes is gone from the ledger.
        """
        outcome = Outcome(root, start, self.structure.get_order(root))
        outcome.needs[root] = [Need(None, quantity)]
        for key in outcome.keys:
            if key in outcome.needs:
                self._net(key, outcome, ledger)
        for key in reversed(outcome.keys):
            if key in outcome.needs:
                self._date(key, outcome)
        outcome.ready = outcome.needs[root][0].moment
        outcome.remarks = list(dict.fromkeys(outcome.remarks))
        return outcome

    # Netting

    def _net(self, key, outcome, ledger):
        """Take what is free; what is missing is ordered and needs its components."""
        node = self.structure.nodes[key]
        needs = outcome.needs[key]
        if node.pool is None:
            for need in needs:
                need.ordered = need.quantity
        else:
            latest = None
            if ledger.has_arrivals(node.pool):
                latest = self._get_latest_arrival(key, outcome)
            for need in sorted(needs, key=lambda need: -need.tail):
                need.taken = ledger.take(node.pool, need.quantity, latest)
                taken = sum(part for part, _source in need.taken)
                need.ordered = need.quantity - taken
                for _part, source in need.taken:
                    outcome.remarks += source.remarks
        ordering = [need for need in needs if need.ordered > TINY]
        if ordering:
            outcome.remarks += self.structure.get_remarks(key)
            self._order(key, ordering, outcome)

    def _get_latest_arrival(self, key, outcome):
        """What comes later is not waited for: a new order is there first."""
        days = self.structure.get_days(outcome.root)[key]
        if days == inf:
            return None
        calendar = self.get_calendar(self.structure.nodes[key].calendar)
        there = calendar.arrival(calendar.add_days(outcome.start, days))
        return calendar.close(there)

    def _order(self, key, ordering, outcome):
        node = self.structure.nodes[key]
        order = Order(sum(need.ordered for need in ordering))
        outcome.orders[key] = order
        tail = max(need.tail for need in ordering)
        tail += node.get_days() + node.transit_days
        for child, ratio in self.structure.get_components(key):
            need = Need(key, order.quantity * ratio, tail)
            outcome.needs.setdefault(child, []).append(need)

    # Scheduling forwards

    def _date(self, key, outcome):
        """Say when each need of a node is met; its components' needs have been."""
        node = self.structure.nodes[key]
        calendar = self.get_calendar(node.calendar)
        order = outcome.orders.get(key)
        if order:
            self._date_order(key, order, outcome)
        for need in outcome.needs[key]:
            self._date_taken(need, calendar, outcome.start)
            if need.ordered > TINY and order.end >= need.there:
                need.there, need.source = order.end, None
            need.moment = need.there
            if node.transit_days:
                moved = calendar.add_days(need.there, node.transit_days)
                need.moment = calendar.arrival(moved)

    def _date_taken(self, need, calendar, start):
        need.there = start
        for _part, source in need.taken:
            moment = calendar.arrival(max(source.moment or start, start))
            if moment > need.there or need.source is None:
                need.there, need.source = max(moment, need.there), source

    def _date_order(self, key, order, outcome):
        order.begin = outcome.start
        for child, _ratio in self.structure.get_components(key):
            need = self.get_need(outcome, child, key)
            if need.moment > order.begin:
                order.begin, order.cause = need.moment, child
        order.end = self.get_end(key, order.quantity, order.begin)

    def get_need(self, outcome, child, parent):
        """Return the need of a parent; the last one, where it has several."""
        needs = [need for need in outcome.needs[child] if need.parent == parent]
        return max(needs, key=lambda need: need.moment or outcome.start)

    def get_end(self, key: Hashable, quantity: float, begin: datetime) -> datetime:
        """Return when what is ordered of a node is there, if it begins at ``begin``."""
        node = self.structure.nodes[key]
        calendar = self.get_calendar(node.calendar)
        if not node.supply or (node.supply == KIT and not node.operations):
            return begin
        end = begin
        if node.supply in (BUY, SUBCONTRACT):
            end = self._get_delivered(node, quantity, calendar.opening(begin))
        elif node.supply in (MANUFACTURE, KIT):
            end = self._get_made(node, quantity, calendar.opening(begin))
        return calendar.arrival(calendar.add_days(end, node.receipt_days))

    def _get_delivered(self, node, quantity, begin):
        calendar = self.get_calendar(node.calendar)
        vendor = self.get_calendar(node.vendor_calendar)
        ordered = calendar.arrival(calendar.add_days(begin, node.order_days))
        days = node.get_vendor_days(quantity)
        if node.supply == SUBCONTRACT:
            days = max(days, node.produce_days)
        sent = vendor.arrival(vendor.add_days(vendor.opening(ordered), days))
        return calendar.arrival(sent)

    def _get_made(self, node, quantity, begin):
        calendar = self.get_calendar(node.calendar)
        end = calendar.add_days(begin, node.produce_days)
        if not node.produce_days and node.supply == MANUFACTURE:
            end = self._always.add_minutes(begin, LEAST_MINUTES)
        done = []
        for operation in node.operations:
            after = max([begin, *(done[number] for number in operation.after)])
            shop = self.get_calendar(operation.calendar)
            done.append(shop.add_work(after, operation.get_minutes(quantity)))
        return calendar.arrival(max([end, *done]))

    # Scheduling backwards

    def get_latest_begin(self, outcome: Outcome, needed: datetime) -> datetime:
        """Return when at the latest all must begin that ``outcome`` orders.

        :param needed: when the quantity has to be where it is needed
        """
        latest = self._get_latest_end(outcome.root, needed)
        needed = {(outcome.root, None): needed}
        for key in outcome.keys:
            order = outcome.orders.get(key)
            if not order:
                continue
            end = min(
                self._get_latest_end(key, needed[key, need.parent])
                for need in outcome.needs[key]
                if need.ordered > TINY
            )
            begin = self.get_begin(key, order.quantity, end)
            latest = min(latest, begin)
            for child, _ratio in self.structure.get_components(key):
                needed[child, key] = begin
        return latest

    def _get_latest_end(self, key, needed):
        """When a node must be in stock to be where it is needed at a moment."""
        node = self.structure.nodes[key]
        if not node.transit_days:
            return needed
        calendar = self.get_calendar(node.calendar)
        moved = calendar.latest_end(needed)
        return calendar.subtract_days(moved, node.transit_days)

    def get_begin(self, key: Hashable, quantity: float, end: datetime) -> datetime:
        """Return when an order of a node must begin to be there at ``end``."""
        node = self.structure.nodes[key]
        calendar = self.get_calendar(node.calendar)
        if not node.supply or (node.supply == KIT and not node.operations):
            return end
        end = calendar.subtract_days(calendar.latest_end(end), node.receipt_days)
        if node.supply in (BUY, SUBCONTRACT):
            return self._get_ordered_by(node, quantity, end)
        if node.supply in (MANUFACTURE, KIT):
            return self._get_begun_by(node, quantity, end)
        return end

    def _get_ordered_by(self, node, quantity, end):
        calendar = self.get_calendar(node.calendar)
        vendor = self.get_calendar(node.vendor_calendar)
        days = node.get_vendor_days(quantity)
        if node.supply == SUBCONTRACT:
            days = max(days, node.produce_days)
        sent = vendor.latest_end(calendar.latest_end(end))
        ordered = vendor.latest_start(vendor.subtract_days(sent, days))
        begin = calendar.subtract_days(calendar.latest_end(ordered), node.order_days)
        return calendar.latest_start(begin)

    def _get_begun_by(self, node, quantity, end):
        calendar = self.get_calendar(node.calendar)
        end = calendar.latest_end(end)
        begin = calendar.subtract_days(end, node.produce_days)
        if not node.produce_days and node.supply == MANUFACTURE:
            begin = self._always.subtract_minutes(end, LEAST_MINUTES)
        before = [end] * len(node.operations)
        for number in reversed(range(len(node.operations))):
            operation = node.operations[number]
            shop = self.get_calendar(operation.calendar)
            minutes = operation.get_minutes(quantity)
            before[number] = shop.subtract_work(before[number], minutes)
            for earlier in operation.after:
                before[earlier] = min(before[earlier], before[number])
        return calendar.latest_start(min([begin, *before]))
