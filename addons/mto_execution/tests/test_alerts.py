from datetime import timedelta

from .common import ExecutionCommon

DETECTOR = "operation.exception.detector.production.deviation"


class TestAlerts(ExecutionCommon):
    """What goes other than planned is told while something can be done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for part in (cls.frame, cls.wheel, cls.brake):
            cls._add_stock(part, 100)

    def _started(self, quantity=10, **vals):
        production = self._make(quantity, **vals)
        production.action_start()
        return production

    def _kinds(self, production):
        return set(production._get_alerts().get(production.id, {}))

    def test_as_planned(self):
        production = self._started()
        self.assertFalse(production.alert_message)
        self._produce(production)
        self.assertFalse(production.alert_message)

    def test_short_quantity(self):
        production = self._started()
        self._produce(production, 7)
        self.assertEqual(self._kinds(production), {"short"})
        self.assertEqual(production.alert_message, "7 of 10 made.")
        production.action_close_order()
        self.assertFalse(production.alert_message, "recorded with the closing")

    def test_other_consumption(self):
        production = self._started()
        production.qty_producing = 10
        production._set_qty_producing()
        move = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        move.write({"quantity": 12, "picked": True})
        self.assertEqual(self._kinds(production), {"consumption"})
        self.assertIn("Brake kit: 12 in place of 10", production.alert_message)

    def test_delayed_step(self):
        production = self._started()
        production.workorder_ids.duration = 300 * 1.1
        self.assertFalse(production.alert_message, "within tolerance")
        production.workorder_ids.duration = 300 * 1.2
        self.assertEqual(self._kinds(production), {"step"})
        production.invalidate_recordset(["alert_message"])
        self.assertIn("Assemble", production.alert_message)

    def test_step_that_should_have_ended(self):
        production = self._make(10)
        production.button_plan()
        production.action_start()
        self.assertFalse(production.alert_message)
        line = production.plan_ids.line_ids.filtered(lambda x: x.kind == "operation")
        line.sudo().date_finished = self.env.cr.now() - timedelta(days=1)
        self.assertEqual(self._kinds(production), {"step"})

    def test_batch_partly_done(self):
        production = self._started()
        self._produce(production, 4, backorder=True)
        rest = production.production_group_id.production_ids - production
        rest.date_start = self.env.cr.now() - timedelta(days=1)
        self.assertIn("batch", self._kinds(rest))
        self.assertIn("4 are made, 6 wait", rest.alert_message)
        rest.date_start = self.env.cr.now() + timedelta(days=5)
        self.assertNotIn("batch", self._kinds(rest))

    def test_consumption_not_recorded(self):
        production = self._started()
        production.workorder_ids.button_start()
        production.workorder_ids.button_finish()
        self.assertEqual(production.workorder_ids.state, "done")
        self.assertNotIn("late", self._kinds(production))
        before = self.env.cr.now() - timedelta(days=2)
        production.workorder_ids.date_start = before - timedelta(hours=1)
        production.workorder_ids.date_finished = before
        self.assertIn("late", self._kinds(production))

    def test_filter(self):
        production = self._started()
        other = self._started()
        self._produce(production, 7)
        found = self.env["mrp.production"].search([("alert_message", "!=", False)])
        self.assertIn(production, found)
        self.assertNotIn(other, found)
        found = self.env["mrp.production"].search([("alert_message", "=", False)])
        self.assertIn(other, found)
        self.assertNotIn(production, found)

    def test_shop_floor_is_told(self):
        production = self._produce(self._started(), 7)
        user = self._create_user("shop_floor")
        self.assertEqual(production.with_user(user).alert_message, "7 of 10 made.")

    def test_open_issues(self):
        """Observed first; where the company wants it, an issue that closes itself."""
        production = self._produce(self._started(), 7)
        self.env["operation.exception.setting"]._complete()
        setting = self.env["operation.exception.setting"].search(
            [("detector", "=", DETECTOR), ("company_id", "=", self.company.id)]
        )
        self.assertNotEqual(setting.mode, "open", "off after installing")
        setting.write({"mode": "open", "since": False})
        self.env[DETECTOR]._run(setting)
        issues = self.env["operation.exception"].search(
            [("type_id.code", "=", "production_deviation"), ("state", "!=", "closed")]
        )
        mine = issues.filtered(lambda issue: issue.res_id == production.id)
        self.assertEqual(len(mine), 1)
        self.assertTrue(mine.owner_id)
        production.action_close_order()
        self.env[DETECTOR]._run(setting)
        self.assertEqual(mine.state, "closed")

    def test_queries_do_not_grow(self):
        few = self._produce(self._started(), 9)
        many = few
        for _turn in range(3):
            many |= self._produce(self._started(), 9)
        counts = []
        for productions in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(len(productions._get_alerts()), len(productions))
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 2)
