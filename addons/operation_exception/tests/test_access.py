from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestAccess(ExceptionCommon):
    """Who sees and changes what."""

    def setUp(self):
        super().setUp()
        self.issue = self._raise()
        self.solved = self.env.ref("operation_exception.reason_resolution_solved")

    def test_who_reads(self):
        expected = {"owner": True, "colleague": False, "lead": True, "director": True}
        for role, may in expected.items():
            with self.subTest(role=role):
                self.assertEqual(self.as_(role, self.issue).has_access("read"), may)

    def test_team_and_followers_read(self):
        self.team.member_ids += self.users["colleague"]
        self.assertTrue(self.as_("colleague", self.issue).has_access("read"))
        self.team.member_ids -= self.users["colleague"]
        self.assertFalse(self.as_("colleague", self.issue).has_access("read"))
        self.issue.message_subscribe(self.users["colleague"].partner_id.ids)
        follower = self.as_("colleague", self.issue)
        self.assertTrue(follower.has_access("read"))
        self.assertFalse(follower.has_access("write"))

    def test_who_changes(self):
        other = self._raise("other", record=self._create_document("B", self.env.user))
        for role in ("owner", "lead", "director"):
            self.assertTrue(self.as_(role, self.issue).can_change, role)
        for role, may in {"lead": False, "director": True}.items():
            self.assertEqual(self.as_(role, other).can_change, may, role)
        with self.assertRaisesRegex(AccessError, "belongs to"):
            self.as_("lead", other).action_acknowledge()
        self.as_("director", other).action_acknowledge()

    def test_a_follower_cannot_close(self):
        self.issue.message_subscribe(self.users["colleague"].partner_id.ids)
        self.issue.resolution_id = self.solved
        with self.assertRaisesRegex(AccessError, "belongs to"):
            self.as_("colleague", self.issue).action_close()

    def test_states_and_owners_change_by_methods_only(self):
        for values in (
            {"state": "closed"},
            {"owner_id": self.users["colleague"].id},
            {"due_date": "2030-01-01 00:00:00"},
            {"key": "x"},
            {"covered_owner_id": self.owner.id},
        ):
            for role in ("owner", "director"):
                with self.assertRaisesRegex(AccessError, "buttons"):
                    self.as_(role, self.issue).write(values)

    def test_the_trail_and_what_is_hit_are_read_with_the_issue(self):
        self.env["operation.exception.impact"].create(
            {"exception_id": self.issue.id, "res_model": "res.partner", "res_id": 1}
        )
        self.assertTrue(self.issue.handover_ids)
        expected = {"owner": True, "colleague": False, "lead": True, "director": True}
        for role, may in expected.items():
            for trail in (self.issue.handover_ids, self.issue.impact_ids):
                found = self.as_(role, trail.browse()).search(
                    [("exception_id", "=", self.issue.id)]
                )
                self.assertEqual(bool(found), may, (role, trail._name))

    def test_nobody_writes_the_trail(self):
        for model, values in {
            "operation.exception.handover": {"owner": "Me"},
            "operation.exception.impact": {"res_model": "res.partner", "res_id": 1},
        }.items():
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.users["director"]).create(
                    {"exception_id": self.issue.id, **values}
                )

    def test_raising_needs_no_rights(self):
        Issue = self.Issue.with_user(self.users["colleague"])
        issue = Issue._raise_exception("b", "shortage", self.document)
        self.assertEqual(issue.owner_id, self.owner)
        Issue._clear_exception("b")
        self.assertEqual(issue.state, "closed")

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        director = new_test_user(
            self.env,
            login="issue_other_director",
            groups="operation_exception.group_director",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.issue.with_user(director).has_access("read"))
        theirs = self._raise(company=other)
        self.assertTrue(theirs.with_user(director).has_access("read"))
        self.assertFalse(self.as_("director", theirs).has_access("read"))

    def test_setting_up_is_for_directors(self):
        for model in ("type", "rung", "team", "reason"):
            Model = self.env[f"operation.exception.{model}"]
            for role in ("owner", "lead", "director"):
                may = Model.with_user(self.users[role]).has_access("create")
                self.assertEqual(may, role == "director", (model, role))

    def test_absences_are_own(self):
        Absence = self.env["operation.exception.absence"]
        values = {
            "user_id": self.owner.id,
            "deputy_id": self.users["director"].id,
            "date_from": "2030-01-01",
            "date_to": "2030-01-02",
        }
        with self.assertRaises(AccessError):
            Absence.with_user(self.users["colleague"]).create(values)
        Absence.with_user(self.owner).create(values)
        Absence.with_user(self.users["lead"]).create(values)

    def test_get_open_keeps_to_the_rules(self):
        mine = self.Issue.with_user(self.owner).get_open()
        self.assertIn(self.issue.id, [row["id"] for row in mine])
        self.assertFalse(self.Issue.with_user(self.users["colleague"]).get_open())

    def test_an_issue_about_what_one_may_not_read(self):
        """It is shown with the name of the document, without the link."""
        hidden = self.env["operation.exception.review"].create({"kind": "daily"})
        issue = self._raise("hidden", record=hidden, owner=self.owner)
        mine = self.as_("owner", issue)
        self.assertFalse(mine.document or mine.active_document)
        self.assertEqual(mine.res_name, hidden.display_name)
        self.assertFalse(mine.get_actions()[0]["actions"])
        self.assertEqual(self.as_("lead", issue).document, hidden)

    def test_outsiders_see_nothing(self):
        portal = new_test_user(
            self.env, login="issue_portal", groups="base.group_portal"
        )
        with self.assertRaises(AccessError):
            self.Issue.with_user(portal).get_open()
