from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeStructure(ChangeCommon):
    """The bike gets 3 wheels and a bell instead of the bolt, with orders open."""

    def setUp(self):
        super().setUp()
        self.bell = self._create_part("Bell", "make_to_order")
        self.waiting = self._create_order((self.bike, 2))
        self.free = self._get_productions(self.bike)
        self.bom = self.free.bom_id

    def _make_started(self):
        self._create_order((self.bike, 1))
        started = self._get_productions(self.bike) - self.free
        self._start(started)
        return started

    def _change_structure(self):
        wheel, bolt = self.bom.bom_line_ids
        self.bom.bom_line_ids = [
            Command.update(wheel.id, {"product_qty": 3}),
            Command.delete(bolt.id),
            Command.create({"product_id": self.bell.id, "product_qty": 1}),
        ]

    def test_preview(self):
        started = self._make_started()
        self._change_structure()
        answer = self.bom.preview_change()[0]
        actions = {
            (row["model"], row["product"], row["res_id"]): row["action"]
            for row in answer["documents"]
            if row["level"] == 0
        }
        self.assertEqual(
            actions,
            {
                ("mrp.production", "Bike", self.free.id): "update",
                ("mrp.production", "Bike", started.id): "decide",
            },
        )
        parts = {
            row["product"]: (row["quantity_before"], row["quantity_after"])
            for row in answer["documents"]
            if row["name"] == self.free.name and row["level"] == 1
        }
        self.assertEqual(parts, {"Wheel": (4, 6), "Bell": (0, 2), "Bolt": (2, 0)})
        self.assertEqual(len(answer["decisions"]), 1)

    def test_told_once(self):
        """The bill of materials tells once which orders wait for an update."""
        before = self.bom.message_ids
        self._change_structure()
        told = self.bom.message_ids - before
        self.assertEqual(len(told), 1)
        self.assertIn(self.free.name, told.body)
        self.bom.bom_line_ids[0].product_qty = 4
        self.assertEqual(self.bom.message_ids - before, told)
        self.company.order_change_rules = False
        self.free.is_outdated_bom = False
        self.bom.bom_line_ids[0].product_qty = 5
        self.assertEqual(self.bom.message_ids - before, told)

    def test_apply(self):
        """Not started: more wheels are made, bells bought, bolts not any more."""
        started = self._make_started()
        self._change_structure()
        answer = self.bom.preview_change()[0]
        self.bom.apply_change(answer["fingerprint"], "Safer")
        self.assertEqual(
            {m.product_id: m.product_qty for m in self.free.move_raw_ids},
            {self.wheel: 6, self.bell: 2},
        )
        self.assertEqual(
            {m.product_id: m.product_qty for m in started.move_raw_ids},
            {self.wheel: 2, self.bolt: 1},
        )
        self.assertEqual(self._get_made(self.wheel), 6 + 2)
        self.assertEqual(self._get_purchased(self.bell), 2)
        # 8 wheels of 4 bolts, and the bolt of the started bike.
        self.assertEqual(self._get_purchased(self.bolt), 33)
        self.assertServed(self.wheel, self.bolt, self.bell)
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, started.id)
        self.assertTrue(issue.owner_id)
        issue.action_run("change_structure")
        self.assertEqual(
            {
                m.product_id: m.product_qty
                for m in started.move_raw_ids
                if m.product_qty
            },
            {self.wheel: 3, self.bell: 1},
        )
        self.assertEqual(issue.state, "closed")
        self.assertEqual(self._get_purchased(self.bolt), 36)

    def test_finish_as_begun(self):
        started = self._make_started()
        self._change_structure()
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, started.id)
        issue.action_run("change_stay")
        self.assertEqual(started.move_raw_ids.mapped("product_qty"), [2, 1])

    def test_changed_back(self):
        """The issue ends with what it is about."""
        self._make_started()
        wheel = self.bom.bom_line_ids[:1]
        self.bom.bom_line_ids = [Command.update(wheel.id, {"product_qty": 3})]
        issue = self._get_issues("change_decision")
        self.assertTrue(issue)
        self.bom.bom_line_ids = [Command.update(wheel.id, {"product_qty": 2})]
        self.assertEqual(issue.state, "closed")

    def test_updated_by_hand(self):
        """Odoo's own button: what is not needed any more is given up as well."""
        self._change_structure()
        self.free.action_update_bom()
        self.assertEqual(self._get_made(self.wheel), 6)
        self.assertEqual(self._get_purchased(self.bolt), 24)

    def test_switched_off(self):
        self.company.order_change_rules = False
        self._make_started()
        self._change_structure()
        self.assertFalse(self._get_issues("change_decision"))
        before = self._get_purchased(self.bolt)
        self.free.action_update_bom()
        self.assertGreaterEqual(self._get_purchased(self.bolt), before)

    def test_operations(self):
        center = self.env["mrp.workcenter"].create({"name": "Bench"})
        self.bom.operation_ids = [
            Command.create({"name": "Polish", "workcenter_id": center.id})
        ]
        answer = self.bom.preview_change()[0]
        self.assertIn("Polish", answer["documents"][0]["reason"])

    def test_nothing_differs(self):
        answer = self.bom.preview_change()[0]
        self.assertFalse(answer["documents"])
        self.assertIn("No open", answer["summary"])

    def test_stale_and_wrong(self):
        self._change_structure()
        answer = self.bom.preview_change()[0]
        node = answer["documents"][0]["node"]
        for decisions in ([{"node": "x", "action": "update"}], [{"node": node}]):
            with self.assertRaisesRegex(UserError, "nothing to decide"):
                self.bom.apply_change(answer["fingerprint"], decisions=decisions)
        self._start(self.free)
        with self.assertRaisesRegex(UserError, self.free.name):
            self.bom.apply_change(answer["fingerprint"])
        with self.assertRaisesRegex(UserError, "preview"):
            self.bom.apply_change("nothing")

    def test_roles(self):
        """Who works on orders updates them; started ones by administrators."""
        started = self._make_started()
        self._change_structure()
        shop_floor = self._create_user("shop_floor")
        bom = self.bom.with_user(shop_floor)
        answer = bom.preview_change()[0]
        decision = {"node": f"mrp.production,{started.id}", "action": "update"}
        with self.assertRaises(AccessError):
            bom.apply_change(answer["fingerprint"], decisions=[decision])
        bom.apply_change(answer["fingerprint"])
        self.assertEqual(len(self.free.move_raw_ids), 2)
        with self.assertRaises(AccessError):
            self.bom.with_user(self._create_user("sales")).apply_change("x")

    def test_screen(self):
        self._make_started()
        self._change_structure()
        action = self.bom.action_open_change()
        change = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("1 manufacturing orders are not started", change.summary)
        self.assertTrue(change.tree["rows"])
        self.assertEqual(len(change.order_ids), 2)
        change.order_ids.filtered("is_open").choice = "keep_surplus"
        change.action_apply()
        self.assertEqual(self._get_made(self.wheel), 6 + 2)

    def test_queries_do_not_grow(self):
        counts = []
        self._change_structure()
        for _number in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.bom.preview_change()
            counts.append(self.env.cr.sql_log_count - before)
            for _more in range(6):
                self._create_order((self.bike, 1))
            self.bom.bom_line_ids[:1].product_qty += 1
        self.assertLessEqual(counts[1], counts[0] + 6, counts)
