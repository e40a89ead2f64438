from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ExceptionCommon

MANY = 1000


@tagged("post_install", "-at_install")
class TestRaising(ExceptionCommon):
    """What modules call."""

    def test_an_issue_has_owner_due_date_and_impact(self):
        order = self._create_document("Order")
        issue = self._raise(
            days=4, orders=[{"record": order, "days": 4, "money": 250}], note="A < B"
        )
        self.assertEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.team_id, self.team)
        self.assertGreater(issue.due_date, fields.Datetime.now())
        self.assertEqual((issue.impact_days, issue.impact_money), (4, 250))
        self.assertEqual(issue.impact_ids.res_id, order.id)
        self.assertEqual(issue.name, "Late Promise: Bike Shop")
        self.assertEqual(issue.severity, "2")
        self.assertEqual(str(issue.description), "<p>A &lt; B</p>")
        self.assertEqual(issue.handover_ids.owner, self.owner.name)

    def test_every_type_can_be_raised(self):
        types = self.env["operation.exception.type"].search([("code", "!=", False)])
        self.assertGreaterEqual(len(types), 15)
        for issue_type in types:
            issue = self._raise(f"key-{issue_type.code}", issue_type.code)
            self.assertTrue(issue.owner_id and issue.due_date)

    def test_one_per_cause(self):
        issue = self._raise(days=4)
        again = self._raise(days=6, money=90)
        self.assertEqual(again, issue)
        self.assertEqual((issue.impact_days, issue.impact_money), (6, 90))
        self.assertEqual(len(self._get_activity(issue)), 1)

    def test_two_causes_in_one_call_with_one_key(self):
        causes = [
            {"key": "a", "type_code": "shortage", "record": self.document, "days": days}
            for days in (1, 2)
        ]
        issues = self.Issue._raise_exceptions(causes)
        self.assertEqual(issues.mapped("impact_days"), [2])

    def test_affected_orders_follow(self):
        first, second = (self._create_document(name) for name in "AB")
        issue = self._raise(orders=[{"record": first, "days": 2, "money": 10}])
        self._raise(orders=[{"record": second, "days": 3, "money": 5}])
        self.assertEqual(issue.impact_ids.mapped("res_id"), second.ids)
        self.assertEqual((issue.impact_days, issue.impact_money), (3, 5))
        self._raise(orders=first | second)
        self.assertEqual(len(issue.impact_ids), 2)

    def test_money_is_of_the_company(self):
        currency = self.env["res.currency"].create({"name": "XYZ", "symbol": "x"})
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": 4, "name": "2020-01-01"}
        )
        issue = self._raise(money=100, currency=currency)
        self.assertAlmostEqual(issue.impact_money, 25)

    def test_clear_closes_with_the_reason(self):
        issue = self._raise()
        cleared = self.Issue._clear_exception("late-1", "Back in time")
        self.assertEqual(cleared, issue)
        self.assertEqual(issue.state, "closed")
        self.assertEqual(issue.resolution_note, "Back in time")
        self.assertEqual(
            issue.resolution_id,
            self.env.ref("operation_exception.reason_resolution_gone"),
        )
        self.assertFalse(self._get_activity(issue))
        self.assertIn("Back in time", str(issue.message_ids[0].body))
        self.assertFalse(self.Issue._clear_exception("late-1"))

    def test_a_closed_cause_that_comes_back_is_a_new_issue(self):
        issue = self._raise()
        self.Issue._clear_exception("late-1")
        self.assertNotEqual(self._raise(), issue)

    def test_a_solved_cause_that_is_reported_opens_again(self):
        issue = self._raise(days=4)
        issue.resolution_id = self.env.ref(
            "operation_exception.reason_resolution_accepted"
        )
        issue.action_solve()
        causes = [
            {
                "key": "late-1",
                "type_code": "late_promise",
                "record": self.document,
                "days": 4,
            }
        ]
        self.Issue._raise_exceptions(causes, detector="a")
        self.assertEqual(issue.state, "solved", "it was accepted")
        causes[0]["days"] = 9
        self.Issue._raise_exceptions(causes, detector="a")
        self.assertEqual(issue.state, "open", "it got worse")
        self.assertEqual(self._get_activity(issue).user_id, self.owner)

    def test_same_key_in_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        first, second = self._raise(), self._raise(company=other)
        self.assertNotEqual(first, second)
        self.assertEqual(second.company_id, other)
        self.Issue._clear_exception("late-1", company=other)
        self.assertEqual((first.state, second.state), ("open", "closed"))

    def test_an_archived_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.active = False
        self.assertTrue(self._raise(company=other).owner_id)

    def test_without_a_document(self):
        issue = self._raise(record=self.env["res.partner"])
        self.assertTrue(issue.owner_id)
        self.assertEqual(issue.name, "Late Promise")
        self.assertEqual(self._get_activity(issue).res_model, issue._name)

    def test_customer_of_the_orders_that_are_hit(self):
        """Not the vendor of the purchase that hits them, nor one of several."""
        purchase, one, other = (
            new_test_user(self.env, f"document_{number}") for number in range(3)
        )
        for key, orders, customer in (
            ("none", None, purchase.partner_id),
            ("one", one, one.partner_id),
            ("two", one | other, self.env["res.partner"]),
        ):
            with self.subTest(orders=key):
                issue = self._raise(key=key, record=purchase, orders=orders)
                self.assertEqual(issue.partner_id, customer)

    def test_bad_input_says_what_is_wrong(self):
        with self.assertRaisesRegex(UserError, "code nonsense"):
            self._raise(type_code="nonsense")
        with self.assertRaisesRegex(UserError, "with dyas"):
            self._raise(dyas=4)
        with self.assertRaisesRegex(UserError, "empty key"):
            self._raise(key="")

    def test_type_without_response_time(self):
        issue_type = self.env.ref("operation_exception.type_shortage")
        issue_type.response_time = 0
        issue = self._raise("short", "shortage")
        self.assertGreater(issue.due_date, issue.raised_on)

    def test_database_keeps_one_per_cause(self):
        """Also where the other one is not visible: the request is run again."""
        self._raise()
        self.patch(
            self.registry["operation.exception"],
            "_search_keys",
            lambda self, keys, company: self.browse(),
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
            self._raise()

    def test_a_thousand_in_a_flat_number_of_queries(self):
        documents = self.env["res.partner"].create(
            [{"name": f"D{n}", "user_id": self.owner.id} for n in range(MANY)]
        )
        counts = {}
        for size in (100, MANY):
            causes = [
                {
                    "key": f"many-{size}-{document.id}",
                    "type_code": "shortage",
                    "record": document,
                    "days": 3,
                    "orders": document,
                }
                for document in documents[:size]
            ]
            counts[size] = {
                "raise": self._count(self.Issue._raise_exceptions, causes),
                "again": self._count(
                    self.Issue._raise_exceptions,
                    [{**cause, "days": 5} for cause in causes],
                ),
                "clear": self._count(
                    self.Issue._clear_exceptions, [cause["key"] for cause in causes]
                ),
            }
        for step, queries in counts[MANY].items():
            # Large inserts and reads are split: a few for each hundred at most.
            self.assertLess(queries, counts[100][step] + 70, (step, counts))
        self.assertFalse(
            self.Issue.search([("key", "like", "many-"), ("state", "!=", "closed")])
        )

    def _count(self, method, argument):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        method(argument)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_get_open(self):
        issue = self._raise(days=4)
        rows = self.Issue.get_open(owner_id=self.owner.id)
        self.assertEqual([row["id"] for row in rows], issue.ids)
        row = rows[0]
        self.assertEqual(row["model"], "operation.exception")
        self.assertEqual(row["document"], f"res.partner,{self.document.id}")
        self.assertEqual(row["type"], "late_promise")
        self.assertNotIn(None, row.values())
        self.Issue._clear_exception("late-1")
        self.assertFalse(self.Issue.get_open(owner_id=self.owner.id))

    def test_get_open_is_worst_first(self):
        mild = self._raise("a", "special_price")
        bad = self._raise("b", "emergency_purchase")
        rows = self.Issue.get_open(owner_id=self.owner.id)
        self.assertEqual([row["id"] for row in rows], [bad.id, mild.id])
