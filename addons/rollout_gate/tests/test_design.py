from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine import check
from ..models.rollout_change import IMPACTS
from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestDesign(RolloutCommon):
    """The registers of a design: who asks, who decides, and what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls._seat(cls.programme, "steering", cls.users["steering"])
        cls._seat(cls.programme, "design_authority", cls.users["design_authority"])

    def _create(self, model, user="contributor", **values):
        return (
            self.env[model]
            .with_user(self.users[user])
            .create({"name": "Something", "programme_id": self.programme.id, **values})
        )

    def _decide(self, kind):
        decision = self._create("rollout.decision", "manager", kind=kind, text="Yes")
        self.as_("steering", decision).action_decide()
        return decision

    # Change requests

    def _create_change(self, **values):
        known = {
            "reason": "It has to be",
            "owner_id": self.second.id,
            "valid_until": fields.Date.add(fields.Date.today(), days=7),
            **{f"impact_{each}": "none" for each in IMPACTS},
        }
        return self._create("rollout.change", **{**known, **values})

    def test_a_change_needs_its_impact(self):
        change = self._create_change(impact_training=False, impact_cost="")
        with self.assertRaisesRegex(UserError, "Training, Cost"):
            self.as_("design_authority", change).action_approve()
        change.write({"impact_training": "1 day", "impact_cost": "2000"})
        change.valid_until = False
        with self.assertRaisesRegex(UserError, "until when"):
            self.as_("design_authority", change).action_approve()

    def test_who_approves_a_change(self):
        change = self._create_change()
        for duty in ("contributor", "manager", "steering", "auditor", "configurator"):
            with self.assertRaises(AccessError, msg=duty):
                self.as_(duty, change).action_approve()
        with self.assertRaisesRegex(AccessError, "The system decides nothing"):
            change.sudo().action_approve()
        own = self._create_change(owner_id=self.users["design_authority"].id)
        with self.assertRaisesRegex(AccessError, "what they proposed"):
            self.as_("design_authority", own).action_approve()
        with self.assertRaisesRegex(AccessError, "buttons only"):
            change.state = "approved"
        with self.assertRaisesRegex(AccessError, "buttons only"):
            self._create_change(requester_id=self.second.id)
        self.as_("design_authority", change).action_approve()
        self.assertEqual(change.approver_id, self.users["design_authority"])
        with self.assertRaisesRegex(UserError, "What is decided stays"):
            change.area = "bom"

    def test_a_change_in_force(self):
        change = self._create_change(area="bom")
        Change = self.env["rollout.change"].with_user(self.second)

        def find(area="bom", user=self.second):
            return Change.with_user(user)._find_in_force(self.programme, area)

        self.assertFalse(find(), "not approved")
        self.as_("design_authority", change).action_approve()
        self.assertEqual(find(), change)
        self.assertFalse(find("supply"), "another area")
        self.assertFalse(find(user=self.users["manager"]), "another person")
        change.sudo().valid_until = "2020-01-01"
        self.assertFalse(find(), "over")
        change.sudo().valid_until = "2099-01-01"
        change.action_done()
        self.assertFalse(find(), "done")

    # Requirements and customisations

    def _create_customization(self, **values):
        requirement = self._create(
            "rollout.requirement",
            application="mrp",
            verdict="gap",
            gap_class="software",
        )
        return self._create(
            "rollout.customization",
            **{
                "requirement_id": requirement.id,
                "justification": "traceability",
                "benefit": "Recalls in one hour",
                "business_owner_id": self.second.id,
                "technical_owner_id": self.users["contributor"].id,
                "test_plan": "Trace a lot",
                "migration_effort": "1",
                "test_complexity": "2",
                "upgrade_risk": "1",
                **values,
            },
        )

    def test_a_verdict_says_what_kind_of_gap(self):
        with self.assertRaisesRegex(ValidationError, "what kind of gap"):
            self._create("rollout.requirement", application="mrp", verdict="gap")
        with self.assertRaisesRegex(ValidationError, "which application"):
            self._create("rollout.requirement", verdict="fit")

    def test_only_gaps_of_the_software_are_customised(self):
        each = self._create_customization()
        each.requirement_id.gap_class = "policy"
        with self.assertRaisesRegex(UserError, "not a gap of the software"):
            self.as_("design_authority", each).action_approve()
        each.requirement_id.write({"verdict": "open"})
        with self.assertRaisesRegex(UserError, "not a gap of the software"):
            self.as_("design_authority", each).action_approve()

    def test_a_customisation_is_complete(self):
        each = self._create_customization(test_plan=False, upgrade_risk=False)
        with self.assertRaisesRegex(UserError, "Test Plan, Upgrade Risk"):
            self.as_("design_authority", each).action_approve()

    def test_customisations_are_limited(self):
        self.programme.customization_limit = 1
        first, second = self._create_customization(), self._create_customization()
        for duty in ("manager", "steering"):
            with self.assertRaises(AccessError):
                self.as_(duty, first).action_approve()
        self.as_("design_authority", first).action_approve()
        with self.assertRaisesRegex(UserError, "has its 1 customisations"):
            self.as_("design_authority", second).action_approve()
        second.decision_id = self._decide("override")
        self.as_("design_authority", second).action_approve()
        first.action_built()
        self.assertEqual((first.state, second.state), ("built", "approved"))
        with self.assertRaisesRegex(UserError, "What is decided stays"):
            first.benefit = "Other"

    # Standards, policies

    def test_standards(self):
        standard = self._create("rollout.standard", text="Lots are counted weekly")
        with self.assertRaisesRegex(UserError, "whether sites may differ"):
            self.as_("design_authority", standard).action_approve()
        standard.variation = "justified"
        with self.assertRaisesRegex(UserError, "why sites may differ"):
            self.as_("design_authority", standard).action_approve()
        standard.justification = "Law"
        with self.assertRaises(AccessError):
            self.as_("manager", standard).action_approve()
        self.as_("design_authority", standard).action_approve()
        self.assertEqual(standard.state, "approved")
        with self.assertRaisesRegex(UserError, "What is decided stays"):
            standard.text = "Other"
        own = self._create(
            "rollout.standard", "design_authority", text="x", variation="mandatory"
        )
        with self.assertRaisesRegex(AccessError, "what they proposed"):
            own.action_approve()

    def test_open_policy_holds_the_design(self):
        Check = self.env["rollout.check"]
        item = self.env["rollout.gate.item"].create(
            {
                "gate_id": self._gate(self.programme, "G2").id,
                "name": "Policies",
                "kind": "check",
                "check_code": "policies_decided",
            }
        )
        item._run_checks()
        self.assertEqual((item.state, item.check_status), ("failed", "empty"))
        policy = self._create("rollout.policy")
        self.assertFalse(check.is_passed(Check._run(item)[item]))
        policy.decision_id = decision = self._create(
            "rollout.decision", "manager", kind="policy", text="Yes"
        )
        self.assertFalse(policy.is_decided, "proposed is not decided")
        self.as_("steering", decision).action_decide()
        self.assertTrue(policy.is_decided)
        found = policy.search([("is_decided", "=", True)])
        self.assertEqual(found, policy)
        self.assertFalse(policy.search([("is_decided", "=", False)]))
        item._run_checks()
        self.assertEqual(item.state, "passed")
        with self.assertRaisesRegex(ValidationError, "decision on policy"):
            policy.decision_id = self._decide("scope")

    # Build plan, applications, discovery

    def test_usual_lists(self):
        for _twice in range(2):
            self.programme.action_usual_lists()
        known = [("programme_id", "=", self.programme.id)]
        self.assertEqual(self.env["rollout.app"].search_count(known), 13)
        self.assertEqual(self.env["rollout.build.step"].search_count(known), 19)
        self.assertEqual(self.env["rollout.discovery"].search_count(known), 7 + 12)
        with self.assertRaises(AccessError):
            self.as_("contributor", self.programme).action_usual_lists()

    def test_build_in_order(self):
        self.programme.action_usual_lists()
        steps = self.programme.build_step_ids.sorted()
        first, second = steps[:2]
        second.predecessor_ids = first
        with self.assertRaisesRegex(UserError, f"waits for: {first.name}"):
            self.as_("contributor", second).action_done()
        with (
            self.assertRaisesRegex(ValidationError, "wait for each other"),
            self.env.cr.savepoint(),
        ):
            first.predecessor_ids = second
        last = steps[-1]
        with self.assertRaisesRegex(UserError, "Maintenance waits for"):
            last.action_done()
        last.decision_id = self._decide("override")
        last.action_done()
        (first + second).action_done()
        self.assertEqual(set((first + second + last).mapped("state")), {"done"})
        steps.action_done()
        self.assertFalse(any(steps.mapped("waits_for")))
        result = self.env["rollout.check"]._get_build_result(self.programme)
        self.assertTrue(result[0])

    def test_applications(self):
        self.programme.action_usual_lists()
        apps = self.env["rollout.app"].search(
            [("programme_id", "=", self.programme.id)]
        )
        by_code = {app.application: app for app in apps}
        with (
            self.assertRaisesRegex(ValidationError, "what is used instead"),
            self.env.cr.savepoint(),
        ):
            by_code["quality"].scope = "in"
        by_code["quality"].write({"scope": "in", "substitute": "Quality points"})
        with self.assertRaisesRegex(ValidationError, "Say why CRM"):
            by_code["crm"].scope = "out"
        self.assertFalse(by_code["quality"].in_community)
        self.assertTrue(by_code["mrp"].in_community)
        self.assertEqual(
            {code for code, app in by_code.items() if app.step == 1},
            {"stock", "purchase", "documents", "account"},
        )

    def test_discovery(self):
        self.programme.action_usual_lists()
        entries = self.env["rollout.discovery"].search(
            [("programme_id", "=", self.programme.id)]
        )
        walk = self.as_("contributor", entries[0])
        with self.assertRaisesRegex(UserError, "who took part"):
            walk.action_done()
        walk.write(
            {"held_on": "2026-01-05", "participants": "Anna", "findings": "No labels"}
        )
        walk.action_done()
        flow = self.as_("contributor", entries[-1])
        flow.write({"as_is": "On paper", "to_be": "In Odoo"})
        with self.assertRaisesRegex(UserError, "may differ"):
            flow.action_done()
        flow.variation = "mandatory"
        flow.action_done()
        self.assertEqual((walk.state, flow.state), ("done", "done"))

    def test_decided_entries_stay(self):
        each = self._create_customization()
        self.as_("design_authority", each).action_approve()
        with self.assertRaisesRegex(UserError, "part of the trail"):
            self.as_("manager", each).unlink()

    def test_numbers_are_given_once(self):
        numbers = [self._create("rollout.requirement").number for _n in range(3)]
        self.assertEqual(len(set(numbers)), 3)
        self.assertTrue(all(number.startswith("R") for number in numbers))
