from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSetupTour(HttpCase):
    """Setting up, as an administrator who plans production."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="mto_suite_setup",
            groups="base.group_user,base.group_system,mrp.group_mrp_manager,"
            "product.group_product_manager",
        )
        vendor = cls.env["res.partner"].create({"name": "Tour Vendor"})
        seller = {"partner_id": vendor.id, "delay": 21}
        cls.frame, cls.tube = cls.env["product.product"].create(
            [
                {"name": "Tour Frame", "is_storable": True},
                {
                    "name": "Tour Tube",
                    "is_storable": True,
                    "seller_ids": [Command.create(seller)],
                },
            ]
        )
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.frame.product_tmpl_id.id,
                "bom_line_ids": [Command.create({"product_id": cls.tube.id})],
            }
        )
        cls._forget_policies()

    @classmethod
    def _forget_policies(cls):
        """As right after the installation."""
        cls.env.company.supply_preset = False
        for model in ("product.template", "product.category"):
            cls.env[model].search([("supply_policy", "!=", "inherit")]).write(
                {"supply_policy": "inherit"}
            )
        cls.env["product.template"].search(
            [("lead_time_review_date", "!=", False)]
        ).write({"lead_time_review_date": False})
        cls.env["mto.supply.rule"].search([("active", "in", (True, False))]).unlink()

    def _start_tour(self, name, url="/odoo"):
        self.start_tour(url, name, login="mto_suite_setup")

    def test_first_steps_and_assistant(self):
        self._start_tour("mto_suite_first_steps")
        self.assertEqual(self.env.company.supply_preset, "assemblies")
        self.assertEqual(self.frame.supply_policy, "make_to_order")
        self.assertEqual(self.frame.product_tmpl_id.lead_time_review_uid, self.user)

    def test_rules_are_dragged_and_tested(self):
        self.frame.supply_policy = "make_to_order"
        Rule = self.env["mto.supply.rule"]
        rules = Rule.create(
            [
                {"name": "Tour Any", "result": "make_to_order", "sequence": 1},
                {
                    "name": "Tour Long",
                    "result": "stock_then_order",
                    "lead_time_min": 20,
                    "sequence": 2,
                },
            ]
        )
        self._start_tour("mto_suite_rules")
        ordered = Rule.search([("id", "in", rules.ids)])
        self.assertEqual(ordered.mapped("name"), ["Tour Long", "Tour Any"])

    def test_recommended_settings(self):
        self._start_tour("mto_suite_recommended")
        self.assertEqual(self.env.company.supply_preset, "assemblies")

    def test_bom_overview(self):
        self.env.company.supply_preset = "assemblies"
        action = self.env.ref("mrp.action_report_mrp_bom")
        self._start_tour(
            "mto_suite_bom_overview",
            f"/odoo/action-{action.id}?active_id={self.bom.id}",
        )
