"""People who write at the same moment, on connections of their own.

``SCRIPT`` stands before what a shell of Odoo runs. It has ``race(act, look)``: once for
each of two people, and as one transaction that is tried again as Odoo's server would,
``look(env, number)`` and, when both have looked, ``act(env, number)``. ``tries`` has a
row for each attempt, ``failures`` what no further attempt cured.
"""

from stack import odoo

SCRIPT = """
import logging
import threading

from odoo import api
from odoo.service.model import retrying

logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
PEOPLE = 2
tries, failures = [], []


def race(act, look):
    barrier = threading.Barrier(PEOPLE)

    def person(number):
        with env.registry.cursor() as cr:
            own = api.Environment(cr, env.uid, {})
            waited = []

            def work():
                look(own, number)
                tries.append(number)
                if not waited:
                    waited.append(True)
                    barrier.wait(30)
                act(own, number)

            try:
                retrying(work, own)
            except Exception as error:
                failures.append(repr(error))

    people = [threading.Thread(target=person, args=(n,)) for n in range(PEOPLE)]
    [thread.start() for thread in people]
    [thread.join() for thread in people]
"""


def run(server, database, script):
    """What the script printed, after a race or several."""
    return odoo.run_command(
        server,
        "shell",
        f"--database={database}",
        "--no-http",
        script=SCRIPT + script,
    )
