import runpy
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTemplate(RolloutCommon):
    def test_a_version_in_use_stays(self):
        template = self.as_("configurator", self.light)
        gate = template.gate_ids[0]
        for change in (
            lambda: template.write({"strategy": "plant"}),
            lambda: gate.write({"min_signers": 1}),
            lambda: gate.item_ids[0].write({"severity": "minor"}),
            lambda: gate.function_ids.unlink(),
            lambda: gate.item_ids[0].copy({"gate_id": gate.id}),
            template.unlink,
        ):
            with self.assertRaisesRegex(UserError, "in use and stays"):
                change()
        with self.assertRaisesRegex(UserError, "buttons"):
            template.state = "draft"

    def test_next_version(self):
        template = self.as_("configurator", self.light)
        version = template.browse(template.action_new_version()["res_id"])
        self.assertEqual((version.version, version.state), (2, "draft"))
        self.assertEqual(version.item_count, template.item_count)
        version.gate_ids[0].item_ids[0].name = "Other"
        version.action_activate()
        self.assertEqual((version.state, template.state), ("active", "retired"))
        programme = self._create_programme()
        self.assertEqual(programme.template_id, self.light, "programmes keep theirs")
        fresh = self.env["rollout.programme"].create({"name": "New"})
        self.assertEqual(fresh.template_id, version)

    def test_gates_that_wait_for_each_other(self):
        draft = self.light.browse(
            self.as_("configurator", self.light).action_new_version()["res_id"]
        )
        with self.assertRaisesRegex(ValidationError, "wait for each other"):
            draft.gate_ids[0].predecessors = "G6"
        draft = self.as_("configurator", draft)
        draft.gate_ids[0].predecessors = "G9"
        with self.assertRaisesRegex(ValidationError, "no gate G9"):
            draft.action_activate()

    def test_somebody_signs_each_gate(self):
        draft = self.light.browse(
            self.as_("configurator", self.light).action_new_version()["res_id"]
        )
        draft.gate_ids[1].function_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "Nobody signs G5"):
            self.as_("configurator", draft).action_activate()

    def test_only_configurators(self):
        for duty in ("manager", "steering", "auditor"):
            with self.assertRaises(AccessError):
                self.as_(duty, self.light).action_new_version()

    def test_the_first_version_stays_with_its_gates(self):
        """What an update does: its names make room, its programmes keep it."""
        programme = self._start(self.two_plant, ("A", "B"))
        path = Path(__file__).parents[1] / "migrations/19.0.1.1.0/pre-migrate.py"
        self.two_plant.sudo().version = 1
        self.env.flush_all()
        runpy.run_path(str(path))["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self.two_plant.state, "retired")
        self.assertEqual(programme.template_id, self.two_plant)
        first = self.env.ref("rollout_gate.template_two_plant_v1")
        self.assertEqual(first, self.two_plant)
        part = self.env.ref("rollout_gate.two_plant_v1_g2_1")
        self.assertEqual(part.gate_id.template_id, self.two_plant)
        for name in ("template_two_plant", "two_plant_g2", "two_plant_g2_1"):
            self.assertFalse(self.env.ref(f"rollout_gate.{name}", False))
        self.assertEqual(self.light.state, "active")

    def test_checks_of_the_newest_version(self):
        for name in ("template_two_plant", "template_multi_country"):
            template = self.env.ref(f"rollout_gate.{name}")
            codes = set(template.gate_ids.item_ids.mapped("check_code"))
            self.assertEqual((template.version, template.state), (2, "active"))
            self.assertLessEqual(
                {"policies_decided", "build_in_order", "customizations_approved"},
                codes,
            )

    def test_templates_that_come_with_the_module(self):
        """Every gate is signed, every automatic item has its check."""
        checks = self.env["rollout.check"]
        for template in self.env["rollout.template"].search([]):
            template._check_gates()
            for gate in template.gate_ids:
                codes = template.gate_ids.mapped("code")
                self.assertLessEqual(set(gate._get_predecessor_codes()), set(codes))
            for item in template.gate_ids.item_ids.filtered("check_code"):
                self.assertTrue(hasattr(checks, f"_check_{item.check_code}"))
        self.assertEqual(
            self.two_plant.gate_ids.mapped("code"),
            ["G1", "G2", "G0", "G3", "G4", "G5", "G6", "G7"],
        )
        multi = self.env.ref("rollout_gate.template_multi_country")
        self.assertTrue(multi.gate_ids.item_ids.filtered("is_localisation"))
