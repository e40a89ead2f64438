"""Working days of a company that runs Monday to Friday. Plain Python, no database."""

import calendar
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether the company works on `day`."""
    return day.weekday() < SATURDAY


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, or before it when `count` is negative.

    `day` itself is never counted. With `count` 0: `day`, or the next working day when
    `day` is on a weekend.
    """
    step = timedelta(days=-1 if count < 0 else 1)
    if not count:
        while not is_working_day(day):
            day += step
        return day
    remaining = abs(count)
    while remaining:
        day += step
        remaining -= is_working_day(day)
    return day


def count_working_days(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and including `end`."""
    days = max((end - start).days, 0)
    return sum(is_working_day(start + timedelta(days=n + 1)) for n in range(days))


def month_end(day: date) -> date:
    """The last working day of the month of `day`."""
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    while not is_working_day(last):
        last -= timedelta(days=1)
    return last


def promised_month_end(today: date, minimum: int = 25) -> date:
    """The first month end at least `minimum` working days away from `today`.

    This is what "by the end of the month" means in the demonstration: far enough for
    every bought part of a bicycle, whatever day the database is made on.
    """
    end = month_end(today)
    while count_working_days(today, end) < minimum:
        # From the 28th, four days lead into the next month whatever its length.
        end = month_end(end.replace(day=28) + timedelta(days=4))
    return end
