"""scripts/core_tests: Odoo's own tests with our modules installed, against a baseline.

`core_run` runs the tests, `core_gate` judges them; here is what joins them to the
stack: the databases with and without our modules, the baseline's file, the words.
"""

import argparse
import datetime
import json
import os
import platform
import sys

from . import browser, core_gate, files, modules, odoo, paths
from .console import Problem, say
from .core_run import Run, RunError
from .database import PREFIX, Databases
from .options import add_server_options
from .postgres import open_server

TESTED = (
    "sale",
    "sale_mrp",
    "sale_stock",
    "purchase",
    "purchase_mrp",
    "purchase_stock",
    "mrp_subcontracting",
    "stock_dropshipping",
    "mrp",
    "mrp_account",
    "stock",
)
BASELINES = paths.SCRIPTS / "core_baselines"


def parse(argv):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/core_tests",
        description="Run Odoo's own tests with the suite installed and compare with a "
        "baseline without it.",
    )
    add_server_options(parser)
    parser.add_argument(
        "parts",
        metavar="PART",
        nargs="*",
        help="only tests with this in their name, such as stock/tests/test_move.py",
    )
    parser.add_argument(
        "--baseline",
        action="store_true",
        help="make the baseline for this Odoo (runs all tests twice without the suite)",
    )
    parser.add_argument(
        "--tours", action="store_true", help="also run the tests that drive a browser"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=max(1, min(os.cpu_count() or 1, 4)),
        help="tests run at the same time (default: %(default)s)",
    )
    parser.add_argument(
        "--test-timeout",
        type=int,
        default=300,
        metavar="SECONDS",
        help="a test that takes longer fails (default: %(default)s)",
    )
    parser.add_argument(
        "--time-limit",
        type=int,
        default=60,
        metavar="MINUTES",
        help="what has not run by then fails (default: %(default)s)",
    )
    parser.add_argument(
        "--switch-on",
        metavar="FIELD",
        help="with this setting of the suite (a field of res.company) switched on in "
        "all companies: what fails then asserts what the setting changes, and is "
        "listed with the reason in scripts/core_baselines/FIELD.md",
    )
    options = parser.parse_args(argv)
    if options.baseline and (options.parts or options.switch_on):
        raise Problem(
            "--baseline is made of all tests, without settings: leave out the others."
        )
    return options


def main(options):
    """Make a baseline, or compare with one; return the exit status."""
    if options.tours and not browser.find():
        raise Problem("--tours needs a browser: install chromium, or leave it out.")
    path = BASELINES / core_gate.baseline_name(modules.odoo_build())
    if not options.baseline and not path.is_file():
        raise Problem(
            f"There is no baseline for Odoo {modules.odoo_build()}: make one with "
            "scripts/core_tests --baseline (it runs all tests twice)."
        )
    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        with files.locked(paths.HOME / "core_tests.lock", "run Odoo's tests"):
            gate = Gate(server, options)
            return gate.make_baseline(path) if options.baseline else gate.check(path)
    except (RunError, core_gate.GateError) as error:
        raise Problem(str(error)) from error
    finally:
        server.close()


class Templates(Databases):
    """The databases to compare: Odoo's modules, and ours on top of the very same."""

    def suite_on(self, base):
        """Return a template with our modules (all but the demo) on top of `base`."""
        names = modules.ours()
        key = files.digest([base, modules.code_state(names)])
        return self._template("core_tests", key, base, names, "Our modules")

    def switched_on(self, suite, setting):
        """Return a template like `suite` with a setting on, in new companies too."""
        name = f"{PREFIX}_core_tests_on_{files.digest([suite, setting])[:8]}"
        if not self.exists(name):
            part = f"{name}_part"
            self.drop(part)
            self.clone(suite, part)
            self._switch_on(part, setting)
            self._rename(part, name)
            self.describe(name, kind="core_tests_on", template=True)
            self._forget_older("core_tests_on", name)
        return name

    def _switch_on(self, name, setting):
        from psycopg2 import sql

        found = self.server.query(
            "INSERT INTO ir_default (field_id, json_value)"
            " SELECT id, 'true' FROM ir_model_fields WHERE model = 'res.company'"
            " AND name = %s AND ttype = 'boolean' AND store RETURNING id",
            [setting],
            database=name,
        )
        if not found:
            raise Problem(f"--switch-on: companies have no setting {setting}.")
        self.server.query(
            sql.SQL("UPDATE res_company SET {} = true").format(sql.Identifier(setting)),
            database=name,
        )


