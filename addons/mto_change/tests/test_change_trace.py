from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeTrace(ChangeCommon):
    """Who changed what, when and why, and what it did."""

    def test_shown_before(self):
        order = self._create_order((self.bike, 5))
        wheels = self._get_productions(self.wheel)
        seller = self._create_user("sales")
        order.user_id = seller
        change = {"line_id": order.order_line.id, "quantity": 2}
        self._apply(
            order.with_user(seller),
            change,
            reason="The customer called",
            decisions=[
                {"node": f"mrp.production,{wheels.id}", "action": "keep_surplus"}
            ],
        )
        kept = order.order_change_ids
        self.assertEqual(
            (kept.user_id, kept.reason, kept.way),
            (seller, "The customer called", "shown"),
        )
        self.assertIn("reduced", kept.name)
        documents = kept.document_ids
        line = documents.filtered(lambda d: d.model == "sale.order.line")
        self.assertEqual((line.quantity_before, line.quantity_after), (5, 2))
        self.assertEqual(line.quantity_change, -3)
        overruled = documents.filtered("is_overruled")
        self.assertEqual(overruled.res_id, wheels.id)
        self.assertEqual(overruled.action, "keep_surplus")
        self.assertTrue(all(documents.mapped("reason")))
        self.assertEqual(order.order_change_count, 1)
        self.assertEqual(
            order.action_view_changes()["domain"], [("order_id", "=", order.id)]
        )

    def test_saved_directly(self):
        order = self._create_order((self.bike, 5))
        order.order_line.product_uom_qty = 2
        order.order_line.product_uom_qty = 4
        order.action_cancel()
        kept = order.order_change_ids.sorted("id")
        self.assertEqual(kept.mapped("way"), ["saved"] * 3)
        lines = kept.document_ids.filtered(lambda d: d.model == "sale.order.line")
        self.assertEqual(
            [(d.quantity_before, d.quantity_after) for d in lines.sorted("id")],
            [(5, 2), (2, 4), (4, 0)],
        )
        productions = kept[0].document_ids.filtered(
            lambda d: d.model == "mrp.production"
        )
        self.assertEqual(
            set(productions.mapped("action")), {"reduce"}, productions.mapped("name")
        )

    def test_value_for_the_cost_group_only(self):
        self.bolt.standard_price = 3
        order = self._create_order((self.bike, 5))
        order.user_id = self.env.user
        self._apply(order, {"line_id": order.order_line.id, "quantity": 4})
        bought = order.order_change_ids.document_ids.filtered(
            lambda d: d.model == "purchase.order.line"
        )
        self.assertEqual(bought.value, -27)
        planner = self._create_user("planner")
        with self.assertRaises(AccessError):
            bought.with_user(planner).read(["value"])
        planner.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        self.assertEqual(bought.with_user(planner).value, -27)
        tree = self.env["mto.change.tree"]
        answer = self._preview(order, {"cancel": True})
        for user, shows in ((planner, True), (self._create_user("sales"), False)):
            columns = tree.with_user(user)._make_tree(answer)["columns"]
            self.assertEqual("value" in [c["name"] for c in columns], shows)

    def test_customer_is_told(self):
        """The customer reads of the order, not of the factory."""
        order = self._create_order((self.bike, 5))
        self._apply(order, {"line_id": order.order_line.id, "quantity": 2})
        template = self.env.ref("mto_change.mail_template_order_change")
        body = template._render_field("body_html", order.ids)[order.id]
        self.assertIn("Bike: 5 before, 2 Units now", body)
        self.assertNotIn("Wheel", body)
        action = order.order_change_ids.action_tell_customer()
        self.assertEqual(action["context"]["default_template_id"], template.id)

    def test_roles(self):
        """As orders: one's own; the factory sees all; nobody edits."""
        seller = self._create_user("sales")
        own = self._create_order((self.bike, 2))
        other = self._create_order((self.bike, 2))
        own.user_id = seller
        other.user_id = self.env.ref("base.user_admin")
        for order in own | other:
            order.order_line.product_uom_qty = 1
        changes = self.env["mto.order.change"]
        found = changes.with_user(seller).search(
            [("order_id", "in", (own | other).ids)]
        )
        self.assertEqual(found.order_id, own)
        documents = self.env["mto.order.change.document"].with_user(seller)
        self.assertEqual(
            documents.search([("order_id", "in", (own | other).ids)]).order_id, own
        )
        for role in ("shop_floor", "purchasing"):
            user = self._create_user(role)
            found = changes.with_user(user).search(
                [("order_id", "in", (own | other).ids)]
            )
            self.assertEqual(len(found), 2)
            with self.assertRaises(AccessError):
                found.write({"reason": "No"})
        with self.assertRaises(AccessError):
            changes.with_user(self._create_user("employee")).search([])
        with self.assertRaises(AccessError):
            own.order_change_ids.with_user(seller).unlink()
