"""The nightly pass over all orders is killed in the middle, and goes on."""

import pytest

from stack import odoo
from stack.console import Problem

BATCH = 2

MARK = """
env["mto.demand.change"]._cron_compare()
env.cr.commit()
"""

# What the third batch did is written, but not committed.
KILLED = """
import os
import signal

Queue = type(env["mto.demand.change"])
follow, batches = Queue._follow, []

def follow_and_die(self, size):
    found = follow(self, size)
    self.env.flush_all()
    batches.append(found)
    if len(batches) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

Queue._follow = follow_and_die
env["mto.demand.change"]._cron_refresh(size=2)
"""

AGAIN = """
env["mto.demand.change"]._cron_refresh(size=2)
lines = env["sale.order.line"].search([("state", "=", "sale")])
found = env["mto.order.progress"]._derive(lines)
waiting = lines.filtered(lambda line: line._is_open_for_delivery())
rows = env["mto.order.progress"].search([("sale_line_id", "in", waiting.ids)])
print("LINES=%s ROWS=%s DIFFERENCES=%r" % (len(waiting), len(rows), found))
"""


def test_killed_in_the_middle(databases, demo_database):
    server = databases.server

    def run(script):
        return odoo.run_command(
            server, "shell", f"--database={demo_database}", "--no-http", script=script
        )

    def count():
        statement = (
            "SELECT count(*) FROM mto_demand_change WHERE has_failed IS NOT TRUE"
        )
        [(number,)] = server.query(statement, (), demo_database)
        return number

    run(MARK)
    waiting = count()
    assert waiting > 3 * BATCH
    with pytest.raises(Problem):
        run(KILLED)
    # Two batches are kept, the third is as if it had never begun.
    assert count() == waiting - 2 * BATCH
    output = run(AGAIN)
    assert count() == 0, output
    [told] = [line for line in output.splitlines() if "ROWS=" in line]
    lines, rows = (part.partition("=")[2] for part in told.split()[:2])
    assert lines == rows != "0", output
    assert told.endswith("DIFFERENCES=[]"), output
