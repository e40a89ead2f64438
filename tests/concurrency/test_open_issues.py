"""Two detectors report the same causes at the same moment, on two real connections."""

from stack import odoo

SCRIPT = """
import logging
import threading

from odoo import api
from odoo.service.model import retrying

logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
ROUNDS, KEYS, WORKERS = 5, 10, 2
partner_id = env.company.partner_id.id
env.cr.rollback()
tries, failures = [], []


def report(number, turn, barrier):
    with env.registry.cursor() as cr:
        own = api.Environment(cr, env.uid, {})
        Issues = own["operation.exception"]
        keys = [f"race-{turn}-{key}" for key in range(KEYS)]
        causes = [
            {"key": key, "type_code": "shortage", "days": number + 1,
             "record": own["res.partner"].browse(partner_id)}
            for key in (keys if number else reversed(keys))
        ]
        waited = []

        def work():
            # Both have looked before either of them has written.
            Issues.search_count([("key", "in", keys)])
            tries.append(number)
            if not waited:
                waited.append(True)
                barrier.wait(30)
            Issues._raise_exceptions(causes)

        try:
            retrying(work, own)
        except Exception as error:
            failures.append(repr(error))


for turn in range(ROUNDS):
    barrier = threading.Barrier(WORKERS)
    threads = [
        threading.Thread(target=report, args=(number, turn, barrier))
        for number in range(WORKERS)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

env.cr.rollback()
env.invalidate_all()
found = env["operation.exception"].search([("key", "like", "race-")])
activities = env["mail.activity"].search([("exception_id", "in", found.ids)])
print("FAILURES=" + repr(failures))
print("ISSUES=%s" % len(found), "KEYS=%s" % len(set(found.mapped("key"))),
      "ACTIVITIES=%s" % len(activities), "AGAIN=%s" % (len(tries) > ROUNDS * WORKERS))
"""


def test_one_issue_per_cause(databases, demo_database):
    """The second one waits, looks again and updates: nothing fails, nothing twice."""
    output = odoo.run_command(
        databases.server,
        "shell",
        f"--database={demo_database}",
        "--no-http",
        script=SCRIPT,
    )
    assert "FAILURES=[]" in output, output
    assert "ISSUES=50 KEYS=50 ACTIVITIES=50 AGAIN=True" in output, output
