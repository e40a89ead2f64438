from odoo.tests import Form, tagged

from .common import MtoSuiteCommon


@tagged("post_install", "-at_install")
class TestPromiseSettings(MtoSuiteCommon):
    def _get_settings(self):
        return self.env["res.config.settings"].with_user(self.users["administrator"])

    def test_nothing_is_on(self):
        company = self.env["res.company"].create({"name": "New Plant"})
        self.assertEqual(
            (company.promise_default, company.promise_early), ("wish", "warn")
        )
        self.assertFalse(company.promise_plan_earliest or company.promise_move_dates)
        self.assertFalse(company.promise_open_issues)
        self.assertFalse(
            company.promise_work_center_load or company.promise_portal_only
        )

    def test_page_saves_each(self):
        company = self.env.company
        with Form(self._get_settings()) as form:
            form.promise_default = "earliest"
            form.promise_early = "approve"
            form.promise_plan_earliest = True
            form.promise_move_dates = True
            form.promise_open_issues = True
            form.promise_work_center_load = True
            form.promise_portal_only = True
            settings = form.save()
        settings.execute()
        self.assertEqual(
            (company.promise_default, company.promise_early), ("earliest", "approve")
        )
        self.assertTrue(company.promise_plan_earliest and company.promise_move_dates)
        self.assertTrue(company.promise_open_issues)
        self.assertTrue(
            company.promise_work_center_load and company.promise_portal_only
        )
        modes = self.env["operation.exception.setting"].search(
            [
                ("company_id", "=", company.id),
                (
                    "detector",
                    "in",
                    (
                        "operation.exception.detector.late.promise",
                        "operation.exception.detector.delayed.supply",
                    ),
                ),
            ]
        )
        self.assertEqual(modes.mapped("mode"), ["open", "open"])
        company.promise_open_issues = False
        self.assertEqual(modes.mapped("mode"), ["observe", "observe"])

    def test_recommended(self):
        settings = self._get_settings().create({})
        settings.action_apply_recommended_settings()
        company = self.env.company
        self.assertEqual(company.promise_default, "earliest")
        self.assertTrue(company.promise_open_issues)
        self.assertFalse(company.promise_plan_earliest or company.promise_move_dates)
        self.assertEqual(company.promise_early, "warn")
        self.assertFalse(
            company.promise_work_center_load or company.promise_portal_only
        )
