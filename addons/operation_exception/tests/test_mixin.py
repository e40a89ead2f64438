from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged

from .common import ExceptionCommon
from .fakes import FakeDocument


@tagged("post_install", "-at_install")
class TestMixin(ExceptionCommon):
    """A document that shows its issues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        name = FakeDocument._name
        add_to_registry(cls.registry, FakeDocument)
        cls.addClassCleanup(cls.registry.__delitem__, name)
        cls.registry._setup_models__(cls.env.cr, [name])
        cls.registry.init_models(cls.env.cr, [name], {"models_to_check": True})

    def setUp(self):
        super().setUp()
        self.documents = self.env[FakeDocument._name].create(
            [{"name": name, "user_id": self.owner.id} for name in "ABC"]
        )

    def test_count_and_list(self):
        first, second, third = self.documents
        issue = self._raise(record=first, orders=second)
        gone = self._raise("gone", record=first)
        self.Issue._clear_exception("gone")
        self.assertEqual(self.documents.mapped("open_issue_count"), [1, 1, 0])
        action = first.action_view_open_issues()
        self.assertEqual(self.Issue.search(action["domain"]), issue)
        self.assertFalse(self.Issue.search(third._get_open_issue_domain()))
        self.assertTrue(gone.exists())

    def test_count_is_made_in_batch(self):
        more = self.documents.create([{"name": str(n)} for n in range(50)])
        for documents in (self.documents, more):
            documents.invalidate_recordset()
            documents.mapped("name")
            with self.assertQueryCount(4):
                documents.mapped("open_issue_count")

    def test_deleted_document_ends_its_issues(self):
        issue = self._raise(record=self.documents[0])
        self.assertEqual(self._get_activity(issue).res_model, "operation.exception")
        self.documents[0].unlink()
        self.assertEqual(issue.state, "closed")
        self.assertIn("deleted", issue.resolution_note)

    def test_owner_by_a_method_of_the_document(self):
        self.env["operation.exception.rung"].create(
            {
                "name": "Tested",
                "sequence": 1,
                "kind": "method",
                "model_name": FakeDocument._name,
                "path": "_get_exception_owner_of_test",
            }
        )
        issue = self._raise(record=self.documents[0])
        self.assertEqual((issue.owner_id, issue.owner_reason), (self.owner, "Tested"))
