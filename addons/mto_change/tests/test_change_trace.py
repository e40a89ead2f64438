from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ChangeCommon

BASE = datetime(2031, 5, 5, 12)


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

    def test_documents_of_the_tree_open_for_the_reader(self):
        """A line opens its order; no link leads to an access error."""
        order = self._create_order((self.bike, 5))
        answer = self._preview(order, {"line_id": order.order_line.id, "quantity": 2})
        bought = self._get_lines(self.bolt).order_id
        delivery = self._get_deliveries(order).picking_id
        buyer = self._create_user("planner")
        buyer.group_ids += self.env.ref("purchase.group_purchase_user")
        for user, opened in (
            (self._create_user("sales"), self.env["mrp.production"]),
            (buyer, self._get_productions(self.bike | self.wheel)),
        ):
            tree = self.env["mto.change.tree"].with_user(user)._make_tree(answer)
            links = {(row["model"], row["res_id"]) for row in tree["rows"]}
            links.discard((False, False))
            expected = {(record._name, record.id) for record in opened}
            if opened:
                expected |= {
                    (bought._name, bought.id),
                    (delivery._name, delivery.id),
                }
            self.assertEqual(links, expected)

    def test_date_saved_directly(self):
        """What a plain write of a date moves is kept, document by document."""
        order = self._create_order((self.bike, 2), commitment_date=BASE)
        wheels = self._get_productions(self.wheel)
        before = wheels.date_finished
        order.commitment_date = BASE + timedelta(days=4)
        self.assertEqual(wheels.date_finished, before + timedelta(days=4))
        kept = order.order_change_ids
        self.assertEqual(kept.way, "saved")
        row = kept.document_ids.filtered(lambda d: d.model == "mrp.production")
        row = row.filtered(lambda d: d.res_id == wheels.id)
        self.assertEqual(
            (row.action, row.date_before, row.date_after),
            ("reschedule", before, wheels.date_finished),
        )
        order.commitment_date = BASE + timedelta(days=4)
        self.assertEqual(len(order.order_change_ids), 1)

    def test_dates_of_two_orders_saved_at_once(self):
        """Each order keeps what was moved for it."""
        orders = self._create_order((self.bike, 2), commitment_date=BASE)
        orders |= self._create_order((self.bike, 3), commitment_date=BASE)
        orders.commitment_date = BASE + timedelta(days=4)
        for order, quantity in zip(orders, (2, 3), strict=True):
            rows = order.order_change_ids.document_ids
            bike = rows.filtered(
                lambda d: (d.model, d.product_id) == ("mrp.production", self.bike)
            )
            self.assertEqual(bike.quantity_after, quantity)

    def test_structure(self):
        """A changed structure is kept: what is asked first, and what takes it."""
        order = self._create_order((self.bike, 2))
        bikes = self._get_productions(self.bike)
        self._start(bikes)
        wheel = bikes.bom_id.bom_line_ids[0]
        bikes.bom_id.bom_line_ids = [Command.update(wheel.id, {"product_qty": 3})]
        asked = order.order_change_ids
        self.assertIn("Bike", asked.reason)
        row = asked.document_ids.filtered(lambda d: d.model == "mrp.production")
        self.assertEqual((row.res_id, row.action), (bikes.id, "decide"))
        part = asked.document_ids.filtered(lambda d: d.product_id == self.wheel)
        self.assertEqual((part.quantity_before, part.quantity_after), (4, 6))
        # It is asked already.
        bikes.bom_id.bom_line_ids = [Command.update(wheel.id, {"product_qty": 4})]
        self.assertEqual(order.order_change_ids, asked)
        self._get_issues("change_decision").action_run("change_structure")
        taken = order.order_change_ids - asked
        row = taken.document_ids.filtered(lambda d: d.model == "mrp.production")
        self.assertEqual((row.action, taken.way), ("update", "shown"))
        self.assertIn("1 with the new structure", taken.name)

    def test_structure_of_what_is_not_started(self):
        order = self._create_order((self.bike, 2))
        bikes = self._get_productions(self.bike)
        wheel = bikes.bom_id.bom_line_ids[0]
        bikes.bom_id.bom_line_ids = [Command.update(wheel.id, {"product_qty": 1})]
        self.assertFalse(order.order_change_ids)
        answer = bikes.bom_id.preview_change()[0]
        bikes.bom_id.apply_change(answer["fingerprint"], "One is enough")
        kept = order.order_change_ids
        self.assertEqual((kept.reason, kept.way), ("One is enough", "shown"))
        made = kept.document_ids.filtered(
            lambda d: (d.model, d.product_id) == ("mrp.production", self.wheel)
        )
        self.assertEqual((made.quantity_before, made.quantity_after), (4, 2))

    def test_history_tells_who_and_why(self):
        """What changed since the confirmation names the change that did it."""
        order = self._create_order((self.bike, 5))
        seller = self._create_user("sales")
        order.user_id = seller
        self.env["mto.supply.snapshot"]._record(order)
        self._apply(
            order.with_user(seller),
            {"line_id": order.order_line.id, "quantity": 2},
            reason="The customer called",
        )
        wheels = self._get_productions(self.wheel)
        changes = order.get_supply_changes()[0]["changes"]
        told = next(c for c in changes if c["node"] == f"mrp.production,{wheels.id}")
        self.assertEqual(told["changed_by"], seller.name)
        self.assertTrue(told["changed_on"])
        self.assertRegex(told["reason"], "^The customer called. Not started, ")
        tree = self.env["mto.order.changes"].get_tree(order.ids)
        columns = [column["name"] for column in tree["columns"]]
        self.assertEqual(columns[-3:], ["changed_by", "changed_on", "reason"])
        told = [row["cells"].get("changed_by") for row in tree["rows"]]
        self.assertIn(seller.name, told)

    def test_history_without_a_change(self):
        order = self._create_order((self.bike, 5))
        self.env["mto.supply.snapshot"]._record(order)
        self._get_productions(self.wheel).date_start += timedelta(days=3)
        change = order.get_supply_changes()[0]["changes"][0]
        self.assertFalse(change["changed_by"] or change["reason"])
        tree = self.env["mto.order.changes"].get_tree(order.ids)
        self.assertNotIn("changed_by", [column["name"] for column in tree["columns"]])

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
