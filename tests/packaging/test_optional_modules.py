"""Checks of Odoo modules that the suite's databases lack, where they are installed.

The same tests as elsewhere: there they only see that the module is missing.
"""

from stack import console, jobs, odoo, paths

TESTS = paths.ADDONS / "rollout_readiness" / "tests" / "test_governance.py"


def test_automations(databases):
    with databases.cloned(databases.suite(), "automations") as name:
        odoo.install(
            databases.server, name, ["base_automation"], console.Step("Installing")
        )
        job = jobs.Job("automation rules", [TESTS])
        outcome = jobs.pytest_on(job, databases, name, ["-k", "l14_automations"])
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 0, [])
