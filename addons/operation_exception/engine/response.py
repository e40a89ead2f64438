"""Until when: a response time counted from a moment, without a calendar at hand."""

from datetime import timedelta

SATURDAY = 5


def add_working_days(start, days):
    """Return the moment `days` working days (Monday to Friday) after `start`."""
    moment, left = start, days
    while left > 0:
        moment += timedelta(days=1)
        if moment.weekday() < SATURDAY:
            left -= 1
    return out_of_weekend(moment)


def out_of_weekend(moment):
    """Return the moment itself, or the same time on the Monday after it."""
    while moment.weekday() >= SATURDAY:
        moment += timedelta(days=1)
    return moment


def respond_by(start, amount, unit):
    """Return when an answer is due, by `amount` of 'hour', 'day' or 'working_day'.

    No response time (0 or less) is one working day: an issue is never due in the past,
    and never never.
    """
    if amount <= 0:
        return add_working_days(start, 1)
    if unit == "working_day":
        return add_working_days(start, amount)
    return start + timedelta(**{f"{unit}s": amount})


def working_days_between(start, end):
    """Return the working days (Monday to Friday) after date `start` up to `end`."""
    return sum(
        (start + timedelta(days=day)).weekday() < SATURDAY
        for day in range(1, (end - start).days + 1)
    )
