"""Two detectors report the same causes at the same moment, on two real connections."""

from . import race

SCRIPT = """
ROUNDS, KEYS = 5, 10
partner_id = env.company.partner_id.id
env.cr.rollback()

for turn in range(ROUNDS):
    keys = [f"race-{turn}-{key}" for key in range(KEYS)]

    def look(own, number):
        own["operation.exception"].search_count([("key", "in", keys)])

    def report(own, number):
        partner = own["res.partner"].browse(partner_id)
        own["operation.exception"]._raise_exceptions([
            {"key": key, "type_code": "shortage", "days": number + 1, "record": partner}
            for key in (keys if number else reversed(keys))
        ])

    race(report, look)

env.cr.rollback()
env.invalidate_all()
found = env["operation.exception"].search([("key", "like", "race-")])
activities = env["mail.activity"].search([("exception_id", "in", found.ids)])
print("FAILURES=" + repr(failures))
print("ISSUES=%s" % len(found), "KEYS=%s" % len(set(found.mapped("key"))),
      "ACTIVITIES=%s" % len(activities), "AGAIN=%s" % (len(tries) > ROUNDS * PEOPLE))
"""


def test_one_issue_per_cause(databases, demo_database):
    """The second one waits, looks again and updates: nothing fails, nothing twice."""
    output = race.run(databases.server, demo_database, SCRIPT)
    assert "FAILURES=[]" in output, output
    assert "ISSUES=50 KEYS=50 ACTIVITIES=50 AGAIN=True" in output, output
