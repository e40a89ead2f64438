from datetime import timedelta

from odoo import fields
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ExceptionCommon
from .fakes import BrokenDetector, FlaggedPartner

FLAG = FlaggedPartner._name


class DetectorCase(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in (FlaggedPartner, BrokenDetector):
            add_to_registry(cls.registry, model)
            cls.addClassCleanup(cls.registry.__delitem__, model._name)
        names = [FlaggedPartner._name, BrokenDetector._name]
        cls.registry._setup_models__(cls.env.cr, names)

    def _complete(self):
        """Each detector has its settings; the one that fails looks when asked to."""
        Setting = self.env["operation.exception.setting"]
        Setting._complete()
        broken = [("detector", "=", BrokenDetector._name)]
        Setting.search(broken).mode = "off"
        return Setting

    def _get_setting(self, detector=FLAG, **values):
        Setting = self._complete()
        setting = Setting.search(
            [("detector", "=", detector), ("company_id", "=", self.company.id)]
        )
        setting.write(values)
        return setting

    def _flag(self, days=5, money=0, **values):
        return self.env["res.partner"].create(
            {"name": "Flagged", "ref": f"FLAG-{days}-{money}", **values}
        )

    def _get_issues(self, *partners):
        return self.Issue.search(
            [("key", "in", [f"flag-{partner.id}" for partner in partners])]
        )


@tagged("post_install", "-at_install")
class TestDetector(DetectorCase):
    """What is looked for: counted first, then opened, then closed by itself."""

    def test_it_starts_by_observing(self):
        flagged = self._flag()
        setting = self._get_setting()
        self.assertEqual(setting.mode, "observe")
        setting._run()
        self.assertEqual(setting.found_count, 1)
        self.assertTrue(setting.last_run)
        self.assertFalse(self._get_issues(flagged))

    def test_life(self):
        flagged = self._flag()
        setting = self._get_setting(mode="open")
        setting._run()
        issue = self._get_issues(flagged)
        self.assertEqual(issue.state, "open")
        self.assertEqual(setting.open_count, 1)
        flagged.ref = "FLAG-8-0"
        setting._run()
        self.assertEqual(issue.impact_days, 8)
        self.assertEqual(len(self._get_issues(flagged)), 1)
        flagged.ref = False
        setting._run()
        self.assertEqual(issue.state, "closed")
        self.assertEqual(issue.resolution_note, "Its cause is gone.")

    def test_off_looks_at_nothing(self):
        setting = self._get_setting(mode="off")
        setting._cron_detect()
        self.assertFalse(setting.last_run)

    def test_trivial_causes_stay_silent(self):
        """A cause that reaches one of the thresholds is worth an issue."""
        setting = self._get_setting(mode="open", min_days=3, min_money=100)
        few = self._flag(days=2, money=99)
        late, dear = self._flag(days=3), self._flag(days=0, money=100)
        setting._run()
        self.assertFalse(self._get_issues(few))
        self.assertEqual(len(self._get_issues(late, dear)), 2)
        self.assertEqual(setting.found_count, 2)

    def test_only_documents_confirmed_since(self):
        flagged = self._flag()
        tomorrow = fields.Date.today() + timedelta(2)
        setting = self._get_setting(mode="open", since=tomorrow)
        setting._run()
        self.assertFalse(self._get_issues(flagged))
        setting.since = fields.Date.today() - timedelta(2)
        setting._run()
        self.assertTrue(self._get_issues(flagged))

    def test_company_switched_off(self):
        other = self.env["res.company"].create({"name": "Other"})
        Setting = self._complete()
        theirs = Setting.search(
            [("detector", "=", FLAG), ("company_id", "=", other.id)]
        )
        self.assertTrue(theirs)
        other.active = False
        Setting._cron_detect()
        self.assertFalse(theirs.last_run)

    def test_a_failure_is_told(self):
        """The job goes on with the others; who presses the button sees the error."""
        broken = self._get_setting(BrokenDetector._name)
        with self.assertRaisesRegex(ValueError, "cable"):
            broken.action_run()

    def test_the_job(self):
        """In batches with commits; a detector that fails stops no other."""
        flagged = self._flag()
        setting = self._get_setting()
        broken = self._get_setting(BrokenDetector._name, mode="open")
        setting.mode = "open"
        cron = self.env.ref("operation_exception.ir_cron_detect")
        with (
            mute_logger(
                "odoo.addons.operation_exception.models.operation_exception_setting"
            ),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._get_issues(flagged).state, "open")
        self.assertTrue(setting.last_run)
        self.assertIn("cable", broken.problem)

    def test_activities_that_nobody_has(self):
        """The detector of this module, with a real activity."""
        detector = "operation.exception.detector.activity"
        self.document.company_id = self.company
        activity = self.document.activity_schedule(
            "mail.mail_activity_data_warning",
            fields.Date.today() - timedelta(14),
            user_id=False,
        )
        setting = self._get_setting(detector, mode="open", min_days=5)
        setting._run()
        issue = self.Issue.search(
            [("key", "=", f"activity-res.partner-{self.document.id}")]
        )
        self.assertEqual(issue.owner_id, self.owner)
        self.assertEqual(issue.impact_days, 10)
        setting._run()
        self.assertEqual(issue.state, "open", "its own activity is no cause")
        activity.user_id = self.owner
        setting._run()
        self.assertEqual(issue.state, "closed")
        self.assertIn("somebody has it", issue.resolution_note)

    def test_settings_are_for_directors(self):
        setting = self._get_setting()
        for role, may in {"owner": False, "lead": False, "director": True}.items():
            self.assertEqual(self.as_(role, setting).has_access("write"), may)
