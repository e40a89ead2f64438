from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestLife(RolloutCommon):
    """A gate from locked to signed, and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls.gate = cls._gate(cls.programme, "G2")

    def test_from_open_to_live(self):
        """Three gates one after the other bring the plant live."""
        states = []
        for code in ("G2", "G5", "G6"):
            gate = self._gate(self.programme, code)
            self.assertEqual(gate.state, "open")
            self._approve(gate)
            self.assertEqual(gate.state, "approved")
            self.assertTrue(gate.decided_on and gate.snapshot_id)
            states.append(self.programme.site_ids.state)
        self.assertEqual(states, ["in_build", "ready", "live"])
        self.assertTrue(self.programme.site_ids.live_on)

    def test_predecessors_lock(self):
        gate = self._gate(self.programme, "G5")
        with self.assertRaisesRegex(UserError, "stays locked:\n- Comes before: G2"):
            self.as_("manager", gate).action_open()
        with self.assertRaisesRegex(UserError, "cannot become"):
            self.as_("contributor", gate)._go("in_review")

    def test_review_waits_for_the_items(self):
        with self.assertRaisesRegex(
            UserError, "is not ready:\n- Item: Scope is agreed"
        ):
            self.as_("contributor", self.gate).action_request_review()
        self.assertEqual(self.gate.state, "open")

    def test_a_lesser_item_becomes_a_condition(self):
        self._approve(self.gate)
        gate = self._gate(self.programme, "G5")
        self._review(gate, leave=["Users trained for their role (%)"])
        self._sign_all(gate)
        self.assertEqual(gate.state, "approved_with_conditions")

    def test_quorum_and_second_person(self):
        self._review(self.gate)
        mine = self.as_("process_owner", self.gate)
        mine.sign_off("approve")
        self.assertEqual(len(self.gate.signoff_ids), 2, "both functions")
        self.assertEqual(self.gate.state, "in_review", "two persons have to sign")
        row = self.gate.get_status()[0]
        self.assertEqual(row["blocking"][0]["kind"], "persons")
        self.as_("second", self.gate).sign_off("approve", ["finance"])
        self.assertEqual(self.gate.state, "approved")

    def test_one_function_each_where_the_programme_says_so(self):
        self.programme.several_functions = False
        self._review(self.gate)
        with self.assertRaisesRegex(AccessError, "one function only"):
            self.as_("process_owner", self.gate).sign_off("approve")
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        with self.assertRaisesRegex(AccessError, "one function only"):
            self.as_("process_owner", self.gate).sign_off("approve", ["production"])
        self.as_("second", self.gate).sign_off("approve", ["production"])
        self.assertEqual(self.gate.state, "approved")

    def test_rejected_and_back_to_work(self):
        self._review(self.gate)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.as_("process_owner", self.gate).sign_off("reject")
        self.as_("process_owner", self.gate).sign_off("reject", reason="Too early")
        self.assertEqual(self.gate.state, "rejected")
        with self.assertRaises(AccessError):
            self.as_("contributor", self.gate).reopen("again")
        self.as_("manager", self.gate).reopen("Scope was cut")
        self.assertEqual((self.gate.state, self.gate.round), ("open", 2))
        self.assertEqual(len(self.gate.signoff_ids), 2, "they stay")
        self.assertFalse(self.gate._get_signatures(), "they do not count")

    def test_condition_has_an_end(self):
        self._review(self.gate)
        with self.assertRaisesRegex(UserError, "until when"):
            self.as_("process_owner", self.gate).sign_off("condition", condition="x")
        self.as_("process_owner", self.gate).sign_off(
            "condition", ["finance"], condition="Train", condition_due="2030-01-01"
        )
        self.as_("second", self.gate).sign_off("approve", ["production"])
        self.assertEqual(self.gate.state, "approved_with_conditions")

    def test_reopening_is_for_the_steering(self):
        self._approve(self.gate)
        for duty in ("manager", "process_owner", "design_authority", "configurator"):
            with self.assertRaises(AccessError):
                self.as_(duty, self.gate).reopen("I want to")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.as_("steering", self.gate).reopen("")
        self.as_("steering", self.gate).reopen("New facts")
        self.assertEqual(self.gate.state, "open")

    def test_items_are_frozen_during_the_review(self):
        self._review(self.gate)
        item = self.as_("manager", self.gate.item_ids[0])
        with self.assertRaisesRegex(UserError, "withdraw the review"):
            item.note = "better"
        with self.assertRaisesRegex(UserError, "is not open"):
            self.as_("contributor", item).action_reset()
        with self.assertRaisesRegex(UserError, "withdraw the review"):
            item.create({"gate_id": self.gate.id, "name": "One more"})
        self.as_("contributor", self.gate).action_withdraw()
        item.note = "better"

    def test_what_is_signed_is_what_is_there(self):
        """Content that changed under a review, whoever did it, is not approved."""
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        # As a script with the rights of the system would.
        self.gate.sudo().item_ids[0].note = "other"
        with self.assertRaisesRegex(UserError, "has changed since the review"):
            self.as_("second", self.gate).sign_off("approve", ["production"])

    def test_checks_run_again_before_an_approval(self):
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        check = self.gate.sudo().item_ids.filtered("check_code")
        check.check_code = "nothing_like_this"
        with self.assertRaisesRegex(UserError, "is not ready"):
            self.as_("second", self.gate).sign_off("approve", ["production"])

    def test_drift(self):
        """A signed gate whose evidence changes is flagged, with one risk."""
        self._approve(self.gate)
        snapshot = self.gate.snapshot_id
        before = snapshot.content
        gate = self.gate.sudo()
        gate._check_drift()
        self.assertFalse(gate.drifted)
        item = gate.item_ids.filtered("attachment_ids")
        item.attachment_ids.raw = b"another file"
        for _day in range(2):
            gate._check_drift()
        self.assertTrue(self.gate.drifted)
        self.assertEqual(self.gate.state, "approved")
        self.assertEqual(snapshot.content, before, "the snapshot stays")
        risks = self.env["rollout.raid"].search([("category", "=", "drift")])
        self.assertEqual(len(risks), 1)
        item.attachment_ids.raw = b"seen"
        gate._check_drift()
        self.assertFalse(self.gate.drifted)

    def test_status(self):
        rows = self.programme.gate_ids.get_status()
        self.assertEqual([row["code"] for row in rows], ["G2", "G5", "G6"])
        row = rows[0]
        self.assertEqual((row["model"], row["site"]), ("rollout.gate", "Plant"))
        self.assertEqual(row["business_readiness"], 0)
        kinds = [block["kind"] for block in row["blocking"]]
        self.assertEqual(kinds, ["item"] * 5 + ["signature"] * 2)
        self.assertIn(self.users["process_owner"].name, row["blocking"][5]["owner"])
        self.assertIs(row["blocking"][0]["owner"], False, "nobody yet")
        self._meet(self.gate)
        row = self.gate.get_status()[0]
        self.assertEqual(row["technical_readiness"], 100)

    def test_evidence_figures_and_checks(self):
        self._approve(self.gate)
        gate = self._gate(self.programme, "G5")
        self.as_("manager", gate.item_ids).owner_id = self.users["contributor"]
        items = self.as_("contributor", gate.item_ids)
        evidence = items.filtered(lambda item: item.kind == "evidence")[0]
        with self.assertRaisesRegex(UserError, "needs 1 files"):
            evidence.action_done()
        figure = items.filtered(lambda item: item.kind == "metric")[0]
        figure.value = 97
        figure.action_done()
        self.assertEqual(figure.state, "failed", "98 are needed")
        figure.value = 98
        figure.action_done()
        self.assertEqual(figure.state, "passed")
        figure.value = 50
        self.assertEqual(figure.state, "in_progress", "met is met with this value only")

    def test_not_applicable(self):
        item = self.gate.item_ids[1]
        self.as_("manager", item).owner_id = self.users["contributor"]
        mine = self.as_("contributor", item)
        with self.assertRaisesRegex(UserError, "Say why"):
            mine.action_request_na()
        mine.na_reason = "One person company"
        mine.action_request_na()
        with self.assertRaises(AccessError):
            mine.action_approve_na()
        with self.assertRaises(AccessError):
            self.as_("manager", item).action_approve_na()
        self.as_("process_owner", item).action_approve_na()
        self.assertEqual(item.state, "na")

    def test_hand_over_and_take(self):
        item = self.gate.item_ids[0]
        mine = self.as_("contributor", item)
        mine.action_take()
        other = self.as_("process_owner", item)
        with self.assertRaisesRegex(UserError, "is owned by"):
            other.action_take()
        with self.assertRaises(AccessError):
            other.owner_id = self.users["process_owner"]
        mine.owner_id = self.users["process_owner"]
        with self.assertRaises(AccessError):
            mine.action_start()

    def test_another_gate_as_item(self):
        item = self.env["rollout.gate.item"].create(
            {
                "gate_id": self._gate(self.programme, "G5").id,
                "name": "Design",
                "kind": "gate",
                "subgate_id": self.gate.id,
            }
        )
        item._run_checks()
        self.assertEqual(item.state, "failed")
        self._approve(self.gate)
        item._run_checks()
        self.assertEqual(item.state, "passed")

    def test_second_wave_before_the_pilot_is_stable(self):
        """Its entry opens after all gates of the pilot, and three stable periods."""
        programme = self._start(self.two_plant, ("A", "B"))
        self._decide_and_build(programme)
        for code in ("G1", "G2", "G0", "G3", "G4", "G5", "G6", "G7"):
            self._approve(self._gate(programme, code, "A" if code > "G3" else None))
        pilot, _second = programme.site_ids
        self.assertEqual(pilot.state, "steady")
        self.assertTrue(programme.wave_ids[0].is_finished)
        entry = programme.wave_ids[1].gate_ids.filtered("is_entry")
        self.assertEqual(entry.state, "locked")
        with self.assertRaisesRegex(UserError, "Not stable yet: A: Stock accuracy"):
            self.as_("manager", entry).action_open()
        measures = ("procurement", "stock_accuracy", "reconciliation")
        for month, value in (("01", 90), ("02", 99), ("03", 99)):
            self._measure(pilot, measures, f"2026-{month}-28", value)
        with self.assertRaisesRegex(UserError, "Not stable yet"):
            self.as_("manager", entry).action_open()
        self._measure(pilot, measures, "2026-04-28", 99)
        self.as_("manager", entry).action_open()
        self.assertEqual(entry.state, "open")

    def _decide_and_build(self, programme):
        """What the checks of the design and of the build look at."""
        self._seat(programme, "steering", self.users["steering"])
        decision = self.env["rollout.decision"].with_user(self.users["manager"])
        decision = decision.create(
            {
                "programme_id": programme.id,
                "name": "Who plans",
                "kind": "policy",
                "text": "Each plant",
                "policy_ids": [
                    (0, 0, {"programme_id": programme.id, "name": "Who plans?"})
                ],
            }
        )
        self.as_("steering", decision).action_decide()
        self.as_("manager", programme).action_usual_lists()
        programme.build_step_ids.action_done()

    def _measure(self, site, measures, day, value):
        self.env["rollout.stability"].with_user(self.users["process_owner"]).create(
            [
                {
                    "site_id": site.id,
                    "measure": measure,
                    "period_end": day,
                    "value": value,
                }
                for measure in measures
            ]
        )
