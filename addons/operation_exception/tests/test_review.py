import io
from datetime import timedelta

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ExceptionCommon


class ReviewCase(ExceptionCommon):
    def setUp(self):
        super().setUp()
        self.issue = self._raise(money=80)
        self.gone = self._raise("gone", "shortage")
        self.Issue._clear_exception("gone")
        self.review = (
            self.env["operation.exception.review"]
            .with_user(self.users["lead"])
            .create({"kind": "weekly", "team_id": self.team.id})
        )

    def _decide(self, **values):
        return (
            self.env["operation.exception.decision"]
            .with_user(self.users["lead"])
            .create(
                {
                    "review_id": self.review.id,
                    "name": "Call the vendor",
                    "owner_id": self.owner.id,
                    "due_date": fields.Date.today() + timedelta(3),
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestReview(ReviewCase):
    """A review: figures, decisions, frozen when it is closed."""

    def test_period(self):
        today = fields.Date.context_today(self.review)
        self.assertEqual(self.review.date_to, today)
        self.assertEqual(self.review.date_from, today - timedelta(6))
        self.review.kind = "daily"
        self.assertEqual(self.review.date_from, today)

    def test_figures(self):
        [row] = self.review.get_review()
        self.assertEqual((row["id"], row["model"]), (self.review.id, self.review._name))
        totals = row["totals"]
        self.assertEqual((totals["came"], totals["closed"], totals["open"]), (2, 1, 1))
        self.assertEqual(totals["money"], 80)
        self.assertEqual([row["name"] for row in row["by_team"]], ["Order Desk"])
        self.assertIn("Late Promise: Bike Shop", str(self.review.summary))

    def test_frozen_when_closed(self):
        self.review.action_close()
        before = self.review.get_review()
        self._raise("later")
        self.Issue._clear_exception("late-1")
        self.assertEqual(self.review.get_review(), before)
        for values in (
            {"date_from": "2020-01-01"},
            {"snapshot": {}},
            {"state": "open"},
        ):
            with self.assertRaises(AccessError):
                self.review.write(values)
        with self.assertRaisesRegex(UserError, "closed review stays"):
            self.review.with_user(self.users["director"]).unlink()

    def test_decisions_are_followed_up(self):
        decision = self._decide(exception_id=self.issue.id)
        self.review.action_close()
        activity = self.review.activity_ids
        self.assertEqual(activity.user_id, self.owner)
        self.assertEqual(activity.date_deadline, decision.due_date)
        with self.assertRaisesRegex(AccessError, "closed"):
            decision.name = "Something else"
        later = self.review.copy({"date_to": self.review.date_to + timedelta(7)})
        self.assertEqual(later.carried_ids, decision)
        with self.assertRaisesRegex(AccessError, "follows this up"):
            decision.with_user(self.users["colleague"]).sudo(False).action_done()
        decision.with_user(self.owner).action_done()
        self.assertTrue(decision.is_done)
        later.invalidate_recordset()
        self.assertFalse(later.carried_ids)

    def test_who_holds_reviews(self):
        for role, may in {"owner": False, "lead": True, "director": True}.items():
            self.assertEqual(self.as_(role, self.review).has_access("read"), may)

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        lead = new_test_user(
            self.env,
            login="issue_other_lead",
            groups="operation_exception.group_lead",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.review.with_user(lead).has_access("read"))

    def test_analysis(self):
        """Time to solve and, where orders are counted, the rate."""
        self.env.flush_all()
        Report = self.env["operation.exception.report"].with_user(self.users["lead"])
        rows = Report.search([("exception_id", "in", (self.issue + self.gone).ids)])
        by_issue = {row.exception_id: row for row in rows}
        self.assertEqual(len(by_issue), 2)
        self.assertFalse(by_issue[self.issue].hours_to_solve)
        groups = Report.formatted_read_group(
            [], ["type_id"], ["__count", "rate:sum", "hours_to_solve:avg"]
        )
        self.assertGreaterEqual(len(groups), 2)
        with self.assertRaises(AccessError):
            Report.with_user(self.owner).search_count([("company_id", "!=", False)])


@tagged("post_install", "-at_install")
class TestReviewExport(HttpCase, ReviewCase):
    def _get(self, role):
        user = self.users[role]
        user.password = user.login
        self.authenticate(user.login, user.login)
        return self.url_open(f"/operation_exception/review/{self.review.id}/xlsx")

    def test_workbook(self):
        self._decide()
        self.users["lead"].group_ids += self.env.ref("base.group_allow_export")
        answer = self._get("lead")
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        figures = dict(book["Figures"].iter_rows(min_row=2, values_only=True))
        self.assertEqual(figures["Came"], 2)
        self.assertEqual(book["Decisions"]["A2"].value, "Call the vendor")
        names = [row[0] for row in book["Came"].iter_rows(min_row=2, values_only=True)]
        self.assertIn("Late Promise: Bike Shop", names)

    def test_not_for_everybody(self):
        self.assertEqual(self._get("owner").status_code, 404)
