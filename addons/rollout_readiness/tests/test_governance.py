from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon

NEEDED = {
    "justification": "value",
    "benefit": "It is quicker",
    "test_plan": "Try it",
}


@tagged("post_install", "-at_install")
class TestGovernance(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["rollout.customization"].search([]).sudo().state = "rejected"

    def _programme(self, template="light", **values):
        return self.env["rollout.programme"].create(
            {
                "name": "Rollout",
                "template_id": self.env.ref(f"rollout_gate.template_{template}").id,
                "company_ids": self.company.ids,
                **values,
            }
        )

    def _site(self, programme=None, **values):
        return self.env["rollout.site"].create(
            {
                "name": "Plant",
                "programme_id": (programme or self._programme()).id,
                "company_id": self.company.id,
                **values,
            }
        )

    def _customization(self, **values):
        """One that the design authority has approved."""
        asked = self.env["rollout.customization"].create(
            {
                "name": "Gauge",
                "programme_id": self._programme().id,
                **NEEDED,
                **values,
            }
        )
        asked.sudo().state = "approved"
        return asked

    def _install(self, name, author="Partner"):
        """A module whose files lie nowhere near Odoo's."""
        return self.env["ir.module.module"].create(
            {"name": name, "author": author, "state": "installed"}
        )

    def _set_installed(self, name, is_installed):
        """As the list of modules would say; nothing is loaded."""
        self.env.cr.execute(
            "UPDATE ir_module_module SET state = %s WHERE name = %s",
            ["installed" if is_installed else "uninstalled", name],
        )
        self.env.invalidate_all()

    def test_f09_applications(self):
        self.assertAbsent("F09")
        programme = self._programme(state="running")
        apps = self.env["rollout.app"].create(
            [
                {
                    "programme_id": programme.id,
                    "application": name,
                    "scope": "open",
                    "reason": "It has to be",
                }
                for name in ("project", "maintenance", "stock")
            ]
        )
        project, maintenance, stock = apps
        self._set_installed("project", True)
        self._set_installed("maintenance", False)
        self.assertAbsent("F09")
        project.scope, maintenance.scope = "in", "later"
        # Inventory is there for the modules that need it.
        stock.scope = "out"
        self.assertHolds("F09")
        self._set_installed("project", False)
        self._set_installed("maintenance", True)
        self.assertFinds("F09", project | maintenance)
        self._set_installed("project", True)
        maintenance.scope = "in"
        self.assertHolds("F09")
        apps.create(
            {
                "programme_id": programme.id,
                "application": "quality",
                "scope": "in",
                "substitute": "Checks of the shop floor",
            }
        )
        self.assertHolds("F09")

    def test_u08_issues(self):
        self.assertAbsent("U08")
        programme = self._programme(state="running")
        site = self._site(programme)
        other = self._site(programme, name="Other")
        small, grave = self.env["rollout.raid"].create(
            [
                {
                    "name": "It stops",
                    "programme_id": programme.id,
                    "site_id": site.id,
                    "kind": "issue",
                    "severity": severity,
                }
                for severity in ("2", "3")
            ]
        )
        self.assertFinds("U08", grave)
        self.assertEqual(self._run("U08", site_id=other.id)["status"], "not_applicable")
        grave.kind = "risk"
        self.assertHolds("U08")
        grave.kind = "issue"
        grave.state = "accepted"
        self.assertHolds("U08")
        small.write({"site_id": False, "severity": "3"})
        self.assertFinds("U08", small)
        self.assertEqual(self._run("U08", site_id=other.id)["offenders"], 1)
        small.state = "closed"
        self.assertHolds("U08")

    def test_f10_modules(self):
        self.assertAbsent("F10")
        module = self._install("partner_bikes")
        self.assertFinds("F10", module)
        asked = self._customization(module=" partner_bikes ")
        self.assertHolds("F10")
        asked.sudo().state = "requested"
        self.assertFinds("F10", module)
        # Who wrote it is no proof: where it lies is.
        self.assertFinds("F10", module | self._install("other", "Odoo S.A."))

    def test_f13_fields(self):
        self.env.cr.execute("DELETE FROM ir_model_fields WHERE state = 'manual'")
        self.assertAbsent("F13")
        good = self._add_field("x_gauge")
        self.assertFinds("F13", good)
        self._customization(parts="res.partner.x_width\nres.partner.x_gauge")
        self.assertHolds("F13")
        self.assertFinds("F13", self._add_field("x_gaug"))

    def _add_field(self, name):
        """As a click would; without a new registry for the test."""
        self.env.cr.execute(
            """INSERT INTO ir_model_fields
                      (name, model, model_id, field_description, ttype, state)
               VALUES (%s, 'res.partner', %s, '{"en_US": "Gauge"}', 'char', 'manual')
            RETURNING id""",
            [name, self.env.ref("base.model_res_partner").id],
        )
        return self.env["ir.model.fields"].browse(self.env.cr.fetchone())

    def test_f14_views(self):
        self.env.cr.execute("UPDATE ir_ui_view SET arch_updated = false")
        self.assertAbsent("F14")
        view = self.env["ir.ui.view"].create(
            {"name": "Gauge on partners", "type": "qweb", "arch": "<p/>"}
        )
        view.arch_updated = True
        self.assertFinds("F14", view)
        self._customization(parts="Gauge on partners")
        self.assertHolds("F14")
        view.active = False
        self.assertAbsent("F14")

    def test_l14_automations(self):
        if "base.automation" not in self.env:
            self.assertIn("is not installed", self.assertAbsent("L14")["message"])
            return
        self.env["base.automation"].search([]).active = False
        self.assertAbsent("L14")
        model = self.env.ref("base.model_res_partner")
        rules = self.env["base.automation"].create(
            [
                {"name": name, "model_id": model.id, "trigger": "on_create"}
                for name in ("Greet", "Praise")
            ]
        )
        self.assertFinds("L14", rules)
        programme = self._programme()
        decision = self.env["rollout.decision"].create(
            {
                "name": "Greet",
                "text": "New customers are greeted",
                "programme_id": programme.id,
                "kind": "policy",
            }
        )
        self.env["rollout.policy"].create(
            {
                "name": "Who is greeted?",
                "programme_id": programme.id,
                "decision_id": decision.id,
                "automations": "Greet",
            }
        )
        self.assertFinds("L14", rules)
        decision.sudo().state = "decided"
        self.assertFinds("L14", rules[1])
        rules[1].active = False
        self.assertHolds("L14")

    def _seat(self, programme, code, user, **values):
        return self.env["rollout.member"].create(
            {
                "programme_id": programme.id,
                "function_id": self.env.ref(f"rollout_gate.function_{code}").id,
                "user_id": user.id,
                **values,
            }
        )

    def test_u10_bodies(self):
        self.env["rollout.programme"].search([]).sudo().active = False
        light = self._programme(state="running")
        self.assertAbsent("U10")
        programme = self._programme("two_plant")
        self._site(programme)
        users = self.env["res.users"].create(
            [{"name": name, "login": f"ready_{name}"} for name in "abc"]
        )
        for code in ("design_authority", "site_owner", "pmo"):
            self._seat(programme, code, users[0])
        self._seat(programme, "steering", users[0])
        second = self._seat(programme, "steering", users[1])
        functions = self.env["rollout.function"].search([("is_body", "=", False)])
        for function in functions:
            self._seat(programme, function.code, users[2])
        programme.action_start()
        quorums = programme.gate_ids.function_ids.filtered(
            lambda line: line.function_id.is_body
        )
        quorums.quorum = 1
        self.assertHolds("U10")
        second.date_to = fields.Date.today() - timedelta(days=1)
        second.date_from = second.date_to
        # One and the same prepares, in the programme office, and decides.
        self.assertFinds("U10", programme)
        second.date_to = False
        quorums.quorum = 2
        self.assertFinds("U10", programme)
        self.assertNotIn(light.id, self._run("U10")["sample_ids"])

    def test_i07_accuracy(self):
        self.assertAbsent("I07")
        programme = self._programme()
        good, bad = self._site(programme), self._site(programme, name="Other")
        today = fields.Date.today()
        for site, values in ((good, (90, 99)), (bad, (99, 97))):
            for weeks, value in zip((2, 1), values, strict=True):
                self.env["rollout.stability"].create(
                    {
                        "site_id": site.id,
                        "measure": "stock_accuracy",
                        "period_end": today - timedelta(weeks=weeks),
                        "value": value,
                        "target": 98,
                    }
                )
        self.assertFinds("I07", bad)
        self.assertEqual(self._run("I07", site_id=good.id)["status"], "pass")
        bad.stability_ids.unlink()
        self.assertHolds("I07")

    def _rule(self, product, warehouse, low, high):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": warehouse.lot_stock_id.id,
                "warehouse_id": warehouse.id,
                "product_min_qty": low,
                "product_max_qty": high,
            }
        )

    def test_p07_drift(self):
        self.assertAbsent("P07")
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        programme = self._programme()
        first = self._site(programme, warehouse_ids=self.warehouse.ids)
        clone = self._site(programme, name="Clone", warehouse_ids=second.ids)
        clone.sudo().template_site_id = first
        tube, rim = self._product("Tube"), self._product("Rim")
        for product in (tube, rim):
            self._rule(product, self.warehouse, 10, 20)
        good, rule = self._rule(tube, second, 12, 25), self._rule(rim, second, 10, 20)
        self.assertHolds("P07")
        rule.product_max_qty = 26
        self.assertFinds("P07", rule)
        standard = self.env["rollout.standard"].create(
            {
                "name": "Reordering",
                "programme_id": programme.id,
                "kind": "data",
                "text": "As at the first site",
            }
        )
        deviation = self.env["rollout.deviation"].create(
            {
                "name": "More rims",
                "site_id": clone.id,
                "standard_id": standard.id,
                "reason": "Bad roads",
            }
        )
        self.assertFinds("P07", rule)
        deviation.sudo().state = "approved"
        self.assertHolds("P07")
        deviation.sudo().valid_until = fields.Date.today() - timedelta(days=1)
        self.assertFinds("P07", rule)
        self.assertTrue(good)

    def test_a10_locked(self):
        self.assertAbsent("A10")
        now = fields.Datetime.now()
        site = self._site(
            cutover_from=now + timedelta(days=1), cutover_to=now + timedelta(days=2)
        )
        self.assertAbsent("A10")
        site.cutover_from = now - timedelta(days=1)
        self.assertFinds("A10", self.company)
        lock = (now - timedelta(days=2)).date()
        self._lock(lock)
        self.assertHolds("A10")
        exception = self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": False,
                "fiscalyear_lock_date": lock - timedelta(days=30),
                "end_datetime": now + timedelta(days=1),
            }
        )
        self.assertFinds("A10", self.company)
        exception.action_revoke()
        self.assertHolds("A10")
        self._lock(lock - timedelta(days=1))
        self.assertFinds("A10", self.company)

    def _lock(self, day):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [day, self.company.id],
        )
        self.env.invalidate_all()
