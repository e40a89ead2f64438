from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..engine.response import working_days_between
from ..engine.review import Issue, summarise

START, END = datetime(2026, 11, 16), datetime(2026, 11, 23)


def issue(key, raised, due, ended=None, **values):
    """Moments in days after the start of the period."""
    moments = [
        moment if moment is None else START + timedelta(moment)
        for moment in (raised, due, ended)
    ]
    fields = {"type": "Late", "team": "Desk", "cause": "Vendor", "owner": "Eve"}
    return Issue(
        key,
        f"Issue {key}",
        raised=moments[0],
        due=moments[1],
        ended=moments[2],
        **{**fields, **values},
    )


class TestReviewEngine(BaseCase):
    """What came, what closed, what is overdue."""

    def setUp(self):
        super().setUp()
        self.issues = [
            issue(1, -3, 2, money=100),  # old, overdue
            issue(2, 1, 2, 3),  # came and closed
            issue(3, 2, 9, team="Buying", cause="Data", money=50),  # came, in time
            issue(4, -1, 1, 8),  # closed only after the period
        ]

    def test_totals(self):
        totals = summarise(self.issues, START, END, 50)["totals"]
        self.assertEqual(
            totals,
            {
                "came": 2,
                "closed": 1,
                "open": 3,
                "overdue": 2,
                "money": 150,
                "oldest_days": 10,
                "rate": 4.0,
                "orders": 50,
                "hours_to_solve": 48.0,
            },
        )

    def test_groups_have_the_most_overdue_first(self):
        data = summarise(self.issues, START, END)
        self.assertEqual([row["name"] for row in data["by_team"]], ["Desk", "Buying"])
        self.assertEqual([row["overdue"] for row in data["by_team"]], [2, 0])
        self.assertEqual(sum(row["came"] for row in data["by_cause"]), 2)

    def test_lists(self):
        data = summarise(self.issues, START, END)
        ids = {
            key: {row["id"] for row in data[key]}
            for key in ("came", "closed", "overdue")
        }
        self.assertEqual(ids, {"came": {2, 3}, "closed": {2}, "overdue": {1, 4}})

    def test_nothing(self):
        totals = summarise([], START, END, 0)["totals"]
        self.assertEqual((totals["came"], totals["rate"]), (0, False))

    def test_working_days_between(self):
        friday = datetime(2026, 11, 20).date()
        self.assertEqual(working_days_between(friday, friday + timedelta(3)), 1)
        self.assertEqual(working_days_between(friday, friday + timedelta(14)), 10)
        self.assertEqual(working_days_between(friday, friday), 0)
