from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LockCommon
from .test_attacks import CONTEXT_KEYS


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    """Switching, and what is held; the documents are tested where they are known."""

    def _is_held(self, **context):
        sites = self.env["rollout.lock"].with_context(**context)._get_sites()
        now = fields.Datetime.now()
        return any(site.is_held(now) for site in sites)

    def test_off_until_somebody_switches(self):
        lock = self._create_lock()
        self.assertFalse(self._is_held())
        lock.switch(True, "Go")
        self.assertTrue(self._is_held())
        self.assertIn("G6 Go-live", lock.effect)
        self.as_("steering", lock).switch(False, "It is enough")
        self.assertFalse(self._is_held())

    def test_the_switch_is_signed(self):
        lock = self._lock()
        self.assertEqual(lock.switched_by_id, self.users["manager"])
        self.assertEqual((lock.channel, bool(lock.switched_on)), ("rpc", True))
        event = self.env["rollout.audit.event"].search([("kind", "=", "lock_on")])
        self.assertEqual(event.login, "rollout_manager")
        self.assertIn("old system", event.payload)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.as_("steering", lock).switch(False, "")
        wizard = self.env["rollout.lock.switch"].with_user(self.users["steering"])
        wizard = wizard.create({"lock_id": lock.id, "reason": "x"})
        with self.assertRaisesRegex(UserError, "over HTTP"):
            wizard.action_switch()

    def test_who_never_switches(self):
        lock = self._create_lock()
        two = self._create_user(
            "rollout_two_auditor",
            "auditor",
            "manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        duties = ("configurator", "auditor", "process_owner", "design_authority")
        for user in [*(self.users[duty] for duty in duties), two]:
            with self.assertRaises(AccessError, msg=user.login):
                lock.with_user(user).switch(True, "x")
        with self.assertRaises(AccessError):
            lock.sudo().switch(True, "x")
        lock.switch(True, "x")
        with self.assertRaises(AccessError):
            lock.switch(False, "The manager alone does not take it away")

    def test_by_script_where_the_programme_does_not_allow_it(self):
        lock = self._create_lock()
        self.programme.rpc_signoff = False
        with self.assertRaisesRegex(AccessError, "on the screen only"):
            lock.switch(True, "x")

    def test_no_way_around(self):
        lock = self._lock()
        admin = self.users["configurator"]
        for values in ({"state": "off"}, {"database": "x"}, {"site_id": False}):
            with self.assertRaises(UserError):
                lock.with_user(admin).write(values)
        with self.assertRaises(UserError):
            lock.unlink()
        for key in CONTEXT_KEYS:
            self.env.registry.clear_cache()
            self.assertTrue(self._is_held(**{key: True}), key)
            self.env.registry.clear_cache()
            self.assertTrue(self._is_held(**{key: False}), key)

    def test_a_neutralised_database_and_a_copy(self):
        lock = self._lock()
        parameter = self.env["ir.config_parameter"].sudo()
        parameter.set_param("database.is_neutralized", True)
        self.assertFalse(self._is_held())
        self.assertIn("testing", lock.effect)
        parameter.set_param("database.is_neutralized", False)
        self.assertTrue(self._is_held())
        parameter.set_param("database.uuid", "a copy")
        self.assertFalse(self._is_held())

    def test_the_cutover_window(self):
        self._lock()
        now = fields.Datetime.now()
        hour = timedelta(hours=1)
        site = self.as_("manager", self.site)
        site.write({"cutover_from": now - hour, "cutover_to": now + hour})
        self.assertTrue(self._is_held(), "a window alone is no cutover")
        site.sudo()._go("ready")
        site.action_cutover()
        self.assertFalse(self._is_held())
        with patch.object(fields.Datetime, "now", lambda: now + 2 * hour):
            self.assertTrue(self._is_held(), "the window is over")
        with self.assertRaisesRegex(ValidationError, "14 days"):
            site.cutover_to = now + timedelta(20)
        with self.assertRaisesRegex(ValidationError, "an end after it"):
            site.cutover_to = now - 2 * hour

    def test_live_is_free(self):
        lock = self._lock()
        self.site.sudo()._go("live")
        self.assertFalse(self._is_held())
        self.assertIn("the site is live", lock.effect)
        self.as_("steering", lock).switch(False, "Not needed any more")
        with self.assertRaisesRegex(UserError, "is live"):
            lock.switch(True, "x")

    def test_a_cancelled_programme_holds_nothing(self):
        self._lock()
        self.as_("steering", self.programme).action_cancel()
        self.assertFalse(self._is_held())

    def test_a_lock_has_its_place(self):
        with self.assertRaisesRegex(ValidationError, "Choose the site"):
            self._create_lock(site_id=False)
        with self.assertRaisesRegex(ValidationError, "Choose the site"):
            self._create_lock(kind="design")
        other = self._start()
        with self.assertRaisesRegex(ValidationError, "not of this programme"):
            self._create_lock(site_id=other.site_ids.id)

    def test_a_design_is_frozen_by_its_gate(self):
        gate = self._gate(self.programme, "G2")
        self._lock(kind="design", site_id=False, gate_id=gate.id)
        Lock = self.env["rollout.lock"]
        self.assertFalse(Lock._get_freezes())
        self._approve(gate)
        [freeze] = Lock._get_freezes()
        self.assertEqual(freeze.companies, tuple(self.company.ids))
        self.as_("steering", gate).reopen("New facts")
        self.assertFalse(Lock._get_freezes())

    def test_known_without_a_query(self):
        self._lock()
        self.env["rollout.lock"]._get_sites()
        with self.assertQueryCount(0):
            for _n in range(100):
                self.env["rollout.lock"]._get_sites()
                self.env["rollout.lock"]._get_freezes()
