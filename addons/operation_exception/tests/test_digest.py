from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestDigest(ExceptionCommon):
    """One mail for each person and day, where the company wants it."""

    def setUp(self):
        super().setUp()
        self.owner.email = "owner@example.com"
        self.issue = self._raise()
        self.late = self._raise("b", "shortage")
        self.late.due_date = fields.Datetime.now() - timedelta(days=2)
        self.Digest = self.env["operation.exception.digest"]

    def _get_mails(self):
        return self.env["mail.mail"].search([("email_to", "ilike", self.owner.email)])

    def test_off_by_default(self):
        self.Digest._cron_send()
        self.assertFalse(self._get_mails())

    def test_one_a_day(self):
        self.company.exception_digest = True
        self.Digest._cron_send()
        mail = self._get_mails()
        self.assertEqual(len(mail), 1)
        self.assertIn("1 overdue, 2 in all", mail.subject)
        for issue in self.issue | self.late:
            self.assertIn(issue.name, mail.body_html)
            self.assertIn(f"/odoo/open-issues/{issue.id}", mail.body_html)
        self.Digest._cron_send()
        self.assertEqual(len(self._get_mails()), 1)

    def test_nothing_open_no_mail(self):
        self.company.exception_digest = True
        self.Issue._clear_exceptions(["late-1", "b"])
        self.Digest._cron_send()
        self.assertFalse(self._get_mails())
