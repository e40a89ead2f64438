"""When work happens: working hours with holidays, in a time zone.

Two questions are asked forwards and backwards. *Days* are days as vendors count them:
weekends are in them, days on which whoever works is closed (holidays, closures) are
not.
*Minutes* are minutes of working hours. What begins and what arrives does so in working
hours. All moments are naive and in UTC.

Forwards and backwards fit: what begins at the moment that was counted back from an end
is there at that end, or before it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# How far ahead is looked for working hours.
MOST_DAYS = 3650
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(seconds=1)
DAY = timedelta(days=1)


class BeyondCalendar(Exception):
    """No working hours are found where they would be needed.

    ``calendar``: key of the calendar. ``has_hours``: whether it has any at all.
    """

    def __init__(self, calendar, has_hours=True):
        super().__init__(calendar)
        self.calendar = calendar
        self.has_hours = has_hours


class AlwaysOpen:
    """No calendar: every moment is a working moment.

    >>> AlwaysOpen().add_days(datetime(2026, 3, 2, 12), 32)
    datetime.datetime(2026, 4, 3, 12, 0)
    """

    key = None

    def opening(self, moment: datetime) -> datetime:
        """Return the first moment from this one on at which work can begin."""
        return moment

    def arrival(self, moment: datetime) -> datetime:
        """Return the first moment from this one on at which something can be there."""
        return moment

    def latest_start(self, moment: datetime) -> datetime:
        """Return the last moment until this one at which work can begin."""
        return moment

    def latest_end(self, moment: datetime) -> datetime:
        """Return the last moment until this one at which something can be there."""
        return moment

    def close(self, moment: datetime) -> datetime:
        """Return the end of work on the day of the moment, or the moment after it."""
        return moment

    def add_days(self, moment: datetime, days: float) -> datetime:
        """Return the moment so many days later."""
        return self._shift(moment, days)

    def subtract_days(self, moment: datetime, days: float) -> datetime:
        """Return the moment so many days earlier."""
        return self._shift(moment, -days)

    def add_minutes(self, moment: datetime, minutes: float) -> datetime:
        """Return when so many minutes of work are done."""
        return self._shift(moment, minutes / 1440)

    def subtract_minutes(self, moment: datetime, minutes: float) -> datetime:
        """Return when so many minutes of work must begin."""
        return self._shift(moment, -minutes / 1440)

    def add_work(self, moment: datetime, minutes: float) -> datetime:
        """Return when so many minutes are done that no planned work interrupts."""
        return self.add_minutes(moment, minutes)

    def subtract_work(self, moment: datetime, minutes: float) -> datetime:
        """Return when so many minutes must begin that no planned work interrupts."""
        return self.subtract_minutes(moment, minutes)

    def _shift(self, moment, days):
        try:
            return moment + timedelta(days=days)
        except OverflowError:
            raise BeyondCalendar(self.key) from None


@dataclass(frozen=True)
class Hours:
    """Working hours of a day of the week, 0 for Monday, from and to as hours.

    ``week``: 0 or 1 where weeks take turns, None for every week.
    """

    weekday: int
    start: float
    stop: float
    week: int | None = None


class WorkCalendar(AlwaysOpen):
    """Working hours and what they are interrupted by.

    ``load``: when it works on something else already, for ``add_work``.

    >>> week = [Hours(day, 8, 16) for day in range(5)]
    >>> calendar = WorkCalendar("shop", week, "UTC")
    >>> calendar.opening(datetime(2026, 3, 7, 12))  # a Saturday
    datetime.datetime(2026, 3, 9, 8, 0)
    >>> calendar.add_minutes(datetime(2026, 3, 6, 15), 120)
    datetime.datetime(2026, 3, 9, 9, 0)
    """

    def __init__(
        self,
        key,
        hours: Iterable[Hours],
        zone: str,
        leaves: Iterable[tuple[datetime, datetime]] = (),
        load: Iterable[tuple[datetime, datetime]] = (),
    ):
        self.key = key
        self.zone = ZoneInfo(zone)
        self.hours = self._sort_hours(hours)
        self.leaves = _merge(leaves)
        self._ends = [stop for _start, stop in self.leaves]
        self.load = _merge(load)
        self._days: dict[date, tuple] = {}
        # Many things begin and arrive at the same moment.
        self._openings: dict[datetime, datetime] = {}
        self._arrivals: dict[datetime, datetime] = {}

    def _sort_hours(self, hours) -> Mapping:
        found = {}
        for one in hours:
            for week in (0, 1) if one.week is None else (one.week,):
                if one.stop > one.start:
                    found.setdefault((week, one.weekday), []).append(
                        (one.start, one.stop)
                    )
        return {key: sorted(periods) for key, periods in found.items()}

    # Working hours of a day

    def _get_periods(self, day: date) -> tuple:
        """Working periods that begin on a local day, in UTC, less all leaves."""
        if day not in self._days:
            # Weeks take turns as Odoo counts them: from the first day of the year 1.
            week = (day.toordinal() - 1) // 7 % 2
            periods = [
                (self._to_utc(day, start), self._to_utc(day, stop))
                for start, stop in self.hours.get((week, day.weekday()), ())
            ]
            self._days[day] = tuple(_subtract(periods, self.leaves, self._ends))
        return self._days[day]

    def _to_utc(self, day, hour):
        local = datetime.combine(day, time()) + timedelta(hours=hour)
        return local.replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)

    def _get_day(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(self.zone).date()

    def _walk(self, moment, step):
        """Periods from the day of the moment on (or back), one day after the other.

        The day before (after) is looked at too: hours can run over midnight.
        """
        if not self.hours:
            raise BeyondCalendar(self.key, has_hours=False)
        try:
            day = self._get_day(moment) - step * DAY
            for _number in range(MOST_DAYS):
                periods = self._get_periods(day)
                yield from periods if step > 0 else reversed(periods)
                day += step * DAY
        except OverflowError:
            raise BeyondCalendar(self.key) from None
        raise BeyondCalendar(self.key)

    # Moments

    def opening(self, moment):
        """Return the first moment from this one on at which work can begin."""
        if moment not in self._openings:
            self._openings[moment] = next(
                max(start, moment)
                for start, stop in self._walk(moment, 1)
                if stop > moment
            )
        return self._openings[moment]

    def arrival(self, moment):
        """Return the first moment from this one on at which something can be there."""
        if moment not in self._arrivals:
            self._arrivals[moment] = next(
                max(start, moment)
                for start, stop in self._walk(moment, 1)
                if stop >= moment
            )
        return self._arrivals[moment]

    def latest_start(self, moment):
        """Return the last moment until this one at which work can begin."""
        return next(
            min(stop - MOMENT, moment)
            for start, stop in self._walk(moment, -1)
            if start <= moment
        )

    def latest_end(self, moment):
        """Return the last moment until this one at which something can be there."""
        return next(
            min(stop, moment)
            for start, stop in self._walk(moment, -1)
            if start <= moment
        )

    def close(self, moment):
        """Return the end of work on the day of the moment, or the moment after it."""
        periods = self._get_periods(self._get_day(moment))
        return max([moment, *(stop for _start, stop in periods)])

    # Durations

    def add_days(self, moment, days):
        """Return the moment so many days later, days of leave not counted.

        >>> closed = [(datetime(2026, 3, 3), datetime(2026, 3, 5))]
        >>> calendar = WorkCalendar("vendor", [Hours(0, 8, 16)], "UTC", closed)
        >>> calendar.add_days(datetime(2026, 3, 2, 12), 1)
        datetime.datetime(2026, 3, 5, 12, 0)
        """
        end = self._shift(moment, days)
        for start, stop in self.leaves[bisect_right(self._ends, moment) :]:
            if start >= end:
                break
            end += stop - max(start, moment)
        return end

    def subtract_days(self, moment, days):
        """Return the moment so many days earlier, days of leave not counted."""
        begin = self._shift(moment, -days)
        for start, stop in reversed(self.leaves):
            if start >= moment:
                continue
            if stop <= begin:
                break
            begin -= min(stop, moment) - start
        return begin

    def add_minutes(self, moment, minutes):
        """Return when so many minutes of work are done."""
        left = self._get_span(minutes)
        if not left:
            return moment
        for start, stop in self._walk(moment, 1):
            start = max(start, moment)
            if stop > start:
                if stop - start >= left:
                    return start + left
                left -= stop - start

    def subtract_minutes(self, moment, minutes):
        """Return when so many minutes of work must begin."""
        left = self._get_span(minutes)
        if not left:
            return moment
        for start, stop in self._walk(moment, -1):
            stop = min(stop, moment)
            if stop > start:
                if stop - start >= left:
                    return stop - left
                left -= stop - start

    def add_work(self, moment, minutes):
        """Return when so many minutes are done that no planned work interrupts.

        Source: ``mrp.workcenter._get_first_available_slot`` of Odoo, which looks for
        such a gap in the plan.

        >>> week = [Hours(day, 8, 16) for day in range(5)]
        >>> busy = [(datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 12))]
        >>> shop = WorkCalendar("shop", week, "UTC", load=busy)
        >>> shop.add_work(datetime(2026, 3, 2, 8), 120)
        datetime.datetime(2026, 3, 2, 10, 0)
        >>> shop.add_work(datetime(2026, 3, 2, 8), 180)
        datetime.datetime(2026, 3, 2, 15, 0)
        """
        end = self.add_minutes(moment, minutes)
        for start, stop in self.load:
            if start >= end:
                break
            if stop > moment and minutes > 0:
                moment, end = stop, self.add_minutes(stop, minutes)
        return end

    def subtract_work(self, moment, minutes):
        """Return when so many minutes must begin that no planned work interrupts."""
        begin = self.subtract_minutes(moment, minutes)
        for start, stop in reversed(self.load):
            if stop <= begin:
                break
            if start < moment and minutes > 0:
                moment, begin = start, self.subtract_minutes(start, minutes)
        return begin

    def _get_span(self, minutes):
        try:
            return max(minutes, 0.0) * MINUTE
        except OverflowError:
            raise BeyondCalendar(self.key) from None


def _merge(periods):
    """Sorted periods of which none touch."""
    merged = []
    for start, stop in sorted(periods):
        if stop <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _subtract(periods, leaves, ends):
    """Yield what is left of the periods; ``ends`` are those of the sorted leaves."""
    for start, stop in periods:
        for leave_start, leave_stop in leaves[bisect_right(ends, start) :]:
            if leave_start >= stop:
                break
            if leave_start > start:
                yield start, leave_start
            start = max(start, leave_stop)
        if start < stop:
            yield start, stop
