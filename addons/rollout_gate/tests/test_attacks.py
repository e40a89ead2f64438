"""What somebody might try, each refused."""

from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..engine import check
from .common import RolloutCommon

# Keys that open something somewhere in Odoo or in other modules.
CONTEXT_KEYS = (
    "active_test",
    "bypass_risk",
    "check_identity",
    "force_delete",
    "ignore_exception",
    "import_file",
    "install_mode",
    "mail_notrack",
    "module_uninstall",
    "no_check",
    "skip_check",
    "skip_four_eyes",
    "skip_procurement",
    "su",
    "sudo",
    "superuser",
    "tracking_disable",
    "uninstall",
    "_force_unlink",
    "rollout_gate",
)


@tagged("post_install", "-at_install")
class TestAttacks(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls.gate = cls._gate(cls.programme, "G2")
        cls.admin = new_test_user(
            cls.env,
            login="rollout_admin",
            groups="base.group_system,rollout_gate.group_configurator",
        )

    # Signing what one prepared

    def test_who_did_an_item(self):
        both = self._create_user("rollout_both", "process_owner")
        self._seat(self.programme, "finance", both)
        item = self.gate.item_ids[1]
        self.as_("manager", item).owner_id = both
        item.with_user(both).action_done()
        self._meet(self.gate, leave=[item.name])
        self.as_("contributor", self.gate).action_request_review()
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            self.gate.with_user(both).sign_off("approve", ["finance"])

    def test_handing_over_does_not_wash(self):
        """Giving the item away does not forget who did it first."""
        both = self._create_user("rollout_both", "process_owner")
        self._seat(self.programme, "finance", both)
        item = self.gate.item_ids[1]
        self.as_("manager", item).owner_id = both
        item.with_user(both).action_done()
        item.with_user(both).action_reset()
        item.with_user(both).owner_id = self.users["contributor"]
        self._review(self.gate)
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            self.gate.with_user(both).sign_off("approve", ["finance"])

    def test_who_asks_for_the_review(self):
        self._meet(self.gate)
        self.as_("process_owner", self.gate).action_request_review()
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            self.as_("process_owner", self.gate).sign_off("approve")

    def test_who_changes_evidence(self):
        self._meet(self.gate)
        item = self.gate.item_ids.filtered("attachment_ids")
        self.as_("manager", item).owner_id = self.users["process_owner"]
        mine = self.as_("process_owner", item)
        mine.attachment_ids = self._create_file(mine, b"better")
        mine.action_done()
        self.as_("contributor", self.gate).action_request_review()
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            self.as_("process_owner", self.gate).sign_off("approve")

    # Who never signs

    def test_superuser(self):
        self._review(self.gate)
        self._seat(self.programme, "finance", self.env.ref("base.user_root"))
        with self.assertRaisesRegex(AccessError, "The system does not sign"):
            self.gate.with_user(SUPERUSER_ID).sign_off("approve", ["finance"])
        with self.assertRaisesRegex(AccessError, "The system does not sign"):
            self.as_("process_owner", self.gate).sudo().sign_off("approve")

    def test_configurators_and_auditors(self):
        self._review(self.gate)
        for duty in ("configurator", "auditor"):
            user = self._create_user(f"rollout_two_{duty}", duty, "process_owner")
            self._seat(self.programme, "finance", user)
            with self.assertRaises(AccessError):
                self.gate.with_user(user).sign_off("approve", ["finance"])
        self.assertFalse(self.gate.signoff_ids)

    def test_no_seat_an_old_seat_and_one_of_another_site(self):
        self._review(self.gate)
        user = self._create_user("rollout_no_seat", "process_owner")
        mine = self.gate.with_user(user)
        with self.assertRaisesRegex(AccessError, "no seat"):
            mine.sign_off("approve")
        seat = self._seat(self.programme, "finance", user, date_to="2020-12-31")
        with self.assertRaisesRegex(AccessError, "no seat"):
            mine.sign_off("approve", ["finance"])
        other = self._create_programme(sites=("Elsewhere",)).site_ids
        seat.sudo().write({"date_to": False, "site_id": other.id})
        with self.assertRaisesRegex(AccessError, "no seat"):
            mine.sign_off("approve", ["finance"])
        seat.sudo().site_id = False
        mine.sign_off("approve", ["finance"])

    def test_a_seat_for_oneself(self):
        for duty in ("manager", "configurator"):
            with self.assertRaisesRegex(AccessError, "gives a seat to themselves"):
                self.env["rollout.member"].with_user(self.users[duty]).create(
                    {
                        "programme_id": self.programme.id,
                        "function_id": self.env.ref("rollout_gate.function_finance").id,
                        "user_id": self.users[duty].id,
                    }
                )
        seat = self._seat(
            self.programme, "finance", self.users["manager"].browse(self.second.id)
        )
        with self.assertRaisesRegex(AccessError, "gives a seat to themselves"):
            self.as_("manager", seat).user_id = self.users["manager"]

    def test_twice(self):
        self._review(self.gate)
        mine = self.as_("process_owner", self.gate)
        lines = mine._get_own_functions()
        mine.sign_off("approve", ["finance"])
        with self.assertRaisesRegex(AccessError, "no seat"):
            mine.sign_off("approve", ["finance"])
        with self.assertRaisesRegex(AccessError, "signed for this already"):
            mine._sign("approve", lines, "rpc")

    def test_by_script_where_the_programme_does_not_allow_it(self):
        self.programme.rpc_signoff = False
        self._review(self.gate)
        with self.assertRaisesRegex(AccessError, "on the screen only"):
            self.as_("process_owner", self.gate).sign_off("approve")

    def test_the_screen_needs_a_browser(self):
        """Without a request there is no password to ask for, and no signature."""
        self._review(self.gate)
        wizard = self.env["rollout.gate.sign"].with_user(self.users["process_owner"])
        wizard = wizard.create({"gate_id": self.gate.id})
        with self.assertRaisesRegex(UserError, "over HTTP"):
            wizard.action_sign()

    # Writing what only methods write

    def test_states(self):
        item = self.gate.item_ids[0]
        site = self.programme.site_ids
        attacks = [
            (self.gate, {"state": "approved"}),
            (self.gate, {"preparer_ids": [(5, 0, 0)]}),
            (self.gate, {"predecessor_ids": [(5, 0, 0)]}),
            (self.gate, {"function_ids": [(5, 0, 0)]}),
            (self.gate, {"min_signers": 0}),
            (self.gate, {"snapshot_id": False}),
            (self.gate, {"drifted": False}),
            (self.gate, {"round": 0}),
            (item, {"state": "passed"}),
            (item, {"done_by_id": self.users["viewer"].id}),
            (site, {"state": "live"}),
            (site, {"live_on": "2026-01-01"}),
            (self.programme, {"state": "closed"}),
        ]
        for record, values in attacks:
            for user in (self.admin, self.users["manager"]):
                with self.assertRaisesRegex(AccessError, "buttons only"):
                    record.with_user(user).write(values)

    def test_states_by_any_context_key(self):
        for key in CONTEXT_KEYS:
            gate = self.gate.with_user(self.admin).with_context(**{key: True})
            with self.assertRaises(AccessError, msg=key):
                gate.write({"state": "approved"})
            with self.assertRaises(UserError, msg=key):
                gate.sign_off("approve")
            with self.assertRaises(AccessError, msg=key):
                gate.item_ids[0].write({"state": "passed"})
            event = self.env["rollout.audit.event"].with_context(**{key: True})
            with self.assertRaises(AccessError, msg=key):
                event.search([], limit=1).write({"login": "x"})
            with self.assertRaises(AccessError, msg=key):
                event.search([], limit=1).unlink()

    def test_states_by_import(self):
        item = self.gate.item_ids[0].with_user(self.users["manager"])
        result = item.load([".id", "state"], [[str(item.id), "passed"]])
        self.assertTrue(result["messages"])
        self.assertEqual(item.state, "todo")
        result = item.load(
            ["gate_id/.id", "name", "state"], [[str(self.gate.id), "Mine", "passed"]]
        )
        self.assertTrue(result["messages"])

    def test_gates_are_neither_made_nor_deleted(self):
        with self.assertRaises(AccessError):
            self.gate.with_user(self.admin).copy()
        with self.assertRaises(AccessError):
            self.gate.with_user(self.admin).unlink()
        with self.assertRaises(UserError):
            self.gate.item_ids[0].with_user(self.users["manager"]).unlink()

    def test_signatures_and_snapshots(self):
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        signoff, snapshot = self.gate.signoff_ids, self.gate.snapshot_id
        for record in (signoff, snapshot):
            for env in (self.env, self.env(user=self.admin)):
                mine = record.with_env(env)
                with self.assertRaises(AccessError):
                    mine.write({"at": "2020-01-01"})
                with self.assertRaises(AccessError):
                    mine.unlink()
                with self.assertRaises(AccessError):
                    mine.copy()
        with self.assertRaises(AccessError):
            self.env["rollout.gate.signoff"].with_user(self.admin).create(
                {
                    "gate_id": self.gate.id,
                    "function_line_id": self.gate.function_ids[0].id,
                    "user_id": self.second.id,
                    "login": "x",
                    "round": 1,
                    "decision": "approve",
                    "at": "2020-01-01",
                    "channel": "screen",
                    "snapshot_id": snapshot.id,
                }
            )

    # Verifying

    def test_nobody_verifies_what_they_did(self):
        item = self.gate.item_ids[0]
        self.as_("manager", item).write(
            {"owner_id": self.users["contributor"].id, "needs_verifier": True}
        )
        mine = self.as_("contributor", item)
        mine.attachment_ids = self._create_file(mine)
        mine.action_done()
        self.assertEqual(item.state, "to_verify")
        with self.assertRaisesRegex(AccessError, "Another person"):
            mine.action_verify()
        with self.assertRaisesRegex(AccessError, "Another person"):
            item.sudo().action_verify()
        self.as_("manager", item).verifier_id = self.second
        with self.assertRaisesRegex(AccessError, "verifies this"):
            self.as_("process_owner", item).action_verify()
        item.with_user(self.second).action_verify()
        self.assertEqual(item.state, "passed")

    def test_who_wrote_the_file_itself(self):
        """Evidence that is changed past its item: who did it prepared the gate."""
        self._meet(self.gate)
        item = self.gate.item_ids.filtered("attachment_ids")
        self.as_("manager", item).owner_id = self.users["process_owner"]
        self.as_("process_owner", item.attachment_ids).raw = b"better"
        self.assertEqual(item.state, "in_progress", "met is met with this file only")
        self.as_("manager", item).owner_id = self.users["contributor"]
        mine = self.as_("contributor", item)
        mine.attachment_ids.raw = b"better still"
        mine.action_done()
        self.as_("contributor", self.gate).action_request_review()
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            self.as_("process_owner", self.gate).sign_off("approve")

    def test_an_automatic_item_is_not_ticked(self):
        item = self.gate.item_ids.filtered("check_code")
        item.sudo().check_code = "nothing_like_this"
        self.as_("manager", item).action_done()
        self.assertEqual(item.state, "failed")
        self.as_("manager", item).owner_id = self.users["manager"]
        with self.assertRaisesRegex(UserError, "Only its check"):
            self.as_("manager", item).action_reset()

    def test_a_check_that_breaks_does_not_pass(self):
        Check = type(self.env["rollout.check"])
        item = self.gate.sudo().item_ids.filtered("check_code")

        def broken(self, items):
            self.env.cr.execute("SELECT 1/0")

        self.patch(Check, "_check_seats_filled", broken)
        with mute_logger("odoo.sql_db"):
            item._run_checks()
        self.assertEqual(item.state, "failed")
        self.assertIn("broke", item.check_note)
        self.patch(Check, "_check_seats_filled", lambda self, items: {})
        item._run_checks()
        self.assertEqual(item.state, "failed")
        self.assertIn("no answer", item.check_note)

    def test_a_check_that_is_too_old_does_not_pass(self):
        """Not at the review, and not at the last signature either."""
        item = self.gate.sudo().item_ids.filtered("check_code")
        result = check.Result("passed", "Fine", hours=1)
        self.patch(
            type(self.env["rollout.check"]),
            "_check_seats_filled",
            lambda self, items: dict.fromkeys(items, result),
        )
        result.as_of = fields.Datetime.now()
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        result.as_of -= timedelta(hours=2)
        with (
            self.assertRaisesRegex(UserError, "is not ready"),
            self.env.cr.savepoint(),
        ):
            self.as_("second", self.gate).sign_off("approve", ["production"])
        self.as_("contributor", self.gate).action_withdraw()
        with self.assertRaisesRegex(UserError, "is not ready"):
            self.as_("contributor", self.gate).action_request_review()
        item._run_checks()
        self.assertEqual((item.state, item.check_status), ("failed", "stale"))

    def test_evidence_of_a_check_is_signed(self):
        """What a check rests on is frozen: other evidence is not approved."""
        result = check.Result("passed", "Fine", {"offenders": []})
        self.patch(
            type(self.env["rollout.check"]),
            "_check_seats_filled",
            lambda self, items: dict.fromkeys(items, result),
        )
        self._review(self.gate)
        self.assertIn("offenders", self.gate.snapshot_id.content)
        self.as_("process_owner", self.gate).sign_off("approve", ["finance"])
        result.evidence = {"offenders": [7]}
        with (
            self.assertRaisesRegex(UserError, "has changed since the review"),
            self.env.cr.savepoint(),
        ):
            self.as_("second", self.gate).sign_off("approve", ["production"])
        result.evidence = {"offenders": []}
        result.note = "Words may change"
        self.as_("second", self.gate).sign_off("approve", ["production"])
        self.assertEqual(self.gate.state, "approved")
        result.evidence = {"offenders": [7]}
        self._run_cron("rollout.gate", "_cron_drift")
        self.assertTrue(self.gate.drifted)

    def test_auditors_change_nothing(self):
        """Also when somebody gave them a second duty."""
        user = self._create_user("rollout_both_duties", "auditor", "manager")
        item = self.gate.item_ids[0].with_user(user)
        for attack in (
            item.action_take,
            self.gate.with_user(user).action_request_review,
            lambda: item.write({"note": "x"}),
            self.programme.with_user(user).action_continue,
        ):
            with self.assertRaisesRegex(AccessError, "Auditors change nothing"):
                attack()
