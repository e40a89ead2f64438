"""Runs Odoo's tests one file at a time, each file in a process and database of its own.

Started by `core_run`, with Odoo importable. It loads the registry once, without keeping
a connection, and then for each file asked for: makes the database anew from the
template, forks, and lets the child run the file with Odoo's own loader, suite and
result classes. So no test file can disturb another, the order does not matter, and a
file run alone gives what it gives in a full run.

Messages are one JSON object a line. In: first the job (see `main`), then
{"tests": [id, ...]} for a file; end of input ends the worker. Out: "ready", then for
each file "forked", "class", "start", "result", "class_result" and "exit".
"""

import contextlib
import gc
import json
import logging
import os
import select
import shutil
import sys
import threading
import time
import traceback
from pathlib import Path

from . import browser, files

LEFT_OUT_TOUR = "browser tour"


class Channel:
    """Writes messages for `core_run`; ordinary prints go to the log instead."""

    def __init__(self):
        self.file = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.lock = threading.Lock()

    def send(self, event, **values):
        with self.lock:
            self.file.write(json.dumps({"event": event, **values}) + "\n")
            self.file.flush()


def main():
    channel = Channel()
    job = json.loads(sys.stdin.readline())
    worker = Worker(channel, **job)
    try:
        worker.serve()
    finally:
        worker.drop_database(worker.database)
        worker.drop_database(worker.assets)


class Worker:
    """One registry, one database name, any number of test files after each other."""

    def __init__(self, channel, options, database, template, modules, tours):
        self.channel = channel
        self.options = options
        self.database = database
        self.template = template
        self.modules = modules
        self.tours = tours
        self.assets = f"{database}_assets"
        self.tests = {}

    # -- life

    def serve(self):
        self.load_odoo()
        self.copy_database(self.template, self.database)
        self.load_registry()
        for line in sys.stdin:
            tests = json.loads(line)["tests"]
            with_assets = self.tours and self.has_http_case(tests)
            template = self.assets if with_assets else self.template
            self.copy_database(template, self.database)
            self.run_in_child(tests)

    def load_odoo(self):
        from odoo.service.server import load_server_wide_modules
        from odoo.tools import config

        options = [
            *self.options,
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            "--workers=0",
            "--max-cron-threads=0",
            "--http-interface=127.0.0.1",
            "--http-port=0",
            "--log-level=warn",
            *(f"--log-handler=odoo.addons.{name}.tests:INFO" for name in self.modules),
        ]
        config.parse_config(options, setup_logging=True)
        load_server_wide_modules()

    def load_registry(self):
        from odoo import sql_db
        from odoo.modules.registry import Registry

        Registry(self.database)
        installed = self.installed_modules()
        # A connection must not be shared with the children, and would keep the
        # database from being made anew.
        sql_db.close_all()
        if self.tours:
            browser.be_patient()
            self.make_assets_database()
        collected, left_out = self.collect()
        gc.collect()
        gc.freeze()
        self.channel.send(
            "ready", installed=installed, collected=collected, left_out=left_out
        )

    def installed_modules(self):
        from odoo import sql_db

        with contextlib.closing(sql_db.db_connect(self.database).cursor()) as cr:
            cr.execute(
                "SELECT name FROM ir_module_module WHERE state = 'installed' ORDER BY 1"
            )
            return [name for (name,) in cr.fetchall()]

    # -- databases

    def make_assets_database(self):
        """Make the web client's bundles once instead of in every file with a tour."""
        # In a child, so that our registry remembers nothing of them.
        if wait_for(fork(self.generate_assets)):
            raise SystemExit("The bundles of the web client could not be made.")
        self.copy_database(self.database, self.assets)

    def generate_assets(self):
        from odoo.api import SUPERUSER_ID, Environment
        from odoo.modules.registry import Registry

        with Registry(self.database).cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()

    def copy_database(self, source, target):
        """Make `target` an untouched copy of `source`, with its filestore."""
        self.drop_database(target)
        with self.maintenance() as cr:
            cr.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        if self.filestore(source).is_dir():
            shutil.copytree(
                self.filestore(source), self.filestore(target), copy_function=files.link
            )

    def drop_database(self, name):
        with self.maintenance() as cr:
            cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    @contextlib.contextmanager
    def maintenance(self):
        import psycopg2

        from odoo import sql_db

        _name, info = sql_db.connection_info_for("postgres")
        with contextlib.closing(psycopg2.connect(**info)) as connection:
            connection.autocommit = True
            yield connection.cursor()

    def filestore(self, database):
        from odoo.tools import config

        return Path(config.filestore(database))

    # -- tests

    def collect(self):
        """Ask Odoo's own loader what it would run, in its order.

        Returns the ids to run, and those that Odoo itself does not run without being
        asked (not tagged `standard`, or at no position).
        """
        from odoo.tests import loader
        from odoo.tests.tag_selector import TagsSelector

        standard = TagsSelector("+standard")
        positions = [TagsSelector("at_install"), TagsSelector("post_install")]
        collected, left_out = [], []
        for module in self.modules:
            for file in loader.get_test_modules(module):
                for test in loader.get_module_test_cases(file):
                    wanted = standard.check(test) and any(
                        position.check(test) for position in positions
                    )
                    (collected if wanted else left_out).append(test_id(test))
                    if wanted:
                        self.tests[test_id(test)] = test
        return collected, left_out

    def has_http_case(self, ids):
        from odoo.tests.common import HttpCase

        return any(isinstance(self.tests[name], HttpCase) for name in ids)

    def run_in_child(self, ids):
        """Fork, run these tests in the child, and report how it ended."""
        pid = fork(self.run, ids)
        self.channel.send("forked", pid=pid)
        self.channel.send("exit", pid=pid, status=wait_for(pid))

    def run(self, ids):
        from odoo.http import root
        from odoo.modules import module
        from odoo.modules.registry import Registry
        from odoo.service import server
        from odoo.tests.common import HttpCase
        from odoo.tools import config

        tests = [self.tests[name] for name in ids]
        config["test_enable"] = True
        if not self.tours:
            leave_out_tours(HttpCase)
        if self.has_http_case(ids):
            server.server = server.ThreadedServer(root)
            server.server.http_spawn()
        registry = Registry(self.database)
        module.current_test = True
        at_install = [test for test in tests if "at_install" in test.test_tags]
        # As odoo.tests.shell does: these were written for a registry still loading.
        registry.loaded = registry.ready = False
        self.run_suite(at_install)
        registry.loaded = registry.ready = True
        self.run_suite([test for test in tests if "post_install" in test.test_tags])

    def run_suite(self, tests):
        ordered = sorted(tests, key=lambda test: getattr(test, "test_sequence", 0))
        make_suite(self.channel, ordered)(make_result(self.channel))


