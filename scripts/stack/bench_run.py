"""The processes and databases of scripts/bench: one of each for every side."""

import json
import subprocess
import sys

from benchmarks import registry

from . import odoo, paths
from .bench_report import Result
from .processes import start, stop

TRACEBACK = "Traceback (most recent call last):"


class Runner:
    """Measures sides; one that several rows share is measured once."""

    def __init__(self, databases):
        self.databases = databases
        self.results = {}

    def measure(self, side):
        """Return the `Result` of a side."""
        if side not in self.results:
            self.results[side] = self._measure(side)
        return self.results[side]

    def _measure(self, side):
        try:
            answer = self._call(side)
        except WorkerError as error:
            return Result(error=str(error))
        return Result(
            **answer["figures"], facts=answer["facts"], problems=answer["problems"]
        )

    def record(self, side):
        """Return where the queries of a side come from, see `Recorder.dump`."""
        return self._call(side, explain=True)["queries"]

    def _call(self, side, explain=False):
        job = self._job(side.function, arguments=side.arguments, explain=explain)
        with self._database(side.template) as name:
            [answer] = self._answers({**job, "database": name})
        return answer

    def play(self, job, seed, minutes):
        """Play a soak job; gives {"seed", "problem"} of each life as it ends."""
        message = self._job(job.function, seed=seed, minutes=minutes)
        with self._database("suite") as name:
            yield from self._answers({**message, "database": name})

    # -- parts

    def _database(self, template):
        kinds = {
            "stock": self.databases.everything,
            "suite": self.databases.suite,
            "batch": self.databases.batch,
        }
        return self.databases.cloned(kinds[template](), "bench")

    def _job(self, function, **values):
        options = odoo.options(self.databases.server)
        return {"options": options, "function": registry.address(function), **values}

    def _answers(self, job):
        """Run a worker; gives its messages, and raises where it fails."""
        log = paths.LOGS / "bench.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        # Sets of strings in one order, so that two runs make the same queries.
        environment = {**odoo.environment(self.databases.server), "PYTHONHASHSEED": "0"}
        with log.open("w") as output:
            process = start(
                [sys.executable, "-m", "stack.bench_worker"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
            try:
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.close()
                for line in process.stdout:
                    yield json.loads(line)
                status = process.wait()
            finally:
                stop(process)
        if status:
            raise WorkerError(_told(log))


class WorkerError(Exception):
    """A worker failed; the message says how."""


def _told(log):
    """The last line of the first traceback: what follows only comes of it."""
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    last = lines[-1] if lines else "it ended without a word"
    if TRACEBACK in lines:
        rest = lines[lines.index(TRACEBACK) + 1 :]
        last = next((line for line in rest if not line.startswith(" ")), last)
    return f"{last.strip()} (log: {log})"
