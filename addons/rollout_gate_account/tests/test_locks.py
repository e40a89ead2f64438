from odoo.tests import tagged

from odoo.addons.rollout_gate.tests.common import LockCommon


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kinds = {"income": "400000", "asset_receivable": "121000"}
        cls.income, cls.receivable = cls.env["account.account"].create(
            [
                {
                    "name": kind,
                    "code": code,
                    "account_type": kind,
                    "company_ids": [(6, 0, cls.company.ids)],
                }
                for kind, code in kinds.items()
            ]
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": cls.income.id,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {"name": "Customer", "property_account_receivable_id": cls.receivable.id}
        )
        cls.invoice = cls._create_invoice()

    @classmethod
    def _create_invoice(cls, **values):
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "journal_id": cls.journal.id,
                "partner_id": cls.partner.id,
                "invoice_date": "2026-01-31",
                "invoice_line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Work",
                            "price_unit": 100,
                            "account_id": cls.income.id,
                            "tax_ids": [],
                        },
                    )
                ],
                **values,
            }
        )

    def test_without_a_lock(self):
        self.invoice.action_post()
        self.assertEqual(self.invoice.state, "posted")

    def test_refused_until_live(self):
        self._lock()
        self._assert_passes_when_live(self.invoice.action_post)
        self.assertEqual(self.invoice.state, "posted")

    def test_refused_past_the_method(self):
        self._lock()
        self._assert_waits(self.invoice.write, {"state": "posted"})
        self.assertEqual(self.invoice.state, "draft")

    def test_one_site_of_the_company_is_live(self):
        """An invoice names no plant: it passes as soon as one of them works."""
        self._lock()
        other = self._start()
        self.assertEqual(other.site_ids.company_id, self.company)
        self.invoice.action_post()
        self.assertEqual(self.invoice.state, "posted")

    def test_journal_entries_pass(self):
        self._lock()
        line = {"account_id": self.income.id, "name": "Opening"}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.env["account.journal"]
                .create({"name": "Other", "code": "OTH", "type": "general"})
                .id,
                "line_ids": [
                    (0, 0, {**line, "debit": 10}),
                    (0, 0, {**line, "credit": 10}),
                ],
            }
        )
        entry.action_post()
        self.assertEqual(entry.state, "posted")

    def test_open_documents_are_shown(self):
        shown = dict(self._create_lock()._get_open_documents())
        self.assertIn(self.invoice, shown["Journal Entry"])

    def test_accounts_of_categories(self):
        self._freeze()
        category = self.env["product.category"].create({"name": "Frames"})
        category.name = "Frames and Forks"
        self._assert_changes_when_approved(
            "accounts",
            category.write,
            {"property_account_income_categ_id": self.income.id},
        )
