"""A pytest plugin that keeps Odoo's test runs honest.

- A warning or error logged by our code fails the test that caused it.
- Tests that Odoo itself leaves out (not tagged `standard`) are left out here.
- When an HttpCase was collected but none ran, the run fails: pytest-odoo would
  skip them all without a word if its http server were missing.
"""

import datetime
import logging
import os
import unittest

import pytest

from . import paths

_COUNTS = {"http": 0, "http_run": 0}


def pytest_load_initial_conftests(early_config, parser, args):
    """Start the other clock before Odoo is imported, where one is wanted."""
    date = os.environ.get("STACK_CLOCK")
    if date:
        from . import clock

        clock.freeze(date)


class _OurLog(logging.Handler):
    """Collects what our modules log at WARNING and above."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        if _is_ours(record):
            self.records.append(
                f"{record.levelname} {record.name}: {record.getMessage()}"
            )


def _is_ours(record):
    parts = record.name.split(".")
    ours = (
        parts[:2] == ["odoo", "addons"]
        and (paths.ADDONS / "".join(parts[2:3])).is_dir()
    )
    in_our_files = str(record.pathname).startswith(f"{paths.ADDONS}{os.sep}")
    names_our_files = (
        record.name == "py.warnings" and str(paths.ADDONS) in record.getMessage()
    )
    return (ours and len(parts) > 2) or in_our_files or names_our_files


@pytest.fixture(autouse=True)
def our_log_is_clean():
    """Fail a test during which our code logged a warning or an error.

    A test that expects one catches it with `assertLogs` or `mute_logger`.
    """
    handler = _OurLog()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.records:
        pytest.fail("Our code logged:\n" + "\n".join(handler.records), pytrace=False)


def _http_case():
    try:
        from odoo.tests import HttpCase
    except ImportError:
        return ()
    return HttpCase


def pytest_collection_modifyitems(config, items):
    """Leave out what Odoo leaves out."""
    kept, left_out = [], []
    for item in items:
        tags = getattr(getattr(item, "cls", None), "test_tags", None)
        (left_out if tags and "standard" not in tags else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_collection_finish(session):
    """Count the HttpCases that are about to run, after -k and the like."""
    from . import browser

    _COUNTS["http"] = sum(_is_http(item) for item in session.items)
    if _COUNTS["http"]:
        browser.be_patient()


def _is_http(item):
    cls = getattr(item, "cls", None)
    return (
        bool(cls)
        and issubclass(cls, unittest.TestCase)
        and issubclass(cls, _http_case())
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and _is_http(item) and not report.skipped:
        _COUNTS["http_run"] += 1
    if report.skipped and "--odoo-http" in str(report.longrepr):
        report.outcome = "failed"


def pytest_sessionfinish(session, exitstatus):
    """Fail where browser or http tests were collected and not one ran."""
    from . import browser

    if _COUNTS["http"] and not _COUNTS["http_run"] and browser.find():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line(
                "No HttpCase ran although some were collected.", red=True
            )


def pytest_report_header():
    """Say at which date the tests live, where it is not today."""
    if os.environ.get("STACK_CLOCK"):
        return f"clock: {datetime.datetime.now():%Y-%m-%d %H:%M}"
    return None
