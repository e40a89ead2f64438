from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestProgramme(RolloutCommon):
    """From sites to waves to gates."""

    def test_light_programme(self):
        """One plant: three gates, at most 15 items, two signatures, one open gate."""
        programme = self._start()
        self.assertEqual(programme.gate_ids.mapped("code"), ["G2", "G5", "G6"])
        self.assertLessEqual(len(programme.gate_ids.item_ids), 15)
        self.assertEqual(
            programme.gate_ids.mapped("state"), ["open", "locked", "locked"]
        )
        for gate in programme.gate_ids:
            self.assertEqual(len(gate.function_ids), 2)
            self.assertEqual(gate.min_signers, 2)
        self.assertEqual(programme.site_ids.state, "planned")

    def test_waves_from_the_easiest(self):
        programme = self._create_programme(
            self.two_plant, ("Hard", "Easy", "Middle"), sites_per_wave=2
        )
        hard, easy, middle = programme.site_ids.sorted("id")
        (hard + easy).maturity = "5"
        hard.supply_complexity = "5"
        easy.supply_complexity = "1"
        programme.action_propose_waves()
        self.assertEqual(
            [wave.site_ids for wave in programme.wave_ids], [easy, middle + hard]
        )
        self.assertEqual(programme.wave_ids.mapped("kind"), ["pilot", "standard"])
        self.assertIn("complexity 6 to 6 of 20", programme.wave_reasons)

    def test_waves_have_days(self):
        """From one to the next, until the last planned go-live of their sites."""
        programme = self._create_programme(self.two_plant, ("A", "B", "C"))
        first, second, _third = programme.site_ids.sorted("id")
        today = fields.Date.today()
        days = [today + timedelta(30), today + timedelta(90)]
        first.planned_date, second.planned_date = days
        programme.sites_per_wave = 1
        programme.action_propose_waves()
        self.assertEqual(
            [(wave.date_start, wave.date_end) for wave in programme.wave_ids],
            [(today, days[0]), (days[0], days[1]), (False, False)],
        )

    def test_unassessed_sites_have_no_order(self):
        programme = self._create_programme(self.two_plant, ("A", "B"))
        programme.site_ids[0].maturity = False
        with self.assertRaisesRegex(UserError, "Assess these sites first.*: A"):
            programme.action_propose_waves()

    def test_another_order_needs_the_steering(self):
        programme = self._create_programme(self.two_plant, ("A", "B"))
        programme.action_propose_waves()
        first, second = programme.wave_ids
        first.sequence, second.sequence = 2, 1
        programme.invalidate_recordset(["wave_ids"])
        with self.assertRaisesRegex(UserError, "not in the proposed order"):
            programme.action_start()
        decision = self.env["rollout.decision"].with_user(self.users["manager"])
        decision = decision.create(
            {
                "name": "B first",
                "programme_id": programme.id,
                "kind": "override",
                "text": "B has freed its people.",
            }
        )
        programme.wave_decision_id = decision
        with self.assertRaisesRegex(UserError, "not in the proposed order"):
            programme.action_start()
        self._seat(programme, "steering", self.users["steering"])
        self.as_("steering", decision).action_decide()
        programme.action_start()
        self.assertEqual(programme.state, "running")

    def test_order_stays_after_the_start(self):
        programme = self._start(self.two_plant, ("A", "B"))
        for values in ({"sequence": 9}, {"site_ids": False}):
            with self.assertRaisesRegex(UserError, "order of waves stays"):
                programme.wave_ids[0].write(values)
        with self.assertRaisesRegex(UserError, "clone a site"):
            self.env["rollout.site"].with_user(self.users["manager"]).create(
                {"name": "C", "programme_id": programme.id}
            )

    def test_every_site_is_in_a_wave(self):
        programme = self._create_programme(self.two_plant, ("A", "B"))
        programme.action_propose_waves()
        programme.wave_ids[1].site_ids = False
        with self.assertRaisesRegex(UserError, "in no wave: B"):
            programme.action_start()

    def test_start_needs_sites_and_happens_once(self):
        with self.assertRaisesRegex(UserError, "Enter the sites first"):
            self._create_programme(sites=()).action_start()
        programme = self._start()
        with self.assertRaisesRegex(UserError, "started already"):
            programme.action_start()

    def test_cyclic_domains(self):
        domain = self.env.ref("rollout_gate.domain_demand")
        posting = self.env.ref("rollout_gate.domain_posting")
        with self.assertRaisesRegex(ValidationError, "wait for each other"):
            self.as_("configurator", domain).predecessor_ids = posting
        with self.assertRaisesRegex(ValidationError, "wait for each other"):
            self.as_("configurator", domain).predecessor_ids = domain

    def test_waves_by_domain(self):
        multi = self.env.ref("rollout_gate.template_multi_country")
        programme = self._create_programme(multi, ("A", "B"))
        programme.action_propose_waves()
        self.assertEqual(programme.strategy, "domain")
        first = programme.wave_ids[0]
        self.assertEqual(first.domain_ids.mapped("code"), ["demand", "sourcing"])
        self.assertEqual(len(first.site_ids), 2)

    def test_two_plants_have_gates_by_site_and_function(self):
        programme = self._start(self.two_plant, ("A", "B"))
        go_live = programme.gate_ids.filtered(lambda gate: gate.code == "G6")
        self.assertEqual(go_live.mapped("site_id.name"), ["A", "B"])
        self.assertEqual(len(go_live[0].function_ids), 8)
        build = self._gate(programme, "G3")
        self.assertEqual(
            build.function_ids.mapped("display_name"),
            ["Design Authority", "Site Process Owners, A"],
        )

    def test_site_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        programme = self._create_programme(sites=())
        with self.assertRaisesRegex(ValidationError, "does not take part"):
            self.env["rollout.site"].create(
                {"name": "X", "programme_id": programme.id, "company_id": other.id}
            )

    def test_only_managers_start(self):
        programme = self._create_programme()
        for duty in ("viewer", "contributor", "process_owner", "steering", "auditor"):
            with self.assertRaises(AccessError):
                self.as_(duty, programme).action_start()

    def test_usual_risks_come_with_the_start(self):
        programme = self._start()
        risks = self.env["rollout.raid"].search([("programme_id", "=", programme.id)])
        self.assertEqual(len(risks), 5)
        self.assertEqual(risks.owner_id, self.users["manager"])
        for risk in risks:
            self.assertEqual(risk.mitigated, 0)
        cutover = risks.filtered(lambda risk: risk.category == "cutover")
        items = cutover.sudo().item_ids
        self.assertIn("What we do if it fails is written down", items.mapped("name"))
        items[0].state = "passed"
        self.assertAlmostEqual(cutover.mitigated, 100 / len(items))

    def test_close_and_continue(self):
        programme = self._start()
        with self.assertRaisesRegex(UserError, "not approved yet"):
            self.as_("steering", programme).action_close()
        programme.action_continue()
        self.assertEqual(programme.state, "continuous")
        with self.assertRaises(AccessError):
            programme.action_cancel()
        self.as_("steering", programme).action_cancel()
        self.assertEqual(programme.state, "cancelled")

    def test_clone_of_a_finished_site(self):
        """The next site has the gates of the first, and items it had beyond them."""
        programme = self._start()
        site = programme.site_ids
        local = self.env["rollout.gate.item"].with_user(self.users["manager"])
        local.create(
            {"gate_id": self._gate(programme, "G6").id, "name": "Ask the union"}
        )
        for code in ("G2", "G5", "G6"):
            self._approve(self._gate(programme, code))
        self.assertEqual(site.state, "live")
        action = site.action_clone()
        clone = self.env["rollout.site"].browse(action["res_id"])
        self.assertEqual(clone.template_site_id, site)
        self.assertEqual(clone.state, "planned")
        self.assertFalse(clone.complexity or clone.live_on, "assessed anew")
        self.assertEqual(clone.gate_ids.mapped("code"), ["G2", "G5", "G6"])
        self.assertEqual(clone.gate_ids[0].state, "open")
        self.assertIn("Ask the union", clone.gate_ids[2].item_ids.mapped("name"))
        self.assertFalse(clone.gate_ids.item_ids.filtered("done_by_id"))

    def test_a_half_configured_site_is_no_model(self):
        programme = self._start()
        with self.assertRaisesRegex(UserError, "not finished"):
            programme.site_ids.action_clone()
        for code in ("G2", "G5"):
            self._approve(self._gate(programme, code))
        with self.assertRaisesRegex(UserError, "not finished"):
            programme.site_ids.action_clone()

    def test_what_the_trail_tells_of_stays(self):
        programme = self._start()
        for record in (programme, programme.site_ids):
            with self.assertRaisesRegex(UserError, "part of the trail"):
                record.unlink()
