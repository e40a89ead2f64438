import json

import psycopg2

from odoo.exceptions import AccessError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import hooks, trail_guard
from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTrail(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls.gate = cls._gate(cls.programme, "G2")
        cls.Event = cls.env["rollout.audit.event"]
        cls.head = cls.env["rollout.audit.head"].search(
            [("programme_id", "=", cls.programme.id)]
        )

    def _events(self, **values):
        domain = [("programme_id", "=", self.programme.id)]
        domain += [(key, "=", value) for key, value in values.items()]
        return self.Event.search(domain, order="seq")

    def _sql(self, statement):
        with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(statement)

    def test_what_it_tells(self):
        self._approve(self.gate)
        states = [
            json.loads(event.payload)["state"]
            for event in self._events(kind="state", res_id=self.gate.id)
            if event.res_model == "rollout.gate"
        ]
        self.assertEqual(states, ["open", "in_review", "approved"])
        signed = self._events(kind="signed")
        self.assertEqual(
            signed.mapped("login"), ["rollout_process_owner", "rollout_second"]
        )
        payload = json.loads(signed[0].payload)
        self.assertEqual(payload["snapshot"], self.gate.snapshot_id.digest)
        self.assertEqual(payload["channel"], "rpc")

    def test_numbers_have_no_gaps(self):
        self._approve(self.gate)
        seqs = self._events().mapped("seq")
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))
        self.assertEqual(self.head.seq, len(seqs))

    def test_one_insert_for_an_event(self):
        """No UPDATE follows an INSERT: a trigger would refuse it."""
        trail_guard.install(self.env.cr)
        self._approve(self.gate)
        self.env.flush_all()
        self.assertTrue(self._events(kind="signed"))

    def test_whole(self):
        self._approve(self.gate)
        self.as_("auditor", self.head).action_verify()
        self.assertEqual((self.head.state, self.head.problem), ("whole", False))
        self.assertEqual(self.head.checked_seq, self.head.seq)

    def test_the_orm_refuses_change(self):
        event = self._events()[0]
        admin = self.env.ref("base.user_admin")
        for env in (self.env, self.env(user=admin), self.env(user=admin, su=True)):
            mine = event.with_env(env)
            for attack in (
                lambda mine=mine: mine.write({"login": "x"}),
                mine.unlink,
                mine.copy,
            ):
                with self.assertRaises(AccessError):
                    attack()
        with self.assertRaises(AccessError):
            self.Event.with_user(admin).create(
                {
                    "programme_id": self.programme.id,
                    "seq": 999,
                    "at": "2030-01-01",
                    "kind": "state",
                    "previous": "x",
                    "hash": "x",
                }
            )

    def test_changes_by_sql_are_found(self):
        self._approve(self.gate)
        self.env.flush_all()
        attacks = {
            "was changed": "UPDATE rollout_audit_event SET login = 'bob' WHERE seq = 3",
            "is missing": "DELETE FROM rollout_audit_event WHERE seq = 4",
            "missing at the end": "DELETE FROM rollout_audit_event WHERE seq = "
            f"{self.head.seq}",
        }
        for words, statement in attacks.items():
            with self.subTest(words), mute_logger("odoo.addons.rollout_gate"):
                self.env.cr.execute("SAVEPOINT attack")
                self.env.cr.execute(
                    f"{statement} AND programme_id = {self.programme.id}"
                )
                self.env.invalidate_all()
                problem = self.head._find_problem()
                self.assertIn(words, problem or "")
                self.env.cr.execute("ROLLBACK TO SAVEPOINT attack")
                self.env.invalidate_all()

    def test_a_state_written_past_the_trail_is_found(self):
        self.gate.sudo().state = "approved"
        with self.assertLogs("odoo.addons.rollout_gate", "ERROR"):
            self._run_cron("rollout.audit.head", "_cron_verify")
        self.assertIn("not in the state", self.head.problem)
        self.assertEqual(self.head.state, "broken")

    def test_triggers(self):
        self._approve(self.gate)
        self.env.flush_all()
        trail_guard.install(self.env.cr)
        trail_guard.install(self.env.cr)
        self.assertTrue(trail_guard.is_installed(self.env.cr))
        for table in trail_guard.TABLES:
            for statement in (
                f"UPDATE {table} SET at = now()",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with self.assertRaisesRegex(
                    psycopg2.errors.RaiseException, "never changed"
                ):
                    self._sql(statement)
        self.gate.message_post(body="Life goes on")
        self._events()[0]._append([(self.programme, self.gate, "note", {})])
        self.env.flush_all()

    def test_triggers_are_a_setting(self):
        admin = self.env.ref("base.user_admin")
        Settings = self.env["res.config.settings"].with_user(admin)
        Settings.create({"rollout_database_triggers": True}).execute()
        self.assertTrue(trail_guard.is_installed(self.env.cr))
        self.assertEqual(len(self._events(kind="triggers")), 1)
        # What an update of the module does.
        trail_guard.remove(self.env.cr)
        self.Event.init()
        self.assertTrue(trail_guard.is_installed(self.env.cr))
        Settings.create({"rollout_database_triggers": False}).execute()
        self.assertFalse(trail_guard.is_installed(self.env.cr))
        self.Event.init()
        self.assertFalse(trail_guard.is_installed(self.env.cr))
        self.assertEqual(len(self._events(kind="triggers")), 2)

    def test_neutralised_and_uninstalled_with_triggers(self):
        trail_guard.install(self.env.cr)
        for query in get_neutralization_queries(["base", "mail", "rollout_gate"]):
            self.env.cr.execute(query)
        self.assertTrue(trail_guard.is_installed(self.env.cr))
        hooks.uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT count(*) FROM pg_proc WHERE proname = %s", [trail_guard.FUNCTION]
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_a_user_who_signed_stays(self):
        self._approve(self.gate)
        for user in (self.second, self.users["process_owner"]):
            with self.assertRaises(psycopg2.errors.RestrictViolation):
                self._sql(f"DELETE FROM res_users WHERE id = {user.id}")

    def test_details_in_words(self):
        """What changed has an arrow; two names are two names."""
        seat = self._seat(self.programme, "it", self.users["viewer"])
        seat.date_to = "2031-01-01"
        changed = self._events(kind="changed")[-1]
        self.assertEqual(changed.details, "To: – → 2031-01-01")
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve")
        signed = self._events(kind="signed")
        self.assertIn("Functions: Production, Finance", signed.details)

    def test_codes_in_words(self):
        """States, channels and duties are told by their labels, and stored as codes."""
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve")
        review = self._events(kind="state").filtered(
            lambda event: json.loads(event.payload)["state"] == "in_review"
        )
        self.assertIn("State: In Review", review.details)
        self.assertEqual((review.kind, review.what), ("state", "State"))
        signed = self._events(kind="signed")
        for words in (
            "Channel: External interface",
            "Decision: Approve",
            "Process Owner",
        ):
            self.assertIn(words, signed.details)
        payload = json.loads(signed.payload)
        self.assertEqual(payload["channel"], "rpc")
        self.assertIn("process_owner", payload["duties"])

    def test_exported_head(self):
        self._approve(self.gate)
        exported = self.as_("auditor", self.head).get_head()[0]
        self.assertEqual(exported["seq"], self.head.seq)
        self._approve(self._gate(self.programme, "G5"))
        self.assertTrue(self.head.has_event(exported["seq"], exported["hash"]))
        self.assertFalse(self.head.has_event(exported["seq"], "0" * 64))

    def test_who_verifies(self):
        for duty in ("viewer", "contributor"):
            with self.assertRaises(AccessError):
                self.as_(duty, self.head).action_verify()
        with self.assertRaisesRegex(AccessError, "verify"):
            self.as_("design_authority", self.head).action_verify()

    def test_seats_decisions_and_changes_are_told(self):
        seat = self._seat(self.programme, "it", self.users["viewer"])
        seat.date_to = "2031-01-01"
        seat.unlink()
        kinds = self.Event.search(
            [("res_model", "=", "rollout.member"), ("res_id", "=", seat.id)],
            order="seq",
        )
        self.assertEqual(kinds.mapped("kind"), ["created", "changed", "deleted"])
        self.assertEqual(
            json.loads(kinds[1].payload)["date_to"], [False, "2031-01-01 00:00:00"]
        )
