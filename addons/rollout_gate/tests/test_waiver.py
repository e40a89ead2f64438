from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestWaiver(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls.gate = cls._gate(cls.programme, "G2")
        cls.item = cls.gate.item_ids.filtered(
            lambda item: item.severity == "critical" and item.kind == "manual"
        )[0]

    def _ask(self, item=None, days=20):
        item = item or self.item
        return (
            self.env["rollout.waiver"]
            .with_user(self.users["contributor"])
            .create(
                {
                    "item_id": item.id,
                    "reason": "The controller is ill",
                    "risk": "Wrong accounts",
                    "valid_until": fields.Date.today() + timedelta(days),
                }
            )
        )

    def test_approved_with_a_waiver(self):
        waiver = self._ask()
        self.assertFalse(self.item.is_waived)
        self.as_("steering", waiver).action_approve()
        self.assertTrue(self.item.is_waived)
        self._review(self.gate, leave=[self.item.name])
        self._sign_all(self.gate)
        self.assertEqual(self.gate.state, "approved_with_conditions")

    def test_expiry_opens_the_gate_again(self):
        waiver = self._ask()
        self.as_("steering", waiver).action_approve()
        self._review(self.gate, leave=[self.item.name])
        self._sign_all(self.gate)
        day = fields.Date.today() + timedelta(21)
        with freeze_time(day):
            self.env.invalidate_all()
            self.assertFalse(self.item.is_waived)
            self._run_cron("rollout.waiver", "_cron_expire")
            self.assertEqual(self.gate.state, "open")
            with self.assertRaisesRegex(UserError, "is not ready"):
                self.as_("contributor", self.gate).action_request_review()
            self.assertFalse(waiver.is_active)

    def test_an_expired_waiver_waives_nothing(self):
        waiver = self._ask(days=1)
        self.as_("steering", waiver).action_approve()
        self._meet(self.gate, leave=[self.item.name])
        with freeze_time(fields.Date.today() + timedelta(2)):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "is not ready"):
                self.as_("contributor", self.gate).action_request_review()
        late = self._ask(days=0)
        with freeze_time(fields.Date.today() + timedelta(2)):
            with self.assertRaisesRegex(UserError, "expired already"):
                self.as_("steering", late).action_approve()

    def test_met_in_time_keeps_the_gate(self):
        waiver = self._ask()
        self.as_("steering", waiver).action_approve()
        self._approve(self.gate)
        with freeze_time(fields.Date.today() + timedelta(21)):
            self.env.invalidate_all()
            self._run_cron("rollout.waiver", "_cron_expire")
        self.assertEqual(self.gate.state, "approved")

    def test_no_waiver_for_a_blocker_nor_for_ever(self):
        blocker = self.gate.item_ids.filtered(lambda item: item.severity == "blocker")
        with self.assertRaisesRegex(ValidationError, "cannot be waived"):
            self._ask(blocker[0])
        with self.assertRaisesRegex(ValidationError, "at the latest"):
            self._ask(days=31)

    def test_a_waived_item_that_becomes_a_blocker(self):
        self.as_("steering", self._ask()).action_approve()
        self.as_("manager", self.item).severity = "blocker"
        self.assertFalse(self.item._is_met())

    def test_who_approves(self):
        waiver = self._ask()
        for duty in ("contributor", "manager", "process_owner", "design_authority"):
            with self.assertRaises(AccessError):
                self.as_(duty, waiver).action_approve()
        with self.assertRaisesRegex(AccessError, "The system approves nothing"):
            waiver.sudo().action_approve()
        self.as_("manager", self.item).owner_id = self.users["steering"]
        with self.assertRaisesRegex(AccessError, "own, did or verified"):
            self.as_("steering", waiver).action_approve()

    def test_nobody_approves_what_they_asked_for(self):
        user = self._create_user("rollout_two_hats", "contributor", "steering")
        waiver = self._ask().sudo()
        waiver.requester_id = user
        with self.assertRaisesRegex(AccessError, "they asked for"):
            waiver.with_user(user).action_approve()

    def test_written_states(self):
        waiver = self._ask()
        for values in ({"state": "active"}, {"requester_id": self.second.id}):
            with self.assertRaisesRegex(AccessError, "buttons only"):
                self.as_("contributor", waiver).write(values)
        self.as_("steering", waiver).action_approve()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            self.as_("contributor", waiver).valid_until = "2099-01-01"

    def test_revoked(self):
        waiver = self._ask()
        self.as_("steering", waiver).action_approve()
        self._review(self.gate, leave=[self.item.name])
        self._sign_all(self.gate)
        self.as_("steering", waiver).action_revoke()
        self.assertEqual(self.gate.state, "open")

    def test_not_during_a_review(self):
        waiver = self._ask()
        self._review(self.gate)
        with self.assertRaisesRegex(UserError, "in review or decided"):
            self.as_("steering", waiver).action_approve()
