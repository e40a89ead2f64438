"""Runs one side of a benchmark, or a soak job, in a process and database of its own.

Started by `bench_run`, with Odoo importable. The first line of its standard input is
the job as JSON: {"options", "database", "function", "arguments", "explain"}, and for a
soak job {"seed", "minutes"} as well. Answers by one JSON object a line: "done" with the
figures, or "life" for each life of a soak job.
"""

import json
import sys
import time
import traceback

from benchmarks import registry
from benchmarks.bench import Bench
from benchmarks.recorder import Recorder

from . import paths
from .core_worker import Channel

MOST_FAILURES = 5


def main():
    channel = Channel()
    job = json.loads(sys.stdin.readline())
    load_odoo(job["options"], job["database"])
    function = registry.resolve(job["function"])
    if "seed" in job:
        play(channel, job, function)
    else:
        measure(channel, job, function)


def load_odoo(options, database):
    """Configure Odoo as a server that only this process uses, and load it."""
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config(
        [
            *options,
            f"--database={database}",
            f"--db-filter=^{database}$",
            "--workers=0",
            "--max-cron-threads=0",
            "--log-level=warn",
        ],
        setup_logging=True,
    )
    load_server_wide_modules()


def open_environment(database):
    """Return an environment of the administrator, on a cursor of its own."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry

    cr = Registry(database).cursor()
    env = Environment(cr, SUPERUSER_ID, {})
    # With the rights and the language of a person, as in the web client.
    return env(user=env.ref("base.user_admin"))


def measure(channel, job, function):
    recorder = Recorder(paths.ADDONS) if job["explain"] else None
    bench = Bench(open_environment(job["database"]), recorder)
    facts = function(bench, *job["arguments"])
    channel.send(
        "done",
        figures=bench.figures,
        facts=facts,
        problems=bench.problems,
        queries=recorder.dump() if recorder else None,
    )


def play(channel, job, function):
    """Play lives with one seed after the other until the time is over."""
    deadline = time.monotonic() + 60 * job["minutes"]
    env, seed, failures = open_environment(job["database"]), job["seed"], 0
    while True:
        problem = ""
        try:
            function(Bench(env), seed)
        except Exception as error:
            traceback.print_exc()
            problem = f"{type(error).__name__}: {error}"
            failures += 1
        env.cr.rollback()
        channel.send("life", seed=seed, problem=problem)
        seed += 1
        if time.monotonic() >= deadline or failures >= MOST_FAILURES:
            return


if __name__ == "__main__":
    main()
