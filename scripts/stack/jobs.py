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


def run_job(job, databases, extra):
    """Run one job's pytest on its own database and return its `Outcome`."""
    if not job.paths:
        return Outcome(job.name)
    started = time.monotonic()
    if job.template:
        template = getattr(databases, job.template)()
        with databases.cloned(template, f"test_{job.template}") as name:
            outcome = pytest_on(job, databases, name, extra)
    else:
        outcome = pytest_on(job, databases, None, extra)
    outcome.seconds = time.monotonic() - started
    return outcome


def pytest_on(job, databases, database, extra):
    """Run pytest for a job, on a database unless that is None."""
    say(f"Tests: {job.name}")
    where = databases.server.name
    report = paths.LOGS / f"{where}-{job.name.replace(' ', '-')}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    program = [sys.executable, "-m", "pytest", "-p", "stack.guard", *extra]
    program += ["-o", f"cache_dir={paths.HOME / 'pytest' / where}"]
    program += [f"--junitxml={report}", *_odoo_options(databases, database)]
    variables = odoo.environment(databases.server, databases.variables)
    process = odoo.start(
        [*program, *map(str, job.paths)], env=variables, cwd=paths.ROOT
    )
    try:
        status = process.wait()
    finally:
        odoo.stop(process)
    return _read_report(job, report, status)


def _odoo_options(databases, database):
    if database is None:
        return ["-p", "no:odoo"]
    chosen = [*databases.server.odoo_options(), f"addons-path={paths.ADDONS}"]
    # Without the http server pytest-odoo would skip every HttpCase in silence.
    options = ["--odoo-http", "--odoo-log-level=warn", f"--odoo-config={paths.CONFIG}"]
    options.append(f"--odoo-database={database}")
    return [*options, *(f"--odoo-extra={option}" for option in chosen)]


def _read_report(job, report, status):
    outcome = Outcome(job.name)
    if not report.is_file():
        outcome.failed = 1
        return outcome
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag: child for child in case}
        if "failure" in kinds or "error" in kinds:
            outcome.failed += 1
        elif "skipped" in kinds:
            name = f"{case.get('classname')}.{case.get('name')}"
            outcome.skipped.append((name, kinds["skipped"].get("message", "")))
        else:
            outcome.passed += 1
    if status and status != NOTHING_COLLECTED and not outcome.failed:
        # Something outside of a single test went wrong, for example a guard.
        outcome.failed = 1
    return outcome
