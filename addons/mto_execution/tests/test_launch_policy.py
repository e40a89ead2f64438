from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class TestLaunchPolicy(ExecutionCommon):
    """Inform, warn, block: in methods, so that every path obeys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.production = cls._make()

    def _policy(self, policy):
        self.company.launch_policy = policy

    def _wizard(self, action):
        self.assertEqual(action["res_model"], "mto.launch.override")
        return self.env[action["res_model"]].browse(action["res_id"])

    # Inform

    def test_inform_is_core(self):
        """Core's hole: without components an order starts and finishes."""
        self.assertEqual(self.company.launch_policy, "inform")
        self.production.action_start()
        self.assertEqual(self.production.state, "progress")
        self._produce(self.production)
        self.assertEqual(self.production.state, "done")
        self.assertEqual(self.brake.qty_available, -6)

    # Warn

    def test_warn_asks_before_start(self):
        self._policy("warn")
        action = self.production.action_start()
        self.assertEqual(self.production.state, "confirmed")
        wizard = self._wizard(action)
        self.assertIn("6 × Brake kit missing", wizard.message)
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_go_on()
        wizard.reason = "The rest comes at noon"
        wizard.action_go_on()
        self.assertEqual(self.production.state, "progress")
        self.assertEqual(
            self.production.launch_override_reason, "The rest comes at noon"
        )
        self.assertIn("at noon", self.production.message_ids[0].body)

    def test_warn_asks_before_finish(self):
        self._policy("warn")
        wizard = self._wizard(self.production.button_mark_done())
        self.assertEqual(wizard.step, "finish")
        self.assertEqual(self.production.state, "confirmed")

    def test_warn_asks_on_work_order(self):
        self._policy("warn")
        self._wizard(self.production.workorder_ids.button_start())
        self.assertEqual(self.production.workorder_ids.state, "ready")

    def test_nothing_is_asked_when_all_is_there(self):
        self._add_stock(self.brake, 6)
        self._policy("warn")
        self.production.action_start()
        self.assertEqual(self.production.state, "progress")

    # Block

    def test_block_refuses_start(self):
        self._policy("block")
        with self.assertRaisesRegex(UserError, "6 × Brake kit missing"):
            self.production.action_start()
        with self.assertRaises(UserError):
            self.production.workorder_ids.button_start()
        with self.assertRaises(UserError):
            self.production.button_mark_done()

    def test_block_holds_for_writes(self):
        """Import and API write fields instead of pressing buttons."""
        self._policy("block")
        for record, vals in (
            (self.production, {"state": "progress"}),
            (self.production, {"qty_producing": 20}),
            (self.production.workorder_ids, {"state": "progress"}),
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                record.write(vals)

    def test_block_lets_what_is_there_start(self):
        self._policy("block")
        self._produce(self.production, 14, backorder=True)
        self.assertEqual(self.production.state, "done")
        self.assertEqual(self.brake.qty_available, 0)

    def test_stock_never_negative(self):
        """More is consumed than planned, and than lies there."""
        self.production.action_cancel()
        self._policy("block")
        production = self._make(2)
        production.qty_producing = 2
        production._set_qty_producing()
        move = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        move.write({"quantity": 15, "picked": True})
        with self.assertRaises(UserError):
            production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(self.brake.qty_available, 14)

    def test_reported_quantity_does_not_count_as_stock(self):
        """Setting the quantity reserves what is not there: it stays missing."""
        self.production.qty_producing = 20
        self.production._set_qty_producing()
        self.env.flush_all()
        self._policy("block")
        with self.assertRaises(UserError):
            self.production.with_context(skip_consumption=True).button_mark_done()

    def test_override_needs_the_group_and_a_reason(self):
        self._policy("block")
        planner = self._create_user("planner")
        production = self.production.with_user(planner)
        with self.assertRaises(AccessError):
            production.action_override_launch("I want to")
        planner.group_ids = [
            Command.link(self.env.ref("mto_execution.group_launch_override").id)
        ]
        with self.assertRaisesRegex(UserError, "Say why"):
            production.action_override_launch(" ")
        production.action_override_launch("Prototype")
        self.assertEqual(production.launch_override_by_id, planner)
        production.action_start()
        self.assertEqual(production.state, "progress")
        self._produce(production)
        self.assertEqual(production.state, "done")

    def test_who_decided_cannot_be_written(self):
        planner = self._create_user("planner")
        with self.assertRaisesRegex(UserError, "Use the actions"):
            self.production.with_user(planner).write(
                {"launch_override_on": "2026-01-01 00:00:00"}
            )

    def test_bill_of_materials_decides(self):
        self._policy("block")
        self.bom.launch_policy = "inform"
        self.production.action_start()
        self.assertEqual(self.production.state, "progress")
        self.bom.launch_policy = "block"
        self._policy("inform")
        with self.assertRaises(UserError):
            self._make().action_start()

    def test_copy_starts_without_the_decision(self):
        self.production.action_override_launch("Prototype")
        self.assertFalse(self.production.copy().launch_override_on)

    def test_bill_of_materials_deleted_after_release(self):
        self.production.action_release()
        self.bom.active = False
        self._add_stock(self.brake, 6)
        self._policy("block")
        self._produce(self.production)
        self.assertEqual(self.production.state, "done")
