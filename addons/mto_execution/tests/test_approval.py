from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class TestApproval(ExecutionCommon):
    """Components and steps have an owner who approves them; changes are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls.planner = cls._create_user("planner")

    def test_release_waits_for_the_approval(self):
        self.company.bom_approval_required = True
        production = self._make()
        with self.assertRaisesRegex(UserError, "not approved .owner: nobody yet"):
            production.action_release()
        self.bom.with_user(self.planner).action_approve()
        self.assertEqual(self.bom.owner_id, self.planner)
        self.assertEqual(self.bom.approved_by_id, self.planner)
        self.assertEqual(self.bom.approval_state, "approved")
        production.action_release()
        self.assertTrue(production.released_on)

    def test_changes_since(self):
        self.company.bom_approval_required = True
        self.bom.action_approve()
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake)
        line.product_qty = 2
        self.bom.operation_ids.time_cycle_manual = 45
        self.assertEqual(self.bom.approval_state, "changed")
        self.assertIn("Brake kit: 1.0 → 2.0", self.bom.approval_changes)
        self.assertIn("Assemble (Assembly): 30.0 → 45.0", self.bom.approval_changes)
        production = self._make()
        with self.assertRaisesRegex(UserError, "changed after it was approved"):
            production.action_release()
        line.product_qty = 1
        self.bom.operation_ids.time_cycle_manual = 30
        self.assertEqual(self.bom.approval_state, "approved", "as it was approved")

    def test_component_added_or_gone(self):
        self.bom.action_approve()
        self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake).unlink()
        self.assertIn("Brake kit: 1.0 → –", self.bom.approval_changes)

    def test_language_is_no_change(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.frame.with_context(lang="fr_FR").name = "Cadre"
        self.bom.action_approve()
        self.assertEqual(self.bom.with_context(lang="fr_FR").approval_state, "approved")

    def test_who_approves(self):
        user = self._create_user("shop_floor")
        with self.assertRaises(AccessError):
            self.bom.with_user(user).action_approve()
        with self.assertRaisesRegex(UserError, "button Approve"):
            self.bom.with_user(self.planner).write({"approved_on": False})
        self.assertFalse(self.bom.copy().approved_on)

    def test_off_after_install(self):
        production = self._make()
        production.action_release()
        self.assertTrue(production.released_on)

    def test_releases_by_itself_when_approved(self):
        self.company.write({"bom_approval_required": True, "auto_release": True})
        self.assertFalse(self._make(5).released_on)
        self.bom.action_approve()
        self.assertTrue(self._make(5).released_on)


class TestLockedPeriod(ExecutionCommon):
    """Back-dated consumption into a period that accounting has locked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls.old = cls.env.cr.now() - timedelta(days=40)
        cls.lock = (cls.env.cr.now() - timedelta(days=10)).date()

    def _lock(self):
        self.company.fiscalyear_lock_date = self.lock

    def test_dates_are_refused(self):
        production = self._produce(self._make(5))
        self._lock()
        for records in (
            production.move_raw_ids[0],
            production.move_finished_ids,
            production.move_raw_ids[0].move_line_ids,
        ):
            with self.assertRaisesRegex(UserError, "accounting is locked"):
                records.write({"date": self.old})
        with self.assertRaisesRegex(UserError, "accounting is locked"):
            production.date_finished = self.old

    def test_corrections_are_refused(self):
        production = self._produce(self._make(5))
        production.move_raw_ids.date = self.old
        self._lock()
        move = production.move_raw_ids[0]
        with self.assertRaisesRegex(UserError, "Date it later"):
            move.quantity = 3
        with self.assertRaisesRegex(UserError, "accounting is locked"):
            move.move_line_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "accounting is locked"):
            move.move_line_ids.unlink()

    def test_today_goes_on(self):
        self._lock()
        production = self._produce(self._make(5))
        self.assertEqual(production.state, "done")
        production.move_raw_ids[0].quantity = 4
        production.move_raw_ids.date = self.env.cr.now() - timedelta(days=1)

    def test_nothing_locked_is_core(self):
        production = self._produce(self._make(5))
        production.move_raw_ids.date = self.old
        self.assertEqual(production.move_raw_ids[0].date, self.old)
