from odoo.tests import HttpCase, tagged

from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ExceptionCommon):
    def setUp(self):
        super().setUp()
        for user in self.users.values():
            user.password = user.login

    def test_inbox(self):
        """An owner acknowledges, starts and solves what is theirs."""
        issue = self._raise(days=4, money=250, orders=self.document)
        self.start_tour(
            "/odoo/my-open-issues", "operation_exception_inbox", login=self.owner.login
        )
        self.assertEqual(issue.state, "solved")
        self.assertEqual(issue.resolution_id.name, "Alternative found")
        self.assertEqual(issue.solved_by_id, self.owner)

    def test_by_hand(self):
        """An employee enters what went wrong; somebody answers for it."""
        colleague = self.users["colleague"]
        self.start_tour(
            "/odoo/open-issues/new",
            "operation_exception_by_hand",
            login=colleague.login,
        )
        issue = self.Issue.search([("create_uid", "=", colleague.id)])
        self.assertEqual(issue.name, "Pricing Dispute")
        self.assertTrue(issue.owner_id and issue.due_date)
        self.assertEqual(len(self._get_activity(issue)), 1)

    def test_review(self):
        """A team lead holds a review: figures, a decision, closed."""
        self._raise(days=4, money=250)
        self.start_tour(
            "/odoo/open-issue-reviews",
            "operation_exception_review",
            login=self.users["lead"].login,
        )
        review = self.env["operation.exception.review"].search(
            [("create_uid", "=", self.users["lead"].id)]
        )
        self.assertEqual(review.state, "closed")
        self.assertEqual(review.decision_ids.name, "Ask for another vendor")
        self.assertEqual(review.snapshot["totals"]["came"], 1)
