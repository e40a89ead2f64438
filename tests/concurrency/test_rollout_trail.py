"""Two persons write to one trail at the same moment, on two real connections."""

from stack import odoo

SCRIPT = """
import logging
import threading

from odoo import api
from odoo.service.model import retrying

logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
ROUNDS, WORKERS = 8, 2
programme_id = env["rollout.programme"].create({"name": "Race"}).id
env.cr.commit()
tries, failures = [], []


def write(number, turn, barrier):
    with env.registry.cursor() as cr:
        own = api.Environment(cr, env.uid, {})
        programme = own["rollout.programme"].browse(programme_id)
        waited = []

        def work():
            # Both have read where the trail ends before either of them has written.
            own["rollout.audit.head"].search([]).mapped("seq")
            tries.append(number)
            if not waited:
                waited.append(True)
                barrier.wait(30)
            programme._log("note", {"turn": turn, "by": number})

        try:
            retrying(work, own)
        except Exception as error:
            failures.append(repr(error))


for turn in range(ROUNDS):
    barrier = threading.Barrier(WORKERS)
    threads = [
        threading.Thread(target=write, args=(number, turn, barrier))
        for number in range(WORKERS)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

env.cr.rollback()
env.invalidate_all()
programme = env["rollout.programme"].browse(programme_id)
head = env["rollout.audit.head"].search([("programme_id", "=", programme_id)])
rows = env["rollout.audit.event"]._get_rows(programme)
notes = [row for row in rows if row["kind"] == "note"]
print("FAILURES=" + repr(failures))
print("NOTES=%s" % len(notes), "PROBLEM=%s" % head._find_problem(),
      "GAPS=%s" % (len(rows) - head.seq), "AGAIN=%s" % (len(tries) > ROUNDS * WORKERS))
"""


def test_numbers_without_gaps(databases):
    """The second one waits at the head, looks again, and goes on from there."""
    with databases.cloned(databases.suite(), "trail_race") as name:
        output = odoo.run_command(
            databases.server,
            "shell",
            f"--database={name}",
            "--no-http",
            script=SCRIPT,
        )
    assert "FAILURES=[]" in output, output
    assert "NOTES=16 PROBLEM=False GAPS=0 AGAIN=True" in output, output
