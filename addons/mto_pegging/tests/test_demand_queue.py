from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mto_cascade.tests.lives import Life

from .common import PeggingCommon

QUEUE = "odoo.addons.mto_pegging.models.mto_demand_change"


class FollowedLife(Life):
    """A random life whose columns are refreshed, and compared, after each step."""

    def __init__(self, case, seed):
        super().__init__(case.env, seed)
        self.case = case
        self.served = 0

    def _do(self, act):
        super()._do(act)
        self.case._refresh()
        differences = self.case._get_differences()
        self.check(not differences, f"not followed: {differences}")
        self.served += len(self.env["mto.demand.line"].search([("id", "!=", 0)]))


@tagged("post_install", "-at_install")
class TestDemandQueue(PeggingCommon):
    def _get_served_names(self, record):
        return set(record.customer_order_ids.mapped("name"))

    def test_life_of_an_order(self):
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        names = set(orders.mapped("name"))
        self._refresh()
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        lines.order_id.action_merge()
        self._refresh()
        line = lines.exists().filtered(lambda found: found.state != "cancel")
        self.assertEqual(self._get_served_names(line), names)
        self.assertEqual(line.customer_quantity, 27)
        line.order_id.button_confirm()
        self._refresh()
        receipt = line.order_id.picking_ids
        self.assertEqual(self._get_served_names(receipt), names)
        wheels = self._get_productions(self.wheel)
        split = wheels[1]._split_productions({wheels[1]: [1, 3]})
        self._refresh()
        self.assertEqual(split.mapped("customer_quantity"), [1, 3])
        self.assertEqual(self._get_served_names(split[1]), {orders[1].name})
        self.assertFalse(self._get_differences())
        orders[0]._action_cancel()
        self._refresh()
        self.assertFalse(self._get_differences())
        self.assertNotIn(orders[0].name, self._get_served_names(orders[0].picking_ids))

    def test_quantity_of_a_move_is_followed(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        self.assertEqual(order.picking_ids.customer_quantity, 2)
        order.picking_ids.move_ids.product_uom_qty = 1
        self._refresh()
        self.assertEqual(order.picking_ids.customer_quantity, 1)

    def test_link_of_a_move_that_is_cut_is_followed(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        self.assertEqual(self._get_served_names(wheels), {order.name})
        needs = wheels.move_finished_ids.move_dest_ids
        needs.move_orig_ids = [Command.clear()]
        self._refresh()
        self.assertFalse(self._get_served_names(wheels))

    def test_promise_and_customer_are_followed(self):
        order = self._create_order((self.bike, 1))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        promise = (self.env.cr.now() + timedelta(days=50)).replace(microsecond=0)
        order.commitment_date = promise
        other = self.env["res.partner"].create({"name": "Other"})
        order.partner_id = other
        self._refresh()
        self.assertEqual(wheels.customer_promise_date, promise)
        self.assertEqual(wheels.customer_ids, other)

    def test_nothing_is_missed_in_random_lives(self):
        for seed in (1, 7, 31):
            with self.subTest(seed=seed):
                savepoint = self.env.cr.savepoint()
                life = FollowedLife(self, seed)
                life.play(6)
                self.assertTrue(life.served)
                savepoint.close(rollback=True)
                self.env.registry.clear_all_caches()

    def test_comparison_finds_what_was_not_followed(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        rows = self.env["mto.demand.line"].search([("production_id", "=", wheels.id)])
        rows.quantity = 3
        order.picking_ids.move_ids.invalidate_recordset()
        self.env["mto.demand.line"].search(
            [("move_id", "in", order.picking_ids.move_ids.ids)]
        ).unlink()
        self.env["mto.demand.change"]._cron_compare()
        with self.assertLogs(QUEUE, "WARNING") as logs:
            self._refresh()
        self.assertEqual(len(logs.output), 2)
        self.assertEqual(wheels.customer_quantity, 4)
        self.env["mto.demand.change"]._cron_compare()
        with self.assertNoLogs(QUEUE, "WARNING"):
            self._refresh()

    def test_comparison_of_the_other_tables(self):
        """Progress and vendor's terms are compared and mended too, days are not."""
        order = self._create_order((self.bike, 2))
        self._refresh()
        progress = self.env["mto.order.progress"].search(
            [("sale_line_id", "in", order.order_line.ids)]
        )
        need = self.env["mto.purchase.need"].search(
            [("purchase_line_id.product_id", "=", self.bolt.id)]
        )
        before = progress.expected_date
        progress.write({"ready": 0.75, "expected_date": before + timedelta(days=9)})
        need.vendor_days = 99
        self.env["mto.demand.change"]._cron_compare()
        with self.assertLogs(QUEUE, "WARNING") as logs:
            self._refresh()
        self.assertEqual(len(logs.output), 2)
        self.assertRegex("".join(logs.output), "progress.*purchase_need|need.*progress")
        self.assertEqual((progress.ready, need.vendor_days), (0, 3))
        self.assertAlmostEqual(progress.expected_date, before, delta=timedelta(hours=1))
        progress.unlink()
        need.unlink()
        self.env["mto.demand.change"]._cron_compare()
        with self.assertLogs(QUEUE, "WARNING") as logs:
            self._refresh()
        self.assertEqual(len(logs.output), 2)
        self.env["mto.demand.change"]._cron_compare()
        with self.assertNoLogs(QUEUE, "WARNING"):
            self._refresh()

    def test_changes_cost_a_few_queries_per_transaction(self):
        self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        moves = wheels.move_raw_ids | wheels.move_finished_ids
        queue = self.env["mto.demand.change"]
        # The marks, and the scheduled action that is asked to run.
        with self.assertQueryCount(3):
            for move in moves:
                queue._mark(move._name, move.ids)
            self.env.cr.flush()
        waiting = queue.search([("has_failed", "=", False)])
        self.assertEqual(set(waiting.mapped("res_id")), set(moves.ids))

    @mute_logger(QUEUE)
    def test_bad_chain_does_not_hold_up_the_others(self):
        first = self._create_order((self.bike, 1))
        second = self._create_order((self.bike, 2))
        self.env.flush_all()
        self.env.cr.flush()
        lines = type(self.env["mto.demand.line"])
        derive = lines._derive

        def fail(records, moves, purchase_lines, sale_lines):
            if first.order_line.move_ids & (moves | sale_lines.move_ids):
                raise ValueError("broken")
            return derive(records, moves, purchase_lines, sale_lines)

        with patch.object(lines, "_derive", fail):
            self._refresh()
        self.assertEqual(self._get_served_names(second.picking_ids), {second.name})
        queue = self.env["mto.demand.change"]
        self.assertTrue(queue.search_count([("has_failed", "=", True)]))
        queue._cron_compare()
        self._refresh()
        self.assertEqual(self._get_served_names(first.picking_ids), {first.name})
        self.assertFalse(queue.search_count([("id", "!=", 0)]))

    def test_first_fill_in_batches(self):
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        self._refresh()
        queue = self.env["mto.demand.change"]
        self.env["mto.demand.line"].search([("id", "!=", 0)]).unlink()
        queue._mark_all()
        count = queue.search_count([("has_failed", "=", False)])
        self.assertGreaterEqual(count, 2)
        queue._follow(1)
        self.assertEqual(queue.search_count([("has_failed", "=", False)]), count - 1)
        # The latest order first.
        self.assertTrue(self._get_served_names(orders[1].picking_ids))
        self.assertFalse(self._get_served_names(orders[0].picking_ids))
        self._refresh()
        self.assertTrue(self._get_served_names(orders[0].picking_ids))

    def test_update_of_a_database_from_before(self):
        """A database that had the module without lists gets them filled too."""
        order = self._create_order((self.bike, 1))
        self._refresh()
        self.env["mto.demand.line"].search([("id", "!=", 0)]).unlink()
        script = "mto_pegging/migrations/19.0.1.1.0/post-migrate.py"
        load_script(script, "post-migrate").migrate(self.env.cr, "19.0.1.0.0")
        self._refresh()
        self.assertTrue(self._get_served_names(order.picking_ids))

    def test_one_at_a_time_derives(self):
        self._create_order((self.bike, 2))
        self.env.flush_all()
        self.env.cr.flush()
        queue = self.env["mto.demand.change"]
        with self.registry.cursor() as cursor:
            other = self.env(cr=cursor)
            self.assertTrue(other["mto.demand.line"]._lock())
            self.assertEqual(queue._follow(500), 0)
        self.assertGreater(queue._follow(500), 0)

    def test_old_orders_are_not_compared_every_night(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        queue = self.env["mto.demand.change"]
        queue._mark_to_compare()
        self.assertIn(
            order.order_line.id,
            queue.search([("is_check", "=", True)]).mapped("res_id"),
        )
        self._refresh()
        self.env.cr.execute(
            "UPDATE stock_move SET state = 'done', write_date = '2020-01-01'"
        )
        self.env.cr.execute("UPDATE sale_order_line SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        queue._mark_to_compare()
        self.assertNotIn(
            order.order_line.id,
            queue.search([("is_check", "=", True)]).mapped("res_id"),
        )

    def test_refreshed_by_hand(self):
        order = self._create_order((self.bike, 2))
        user = self._create_user("planner")
        answer = self.env["mto.demand.change"].with_user(user).action_refresh()
        self.assertEqual(answer["params"]["type"], "success")
        wheels = self._get_productions(self.wheel).with_user(user)
        self.assertEqual(self._get_served_names(wheels), {order.name})

    def test_queries_do_not_grow_with_the_chains(self):
        counts = []
        for quantity in (1, 6):
            for _number in range(quantity):
                self._create_order((self.bike, 1))
            self.env.flush_all()
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["mto.demand.change"]._follow(5000)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        # Also where mto_promise follows delays and promises in the same pass.
        self.assertLess(counts[1], 60)


@tagged("post_install", "-at_install")
class TestDemandColumnAccess(PeggingCommon):
    def test_roles(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        documents = {
            "purchasing": self.env["purchase.order.line"].search(
                [("product_id", "=", self.bolt.id)]
            ),
            "shop_floor": self._get_productions(self.wheel),
            "planner": self._get_productions(self.bike),
            "warehouse": order.picking_ids,
        }
        for role, document in documents.items():
            with self.subTest(role=role):
                user = self._create_user(role)
                mine = document.with_user(user)
                mine.invalidate_recordset()
                told = mine.web_read(
                    {
                        "customer_order_ids": {"fields": {"display_name": {}}},
                        "customer_ids": {"fields": {"display_name": {}}},
                        "customer_promise_date": {},
                        "customer_quantity": {},
                    }
                )[0]
                self.assertEqual(
                    [found["display_name"] for found in told["customer_order_ids"]],
                    [order.name],
                )
                self.assertTrue(told["customer_promise_date"])
                found = mine.search([("customer_ids", "ilike", "Customer")])
                self.assertIn(mine, found)
                groups = mine.formatted_read_group(
                    [("id", "in", mine.ids)],
                    ["customer_order_ids"],
                    ["customer_quantity:sum"],
                )
                self.assertEqual(groups[0]["customer_order_ids"][1], order.name)
                self.assertTrue(mine.fields_get(["customer_ids"])["customer_ids"])

    def test_orders_of_another_company_are_left_out(self):
        self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        company = self.env["res.company"].create({"name": "Other Company"})
        self.env["mto.demand.line"].search(
            [("production_id", "=", wheels.id)]
        ).company_id = company
        wheels.invalidate_recordset()
        wheels = wheels.with_context(allowed_company_ids=self.company.ids)
        self.assertFalse(wheels.customer_order_ids)
        self.assertFalse(wheels.customer_quantity)
        self.assertNotIn(
            wheels,
            wheels.search([("customer_ids", "in", self.customer.ids)]),
        )
        self.assertEqual(
            wheels._read_group([("id", "=", wheels.id)], [], ["customer_quantity:sum"]),
            [(0.0,)],
        )
