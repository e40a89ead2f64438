from html import unescape

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import MtoSuiteCommon


@tagged("post_install", "-at_install")
class TestSettings(MtoSuiteCommon):
    def _get_settings(self):
        return self.env["res.config.settings"].with_user(self.users["administrator"])

    def test_page_opens_and_saves_nothing_it_was_not_asked(self):
        templates = self.env["product.template"].search([])
        before = templates.mapped("supply_policy")
        with Form(self._get_settings()) as form:
            settings = form.save()
        settings.execute()
        self.assertEqual(templates.mapped("supply_policy"), before)

    def test_own_page(self):
        action = self.env.ref("mto_suite.res_config_settings_action")
        self.assertIn("'module': 'mto_suite'", action.context)
        arch = self._get_settings().get_view(False, "form")["arch"]
        self.assertEqual(arch.count('name="mto_suite"'), 1)

    def test_counts_of_the_company(self):
        """A policy is kept per company: so is its count."""
        label = dict(self.env["product.template"]._fields["supply_policy"].selection)
        other = self.env["res.company"].create({"name": "Other Plant"})
        self.users["administrator"].company_ids |= other

        def get_counts(company):
            settings = self._get_settings().with_company(company).create({})
            self.assertEqual(settings.company_id, company)
            return settings._get_supply_policy_counts()

        ordered, stocked = label["make_to_order"], label["make_to_stock"]
        before, before_other = get_counts(self.env.company), get_counts(other)
        self.assertEqual(list(before), list(label.values()))
        self.assertGreaterEqual(before[ordered], 3)
        self.assertEqual(before_other[ordered], 0)

        self.frame.supply_policy = "make_to_stock"
        self.tube.with_company(other).supply_policy = "make_to_order"
        after, after_other = get_counts(self.env.company), get_counts(other)
        self.assertEqual(after[ordered], before[ordered] - 1)
        self.assertEqual(after[stocked], before[stocked] + 1)
        self.assertEqual(after_other[ordered], 1)

        self._create_product("Assembly Service", type="service", is_storable=False)
        self.assertEqual(get_counts(self.env.company), after)

    def test_summary_names_each_policy(self):
        settings = self._get_settings().create({})
        counts = settings._get_supply_policy_counts()
        for label, count in counts.items():
            self.assertIn(f"{label}: {count}", settings.supply_policy_summary)

    def test_preset_of_the_company(self):
        """Chosen on the page, kept per company, taken back as easily."""
        other = self.env["res.company"].create({"name": "Other Plant"})
        self.assertEqual(self._get_settings().create({}).supply_preset, "none")
        self._get_settings().create({"supply_preset": "assemblies"}).execute()
        self.assertEqual(self.env.company.supply_preset, "assemblies")
        self.assertFalse(other.supply_preset)
        settings = self._get_settings().create({})
        self.assertEqual(settings.supply_preset, "assemblies")
        settings.execute()
        self.assertEqual(self.env.company.supply_preset, "assemblies")
        self._get_settings().create({"supply_preset": "none"}).execute()
        self.assertFalse(self.env.company.supply_preset)

    def test_incomplete_paths_of_the_company(self):
        """Shown until the company wants them refused; each choice has its sentence."""
        settings = self._get_settings().create({})
        self.assertEqual(settings.supply_check, "warn")
        self._get_settings().create(
            {"supply_check": "block", "supply_depth_limit": 12}
        ).execute()
        self.assertEqual(self.env.company.supply_check, "block")
        self.assertEqual(self.env.company.supply_depth_limit, 12)
        choices = dict(self.env["res.company"]._fields["supply_check"].selection)
        offered = dict(settings._selection_supply_check())
        self.assertEqual(set(offered), set(choices))
        for choice, label in choices.items():
            self.assertTrue(offered[choice].startswith(f"{label}. Before: "))
            self.assertIn("After: ", offered[choice])

    def test_each_preset_has_its_sentence(self):
        """The page offers what the company can have, each with what it does."""
        presets = dict(self.env["res.company"]._fields["supply_preset"].selection)
        offered = dict(self._get_settings()._selection_supply_preset())
        self.assertEqual(set(offered), {*presets, "none"})
        for preset, label in presets.items():
            self.assertTrue(offered[preset].startswith(label))
            self.assertGreater(len(offered[preset]), len(label) + 30)

    def test_rules_of_the_company_are_counted(self):
        Rule = self.env["mto.supply.rule"]
        before = self._get_settings().create({}).supply_rule_count
        other = self.env["res.company"].create({"name": "Other Plant"})
        Rule.create([{"name": "Here"}, {"name": "There", "company_id": other.id}])
        Rule.create({"name": "Everywhere", "company_id": False})
        self.assertEqual(self._get_settings().create({}).supply_rule_count, before + 2)

    def test_each_setting_says_what_holds_today(self):
        settings = self._get_settings().create({})
        frames = self.env["product.category"].create({"name": "Frames"})
        before = settings.supply_category_today
        frames.supply_policy = "make_to_order"
        after = self._get_settings().create({}).supply_category_today
        self.assertEqual(int(after.split()[-1]), int(before.split()[-1]) + 1)
        for field in ("supply_rule", "supply_bom_line", "supply_warehouse"):
            self.assertRegex(settings[f"{field}_today"], r": \d+$")

    def test_recommended_settings(self):
        company = self.env.company
        company.supply_preset = False
        settings = self._get_settings().create({})
        self.assertFalse(settings.has_recommended_settings)
        self.assertIn("Odoo's routes decide", unescape(settings.recommended_settings))
        other = self.env["res.company"].create({"name": "Other Plant"})
        settings.action_apply_recommended_settings()
        self.assertEqual(company.supply_preset, "assemblies")
        self.assertFalse(other.supply_preset)
        settings = self._get_settings().create({})
        self.assertTrue(settings.has_recommended_settings)
        company.supply_preset = "all"
        settings = self._get_settings().create({})
        self.assertFalse(settings.has_recommended_settings)
        self.assertIn("Everything for the order", settings.recommended_settings)

    def test_module_adds_a_recommended_setting(self):
        """What a module adds is shown, counted and written with the others."""
        settings = self._get_settings().create({})
        own = type(settings)._get_recommended_settings

        def _get_recommended_settings(self):
            return [
                *own(self),
                {
                    "title": "Slogan <b>",
                    "today": "None",
                    "then": "One",
                    "values": {"company_details": "<p>One</p>"},
                },
            ]

        self.patch(
            type(settings), "_get_recommended_settings", _get_recommended_settings
        )
        self.env.company.supply_preset = "assemblies"
        settings = self._get_settings().create({})
        self.assertFalse(settings.has_recommended_settings)
        self.assertIn("Slogan &lt;b&gt;", settings.recommended_settings)
        settings.action_apply_recommended_settings()
        self.assertEqual(self.env.company.company_details, "<p>One</p>")

    def test_recommended_settings_are_for_administrators(self):
        settings = self._get_settings().create({})
        with self.assertRaises(AccessError):
            settings.with_user(
                self.users["planner"]
            ).action_apply_recommended_settings()


