"""scripts/bench: what our modules cost against stock Odoo, on generated data.

See `benchmarks` for what a row is and how to add one. Nothing here runs in
scripts/test but one row of the smallest size.
"""

import argparse
import dataclasses
import datetime
import json
import platform
import random
from pathlib import Path

from benchmarks import registry

from . import bench_report, files, modules, paths
from .bench_run import Runner, WorkerError
from .console import Problem, say, step, table
from .database import Databases
from .options import add_server_options
from .postgres import open_server

SOAK_MINUTES = 10


def parse(argv):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure what our modules cost, as ratios against stock Odoo or "
        "against fewer records, each taken in one run.",
    )
    add_server_options(parser)
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="only these rows: a name, or name/size (see --list)",
    )
    parser.add_argument("--list", action="store_true", help="name the rows and jobs")
    parser.add_argument("--size", help="measure the named rows at this size instead")
    parser.add_argument(
        "--limit", type=float, metavar="RATIO", help="judge the ratios by this instead"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say where the queries differ, also for rows within their limit",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument(
        "--soak",
        type=float,
        nargs="?",
        const=SOAK_MINUTES,
        metavar="MINUTES",
        help="play random lives instead (default: %(const)s minutes each job; "
        "0: one life)",
    )
    parser.add_argument("--seed", type=int, help="of the first life of --soak")
    options = parser.parse_args(argv)
    options.rows = options.jobs = []
    if options.soak is not None:
        options.jobs = _chosen_jobs(options.names)
    else:
        options.rows = _chosen_rows(options)
    return options


def _chosen_rows(options):
    if options.size and not options.names:
        raise Problem("--size: name the rows to measure at this size.")
    try:
        rows = registry.chosen(options.names)
    except LookupError as error:
        raise Problem(f"There is no row {error}: see scripts/bench --list.") from error
    if not options.size:
        return rows
    named = {row.name: row for row in rows}
    try:
        return [_resized(row, options.size) for row in named.values()]
    except ValueError as error:
        raise Problem(f"--size {options.size}: {error}.") from error


def _resized(row, size):
    row.sides(size)  # a size that it does not understand is told before anything runs
    return dataclasses.replace(row, size=size)


def _chosen_jobs(names):
    jobs = registry.soaks()
    unknown = set(names) - {job.name for job in jobs}
    if unknown:
        raise Problem(
            f"There is no soak job {', '.join(sorted(unknown))}: "
            "see scripts/bench --list."
        )
    return [job for job in jobs if not names or job.name in names]


def main(options):
    """Measure or play; return 0 when all is within its limit."""
    if options.list:
        say(table(_listing()))
        return 0
    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        with files.locked(paths.HOME / "bench.lock", "measure"):
            runner = Runner(Databases(server))
            if options.soak is not None:
                seed = options.seed
                if seed is None:
                    seed = random.randrange(10**6)
                return play(runner, options.jobs, seed, options.soak)
            return measure(runner, options)
    finally:
        server.close()


def _listing():
    rows = [["Row", "Size", "Limit", "What"]]
    for row in registry.rows():
        limit = f"{row.limit:.2f}" if row.limit is not None else ""
        if row.most is not None:
            limit = f"{row.most:g} {row.of}"
        about = row.about if row.default else f"{row.about} Only when named."
        rows.append([row.name, row.size, limit, about])
    return rows + [[job.name, "--soak", "", job.about] for job in registry.soaks()]


# -- rows ---------------------------------------------------------------------


def measure(runner, options):
    """Measure the chosen rows and tell; return 1 when one is over or failed."""
    outcomes = [_outcome(runner, row, options.limit) for row in options.rows]
    say()
    for line in bench_report.report(outcomes):
        say(line)
    for outcome in outcomes:
        if (outcome.over or options.explain) and not outcome.errors:
            _explain(runner, outcome)
    if options.json:
        files.write(options.json, json.dumps(_as_json(outcomes), indent=1) + "\n")
    failed = sum(outcome.failed for outcome in outcomes)
    say(f"\n{len(outcomes)} rows, {failed} over their limit or failed")
    return 1 if failed else 0


def _outcome(runner, row, limit):
    with step(f"{row.name} {row.size}"):
        sides = [runner.measure(side) for side in row.sides(row.size)]
    return bench_report.Outcome(row, *sides, limit=limit)


def _explain(runner, outcome):
    """Measure a row once more, now asking each statement where it comes from."""
    try:
        sides = [runner.record(side) for side in outcome.row.sides(outcome.row.size)]
    except WorkerError as error:
        say(f"  {outcome.row.name} {outcome.row.size}: {error}")
        return
    for line in bench_report.explain(outcome, *sides):
        say(line)


def _as_json(outcomes):
    return {
        "odoo": modules.odoo_build(),
        "python": platform.python_version(),
        "made": datetime.datetime.now().isoformat(timespec="seconds"),
        "rows": [bench_report.as_json(outcome) for outcome in outcomes],
    }


# -- soak ---------------------------------------------------------------------


def play(runner, jobs, seed, minutes):
    """Play each job for so many minutes; return 1 when a life failed."""
    failed = [_play(runner, job, seed, minutes) for job in jobs]
    return 1 if any(failed) else 0


def _play(runner, job, seed, minutes):
    """Play one job and tell; return how many of its lives failed."""
    lives, failed = 0, 0
    with step(f"{job.name}, from seed {seed}") as current:
        try:
            for life in runner.play(job, seed, minutes):
                lives += 1
                current.progress(f"{lives} lives")
                if life["problem"]:
                    failed += 1
                    say(f"  {job.name}, seed {life['seed']}: {life['problem']}")
                    again = f"scripts/bench {job.name} --soak 0 --seed {life['seed']}"
                    say(f"    again: {again}")
        except WorkerError as error:
            failed += 1
            say(f"  {job.name}: {error}")
    say(f"  {job.name}: {lives} lives, {failed} failed")
    return failed