class Gate:
    """One use of the command."""

    def __init__(self, server, options):
        self.server = server
        self.options = options
        self.templates = Templates(server)

    # -- the two jobs

    def make_baseline(self, path):
        """Run everything twice without our modules and write the baseline."""
        runs = []
        for number in (1, 2):
            say(f"Odoo's tests without our modules, run {number} of 2")
            run = self._run(f"baseline-{number}", self._without())
            unfinished = set(run["collected"]) - set(run["results"])
            if unfinished:
                raise Problem(
                    f"{len(unfinished)} tests did not run within the time limit; no "
                    "baseline was written. Give more with --time-limit."
                )
            runs.append(run)
        baseline = core_gate.Baseline.from_runs(
            modules.odoo_build(), runs, **self._about(runs)
        )
        files.write(path, baseline.dump())
        self._tell_baseline(baseline, path)
        return 0

    def check(self, path):
        """Run with our modules and judge; returns 1 where something newly fails."""
        baseline = core_gate.Baseline.load(path.read_text())
        say(f"Odoo's tests with our modules, against the baseline of {baseline.build}")
        template = self.templates.suite_on(self._without())
        if self.options.switch_on:
            template = self.templates.switched_on(template, self.options.switch_on)
        run = self._run(
            "with",
            template,
            seconds=baseline.seconds,
            check=lambda installed: core_gate.check_modules(
                baseline, installed, modules.ours()
            ),
        )
        if not run["collected"]:
            raise Problem("There is no test with such a part in its name.")
        verdict = core_gate.compare(
            baseline, run["results"], self._wanted, changed=self._read_changed()
        )
        if verdict.new_failures:
            self._look_without(verdict)
        for line in core_gate.report(verdict, run["left_out"]):
            say(line)
        return 1 if verdict.failed else 0

    def _read_changed(self):
        """Return the tests that are known to assert what the setting changes."""
        if not self.options.switch_on:
            return {}
        path = BASELINES / f"{self.options.switch_on}.md"
        return core_gate.read_changed(path.read_text()) if path.is_file() else {}

    def _look_without(self, verdict):
        """Excuse what fails without our modules too: the day or the machine does it."""
        affected = {name.split("::")[0] for name, _text in verdict.new_failures}
        say(f"New failures: running {len(affected)} files without our modules as well")
        run = self._run(
            "without",
            self._without(),
            wanted=lambda name: name.split("::")[0] in affected,
        )
        verdict.excuse(
            {
                name
                for name, result in run["results"].items()
                if result["outcome"] in core_gate.BAD
            }
        )

    # -- parts

    def _without(self):
        return self.templates.core({*TESTED, *modules.core_depends(modules.ours())})

    def _wanted(self, name):
        parts = self.options.parts
        return not parts or any(part in name for part in parts)

    def _run(self, label, template, wanted=None, **options):
        """Run tests from a template; logs and results go to the folder `label`."""
        folder = paths.LOGS / "core_tests" / label
        run = Run(
            program=[sys.executable, "-m", "stack.core_worker"],
            options=odoo.options(self.server),
            environment=odoo.environment(self.server),
            template=template,
            databases=[
                f"stack_core_tests_{paths.checkout_key()}_{number}"
                for number in range(1, self.options.workers + 1)
            ],
            modules=list(TESTED),
            logs=folder,
            tours=self.options.tours,
            wanted=wanted or self._wanted,
            test_timeout=self.options.test_timeout,
            time_limit=self.options.time_limit * 60,
            progress=say,
            **options,
        ).execute()
        files.write(folder / "results.json", json.dumps(run, indent=1))
        return run

    def _about(self, runs):
        return {
            "made": datetime.date.today().isoformat(),
            "python": platform.python_version(),
            "postgresql": self.server.query("SHOW server_version")[0][0],
            "tours": self.options.tours,
            "minutes": [round(run["elapsed"] / 60, 1) for run in runs],
        }

    def _tell_baseline(self, baseline, path):
        say(f"\nFlaky: {len(baseline.flaky)}")
        for name, outcomes in baseline.flaky.items():
            say(f"  {name}: {' or '.join(outcomes)}")
        bad = [
            name
            for name, value in baseline.outcomes.items()
            if value["outcome"] in core_gate.BAD
        ]
        say(f"Failing on stock Odoo: {len(bad)} of {len(baseline.tests)}")
        say(f"Written: {path.relative_to(paths.ROOT)}")