@tagged("post_install", "-at_install")
class TestStart(MtoSuiteCommon):
    """What the app opens with."""

    def _get_landing(self, role):
        action = self.env.ref("mto_suite.landing_action").with_user(self.users[role])
        return action.run()["res_model"]

    def _forget_policies(self):
        """As right after the installation."""
        self.env.company.supply_preset = False
        for model in ("product.template", "product.category"):
            self.env[model].search([("supply_policy", "!=", "inherit")]).write(
                {"supply_policy": "inherit", **self._no_review(model)}
            )
        self.env["mto.supply.rule"].search([("active", "in", (True, False))]).unlink()

    def _no_review(self, model):
        return {"lead_time_review_date": False} if model == "product.template" else {}

    def test_planner_is_led_until_something_is_set_up(self):
        self._forget_policies()
        for role in ("planner", "administrator"):
            self.assertEqual(self._get_landing(role), "mto.supply.start")
        for role in ("sales", "shop_floor"):
            self.assertEqual(self._get_landing(role), "sale.order")
        self.assertEqual(self._get_landing("purchasing"), "mto.purchase.proposal")
        self.tube.supply_policy = "make_to_order"
        self.assertEqual(self._get_landing("planner"), "sale.order")
        self.tube.supply_policy = "inherit"
        self.env.company.supply_preset = "all"
        self.assertEqual(self._get_landing("planner"), "sale.order")
        self.assertEqual(self._get_landing("administrator"), "mto.supply.start")

    def test_steps_are_ticked(self):
        self._forget_policies()
        Start = self.env["mto.supply.start"].with_user(self.users["administrator"])
        start = Start.create({})
        self.assertEqual(
            (start.is_preset_chosen, start.is_setup_done, start.is_order_done),
            (False, False, False),
        )
        start.supply_preset = "all"
        start.action_choose()
        self.assertEqual(self.env.company.supply_preset, "all")
        self.frame.supply_policy = "make_to_order"
        self._create_order(self.bicycle).action_confirm()
        start = Start.create({})
        self.assertEqual(
            (start.is_preset_chosen, start.is_setup_done, start.is_order_done),
            (True, True, True),
        )

    def test_only_administrators_choose(self):
        start = self.env["mto.supply.start"].with_user(self.users["planner"])
        with self.assertRaisesRegex(AccessError, "administrator"):
            start.create({}).action_choose()
        for role in ("warehouse", "finance"):
            with self.assertRaises(AccessError):
                start.with_user(self.users[role]).create({})
