from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestActivity(ExceptionCommon):
    """One inbox: the activity and the issue are the same thing."""

    def setUp(self):
        super().setUp()
        self.issue = self._raise()
        self.activity = self._get_activity(self.issue)

    def test_activity_is_on_the_document(self):
        self.assertEqual(len(self.activity), 1)
        self.assertEqual(self.activity.res_model, "res.partner")
        self.assertEqual(self.activity.res_id, self.document.id)
        self.assertEqual(self.activity.user_id, self.owner)

    def test_on_the_issue_where_the_owner_may_not_see_the_document(self):
        user = self.users["colleague"].copy({"login": "issue_copy"})
        issue = self._raise("users", record=user.with_env(self.env), owner=self.owner)
        self.assertEqual(self._get_activity(issue).res_model, "operation.exception")
        self.assertEqual(issue.activity_ids, self._get_activity(issue))

    def test_done_there_is_solved_here(self):
        self.activity.with_user(self.owner).action_feedback("Called them")
        self.assertEqual(self.issue.state, "solved")
        self.assertEqual(self.issue.solved_by_id, self.owner)
        self.assertEqual(self.issue.resolution_note, "Called them")
        self.assertTrue(self.issue.resolution_id)
        self.assertFalse(self._get_activity(self.issue))

    def test_solved_here_is_done_there(self):
        self.issue.resolution_id = self.env.ref(
            "operation_exception.reason_resolution_solved"
        )
        self.as_("owner", self.issue).action_solve()
        self.assertFalse(self.activity.active)
        self.assertEqual(self.issue.state, "solved")

    def test_a_cancelled_activity_comes_back(self):
        self.activity.action_cancel()
        again = self._get_activity(self.issue)
        self.assertEqual(
            (again.user_id, again.res_model), (self.owner, self.issue._name)
        )

    def test_reassigned_there_is_handed_over_here(self):
        self.activity.with_user(self.owner).user_id = self.users["colleague"]
        self.assertEqual(self.issue.owner_id, self.users["colleague"])
        self.assertEqual(len(self.issue.handover_ids), 2)

    def test_reassigned_by_somebody_else_is_refused(self):
        colleague = self.users["colleague"]
        colleague.group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.activity.with_user(colleague).user_id = colleague
        with self.assertRaises(ValidationError):
            self.activity.user_id = False

    def test_handed_over_here_goes_there(self):
        self.as_("owner", self.issue)._hand_over(self.users["lead"], "Knows them")
        self.assertEqual(self.activity.user_id, self.users["lead"])
        self.assertEqual(self.issue.handover_ids[-1].reason, "Knows them")

    def test_activities_for_nobody(self):
        """Off: as in Odoo. On: who answers for the document gets them."""
        values = {"user_id": False, "summary": "Exception"}
        off = self.document.activity_schedule(
            "mail.mail_activity_data_warning", **values
        )
        self.assertFalse(off.user_id)
        self.company.exception_own_activities = True
        on = self.document.activity_schedule(
            "mail.mail_activity_data_warning", **values
        )
        self.assertEqual(on.user_id, self.owner)
        by_hand = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.document.id,
                "user_id": False,
            }
        )
        self.assertFalse(by_hand.user_id, "a person left it empty")

    def test_other_activities_cost_nothing(self):
        """Not linked, not configured: as many queries as without this module."""
        document = self._create_document("Other")
        self.env.flush_all()

        def life():
            activity = document.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.env.uid
            )
            activity.date_deadline = "2030-01-01"
            activity.action_feedback("x")
            other = document.activity_schedule(
                "mail.mail_activity_data_warning", user_id=False
            )
            other.unlink()
            self.env.flush_all()

        life()
        before = self.cr.sql_log_count
        life()
        with_module = self.cr.sql_log_count - before
        ours = self.registry["mail.activity"]
        for name in ("create", "write", "unlink", "_action_done"):
            method = next(
                cls.__dict__[name]
                for cls in ours.__mro__
                if name in cls.__dict__
                and "operation_exception" not in cls.__module__
                and cls is not ours
            )
            self.patch(ours, name, method)
        before = self.cr.sql_log_count
        life()
        self.assertEqual(with_module, self.cr.sql_log_count - before)
