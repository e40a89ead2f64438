"""Two persons sign a gate at the same moment, on two real connections."""

from . import race

SCRIPT = """
from odoo.tests.common import new_test_user

ROUNDS = 3


def function(code):
    return env.ref("rollout_gate.function_" + code).id


names = "production", "finance"
manager, *signers = [
    new_test_user(env, login="race_" + name, groups="rollout_gate.group_" + duty).id
    for name, duty in (
        ("manager", "manager"),
        *((name, "process_owner") for name in names),
    )
]
programme = env["rollout.programme"].with_user(manager).create(
    {"name": "Race", "rpc_signoff": True, "template_id": env.ref(
        "rollout_gate.template_light").id,
     "site_ids": [(0, 0, {"name": "Plant"})],
     "member_ids": [(0, 0, {"function_id": function(name), "user_id": signer})
                    for name, signer in zip(names, signers)]})
programme.action_start()
outcomes = []
for turn in range(ROUNDS):
    gate = programme.gate_ids[0]
    # The items are not what this is about.
    gate.item_ids.filtered(lambda item: item.kind != "check").sudo().state = "passed"
    gate.item_ids.sudo().evidence_count = 0
    gate.item_ids.filtered(
        lambda item: item.kind in ("evidence", "deliverable")).sudo().kind = "manual"
    gate.action_request_review()
    gate_id = gate.id
    env.cr.commit()

    def look(own, number):
        own["rollout.gate"].browse(gate_id).mapped("signoff_ids.decision")

    def sign(own, number):
        gate = own["rollout.gate"].with_user(signers[number]).browse(gate_id)
        gate.sign_off("approve")

    race(sign, look)
    env.cr.rollback()
    env.invalidate_all()
    gate = programme.gate_ids[0]
    outcomes.append((gate.state, len(gate._get_signatures())))
    gate.sudo()._reopen("Once more")
head = env["rollout.audit.head"].search([("programme_id", "=", programme.id)])
print("FAILURES=" + repr(failures))
print("OUTCOMES=%s" % sorted(set(outcomes)), "PROBLEM=%s" % head._find_problem())
"""


def test_the_last_two_signatures_at_once(databases):
    """Whoever is second sees the first one, and the gate is approved once."""
    with databases.cloned(databases.suite(), "sign_race") as name:
        output = race.run(databases.server, name, SCRIPT)
    assert "FAILURES=[]" in output, output
    assert "OUTCOMES=[('approved', 2)] PROBLEM=False" in output, output
