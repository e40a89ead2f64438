"""Each module alone: install, test, update, uninstall; Odoo works afterwards."""

import time

from . import modules, odoo, paths
from .console import Problem, say, step
from .jobs import Job, Outcome, pytest_on


def run(databases, extra, retry=False):
    """Return one `Outcome` per module; its tests and the three operations count."""
    say("Each module alone")
    return [_one(databases, name, extra, retry) for name in modules.ours(demo=True)]


def _one(databases, module, extra, retry=False):
    started = time.monotonic()
    outcome = Outcome(f"{module} alone")
    core = databases.core(modules.core_depends([module]))
    with databases.cloned(core, f"alone_{module}") as database:
        try:
            _change(databases, database, module, update=False)
            job = Job(outcome.name, [paths.ADDONS / module / "tests"])
            outcome = pytest_on(job, databases, database, extra, retry)
            _change(databases, database, module, update=True)
            _uninstall(databases, database, module)
            outcome.passed += 1
        except Problem as problem:
            say(f"  {module}: {problem}")
            outcome.fail(outcome.name, str(problem))
    outcome.seconds = time.monotonic() - started
    return outcome


def _change(databases, database, module, update):
    verb = "Updating" if update else "Installing"
    with step(f"{verb} {module} alone") as current:
        warnings = odoo.install(
            databases.server,
            database,
            [module],
            current,
            update=update,
            variables=databases.variables,
        )
    if warnings:
        raise Problem(f"{verb} {module} logged:\n    " + "\n    ".join(warnings))


def _uninstall(databases, database, module):
    """Uninstall a module and see that nothing of it is left and Odoo still loads."""
    with step(f"Uninstalling {module}"):
        log = odoo.uninstall(databases.server, database, module)
    # Records that documents still use may stay; what the module added may not.
    left = databases.server.query(
        "SELECT model || ' ' || name FROM ir_model_data "
        "WHERE module = %s AND split_part(model, '.', 1) = 'ir'",
        [module],
        database,
    )
    if left:
        names = ", ".join(row[0] for row in left[:5])
        raise Problem(f"Uninstalling {module} left {names}.")
    errors = [
        line for line in log.splitlines() if " ERROR " in line or " WARNING " in line
    ]
    if errors:
        raise Problem(f"Uninstalling {module} logged:\n    " + "\n    ".join(errors))
