"""What a review tells: what came, what closed, what is overdue, by team and cause."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Issue:
    """An issue as a review sees it; moments in UTC."""

    id: int
    name: str
    type: str
    team: str
    cause: str
    owner: str
    raised: datetime
    due: datetime
    ended: datetime | None = None
    days: float = 0
    money: float = 0


def summarise(issues, start, end, orders=None):
    """Return the figures of the period from `start` up to, not including, `end`.

    :param issues: those raised before `end` that were not over before `start`
    :param orders: how many customer orders the period had; None when unknown
    :returns: {"totals", "by_team", "by_type", "by_cause", "came", "closed", "overdue"}
    """
    issues = sorted(issues, key=lambda issue: (issue.due, issue.id))
    came = [issue for issue in issues if issue.raised >= start]
    closed = [issue for issue in issues if _is_over(issue, end)]
    overdue = [
        issue for issue in issues if not _is_over(issue, end) and issue.due < end
    ]
    totals = _count(issues, start, end)
    totals["rate"] = round(100 * len(came) / orders, 1) if orders else False
    totals["orders"] = orders or 0
    totals["hours_to_solve"] = _mean_hours(closed)
    return {
        "totals": totals,
        "by_team": _group(issues, "team", start, end),
        "by_type": _group(issues, "type", start, end),
        "by_cause": _group(issues, "cause", start, end),
        "came": [_row(issue, end) for issue in came],
        "closed": [_row(issue, end) for issue in closed],
        "overdue": [_row(issue, end) for issue in overdue],
    }


def _is_over(issue, end):
    return issue.ended is not None and issue.ended < end


def _count(issues, start, end):
    still = [issue for issue in issues if not _is_over(issue, end)]
    return {
        "came": sum(issue.raised >= start for issue in issues),
        "closed": len(issues) - len(still),
        "open": len(still),
        "overdue": sum(issue.due < end for issue in still),
        "money": sum(issue.money for issue in still),
        "oldest_days": max(((end - issue.raised).days for issue in still), default=0),
    }


def _group(issues, name, start, end):
    """Return a row of counts for each value, the most overdue first."""
    groups = {}
    for issue in issues:
        groups.setdefault(getattr(issue, name), []).append(issue)
    rows = [
        {"name": value, **_count(members, start, end)}
        for value, members in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["overdue"], -row["open"], row["name"]))


def _mean_hours(issues):
    hours = [(issue.ended - issue.raised).total_seconds() / 3600 for issue in issues]
    return round(sum(hours) / len(hours), 1) if hours else 0


def _row(issue, end):
    return {
        "id": issue.id,
        "name": issue.name,
        "type": issue.type,
        "team": issue.team,
        "cause": issue.cause,
        "owner": issue.owner,
        "due": issue.due.strftime("%Y-%m-%d"),
        "age_days": ((issue.ended or end) - issue.raised).days,
        "days": issue.days,
        "money": issue.money,
    }
