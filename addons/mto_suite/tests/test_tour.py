from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    def test_supply_policy_tour(self):
        """App -> products -> the policy of two products at once -> settings."""
        new_test_user(
            self.env,
            login="mto_suite_tour",
            groups="base.group_user,base.group_system,mrp.group_mrp_manager,"
            "product.group_product_manager",
        )
        vendor = self.env["res.partner"].create({"name": "Tour Vendor"})
        templates = self.env["product.template"].create(
            [
                {
                    "name": f"Tour Frame {letter}",
                    "type": "consu",
                    "is_storable": True,
                    "seller_ids": [Command.create({"partner_id": vendor.id})],
                }
                for letter in "AB"
            ]
        )
        # Its row goes when the search has been done: the tour waits for that.
        self.env["product.template"].create({"name": "Tour Saddle", "type": "consu"})
        self.start_tour("/odoo", "mto_suite_supply_policy", login="mto_suite_tour")
        self.assertEqual(
            templates.mapped("supply_policy"), ["make_to_order", "make_to_order"]
        )
