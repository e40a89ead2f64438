"""What a run of a check means: its status, its age, the set of offenders."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

PASS = "pass"
WARN = "warn"
FAIL = "fail"
ERROR = "error"
NOT_APPLICABLE = "not_applicable"
WAIVED = "waived"

# A gate may rest on these. Not applicable is not among them: a person confirms it once.
HELD = frozenset({PASS, WARN, WAIVED})
# Somebody has to do something.
RED = frozenset({FAIL, ERROR})

# Worst first.
SEVERITIES = ("blocker", "critical", "major", "minor")
STATUSES = (ERROR, FAIL, WARN, WAIVED, NOT_APPLICABLE, PASS)


@dataclass(frozen=True)
class Tolerance:
    """How many offenders are accepted: a number or a share, whichever is more."""

    count: int = 0
    percent: float = 0.0

    def accepts(self, offenders: int, population: int) -> bool:
        return offenders <= max(self.count, population * self.percent / 100)


NONE = Tolerance()


@dataclass(frozen=True)
class Finding:
    """What a check saw. `absent` says that there is nothing it could look at."""

    population: int = 0
    offenders: int = 0
    absent: bool = False
    broken: bool = False
    waived: bool = False


def judge(
    finding: Finding,
    severity: str,
    tolerance: Tolerance = NONE,
    expects_data: bool = False,
) -> str:
    """Return the status of a finding.

    What broke never counts as passed. Nothing to look at is not applicable, or a
    failure where there should be something.
    """
    if finding.broken:
        return ERROR
    if finding.absent:
        return NOT_APPLICABLE
    if not finding.population and not finding.offenders:
        return _excuse(FAIL, finding) if expects_data else NOT_APPLICABLE
    if not finding.offenders:
        return PASS
    if tolerance.accepts(finding.offenders, finding.population):
        return WARN
    return _excuse(WARN if severity == "minor" else FAIL, finding)


def _excuse(status: str, finding: Finding) -> str:
    """A waiver excuses what fails, never what could not be seen."""
    return WAIVED if finding.waived and status == FAIL else status


def is_stale(at: datetime | None, hours: float, now: datetime) -> bool:
    """Whether a result is too old to count."""
    return at is None or now - at > timedelta(hours=hours)


def counts_as_passed(status: str, stale: bool = False) -> bool:
    return status in HELD and not stale


def get_digest(model: str, ids) -> str:
    """Return the SHA-256 of all offenders: the same set, the same digest."""
    text = f"{model}:{','.join(map(str, sorted(ids)))}"
    return hashlib.sha256(text.encode()).hexdigest()


def get_rank(status: str, severity: str, offenders: int) -> tuple:
    """Return a key that sorts the worst first."""
    return STATUSES.index(status), SEVERITIES.index(severity), -offenders
