from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestGovernance(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls._seat(cls.programme, "steering", cls.users["steering"])
        cls._seat(cls.programme, "design_authority", cls.users["design_authority"])

    def _propose(self, kind, user="manager", **values):
        return (
            self.env["rollout.decision"]
            .with_user(self.users[user])
            .create(
                {
                    "name": "Something",
                    "programme_id": self.programme.id,
                    "kind": kind,
                    "text": "Do it",
                    **values,
                }
            )
        )

    def test_mandates(self):
        policy, standard = self._propose("policy"), self._propose("standard")
        with self.assertRaises(AccessError):
            self.as_("design_authority", policy).action_decide()
        with self.assertRaises(AccessError):
            self.as_("steering", standard).action_decide()
        self.as_("steering", policy).action_decide()
        self.as_("design_authority", standard).action_decide()
        self.assertNotEqual(policy.number, standard.number)

    def test_who_may_not_decide(self):
        decision = self._propose("scope", "steering")
        with self.assertRaisesRegex(AccessError, "what they proposed"):
            self.as_("steering", decision).action_decide()
        with self.assertRaisesRegex(AccessError, "The system decides nothing"):
            decision.sudo().action_decide()
        user = self._create_user("rollout_steering_2", "steering")
        with self.assertRaisesRegex(AccessError, "no seat"):
            decision.with_user(user).action_decide()
        self._seat(self.programme, "steering", user)
        decision.with_user(user).action_decide()
        self.assertEqual(decision.decided_by_id, user)

    def test_decided_stays(self):
        decision = self._propose("scope")
        self.as_("steering", decision).action_decide()
        with self.assertRaisesRegex(UserError, "What is decided stays"):
            self.as_("manager", decision).text = "Something else"
        with self.assertRaisesRegex(UserError, "part of the trail"):
            self.as_("manager", decision).unlink()
        later = self._propose("scope", supersedes_id=decision.id)
        self.as_("steering", later).action_decide()
        self.assertEqual(decision.state, "superseded")
        self.assertEqual(decision.superseded_by_id, later)

    def _ask_deviation(self, **values):
        return (
            self.env["rollout.deviation"]
            .with_user(self.users["contributor"])
            .create(
                {
                    "name": "Own labels",
                    "site_id": self.programme.site_ids.id,
                    "reason": "The customer asks for it",
                    **values,
                }
            )
        )

    def test_deviations_are_limited(self):
        self.programme.deviation_limit = 1
        first, second = self._ask_deviation(), self._ask_deviation()
        with self.assertRaises(AccessError):
            self.as_("manager", first).action_approve()
        self.as_("design_authority", first).action_approve()
        self.assertEqual(self.programme.site_ids.deviation_count, 1)
        with self.assertRaisesRegex(UserError, "has its 1 deviations"):
            self.as_("design_authority", second).action_approve()
        local = self._ask_deviation(is_localisation=True)
        self.as_("design_authority", local).action_approve()
        self.assertEqual(self.programme.site_ids.deviation_count, 1)
        decision = self._propose("override")
        second.decision_id = decision
        with self.assertRaisesRegex(UserError, "has its 1 deviations"):
            self.as_("design_authority", second).action_approve()
        self.as_("steering", decision).action_decide()
        self.as_("design_authority", second).action_approve()
        self.assertEqual(second.state, "approved")
        with self.assertRaisesRegex(UserError, "stays"):
            self.as_("contributor", second).reason = "other"
        self.as_("design_authority", second).action_end()
        self.assertEqual(self.programme.site_ids.deviation_count, 1)

    def test_dashboard_by_duty(self):
        gate = self._gate(self.programme, "G2")
        decision = self._propose("scope")
        self._meet(gate)
        rows = {
            duty: self.as_(duty, self.programme).get_dashboard()[0]
            for duty in ("steering", "process_owner", "manager", "auditor", "viewer")
        }
        self.assertEqual(rows["steering"]["to_decide"][0]["id"], decision.id)
        self.assertFalse(rows["process_owner"]["to_sign"], "not in review yet")
        self.assertEqual(rows["auditor"]["trail"]["state"], "unknown")
        self.assertIs(rows["viewer"]["trail"], False)
        self.assertEqual(rows["manager"]["codes"], ["G2", "G5", "G6"])
        site = rows["manager"]["sites"][0]
        self.assertEqual([cell["state"] for cell in site["gates"]][1:], ["locked"] * 2)
        self.assertEqual(
            {block["kind"] for block in rows["manager"]["blocking"]},
            {"item", "signature"},
        )
        self.as_("contributor", gate).action_request_review()
        row = self.as_("process_owner", self.programme).get_dashboard()[0]
        self.assertEqual(row["to_sign"][0]["id"], gate.id)

    def test_conflicting_duties_are_shown(self):
        user = self._create_user("rollout_conflict", "manager", "steering")
        self._seat(self.programme, "steering", user)
        row = self.as_("auditor", self.programme).get_dashboard()[0]
        self.assertIn(
            {"user": user.name, "duties": ["Programme Manager", "Steering Member"]},
            row["conflicts"],
        )
