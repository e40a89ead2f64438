from odoo import fields

from .common import FlowCase


class TestWeeklyReview(FlowCase):
    """ "A short weekly review": the same data, and what decision should be taken."""

    def setUp(self):
        super().setUp()
        self.order = self.env.ref("mto_demo.order_cargo").with_env(self.env)
        issues = self.as_("sales")["operation.exception"]
        self.dispute = issues._raise_exception(
            "flow-dispute", "pricing_dispute", self.order, money=300
        ).with_env(self.env)
        issues._raise_exception("flow-short", "shortage", self.order)
        issues._clear_exception("flow-short", "The vendor delivered")

    def test_review_decides_and_is_kept(self):
        """The planner leads it; what was decided is the salesperson's to do."""
        self.assertEqual(self.dispute.owner_id, self.env.ref("mto_demo.user_sales"))
        lead = self.as_("planner")
        review = lead["operation.exception.review"].create({"kind": "weekly"})
        totals = review.get_review()[0]["totals"]
        self.assertGreaterEqual(totals["came"], 2)
        self.assertGreaterEqual(totals["closed"], 1)
        self.assertGreater(totals["rate"], 0, "orders were confirmed this week")
        lead["operation.exception.decision"].create(
            {
                "review_id": review.id,
                "name": "Credit 5 %",
                "owner_id": self.dispute.owner_id.id,
                "exception_id": self.dispute.id,
                "due_date": fields.Date.add(self.today("planner"), days=2),
            }
        )
        review.action_close()
        todo = review.with_env(self.env).activity_ids
        self.assertEqual(todo.user_id, self.dispute.owner_id)
        before = review.get_review()
        mine = self.dispute.with_env(self.as_("sales"))
        mine.action_acknowledge()
        mine.resolution_id = self.env.ref(
            "operation_exception.reason_resolution_credited"
        )
        mine.action_solve()
        self.assertEqual(review.get_review(), before, "as it was when it was held")

    def test_who_may_hold_it(self):
        for role, may in {"sales": False, "planner": True, "director": True}.items():
            reviews = self.as_(role)["operation.exception.review"]
            self.assertEqual(reviews.has_access("create"), may, role)
