"""scripts/test: every module's tests, the suite's, browser tours and web unit tests."""

import argparse
import datetime
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from . import modules, odoo, paths
from .console import Problem, say, table
from .run import add_server_options

TESTS = paths.ROOT / "tests"
FLOWS = TESTS / "flows"
# Month ends, leap days and the middle of a month have broken many a lead time.
CLOCKS = ("2027-03-01", "2027-07-15", "2027-08-31", "2028-02-29")
NOTHING_COLLECTED = 5


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


def parse(argv):
    """Return the options of the command line; `pytest` holds what is passed on."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run tests: all of them, or those at the paths given. Options "
        "that are not listed here go to pytest (for example -k EXPR or -x).",
    )
    add_server_options(parser)
    parser.add_argument(
        "paths", nargs="*", type=Path, help="files, folders or FILE::TEST"
    )
    parser.add_argument(
        "--matrix",
        action="store_true",
        help="only: install, test, update and uninstall each module alone",
    )
    parser.add_argument(
        "--clock",
        metavar="DATE",
        help="live at this date (YYYY-MM-DD)",
    )
    parser.add_argument(
        "--clocks", action="store_true", help=f"at each of {', '.join(CLOCKS)}"
    )
    options, options.pytest = parser.parse_known_args(argv)
    # Values of pytest's own options look like paths to argparse.
    options.paths, values = _split_paths(options.paths)
    if values:
        options.pytest = _restore(argv, options.paths)
    options.dates = (
        CLOCKS if options.clocks else [options.clock] if options.clock else []
    )
    for date in options.dates:
        _check_date(date)
    return options


def _split_paths(candidates):
    existing, values = [], []
    for candidate in candidates:
        file = Path(str(candidate).split("::")[0])
        (existing if file.exists() else values).append(candidate)
    return existing, values


def _restore(argv, existing):
    """Return the arguments for pytest in their order, without paths and our options."""
    own_flags, own_values = (
        {"--matrix", "--clocks"},
        {
            "--clock",
            "--odoo",
            "--db-host",
            "--db-port",
            "--db-user",
        },
    )
    kept, words = [], iter(argv)
    for word in words:
        if word in own_values:
            next(words, None)
        elif (
            word.split("=")[0] not in own_values | own_flags
            and Path(word) not in existing
        ):
            kept.append(word)
    return kept


def _check_date(date):
    try:
        datetime.date.fromisoformat(date)
    except ValueError as error:
        raise Problem(f"--clock {date}: give a date as YYYY-MM-DD.") from error


def main(options):
    """Run the wanted jobs and return 0 when all tests pass."""
    from . import browser

    browser.ensure()
    outcomes = []
    if options.dates:
        for date in options.dates:
            outcomes += _run_at(date, options)
    else:
        outcomes += _run_now(options)
    return _report(outcomes, partial=bool(options.paths or options.pytest))


def _run_now(options):
    from . import matrix
    from .database import Databases
    from .postgres import open_server

    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        databases = Databases(server)
        if options.matrix:
            return matrix.run(databases, options.pytest)
        outcomes = [
            run_job(job, databases, options.pytest) for job in plan(options.paths)
        ]
        if not options.paths and not options.pytest:
            outcomes += matrix.run(databases, [])
        return outcomes
    finally:
        server.close()


def _run_at(date, options):
    """Run the tests on databases at another date; returns their outcomes."""
    from . import clock
    from .database import Databases
    from .postgres import open_server

    say(f"At {date}:")
    server = open_server(faketime=clock.for_postgres(date))
    try:
        today = datetime.date.fromisoformat(date)
        databases = Databases(server, clock.for_python(date), today)
        jobs = [job for job in plan(options.paths) if job.template]
        outcomes = [run_job(job, databases, options.pytest) for job in jobs]
        for outcome in outcomes:
            outcome.name = f"{date} {outcome.name}"
        return outcomes
    finally:
        server.close()


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
        if (mine := [path for path in wanted if _belongs(path, job, everything)])
    ]


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


def _report(outcomes, partial):
    """Print the outcome of all jobs and return the exit status."""
    skipped = [entry for outcome in outcomes for entry in outcome.skipped]
    if skipped:
        say("\nSkipped:")
        for name, reason in skipped:
            say(f"  {name}: {reason}")
    rows = [["Job", "passed", "failed", "skipped", "seconds"]]
    for outcome in outcomes:
        counts = [outcome.passed, outcome.failed, len(outcome.skipped)]
        rows.append([outcome.name, *counts, f"{outcome.seconds:.0f}"])
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    if not passed and not failed and not skipped:
        raise Problem("No test was run: check the path and the expression.")
    say()
    say(table(rows))
    say(f"\n{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0
