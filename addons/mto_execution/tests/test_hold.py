from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class TestHold(ExecutionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 6)
        cls.production = cls._make()

    def test_hold_stops_everything(self):
        owner = self._create_user("planner")
        self.production.action_hold("Drawing is missing", owner.id)
        self.assertEqual(self.production.execution_status, "hold")
        self.assertIn("Drawing is missing", self.production.launch_message)
        self.assertFalse(self.production.get_launch_check()[0]["can_launch"])
        for method in (
            self.production.action_start,
            self.production.button_mark_done,
            self.production.action_release,
            self.production.workorder_ids.button_start,
            self.production.workorder_ids.button_finish,
        ):
            with self.assertRaisesRegex(UserError, "Drawing is missing"):
                method()
        for vals in ({"qty_producing": 1}, {"state": "progress"}):
            with self.assertRaisesRegex(UserError, "Drawing is missing"):
                self.production.write(vals)
        self.assertEqual(self.production.hold_ids.owner_id, owner)

    def test_resume(self):
        self.production.action_hold("Drawing is missing")
        self.production.action_hold("Said twice")
        self.assertEqual(self.production.hold_count, 1)
        self.production.action_resume()
        self.assertEqual(self.production.execution_status, "planned")
        self.assertTrue(self.production.hold_ids.until)
        self.production.action_start()
        self.production.action_hold("Tool is broken")
        self.assertEqual(self.production.hold_count, 2)
        self.production.action_resume()
        self.assertEqual(self.production.execution_status, "started")

    def test_running_work_is_paused(self):
        workorder = self.production.workorder_ids
        workorder.button_start()
        self.assertTrue(workorder.time_ids.filtered(lambda t: not t.date_end))
        self.production.action_hold("Tool is broken")
        self.assertFalse(workorder.time_ids.filtered(lambda t: not t.date_end))

    def test_needs_a_reason_and_an_open_order(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.production.action_hold("")
        with self.assertRaises(UserError):
            self._make(1, confirm=False).action_hold("Draft")
        self._produce(self.production)
        with self.assertRaises(UserError):
            self.production.action_hold("Too late")

    def test_rights(self):
        warehouse = self._create_user("warehouse")
        with self.assertRaises(AccessError):
            self.production.with_user(warehouse).action_hold("No")
        shop_floor = self._create_user("shop_floor")
        self.production.with_user(shop_floor).action_hold("Tool is broken")
        hold = self.production.hold_ids
        self.assertEqual(hold.held_by_id, shop_floor)
        with self.assertRaises(AccessError):
            hold.with_user(shop_floor).write({"reason": "Another"})

    def test_cancelled_order_is_not_on_hold(self):
        self.production.action_hold("Drawing is missing")
        self.production.action_cancel()
        self.assertFalse(self.production.is_on_hold)
        self.assertEqual(self.production.execution_status, "cancel")

    def test_cancel_records_what_was_reserved(self):
        self.production.action_assign()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.production.action_cancel_order("")
        self.production.action_cancel_order("The customer went elsewhere")
        self.assertEqual(self.production.execution_status, "cancel")
        self.assertEqual(self.production.cancel_reason, "The customer went elsewhere")
        body = self.production.message_ids[0].body
        self.assertIn("20 × Brake kit", body)
        self.assertIn("40 × Wheel", body)
