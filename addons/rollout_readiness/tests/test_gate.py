"""Gates that rest on what the database says."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.rollout_gate.tests.common import RolloutCommon

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestGate(RolloutCommon, ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.write({"company_ids": [(4, cls.company.id)]})
            user.company_id = cls.company
        cls.env.invalidate_all()
        cls.bell = cls._product("Bell")
        cls.bell.categ_id = cls.env["product.category"].create({"name": "Parts"})
        cls.programme = cls._start(company_ids=cls.company.ids)
        cls.gate = cls._gate(cls.programme, "G2")

    @classmethod
    def _add(cls, *codes, gate=None):
        gate = gate or cls.gate
        checks = cls.env["readiness.check"].search([("code", "in", codes)])
        Items = cls.env["rollout.gate.item"].with_user(cls.users["manager"])
        return Items.create([check._prepare_item(gate) for check in checks]).sudo()

    def test_refused_then_put_right_then_approved(self):
        item = self._add("M02")
        self.bell.default_code = False
        self._meet(self.gate)
        with self.assertRaisesRegex(UserError, "internal reference"):
            self.as_("contributor", self.gate).action_request_review()
        item.invalidate_recordset()
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "failed")
        self.assertIn("1 of 1 products", item.check_note)
        self.bell.default_code = "B"
        self._approve(self.gate)
        self.assertEqual(self.gate.state, "approved")
        self.assertEqual(item.state, "passed")

    def test_checked_again_with_the_last_signature(self):
        self._add("M02")
        self._review(self.gate)
        self.bell.default_code = False
        with self.assertRaises(UserError):
            self._sign_all(self.gate)

    def test_tolerated_is_met(self):
        item = self._add("M02")
        self.env["readiness.check"]._find_by_code("M02").tolerance_count = 1
        self.bell.default_code = False
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "passed")

    def test_error_is_not_met(self):
        item = self._add("M02")
        check_class = self.env["readiness.check"]._find_by_code("M02")._get_class()

        def break_it(self):
            raise ValueError("no bell")

        self.patch(check_class, "count", break_it)
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "failed")
        self.assertIn("no bell", item.check_note)

    def test_not_applicable_is_confirmed_by_a_person(self):
        item = self._add("F04")
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "failed")
        self.assertIn("Not applicable, because", item.check_note)
        self.assertIn("Confirm it", item.check_note)
        self.as_("manager", item).owner_id = self.users["contributor"]
        self.as_("contributor", item).na_reason = "One warehouse"
        self.as_("contributor", item).action_request_na()
        self.as_("process_owner", item).action_approve_na()
        self._approve(self.gate)
        self.assertEqual((item.state, self.gate.state), ("na", "approved"))

    def test_waived(self):
        item = self._add("M01")
        self.bell.categ_id = False
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "failed")
        waiver = self._ask_waiver(item)
        self.as_("steering", waiver).action_approve()
        self.assertTrue(item.is_waived)
        self._approve(self.gate)
        self.assertEqual(self.gate.state, "approved_with_conditions")
        site = self.gate.site_id
        [row] = self.Checks.run_checks(["M01"], site_id=site.id)
        self.assertEqual(row["status"], "waived")
        self.assertEqual(self._run("M01")["status"], "fail", "for the site only")

    def _ask_waiver(self, item):
        Waivers = self.env["rollout.waiver"].with_user(self.users["contributor"])
        return Waivers.create(
            {
                "item_id": item.id,
                "reason": "The categories are being made",
                "risk": "Wrong accounts",
                "valid_until": fields.Date.today() + timedelta(20),
            }
        )

    def test_drift(self):
        self._add("M02")
        self._approve(self.gate)
        self._run_cron("rollout.gate", "_cron_drift")
        self.assertFalse(self.gate.drifted)
        self.bell.default_code = False
        self._run_cron("rollout.gate", "_cron_drift")
        self.assertTrue(self.gate.drifted)
        self.bell.default_code = "B"
        self._run_cron("rollout.gate", "_cron_drift")
        self.assertFalse(self.gate.drifted)

    def test_red_upstream_blocks_downstream(self):
        """What failed at one gate keeps the gate after it locked."""
        self._add("M02")
        self.bell.default_code = False
        self._meet(self.gate)
        after = self._gate(self.programme, "G5")
        self.assertEqual(after.state, "locked")
        with self.assertRaisesRegex(UserError, "stays locked"):
            self.as_("manager", after).action_open()

    def test_red_again_upstream_blocks_downstream(self):
        """What was signed and is red since holds the gates after it, at once."""
        self._add("M02")
        self._approve(self.gate)
        after = self._gate(self.programme, "G5")
        self.assertEqual(after.state, "open")
        self._meet(after)
        self.bell.default_code = False
        with self.assertRaisesRegex(UserError, "no longer so.*\n.*G2.*reference"):
            self.as_("contributor", after).action_request_review()
        self._run_cron("rollout.gate", "_cron_drift")
        self.env.invalidate_all()
        [status] = after.get_status()
        [block] = [b for b in status["blocking"] if b["kind"] == "predecessor"]
        self.assertRegex(block["name"], "G2.*internal reference")
        self.bell.default_code = "B"
        self.as_("contributor", after).action_request_review()
        self.assertEqual(after.state, "in_review")
        # It turns red between the review and the last signature.
        self.bell.default_code = False
        self._assert_refused("no longer so", after)
        self.bell.default_code = "B"
        self._sign_all(after)
        self.assertEqual(after.state, "approved")

    def _assert_refused(self, words, gate):
        """The last signature is refused, and nothing of it stays."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            self._sign_all(gate)
        self.env.invalidate_all()

    def test_waived_upstream_does_not_block(self):
        item = self._add("B03")
        bom = self._bom(self.bell)
        self.as_("contributor", item).action_check()
        waiver = self._ask_waiver(item)
        self.as_("steering", waiver).action_approve()
        self._approve(self.gate)
        after = self._gate(self.programme, "G5")
        self._approve(after)
        self.assertTrue(bom)
        self.assertEqual(after.state, "approved")

    def test_snapshot_at_signing(self):
        """What signatures rest on: status and digest of the offenders, frozen."""
        item = self._add("M02")
        self.env["readiness.check"]._find_by_code("M02").tolerance_count = 1
        self.bell.default_code = False
        self._review(self.gate)
        snapshot = self.gate.snapshot_id
        content = snapshot.content
        row = self._run("M02")
        self.assertEqual(row["status"], "warn")
        result = self.env["readiness.result"].search([], limit=1)
        self.assertIn(result.digest, content)
        self.assertIn(f"{self.company.id}/", item.check_evidence)
        # As many are at fault, but others: not what was looked at.
        horn = self._product("Horn", default_code=False)
        self.bell.default_code = "B"
        self._assert_refused("changed since", self.gate)
        horn.default_code = "H"
        self.bell.default_code = False
        self._sign_all(self.gate)
        self.assertEqual(self.gate.state, "approved")
        self.assertEqual(snapshot.content, content, "it never changes")

    def test_confirmed_once(self):
        """Who confirmed that it does not apply is not asked again."""
        item = self._add("F04")
        self.as_("manager", item).owner_id = self.users["contributor"]
        self.as_("contributor", item).na_reason = "One warehouse"
        self.as_("contributor", item).action_request_na()
        self.as_("process_owner", item).action_approve_na()
        self._approve(self.gate)
        self._run_cron("rollout.gate", "_cron_drift")
        self.assertFalse(self.gate.drifted)
        self.as_("steering", self.gate).reopen("Once more")
        self._approve(self.gate)
        self.assertEqual((item.state, self.gate.state), ("na", "approved"))

    def test_old_results_never_count(self):
        """A gate runs its checks: what passed yesterday is no answer."""
        item = self._add("M02")
        self._run("M02")
        self.bell.default_code = False
        self.as_("contributor", item).action_check()
        self.assertEqual(item.state, "failed")

    def test_add_the_checks_of_a_gate(self):
        gate = self._gate(self.programme, "G6")
        self.as_("manager", gate).action_add_readiness()
        items = gate.item_ids.filtered(lambda item: item.kind == "check")
        self.assertIn("I01", items.mapped("check_code"))
        self.assertNotIn("M02", items.mapped("check_code"))
        count = len(gate.item_ids)
        self.as_("manager", gate).action_add_readiness()
        self.assertEqual(len(gate.item_ids), count, "each once")
        with self.assertRaises(AccessError):
            self.as_("contributor", gate).action_add_readiness()
