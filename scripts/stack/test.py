"""scripts/test: every module's tests, the suite's, browser tours and web unit tests."""

import argparse
from pathlib import Path

from . import browser, clock, matrix
from .console import Problem, say, table
from .database import Databases
from .jobs import plan, run_job
from .options import add_server_options
from .postgres import open_server

# Month ends, leap days and the middle of a month have broken many a lead time.
CLOCKS = ("2027-03-01", "2027-07-15", "2027-08-31", "2028-02-29")


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
        help="live at this date, at 9 o'clock UTC or another (YYYY-MM-DD[THH:MM])",
    )
    parser.add_argument(
        "--clocks", action="store_true", help=f"at each of {', '.join(CLOCKS)}"
    )
    parser.add_argument(
        "--retry",
        action="store_true",
        help="run what failed once more; a test that then passes is told as unsteady",
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
        {"--matrix", "--clocks", "--retry"},
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
        clock.read(date)
    except ValueError as error:
        message = f"--clock {date}: give YYYY-MM-DD or YYYY-MM-DDTHH:MM."
        raise Problem(message) from error


def main(options):
    """Run the wanted jobs and return 0 when all tests pass."""
    browser.ensure()
    outcomes = []
    if options.dates:
        for date in options.dates:
            outcomes += _run_at(date, options)
    else:
        outcomes += _run_now(options)
    return tell(outcomes)


def _run_now(options):
    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        databases = Databases(server)
        if options.matrix:
            return matrix.run(databases, options.pytest, options.retry)
        outcomes = [
            run_job(job, databases, options.pytest, options.retry)
            for job in plan(options.paths)
        ]
        if not options.paths and not options.pytest:
            outcomes += matrix.run(databases, [], options.retry)
        return outcomes
    finally:
        server.close()


def _run_at(date, options):
    """Run the tests on databases at another date; returns their outcomes."""
    say(f"At {date}:")
    moment = clock.read(date)
    seconds = clock.offset(moment)
    variables = clock.for_postgres(seconds)
    server = open_server(faketime=variables)
    try:
        if "LD_PRELOAD" in variables:
            clock.check(server, moment)
        databases = Databases(server, clock.for_python(seconds), moment.date())
        jobs = [job for job in plan(options.paths) if job.template]
        outcomes = [
            run_job(job, databases, options.pytest, options.retry) for job in jobs
        ]
        for outcome in outcomes:
            outcome.name = f"{date} {outcome.name}"
        return outcomes
    finally:
        server.close()


def tell(outcomes):
    """Print the outcome of all jobs and return the exit status."""
    skipped = [entry for outcome in outcomes for entry in outcome.skipped]
    if skipped:
        say("\nSkipped:")
        for name, reason in skipped:
            say(f"  {name}: {reason}")
    # Last of all but the table: the logs of a long run are cut at their beginning.
    for outcome in outcomes:
        for name, error in outcome.unsteady:
            say(f"\nUnsteady: {name} ({outcome.name})\n{_last_lines(error)}")
        for name, error in outcome.problems:
            say(f"\nFailed: {name} ({outcome.name})\n{_last_lines(error)}")
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


def _last_lines(error, count=30):
    return "\n".join(f"    {line}" for line in error.splitlines()[-count:])
