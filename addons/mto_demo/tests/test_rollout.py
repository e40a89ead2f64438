from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestRollout(TransactionCase):
    """The company went live by the Light template, and rolls out to both plants."""

    def _ref(self, name):
        return self.env.ref(f"mto_demo.{name}")

    def test_the_light_programme_is_live(self):
        programme = self._ref("programme_light")
        self.assertEqual(set(programme.gate_ids.mapped("state")), {"approved"})
        self.assertEqual(self._ref("site_assembly_light").state, "live")
        self.assertEqual(
            programme.gate_ids.signoff_ids.user_id,
            self._ref("user_planner") | self._ref("user_finance"),
        )

    def test_a_gate_was_refused_and_then_approved(self):
        programme = self._ref("programme_two_plant")
        gates = {gate.code: gate for gate in programme.gate_ids if not gate.site_id}
        gate = gates["G1"]
        self.assertEqual((gate.state, gate.round), ("approved", 2))
        self.assertEqual(
            gate.signoff_ids.sorted("id").mapped("decision"),
            ["reject", "approve", "approve"],
        )
        self.assertIn("frame plant", gate.signoff_ids.sorted("id")[0].reason)
        self.assertEqual(gates["G2"].state, "open")
        self.assertEqual(
            programme.wave_ids[0].site_ids, self._ref("site_assembly"), "the easy one"
        )

    def test_a_gate_waits_for_what_is_not_ready(self):
        programme = self._ref("programme_frames")
        gate = programme.gate_ids.filtered(lambda each: each.code == "G6")
        self.assertEqual(gate.state, "open")
        checks = gate.item_ids.filtered(lambda item: item.kind == "check")
        self.assertEqual(set(checks.mapped("check_code")), {"M02", "P01", "P02"})
        self.assertEqual(set((gate.item_ids - checks).mapped("state")), {"passed"})

    def test_nobody_signed_what_they_prepared(self):
        for name in ("programme_light", "programme_two_plant", "programme_frames"):
            for gate in self._ref(name).gate_ids:
                self.assertFalse(gate.preparer_ids & gate.signoff_ids.user_id)

    def test_the_trail_is_whole(self):
        heads = self.env["rollout.audit.head"].search(
            [("programme_id.manager_id", "=", self._ref("user_programme").id)]
        )
        self.assertEqual(len(heads), 3)
        heads.action_verify()
        self.assertEqual(set(heads.mapped("state")), {"whole"})

    def test_no_lock_is_on(self):
        self.assertFalse(self.env["rollout.lock"].search([("state", "=", "on")]))
