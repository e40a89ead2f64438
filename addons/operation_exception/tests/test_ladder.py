from datetime import timedelta
from itertools import product as combinations

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..models.operation_exception_owner import Need
from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestLadder(ExceptionCommon):
    """Who answers, and what happens when that person is gone."""

    def _absence(self, user, deputy, days=3):
        today = fields.Date.today()
        return self.env["operation.exception.absence"].create(
            {
                "user_id": user.id,
                "deputy_id": deputy.id,
                "date_from": today,
                "date_to": today + timedelta(days),
            }
        )

    def _rung(self, **values):
        return self.env["operation.exception.rung"].create(
            {"name": "Rung", "sequence": 1, **values}
        )

    def test_field_of_the_document(self):
        issue = self._raise()
        self.assertEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.owner_reason, "Responsible for the document")

    def test_rung_of_a_type_and_company(self):
        late = self.env.ref("operation_exception.type_late_promise")
        self._rung(
            kind="user",
            user_id=self.users["colleague"].id,
            type_id=late.id,
            company_id=self.company.id,
        )
        self.assertEqual(self._raise().owner_id, self.users["colleague"])
        self.assertEqual(self._raise("b", "shortage").owner_id, self.owner)
        other = self.env["res.company"].create({"name": "Other"})
        self.owner.company_ids += other
        self.assertEqual(self._raise("c", company=other).owner_id, self.owner)

    def test_team_answers_with_its_lead(self):
        self._rung(kind="team", team_id=self.team.id)
        self.assertEqual(self._raise().owner_id, self.users["lead"])

    def test_path_through_a_contact(self):
        self.document.user_id = False
        self.document.parent_id = self._create_document("Parent")
        self.document.user_id = False
        self._rung(path="parent_id.user_id", model_name="res.partner")
        self.assertEqual(self._raise().owner_id, self.owner)

    def test_a_rung_that_leads_nowhere_is_refused(self):
        wrong = [
            {"kind": "user"},
            {"kind": "team"},
            {"kind": "field"},
            {"kind": "field", "path": "name", "model_name": "res.partner"},
            {"kind": "field", "path": "user_id", "model_name": "no.model"},
            {"kind": "method", "path": "unlink", "model_name": "res.partner"},
        ]
        for values in wrong:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._rung(**values)

    def test_company_says_who_answers_for_the_rest(self):
        self.document.user_id = False
        self.company.exception_fallback_user_id = self.users["colleague"]
        self.assertEqual(self._raise().owner_id, self.users["colleague"])

    def test_never_nobody(self):
        """Documents, rungs, the company's choice: present, archived, from outside,
        robots, of other companies, absent; somebody fit always answers."""
        other = self.env["res.company"].create({"name": "Other"})
        closed = self.env["res.company"].create({"name": "Closed"})
        closed.active = False
        archived = new_test_user(self.env, login="issue_archived")
        archived.active = False
        portal = new_test_user(
            self.env, login="issue_portal", groups="base.group_portal"
        )
        foreign = new_test_user(
            self.env, login="issue_foreign", company_id=other.id, company_ids=other.ids
        )
        absent = new_test_user(self.env, login="issue_absent")
        self._absence(absent, self.users["colleague"])
        robot = self.env["res.users"].browse(SUPERUSER_ID)
        nobody = self.env["res.users"]
        kinds = [nobody, archived, portal, robot, foreign, absent, self.owner]
        rung = self._rung(kind="user", user_id=self.owner.id)
        issue_type = self.env.ref("operation_exception.type_shortage")
        Owner = self.env["operation.exception.owner"]
        for on_document, on_rung, on_company, company in combinations(
            kinds, kinds[1:], kinds, (self.company, other, closed)
        ):
            self.document.user_id = on_document
            rung.user_id = on_rung
            company.exception_fallback_user_id = on_company
            [(owner, _covers, reason)] = Owner._resolve(
                [Need(company, issue_type, self.document)]
            )
            owner = self.env["res.users"].browse(owner)
            self.assertTrue(Owner._is_accountable(owner), (owner.login, reason))
            self.assertTrue(reason)
            self.assertNotEqual(owner, absent, "somebody at work goes first")
            if on_rung == self.owner and company == self.company:
                self.assertEqual(owner, self.owner)

    def test_last_one_standing(self):
        """Everybody but one is archived, in a company that nobody belongs to."""
        issue = self._raise()
        last = self.users["colleague"]
        admins = self.env["res.users"].search([("id", "not in", [last.id, 1])])
        other = self.env["res.company"].create({"name": "Other"})
        admins.with_context(install_mode=True).write({"active": False})
        self.assertEqual(issue.owner_id, last)
        self.assertEqual(self._raise("b", company=other).owner_id, last)

    def test_archived_owner_hands_over(self):
        issue = self._raise()
        self.owner.active = False
        self.assertTrue(issue.owner_id.active)
        self.assertNotEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.handover_ids[-1].previous_owner, self.owner.name)
        self.assertEqual(self._get_activity(issue).user_id, issue.owner_id)

    def test_owner_who_becomes_a_customer_hands_over(self):
        issue = self._raise()
        self.owner.group_ids = self.env.ref("base.group_portal")
        self.assertNotEqual(issue.owner_id, self.owner)

    def test_deleted_owner(self):
        issue, solved = self._raise(), self._raise("b")
        self.Issue._clear_exception("b")
        name = self.owner.name
        self.document.user_id = False
        self.owner.unlink()
        self.assertTrue(issue.owner_id.exists() and solved.owner_id.exists())
        self.assertEqual(issue.handover_ids[-1].previous_owner, name)
        self.assertEqual(len(self._get_activity(issue)), 1)

    def test_absence_of_today(self):
        """The deputy has what comes and what is there; afterwards it goes back."""
        before = self._raise("before")
        absence = self._absence(self.owner, self.users["colleague"])
        during = self._raise("during")
        for issue in before | during:
            self.assertEqual(issue.owner_id, self.users["colleague"])
            self.assertEqual(issue.covered_owner_id, self.owner)
            self.assertEqual(self._get_activity(issue).user_id, issue.owner_id)
        yesterday = fields.Date.today() - timedelta(1)
        absence.write({"date_from": yesterday, "date_to": yesterday})
        self.Issue._apply_absences()
        for issue in before | during:
            self.assertEqual(issue.owner_id, self.owner)
            self.assertFalse(issue.covered_owner_id)
        self.assertEqual(
            before.handover_ids.mapped("owner"),
            [self.owner.name, self.users["colleague"].name, self.owner.name],
        )

    def test_coming_absence_names_the_deputy(self):
        issue = self._raise()
        absence = self._absence(self.owner, self.users["colleague"])
        start = fields.Date.today() + timedelta(5)
        absence.write({"date_from": start, "date_to": start})
        self.Issue._apply_absences()
        issue.invalidate_recordset()
        self.assertEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.deputy_id, self.users["colleague"])

    def test_deputy_must_be_able_to_answer(self):
        portal = new_test_user(
            self.env, login="issue_portal", groups="base.group_portal"
        )
        with self.assertRaisesRegex(ValidationError, "cannot stand in"):
            self._absence(self.owner, portal)

    def test_owner_must_be_able_to_answer(self):
        issue = self._raise()
        archived = new_test_user(self.env, login="issue_archived")
        archived.active = False
        robot = self.env["res.users"].browse(SUPERUSER_ID)
        for user in (archived, robot, self.env["res.users"]):
            with self.assertRaisesRegex(ValidationError, "cannot own"):
                issue._hand_over(user, "Try")
            self.assertEqual(issue.owner_id, self.owner)
