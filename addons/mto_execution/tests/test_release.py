from odoo.exceptions import UserError

from .common import ExecutionCommon


class TestRelease(ExecutionCommon):
    def test_release(self):
        user = self._create_user("planner")
        production = self._make().with_user(user)
        self.assertEqual(production.execution_status, "planned")
        production.action_release()
        self.assertEqual(production.execution_status, "released")
        self.assertEqual(production.released_by_id, user)
        self.assertEqual(production.plan_ids.quantity, 20)
        first = production.released_on
        production.action_release()
        self.assertEqual(production.released_on, first)

    def test_draft_is_confirmed(self):
        production = self._make(confirm=False)
        self.assertEqual(production.execution_status, "draft")
        production.action_release()
        self.assertEqual(production.state, "confirmed")
        self.assertEqual(production.execution_status, "released")

    def test_all_that_is_missing_is_named(self):
        empty = self._make(2, self._create_product("Loose"))
        no_steps = self._make(2)
        no_steps.workorder_ids.unlink()
        with self.assertRaises(UserError) as caught:
            (empty | no_steps | self._make(1)).action_release()
        message = str(caught.exception)
        self.assertIn(f"{empty.name}: It has no components.", message)
        self.assertIn(f"{no_steps.name}: The bill of materials has steps", message)
        self.assertFalse(empty.released_on)

    def test_done_cannot_be_released(self):
        self._add_stock(self.brake, 6)
        with self.assertRaisesRegex(UserError, "done or cancelled"):
            self._produce(self._make(1)).action_release()

    def test_start_waits_for_release_where_asked(self):
        self._add_stock(self.brake, 6)
        production = self._make()
        self.company.release_required = True
        for method in (production.action_start, production.workorder_ids.button_start):
            with self.assertRaisesRegex(UserError, "Release it first"):
                method()
        with self.assertRaisesRegex(UserError, "Release it first"):
            production.write({"state": "progress"})
        production.action_release()
        production.action_start()
        self.assertEqual(production.execution_status, "started")

    def test_release_what_can_start(self):
        ready, short = self._make(10), self._make(10)
        ready.action_assign()
        action = (ready | short).action_release_launchable()
        self.assertTrue(ready.released_on)
        self.assertFalse(short.released_on)
        self.assertIn(ready.name, action["params"]["message"])
        self.assertIn(short.name, action["params"]["message"])

    def test_off_after_install(self):
        self._add_stock(self.brake, 6)
        self.assertFalse(self._make().released_on)

    def test_releases_by_itself(self):
        self.company.auto_release = True
        production = self._make(14)
        self.assertEqual(production.execution_status, "released")
        self.assertFalse(self._make(6).released_on)

    def test_releases_when_goods_arrive(self):
        self.company.auto_release = True
        production = self._make()
        self.assertFalse(production.released_on)
        self._add_stock(self.brake, 6)
        self._run_cron()
        self.assertTrue(production.released_on)

    def test_released_cannot_be_written(self):
        user = self._create_user("planner")
        with self.assertRaisesRegex(UserError, "Use the actions"):
            self._make().with_user(user).released_on = "2026-01-01 00:00:00"
        with self.assertRaisesRegex(UserError, "Use the actions"):
            self.env["mrp.production"].with_user(user).create(
                {"product_id": self.bike.id, "released_on": "2026-01-01 00:00:00"}
            )

    def test_queries_do_not_grow(self):
        counts = []
        for more in (1, 7):
            productions = self.env["mrp.production"].union(
                *[self._make(1) for _number in range(more)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            productions.action_release()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)

    def test_list_can_be_grouped_and_searched(self):
        self._make()
        found = self.env["mrp.production"].formatted_read_group(
            [("execution_status", "=", "planned")], ["execution_status"], ["__count"]
        )
        self.assertEqual(found[0]["execution_status"], "planned")
