"""What comes first: what is there, then the earliest date."""

from typing import Any


def by_date(date: Any) -> tuple[bool, Any]:
    """A key to order by a date, None for what is there or waits for nothing."""
    return date is not None, date or 0
