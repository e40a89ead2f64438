"""When a delay is worth telling: slack and small slips are silent."""

from datetime import date, timedelta

# A slip of fewer working days is no news.
SILENT_DAYS = 2
SATURDAY = 5


def count_working_days(start: date, end: date) -> int:
    """Return the working days (Monday to Friday) after ``start`` up to ``end``.

    Closed form, so that a date that is years away costs nothing; 0 where ``end`` is not
    after ``start``.
    """
    days = (end - start).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum(
        (start + timedelta(days=day)).weekday() < SATURDAY for day in range(1, rest + 1)
    )


def is_worth_telling(promised: date, projected: date) -> bool:
    """Whether a projected day is so late that somebody has to act.

    Inside the slack (not after the promise) and under two working days it is silent.
    """
    return count_working_days(promised, projected) >= SILENT_DAYS
