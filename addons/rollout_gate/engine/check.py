"""What an automatic check found, and when that counts as passed."""

from dataclasses import dataclass, field
from datetime import datetime

STATUSES = ("passed", "failed", "empty", "stale", "error")


@dataclass
class Result:
    """What a check found for an item.

    :param status: passed, failed, empty (there was nothing to look at), stale or error;
        only passed holds no gate
    :param note: the same in words, for the screen; not part of what is signed
    :param evidence: what a signature rests on, plain values: as long as it stays equal,
        nothing has changed that the signers have to know
    :param as_of: when it was measured, in UTC; None for now
    :param hours: for how long it counts; 0 for as long as nothing else is said
    """

    status: str
    note: str = ""
    evidence: dict = field(default_factory=dict)
    as_of: datetime | None = None
    hours: float = 0


def to_result(found):
    """Return the answer of a check as a `Result`; None when it is not an answer.

    :param found: a `Result`, or a pair (passed, note)
    """
    if isinstance(found, Result):
        return found if found.status in STATUSES else None
    if isinstance(found, tuple) and len(found) == 2:
        passed, note = found
        return Result("passed" if passed else "failed", note or "")
    return None


def age(result, now):
    """Return a result as it counts now: what is older than its hours is stale."""
    if not result.hours or not result.as_of or result.status != "passed":
        return result
    if (now - result.as_of).total_seconds() <= 3600 * result.hours:
        return result
    return Result("stale", result.note, result.evidence, result.as_of, result.hours)


def is_passed(result):
    return result.status == "passed"
