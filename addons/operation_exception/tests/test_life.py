from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestLife(ExceptionCommon):
    """From open to closed, by those who answer."""

    def setUp(self):
        super().setUp()
        self.issue = self._raise()
        self.solved = self.env.ref("operation_exception.reason_resolution_solved")

    def test_life(self):
        mine = self.as_("owner", self.issue)
        mine.action_acknowledge()
        self.assertEqual(mine.state, "acknowledged")
        mine.action_start()
        self.assertEqual(mine.state, "in_progress")
        with self.assertRaisesRegex(UserError, "resolution"):
            mine.action_solve()
        mine.resolution_id = self.solved
        mine.action_solve()
        self.assertEqual(mine.state, "solved")
        self.assertEqual(mine.solved_by_id, self.owner)
        self.assertFalse(self._get_activity(mine))
        mine.action_close()
        self.assertEqual(mine.state, "closed")
        self.assertTrue(mine.closed_on)

    def test_time_to_solve(self):
        self.issue.raised_on = fields.Datetime.now() - timedelta(hours=30)
        self.issue.resolution_id = self.solved
        self.issue.action_close()
        self.assertAlmostEqual(self.issue.hours_to_solve, 30, places=1)

    def test_reopen(self):
        self.issue.resolution_id = self.solved
        self.issue.action_solve()
        self.issue.action_reopen()
        self.assertEqual(self.issue.state, "open")
        self.assertFalse(self.issue.solved_on or self.issue.resolution_id)
        self.assertEqual(self._get_activity(self.issue).user_id, self.owner)

    def test_closed_with_a_newer_one_stays_closed(self):
        self.issue.resolution_id = self.solved
        self.issue.action_close()
        self._raise()
        with self.assertRaisesRegex(UserError, "newer issue"):
            self.issue.action_reopen()

    def test_by_hand(self):
        """An employee enters what happened: owner, due date and activity follow."""
        Issue = self.Issue.with_user(self.users["colleague"])
        issue = Issue.create(
            {
                "type_id": self.env.ref("operation_exception.type_pricing_dispute").id,
                "document": f"res.partner,{self.document.id}",
                # As a form sends what was left empty.
                "name": "Pricing Dispute",
                "owner_id": False,
                "team_id": False,
            }
        )
        self.assertEqual(issue.team_id, self.team)
        self.assertEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.name, "Pricing Dispute: Bike Shop")
        self.assertTrue(issue.due_date and issue.key)
        self.assertEqual(len(self._get_activity(issue)), 1)
        self.assertEqual(issue.sudo().handover_ids.by, self.users["colleague"].name)

    def test_overdue(self):
        self.assertFalse(self.issue.is_overdue)
        self.issue.due_date = fields.Datetime.now() - timedelta(days=1)
        self.assertTrue(self.issue.is_overdue)
        mine = [("owner_id", "=", self.owner.id)]
        overdue = self.Issue.search([*mine, ("is_overdue", "=", True)])
        self.assertEqual(overdue, self.issue)
        self.assertFalse(self.Issue.search([*mine, ("is_overdue", "=", False)]))

    def test_escalation(self):
        """Team lead, then director; the owner keeps it."""
        days = self.issue.type_id.escalation_days
        self.issue._escalate()
        self.assertFalse(self.issue.escalation_level)
        self.issue.due_date = fields.Datetime.now() - timedelta(days=days, hours=1)
        self.issue._escalate()
        self.assertEqual(self.issue.escalated_to_id, self.users["lead"])
        self.issue._escalate()
        self.assertEqual(self.issue.escalation_level, 1, "once")
        self.issue.due_date = fields.Datetime.now() - timedelta(days=2 * days, hours=1)
        self.issue._escalate()
        self.assertEqual(self.issue.escalation_level, 2)
        told = self.issue.escalated_to_id
        self.assertTrue(told.has_group("operation_exception.group_director"))
        self.assertEqual(self.issue.owner_id, self.owner)

    def test_document_deleted(self):
        document = self._create_document("Gone")
        issue = self._raise("gone", record=document)
        document.unlink()
        self.assertEqual(issue.state, "open")
        self.assertTrue(self._get_activity(issue), "the owner still knows")
        issue._keep_house()
        self.assertEqual(issue.state, "closed")
        self.assertIn("deleted", issue.resolution_note)
        self.assertEqual(issue.name, "Late Promise: Gone")

    def test_house_is_kept_by_the_job(self):
        """The job itself, as the scheduler runs it."""
        document = self._create_document("Gone")
        issue = self._raise("gone", record=document)
        document.unlink()
        job = self.env.ref("operation_exception.ir_cron_keep_house")
        with self.enter_registry_test_mode():
            self.assertTrue(job.method_direct_trigger())
        self.env.invalidate_all()
        self.assertEqual(issue.state, "closed")
        self.assertEqual(self.issue.state, "open")

    def test_house_is_kept(self):
        """What was done past the methods is put right: an owner by SQL, an activity."""
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_users SET active = false WHERE id = %s", [self.owner.id]
        )
        self.cr.execute(
            "DELETE FROM mail_activity WHERE exception_id = %s", [self.issue.id]
        )
        self.env.invalidate_all()
        self.issue._keep_house()
        self.assertTrue(self.issue.owner_id.active)
        self.assertEqual(self._get_activity(self.issue).user_id, self.issue.owner_id)
