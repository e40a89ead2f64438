from datetime import timedelta
from unittest import TestCase

from odoo.exceptions import AccessError

from ..engine.history import get_changes, get_delta, replay
from .common import PeggingCommon


def _row(quantity, date="2030-01-01"):
    return {"quantity": quantity, "date": date}


class TestCompare(TestCase):
    def test_each_kind(self):
        before = {"a": _row(1), "b": _row(2), "c": _row(3)}
        after = {"b": _row(5, "2030-01-02"), "c": _row(3.0000001), "d": _row(4)}
        self.assertEqual(
            [(change.kind, change.key) for change in get_changes(before, after)],
            [("removed", "a"), ("quantity", "b"), ("date", "b"), ("added", "d")],
        )

    def test_states_come_back_from_what_is_stored(self):
        states = [
            {"a": _row(1), "b": _row(2)},
            {"b": _row(2), "c": _row(1)},
            {"b": _row(2), "c": _row(1)},
            {"a": _row(7), "b": _row(1)},
        ]
        deltas, last = [], {}
        for state in states:
            deltas.append(get_delta(last, state))
            last = replay(deltas)
            self.assertEqual(last, state)
        self.assertEqual(deltas[2], {})


class TestHistory(PeggingCommon):
    def _record(self, orders):
        return self.env["mto.supply.snapshot"]._record(orders)

    def _get_changes(self, order):
        """{(model, product, kind): message}"""
        (answer,) = order.get_supply_changes()
        return {
            (change["model"], change["product"], change["change"]): change["message"]
            for change in answer["changes"]
        }

    def test_nothing_to_compare_with(self):
        order = self._create_order((self.bike, 2))
        (answer,) = order.get_supply_changes()
        self.assertEqual((answer["since"], answer["changes"]), (False, []))
        tree = self.env["mto.order.changes"].get_tree(order.ids)
        self.assertEqual(tree["empty"]["title"], "Nothing to compare with yet")

    def test_nothing_changed(self):
        order = self._create_order((self.bike, 2))
        self.assertEqual(len(self._record(order)), 1)
        self.assertFalse(self._record(order))
        (answer,) = order.get_supply_changes()
        self.assertTrue(answer["since"])
        self.assertFalse(answer["changes"])
        tree = self.env["mto.order.changes"].get_tree(order.ids)
        self.assertEqual(tree["empty"]["title"], "Nothing changed")

    def test_date_of_a_purchase(self):
        order = self._create_order((self.wheel, 1))
        self._record(order)
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.date_planned += timedelta(days=14)
        message = self._get_changes(order)["purchase.order.line", "Bolt", "date"]
        self.assertTrue(message.startswith("14 days later: "), message)
        # The state of the confirmation stays what is compared with.
        self._record(order)
        self.assertIn(("purchase.order.line", "Bolt", "date"), self._get_changes(order))
        line.date_planned -= timedelta(days=14)
        self.assertFalse(self._get_changes(order))

    def test_followed_as_documents_change(self):
        """The queue that follows changes keeps the state after the confirmation."""
        order = self._create_order((self.wheel, 1))
        queue = self.env["mto.demand.change"]
        queue.action_refresh()
        snapshots = self.env["mto.supply.snapshot"].search(
            [("order_id", "=", order.id)]
        )
        self.assertEqual(len(snapshots), 1)
        production = self._get_productions(self.wheel)
        production.date_start += timedelta(days=9)
        queue.action_refresh()
        self.assertIn(("mrp.production", "Wheel", "date"), self._get_changes(order))
        snapshots = snapshots.search([("order_id", "=", order.id)])
        self.assertEqual(len(snapshots), 2)
        self.assertIn(f"mrp.production,{production.id}", snapshots[-1].content)

    def test_another_order_shares_a_document(self):
        """Only the part for the order counts: others change the whole document."""
        order = self._create_order((self.wheel, 1))
        self._record(order)
        self._create_order((self.wheel, 3))
        self.assertFalse(self._get_changes(order))

    def test_more_less_and_deleted(self):
        order = self._create_order((self.bike, 1))
        self._record(order)
        order.order_line.product_uom_qty = 2
        changes = self._get_changes(order)
        self.assertEqual(
            changes["sale.order.line", "Bike", "quantity"],
            "2 Units instead of 1 Units",
        )
        self.assertEqual(
            changes["purchase.order.line", "Bolt", "quantity"],
            "18 Units instead of 9 Units",
        )
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        lines.order_id.button_cancel()
        lines.order_id.unlink()
        (answer,) = order.get_supply_changes()
        removed = [item for item in answer["changes"] if item["change"] == "removed"]
        self.assertEqual(
            [(item["product"], item["res_id"], item["message"]) for item in removed],
            [("Bolt", False, "No longer for this order: 9 Units")],
        )

    def test_screen_marks_what_is_worse(self):
        order = self._create_order((self.wheel, 1))
        self._record(order)
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.date_planned += timedelta(days=14)
        rows = self.env["mto.order.changes"].get_tree(order.ids)["rows"]
        self.assertEqual([row["level"] for row in rows], [0, 1])
        self.assertTrue(rows[1]["problem"])
        self.assertEqual(rows[1]["model"], "purchase.order.line")
        line.date_planned -= timedelta(days=16)
        rows = self.env["mto.order.changes"].get_tree(order.ids)["rows"]
        self.assertFalse(rows[1]["problem"])

    def test_only_readers_of_the_order(self):
        order = self._create_order((self.bike, 1))
        self._record(order)
        user = self._create_user("sales")
        with self.assertRaises(AccessError):
            order.with_user(user).get_supply_changes()
        order.user_id = user
        order.invalidate_recordset()
        self.assertTrue(order.with_user(user).get_supply_changes()[0]["since"])

    def test_orders_together_cost_the_same(self):
        orders = self._create_order((self.bike, 1))
        counts = []
        for _number in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._record(orders)
            counts.append(self.env.cr.sql_log_count - before)
            self.env["mto.supply.snapshot"].search(
                [("order_id", "in", orders.ids)]
            ).unlink()
            orders |= self._create_order((self.bike, 2)) | self._create_order(
                (self.wheel, 2)
            )
        self.assertLessEqual(counts[1], counts[0])
