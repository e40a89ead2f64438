"""Runs Odoo's tests in several workers and says how each test ended.

Knows processes and time, nothing of what the outcomes mean (`core_gate` does). However
a test ends, by a hang, a crash or a lost worker, it ends as an outcome of that test;
whatever stops a run, nothing that it started is left running.
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

START_SECONDS = 300
LOST_WORKERS = 3


class RunError(Exception):
    """The run could not be made at all; the message says why and where to look."""


class Lost(Exception):
    """A worker went away or could not start."""


class Worker:
    """A `core_worker` process: one message sent, many received."""

    def __init__(self, program, environment, job, log):
        self.log = log
        self.child = None
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                start_new_session=True,
                env=environment,
            )
        self.events = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.send(job)

    def _read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line))
        self.events.put({"event": "end"})

    def send(self, message):
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Lost(str(error)) from error

    def receive(self, seconds):
        """The next message; raises queue.Empty after `seconds`, Lost at the end."""
        message = self.events.get(timeout=seconds)
        if message["event"] == "end":
            raise Lost(f"the worker ended, see {self.log}")
        if message["event"] == "forked":
            self.child = message["pid"]
        elif message["event"] == "exit":
            self.child = None
        return message

    def kill_child(self):
        if self.child:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child, signal.SIGKILL)

    def close(self):
        """End the worker: ask, wait a little, then insist."""
        self.kill_child()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Run:
    """One pass over all test files.

    :param program: command line of a worker, see `core_worker`
    :param options: Odoo's command line options that lead to server and add-ons
    :param template: name of the database that every test file starts from
    :param databases: names for the workers' databases; their number is that of workers
    :param modules: names of the Odoo modules whose tests are run
    :param logs: folder for one log per worker, emptied first
    :param environment: variables for the workers, or None for those of this process
    :param tours: whether tests that drive a browser are run
    :param wanted: function of a test id: is it to be run?
    :param check: function called with the names of the installed modules before
        anything is run; what it raises ends the run
    :param seconds: expected duration per file, to start the longest first
    :param test_timeout: seconds without news after which a test counts as hanging
    :param time_limit: seconds for the whole run
    :param progress: function called with one line per finished file
    """

    def __init__(
        self,
        *,
        program,
        options,
        template,
        databases,
        modules,
        logs,
        environment=None,
        tours=False,
        wanted=None,
        check=None,
        seconds=None,
        test_timeout=300,
        time_limit=3600,
        progress=print,
    ):
        self.program = program
        self.environment = environment
        self.databases = databases
        self.logs = Path(logs)
        self.job = {
            "options": options,
            "template": template,
            "modules": modules,
            "tours": tours,
        }
        self.wanted = wanted or (lambda _id: True)
        self.check = check or (lambda _installed: None)
        self.expected = seconds or {}
        self.test_timeout = test_timeout
        self.time_limit = time_limit
        self.progress = progress
        self.lock = threading.Lock()
        self.workers = []
        self.stopping = False
        self.lost = 0
        self.ready = None
        self.files = []
        self.file_seconds = {}
        self.results = {}
        self.total = self.finished = 0

    def execute(self):
        """Run everything; returns a dictionary that `core_gate` understands.

        {"results": {id: result}, "collected": [id], "left_out": [id],
         "installed": [module], "seconds": {file: seconds}, "elapsed": seconds}
        """
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self.start = time.monotonic()
        threads = []
        try:
            first = self._open(self.databases[0])
            self.check(self.ready["installed"])
            self._plan()
            threads = [
                threading.Thread(target=self._work, args=(database, worker))
                for database, worker in zip(
                    self.databases, [first] + [None] * len(self.databases), strict=False
                )
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)
        except Lost as error:
            raise RunError(str(error)) from error
        finally:
            self.stop()
            for thread in threads:
                thread.join(60)
        return {
            "results": self.results,
            "collected": self.collected,
            "left_out": self.ready["left_out"],
            "installed": self.ready["installed"],
            "seconds": self.file_seconds,
            "elapsed": round(time.monotonic() - self.start),
        }

    def stop(self):
        """End all that was started; safe to call at any time, and again."""
        self.stopping = True
        with self.lock:
            workers, self.workers = self.workers, []
        for worker in workers:
            worker.close()

    # -- plan

    def _open(self, database):
        log = self.logs / f"{database}.log"
        job = {**self.job, "database": database}
        worker = Worker(self.program, self.environment, job, log)
        with self.lock:
            self.workers.append(worker)
        try:
            ready = worker.receive(START_SECONDS)
        except queue.Empty as error:
            raise Lost(f"the worker did not start in time, see {log}") from error
        self.ready = self.ready or ready
        return worker

    def _plan(self):
        self.collected = [name for name in self.ready["collected"] if self.wanted(name)]
        by_file = {}
        for name in self.collected:
            by_file.setdefault(name.split("::")[0], []).append(name)
        self.files = sorted(
            by_file.items(),
            key=lambda item: (-self.expected.get(item[0], len(item[1])), item[0]),
        )
        self.total = len(self.collected)

    # -- work

    def _work(self, database, worker):
        while not self.stopping:
            with self.lock:
                if not self.files or self._late():
                    return
                file, ids = self.files.pop(0)
            begin = time.monotonic()
            try:
                worker = worker or self._open(database)
                self._run_file(worker, ids)
            except Lost as error:
                self._give_up(worker, ids, error)
                worker = None
                if self.lost > LOST_WORKERS:
                    return
            if not self.stopping:
                self._file_done(file, ids, time.monotonic() - begin)

    def _late(self):
        return time.monotonic() - self.start > self.time_limit

    def _give_up(self, worker, ids, error):
        if worker:
            worker.close()
        with self.lock:
            self.lost += 1
        if not self.stopping:
            for name in ids:
                self._end(name, f"no worker: {error}")

    def _file_done(self, file, ids, seconds):
        bad = sum(
            self.results.get(name, {}).get("outcome") in ("fail", "error", None)
            for name in ids
        )
        with self.lock:
            self.finished += len(ids)
            self.file_seconds[file] = round(seconds)
            percent = 100 * self.finished // self.total
            minutes, rest = divmod(int(time.monotonic() - self.start), 60)
        note = f", {bad} not passing" if bad else ""
        self.progress(f"[{percent:3}%] {minutes:3}:{rest:02}  {file}: {len(ids)}{note}")

    def _run_file(self, worker, ids):
        """Run a file; after a crash or a hang go on behind the test that caused it."""
        remaining = list(ids)
        while remaining and not self.stopping:
            cause, culprits = self._run_once(worker, remaining)
            if not cause:
                return
            if self.stopping or self._late():
                return
            for name in culprits:
                self._end(name, cause)
            remaining = [name for name in remaining if name not in self.results]

    def _run_once(self, worker, ids):
        """Returns why the process ended early, or None, and the tests to blame."""
        worker.send({"tests": ids})
        news = News(ids)
        cause = None
        while True:
            try:
                message = worker.receive(self._patience())
            except queue.Empty:
                cause = f"no news for {self.test_timeout} s, ended"
                if self._late():
                    cause = "time limit of the whole run"
                worker.kill_child()
                continue
            if message["event"] == "exit":
                break
            for name, result in news.take(message).items():
                self.results[name] = result
        if not cause and message["status"]:
            cause = f"the process died ({describe(message['status'])})"
        return cause, news.suspects(self.results) if cause else []

    def _patience(self):
        left = self.time_limit - (time.monotonic() - self.start)
        return max(1, min(self.test_timeout, left))

    def _end(self, name, cause):
        problem = {"message": f"Crash: {cause}", "details": cause, "subtest": ""}
        self.results[name] = {"outcome": "error", "problems": [problem]}


class News:
    """What the messages of one child say about the tests it was given."""

    def __init__(self, ids):
        self.ids = ids
        self.test_class = None
        self.running = None

    def take(self, message):
        """Returns {id: result} of what is known after this message."""
        event = message.pop("event")
        if event == "class":
            self.test_class, self.running = message["id"], None
        elif event == "start":
            self.running = message["id"]
        elif event == "result":
            self.running = None
            return {message.pop("id"): message}
        elif event == "class_result":
            return self._take_class(message)
        return {}

    def _take_class(self, message):
        name, step = message.pop("id"), message.pop("step")
        if step != "setUpClass":
            return {f"{name}::{step}": message}
        return {test: message for test in self.ids if test.startswith(f"{name}::")}

    def suspects(self, done):
        """The test that ran when the child ended, else its class, else all."""
        left = [name for name in self.ids if name not in done]
        if self.running:
            return [self.running]
        in_class = [name for name in left if name.startswith(f"{self.test_class}::")]
        return in_class or left


def describe(status):
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit status {code}"
