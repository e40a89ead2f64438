"""What the figures of scripts/bench come to: ratios, limits and the table.

Knows rows and numbers, nothing of processes and databases.
"""

from dataclasses import dataclass, field

from benchmarks.documents import differences, summary
from benchmarks.recorder import growth

from .console import table

OK, OVER, DIFFER, FAILED, NO_LIMIT = "ok", "OVER", "DIFFERENT", "FAILED", ""


@dataclass
class Result:
    """What one side came to; `error` where it could not be measured."""

    queries: int = 0
    python: float = 0.0
    postgres: float | None = None
    seconds: float = 0.0
    memory: float = 0.0  # the peak of the process, in MB
    facts: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    error: str = ""

    @property
    def cpu(self):
        """CPU seconds of Python and, where it can be read, of PostgreSQL."""
        return self.python + (self.postgres or 0.0)


@dataclass
class Outcome:
    """A row and what its two sides came to."""

    row: object
    ours: Result
    against: Result
    limit: float | None = None  # instead of the row's own

    @property
    def ratio(self):
        """Ours by the other's, of what the row compares."""
        return ratio(
            getattr(self.ours, self.row.of), getattr(self.against, self.row.of)
        )

    @property
    def ratio_limit(self):
        return self.row.limit if self.limit is None else self.limit

    @property
    def differences(self):
        """Lines that say where facts differ that must be the same."""
        if not self.row.same or self.errors:
            return []
        return differences(self.ours.facts, self.against.facts)

    @property
    def errors(self):
        return [side.error for side in (self.ours, self.against) if side.error]

    @property
    def problems(self):
        return [*self.errors, *self.ours.problems, *self.against.problems]

    @property
    def over(self):
        """Whether a limit is passed."""
        if self.errors:
            return False
        most, limit = self.row.most, self.ratio_limit
        return (most is not None and getattr(self.ours, self.row.of) > most) or (
            limit is not None and self.ratio > limit
        )

    @property
    def verdict(self):
        if self.problems:
            return FAILED
        if self.differences:
            return DIFFER
        if self.over:
            return OVER
        limited = self.row.most is not None or self.ratio_limit is not None
        return OK if limited else NO_LIMIT

    @property
    def failed(self):
        return self.verdict in (OVER, DIFFER, FAILED)


def ratio(ours, against):
    """Return ours / against; nothing against nothing is as much."""
    if against:
        return ours / against
    return float("inf") if ours else 1.0


def report(outcomes):
    """Return the lines of the table and what is to be said of each row."""
    head = ["Row", "Size", "Ours", "CPU s", "Against", "CPU s", "Ratio", "Of", "Limit"]
    rows = [[*head, ""]]
    rows += [_cells(outcome) for outcome in outcomes]
    lines = table(rows).splitlines()
    for outcome in outcomes:
        lines += _remarks(outcome)
    return lines


def _cells(outcome):
    row = outcome.row
    cells = [row.name, row.size]
    if outcome.errors:
        return [*cells, "-", "-", "-", "-", "-", row.of, _limit(outcome), FAILED]
    for side in (outcome.ours, outcome.against):
        cells += [f"{side.queries} q", _cpu(side)]
    return [*cells, f"{outcome.ratio:.3f}", row.of, _limit(outcome), outcome.verdict]


def _cpu(side):
    # A figure without the server's part must not pass for a whole one.
    return f"{side.cpu:.2f}" + ("" if side.postgres is not None else " +?")


def _limit(outcome):
    words = []
    if outcome.ratio_limit is not None:
        words.append(f"{outcome.ratio_limit:.2f}")
    if outcome.row.most is not None:
        unit = "" if outcome.row.of == "queries" else " s"
        words.append(f"{outcome.row.most:g}{unit}")
    return ", ".join(words)


def _remarks(outcome):
    name = f"{outcome.row.name} {outcome.row.size}"
    lines = [f"  {name}: {problem}" for problem in outcome.problems]
    lines += [f"  {name}: {line}" for line in outcome.differences]
    if outcome.row.of == "seconds" and not outcome.errors:
        lines.append(
            f"  {name}: {outcome.ours.seconds:.1f} s, against "
            f"{outcome.against.seconds:.1f} s"
        )
    if outcome.row.same and not outcome.differences and not outcome.problems:
        lines.append(f"  {name}: the same {summary(outcome.ours.facts)}")
    return lines


def explain(outcome, ours, against):
    """Return lines that say where the queries of a row come from.

    :param ours, against: what a `Recorder` counted on each side
    """
    lines = [f"\n  {outcome.row.name} {outcome.row.size}: where the queries differ"]
    for title in ("statements", "methods"):
        rows = [["more", "ours", "against", title]]
        rows += [
            [f"{left - right:+d}", left, right, name]
            for name, left, right in growth(ours[title], against[title])
        ]
        lines += ["", *table(rows, indent="    ").splitlines()]
    return lines


def as_json(outcome):
    """Return an outcome as plain data."""
    row = outcome.row
    return {
        "row": row.name,
        "size": row.size,
        "of": row.of,
        "limit": outcome.ratio_limit,
        "most": row.most,
        "ratio": None if outcome.errors else round(outcome.ratio, 4),
        "verdict": outcome.verdict or "no limit",
        "problems": [*outcome.problems, *outcome.differences],
        "ours": _side_as_json(outcome.ours),
        "against": _side_as_json(outcome.against),
    }


def _side_as_json(side):
    return {
        "queries": side.queries,
        "python": round(side.python, 3),
        "postgres": None if side.postgres is None else round(side.postgres, 3),
        "seconds": round(side.seconds, 3),
        "facts": side.facts,
    }
