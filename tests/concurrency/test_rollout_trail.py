"""Two persons write to one trail at the same moment, on two real connections."""

from . import race

SCRIPT = """
ROUNDS = 8
programme_id = env["rollout.programme"].create({"name": "Race"}).id
env.cr.commit()

for turn in range(ROUNDS):

    def look(own, number):
        # Where the trail ends.
        own["rollout.audit.head"].search([]).mapped("seq")

    def write(own, number):
        programme = own["rollout.programme"].browse(programme_id)
        programme._log("note", {"turn": turn, "by": number})

    race(write, look)

env.cr.rollback()
env.invalidate_all()
programme = env["rollout.programme"].browse(programme_id)
head = env["rollout.audit.head"].search([("programme_id", "=", programme_id)])
rows = env["rollout.audit.event"]._get_rows(programme)
notes = [row for row in rows if row["kind"] == "note"]
print("FAILURES=" + repr(failures))
print("NOTES=%s" % len(notes), "PROBLEM=%s" % head._find_problem(),
      "GAPS=%s" % (len(rows) - head.seq), "AGAIN=%s" % (len(tries) > ROUNDS * PEOPLE))
"""


def test_numbers_without_gaps(databases):
    """The second one waits at the head, looks again, and goes on from there."""
    with databases.cloned(databases.suite(), "trail_race") as name:
        output = race.run(databases.server, name, SCRIPT)
    assert "FAILURES=[]" in output, output
    assert "NOTES=16 PROBLEM=False GAPS=0 AGAIN=True" in output, output