def fork(function, *arguments):
    """Call a function in a child, at the head of a process group; return the child."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        threading.Thread(target=die_with, args=(os.getppid(),), daemon=True).start()
        function(*arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Not sys.exit: no thread or exit handler may hold the child back.
        sys.stderr.flush()
        os._exit(status)


def die_with(parent):
    """Leave nothing running when the worker is killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def wait_for(pid):
    """Wait for the child; end it and ourselves when `core_run` is gone."""
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        readable, _, _ = select.select([0], [], [], 0.05)
        if readable and not os.read(0, 1):
            os.killpg(pid, 9)
            os.waitpid(pid, 0)
            raise SystemExit(1)


def test_id(test):
    """The name pytest gives the same test, without what stands before the module."""
    path = test.__module__.removeprefix("odoo.addons.").replace(".", "/")
    return f"{path}.py::{type(test).__qualname__}::{test._testMethodName}"


def class_id(test_class):
    path = test_class.__module__.removeprefix("odoo.addons.").replace(".", "/")
    return f"{path}.py::{test_class.__qualname__}"


def leave_out_tours(http_case):
    from unittest import SkipTest

    def browser_js(self, *args, **kwargs):
        raise SkipTest(LEFT_OUT_TOUR)

    http_case.browser_js = browser_js


class LessQueries(logging.Handler):
    """Collects Odoo's notes that a test needed fewer queries than it allows."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        if str(record.msg).startswith("Query count less"):
            self.lines.append(record.getMessage())


def make_suite(channel, tests):
    from odoo.tests.suite import OdooSuite

    class Suite(OdooSuite):
        def _handleClassSetUp(self, test, result):
            if result._previousTestClass is not type(test):
                channel.send("class", id=class_id(type(test)))
            super()._handleClassSetUp(test, result)

        def _createClassOrModuleLevelException(
            self, result, exception, method_name, parent, info=None
        ):
            result.class_step = (method_name, parent)
            try:
                super()._createClassOrModuleLevelException(
                    result, exception, method_name, parent, info
                )
            finally:
                result.class_step = None

    return Suite(tests)


def make_result(channel):
    from odoo.tests.case import _SubTest
    from odoo.tests.result import OdooTestResult

    class Result(OdooTestResult):
        class_step = None

        def startTest(self, test):
            super().startTest(test)
            self.outcomes, self.problems, self.reason = [], [], ""
            self.less_queries = LessQueries()
            logging.getLogger(test.__module__).addHandler(self.less_queries)
            channel.send("start", id=test_id(test))

        def stopTest(self, test):
            super().stopTest(test)
            logging.getLogger(test.__module__).removeHandler(self.less_queries)
            channel.send(
                "result",
                id=test_id(test),
                outcome=worst(self.outcomes),
                problems=self.problems,
                reason=self.reason,
                fewer_queries=self.less_queries.lines,
                seconds=round(time.time() - self.time_start, 2),
            )

        def addError(self, test, err):
            self.note("error", test, err)
            super().addError(test, err)

        def addFailure(self, test, err):
            self.note("fail", test, err)
            super().addFailure(test, err)

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            outcome = "tour" if reason == LEFT_OUT_TOUR else "skip"
            if self.class_step:
                self.note_class(outcome, reason, "")
            else:
                self.outcomes.append(outcome)
                self.reason = reason

        def note(self, outcome, test, err):
            message = "".join(traceback.format_exception_only(*err[:2])).strip()
            details = self._exc_info_to_string(err, test)
            if self.class_step:
                self.note_class(outcome, message, details)
                return
            self.outcomes.append(outcome)
            subtest = test._subDescription() if isinstance(test, _SubTest) else ""
            self.problems.append(
                {"message": message, "details": details, "subtest": subtest}
            )

        def note_class(self, outcome, message, details):
            step, name = self.class_step
            path, _dot, qualname = name.rpartition(".")
            path = path.removeprefix("odoo.addons.").replace(".", "/")
            channel.send(
                "class_result",
                step=step,
                id=f"{path}.py::{qualname}",
                outcome=outcome,
                problems=[{"message": message, "details": details, "subtest": ""}],
            )

    return Result()


def worst(outcomes):
    for outcome in ("error", "fail", "tour", "skip"):
        if outcome in outcomes:
            return outcome
    return "pass"


if __name__ == "__main__":
    main()
