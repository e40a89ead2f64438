"""When work can begin where the work centre is away or blocked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Absence:
    """A work centre does nothing from ``start`` to ``end``.

    ``end`` None: nobody knows, it is blocked. ``place``: which work centre.
    """

    place: Any
    start: datetime
    end: datetime | None = None


def find_start(
    start: datetime, length: timedelta, absences: Iterable[Absence], now: datetime
) -> tuple[datetime, Absence | None]:
    """Return when work of ``length`` can be done in one piece, and what it waited for.

    It begins at ``start`` or after the absences it would run into. What is blocked
    cannot begin before ``now``; nobody knows how long after.
    """
    reason = None
    for absence in sorted(absences, key=lambda absence: absence.start):
        if absence.end is None:
            if start <= now:
                start, reason = now, absence
        elif start < absence.end and absence.start < start + length:
            start, reason = absence.end, absence
    return start, reason
