"""pytest runs on databases of their own, and what they came to."""

import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from . import modules, odoo, paths
from .console import say

TESTS = paths.ROOT / "tests"
FLOWS = TESTS / "flows"
NOTHING_COLLECTED = 5  # pytest's exit status
FEW = 5  # failed tests of a job that are worth a second try


@dataclass
class Job:
    """One pytest run; `template` is the kind of database it works on, if any."""

    name: str
    paths: list
    template: str = ""


@dataclass
class Outcome:
    """What a job's tests came to."""

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0
    skipped: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    unsteady: list = field(default_factory=list)  # failed, and then passed

    def fail(self, name, error):
        """Count a failure and keep what failed with its error."""
        self.failed += 1
        self.problems.append((name, error.strip()))

    def may_be_unsteady(self):
        """Tell whether single tests failed, few enough not to be a broken build."""
        failed = [name for name, error in self.problems if name != self.name]
        return 0 < len(failed) == self.failed <= FEW

    def settle(self, again):
        """Take over what the tests that failed came to when they ran again."""
        self.passed += again.passed
        still = {name for name, error in again.problems}
        self.unsteady = [entry for entry in self.problems if entry[0] not in still]
        self.failed, self.problems = again.failed, again.problems


# -- what to run --------------------------------------------------------------


def plan(wanted):
    """Return the jobs for these paths, or for everything.

    Tests of the modules run on the suite's database, those of the demonstration
    and the flows on the bicycle company's, all others get what they need from
    fixtures.
    """
    suite = [paths.ADDONS / name / "tests" for name in modules.ours()]
    demo = [paths.ADDONS / modules.DEMO / "tests", FLOWS]
    others = sorted(
        path
        for path in TESTS.iterdir()
        if path.is_dir() and list(path.glob("test_*.py"))
    )
    everything = [
        Job("modules", suite, "suite"),
        Job("demonstration and flows", demo, "demo"),
        Job("scripts, packaging and processes", [p for p in others if p != FLOWS]),
    ]
    if not wanted:
        return [
            Job(job.name, [p for p in job.paths if p.is_dir()], job.template)
            for job in everything
        ]
    return [
        Job(job.name, mine, job.template)
        for job in everything
        if (mine := [p for p in _parts(wanted) if _belongs(p, job, everything)])
    ]


def _parts(wanted):
    """Return the paths with addons/ and tests/ as a whole taken apart."""
    for path in wanted:
        if path.resolve() in (paths.ADDONS, TESTS, paths.ROOT):
            yield from _parts(sorted(p for p in path.iterdir() if _has_tests(p)))
        else:
            yield path


def _has_tests(path):
    whole = path.resolve() in (paths.ADDONS, TESTS)
    return whole or (path / "tests").is_dir() or any(path.glob("test_*.py"))


def _belongs(path, job, everything):
    """Tell whether this job runs a path: the demo's and flows first, then modules."""
    file = Path(str(path).split("::")[0]).resolve()
    if _inside(file, everything[1].paths[0].parent) or _inside(file, FLOWS):
        return job is everything[1]
    if _inside(file, paths.ADDONS):
        return job is everything[0]
    return job is everything[2]


def _inside(path, folder):
    return path == folder or folder in path.parents


# -- running ------------------------------------------------------------------


def run_job(job, databases, extra, retry=False):
    """Run one job's pytest on its own database and return its `Outcome`."""
    if not job.paths:
        return Outcome(job.name)
    started = time.monotonic()
    if job.template:
        template = getattr(databases, job.template)()
        with databases.cloned(template, f"test_{job.template}") as name:
            outcome = pytest_on(job, databases, name, extra, retry)
    else:
        outcome = pytest_on(job, databases, None, extra, retry)
    outcome.seconds = time.monotonic() - started
    return outcome


def pytest_on(job, databases, database, extra, retry=False):
    """Run pytest for a job, on a database unless that is None.

    :param retry: run what failed once more; what then passes is told as unsteady
    """
    say(f"Tests: {job.name}")
    outcome = _pytest(job, databases, database, extra)
    if retry and outcome.may_be_unsteady():
        say(f"Once more what failed: {job.name}")
        outcome.settle(_pytest(job, databases, database, [*extra, "--last-failed"]))
    return outcome


def _pytest(job, databases, database, extra):
    name = f"{databases.server.name}-{job.name.replace(' ', '-')}"
    report = paths.LOGS / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    program = [sys.executable, "-m", "pytest", "-p", "stack.guard", *extra]
    program += ["-o", f"cache_dir={paths.HOME / 'pytest' / name}"]
    program += [f"--junitxml={report}", *_odoo_options(databases, database)]
    variables = odoo.environment(databases.server, databases.variables)
    process = odoo.start(
        [*program, *map(str, job.paths)], env=variables, cwd=paths.ROOT
    )
    try:
        status = process.wait()
    finally:
        odoo.stop(process)
    return read_report(job, report, status)


def _odoo_options(databases, database):
    if database is None:
        return ["-p", "no:odoo"]
    chosen = [*databases.server.odoo_options(), f"addons-path={paths.ADDONS}"]
    # Without the http server pytest-odoo would skip every HttpCase in silence.
    options = ["--odoo-http", "--odoo-log-level=warn", f"--odoo-config={paths.CONFIG}"]
    options.append(f"--odoo-database={database}")
    return [*options, *(f"--odoo-extra={option}" for option in chosen)]


def read_report(job, report, status):
    outcome = Outcome(job.name)
    if not report.is_file():
        outcome.fail(job.name, f"pytest ended with {status} and without a report")
        return outcome
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        kinds = {child.tag: child for child in case}
        failure = kinds.get("failure", kinds.get("error"))
        if failure is not None:
            outcome.fail(name, failure.text or failure.get("message", ""))
        elif "skipped" in kinds:
            outcome.skipped.append((name, kinds["skipped"].get("message", "")))
        else:
            outcome.passed += 1
    if status and status != NOTHING_COLLECTED and not outcome.failed:
        # Something outside of a single test went wrong, for example a guard.
        outcome.fail(job.name, f"pytest ended with {status}: see its output")
    return outcome
