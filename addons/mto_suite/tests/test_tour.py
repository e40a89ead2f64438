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

    def test_start_later_tour(self):
        """Confirm a quotation that starts later, and start it."""
        seller = new_test_user(
            self.env,
            login="mto_suite_start",
            name="Tour Seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "mrp.group_mrp_user",
        )
        product = self.env["product.product"].create(
            {"name": "Tour Bike", "type": "consu", "is_storable": True}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Tourist"}).id,
                "user_id": seller.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        action = "mto_suite.sale_order_action_quotation"
        self.start_tour(
            f"/odoo/action-{action}/{order.id}",
            "mto_suite_start_later",
            login="mto_suite_start",
        )
        self.assertEqual(order.started_by_id, seller)
        self.assertEqual(order.picking_ids.move_ids.product_id, product)

    def test_engineering_tour(self):
        """From the list of what is to be engineered to the line that starts."""
        waiting = self.env["sale.order.line"].search([("to_engineer", "=", True)])
        waiting.engineering_done_on = "2026-01-01 00:00:00"
        engineer = new_test_user(
            self.env,
            login="mto_suite_engineer",
            name="Tour Engineer",
            groups="base.group_user,mrp.group_mrp_manager",
        )
        special, _tube = self.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "consu",
                    "is_storable": True,
                    "supply_policy": policy,
                }
                for name, policy in (
                    ("Tour Special", "make_to_order"),
                    ("Tour Tube", "make_to_stock"),
                )
            ]
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Tourist"}).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": special.id,
                            "to_engineer": True,
                            "engineer_id": engineer.id,
                            "engineering_due_date": "2026-01-01",
                            "engineering_days": 2,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self.start_tour(
            "/odoo/action-mto_cascade.sale_order_line_action_engineering",
            "mto_suite_engineering",
            login="mto_suite_engineer",
        )
        self.assertEqual(order.order_line.engineering_done_by_id, engineer)
        self.assertEqual(order.mrp_production_ids.product_id, special)
