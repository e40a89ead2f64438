from datetime import timedelta
from itertools import product as combinations
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from ..engine import find_circles
from ..models import mto_integrity_issue
from ..models.mto_integrity import KINDS
from .common import PeggingCommon


class IntegrityCommon(PeggingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Issue = cls.env["mto.integrity.issue"]
        cls.planner = cls._create_user("planner")

    def _check(self):
        """{(kind, document): message} of what is open after a check."""
        self.Issue.with_user(self.planner).action_check_now()
        return {
            (issue.kind, issue.document): issue.message
            for issue in self.Issue.search([("closed_on", "=", False)])
        }

    def _fill(self, table, column, value, record):
        """Write behind Odoo's back, as an import or a script does."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, record.id]
        )
        self.env.invalidate_all()

    def _link(self, supply, demand):
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO stock_move_move_rel (move_orig_id, move_dest_id)"
            " VALUES (%s, %s)",
            [supply.id, demand.id],
        )
        self.env.invalidate_all()


class TestIntegrity(IntegrityCommon):
    """Each kind: the fault is put in, found and explained; gone, it is closed."""

    def test_clean_order_in_every_state(self):
        order = self._create_order((self.bike, 2))
        self.assertEqual(self._check(), {})
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        lines.order_id.button_confirm()
        self.assertEqual(self._check(), {})
        for picking in lines.order_id.picking_ids:
            picking.button_validate()
        self.assertEqual(self._check(), {})
        for product in (self.wheel, self.bike):
            productions = self._get_productions(product)
            productions.qty_producing = productions.product_qty
            productions.move_raw_ids.picked = True
            productions.button_mark_done()
            self.assertEqual(self._check(), {})
        order.picking_ids.move_ids.quantity = 1
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.assertEqual(self._check(), {})

    def test_clean_topologies(self):
        """Steps, policies, kits, units, shared and merged documents: nothing."""
        self._add_stock(self.bolt, 3)
        kit = self._create_product("Kit")
        self._create_bom(kit, [(self.wheel, 2)], type="phantom")
        for delivery, manufacture, policy in combinations(
            ("ship_only", "pick_ship", "pick_pack_ship"),
            ("mrp_one_step", "pbm", "pbm_sam"),
            ("make_to_order", "stock_then_order"),
        ):
            self.warehouse.write(
                {"delivery_steps": delivery, "manufacture_steps": manufacture}
            )
            (self.wheel | self.bolt).supply_policy = policy
            self._create_order(
                (self.bike, 2),
                (kit, 1),
                (self.bolt, 1, {"product_uom_id": self.dozen.id}),
            )
        self.bolt.supply_policy = "make_to_stock"
        order = self._create_order((self.bike, 2))
        order.order_line.product_uom_qty = 5
        self._create_order((self.bike, 2), confirm=False)
        for products in (self.wheel, self.bike):
            drafts = self._get_productions(products)[-2:]
            drafts.action_merge()
        self.assertEqual(self._check(), {})

    def test_merged_requests_and_vendor_minimum(self):
        self.bolt.seller_ids.min_qty = 100
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        if len(lines.order_id) > 1:
            lines.order_id.action_merge()
        self.assertEqual(self._check(), {})
        lines.exists().order_id.filtered(lambda p: p.state == "draft").button_confirm()
        self.assertEqual(self._check(), {})
        self.assertEqual(len(orders), 2)

    def test_line_without_supply(self):
        order = self._create_order((self.bolt, 2))
        order.picking_ids.action_cancel()
        self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id)]
        ).button_cancel()
        found = self._check()
        self.assertEqual(
            found["line_without_supply", order.name],
            f"{order.name} ordered 2 Units of Bolt, and nothing delivers them.",
        )
        issue = self.Issue.search([("kind", "=", "line_without_supply")])
        self.assertEqual(issue.order_line_id, order.order_line)
        self.assertEqual(issue.action_open_document()["res_id"], order.id)
        # Found once, gone when the line is.
        self.assertEqual(self._check().keys(), found.keys())
        self.assertEqual(len(self.Issue.search([("res_id", "=", issue.res_id)])), 1)
        order.action_cancel()
        self.assertEqual(self._check(), {})
        self.assertTrue(issue.closed_on)

    def test_line_that_waits_for_its_start_is_no_problem(self):
        order = self._create_order((self.bolt, 2), confirm=False)
        order.write({"start_later": True, "start_later_reason": "deposit"})
        order.action_confirm()
        self.assertFalse(order.picking_ids)
        self.assertEqual(self._check(), {})

    def test_ordered_differs(self):
        order = self._create_order((self.bolt, 2))
        self._fill("sale_order_line", "product_uom_qty", 5, order.order_line)
        self.assertEqual(
            self._check(),
            {
                ("ordered_differs", order.name): f"{order.name} ordered 5 Units of "
                "Bolt; delivered and on their way are 2."
            },
        )
        self._fill("sale_order_line", "product_uom_qty", 1, order.order_line)
        self.assertIn("ordered 1 Units", self._check()["ordered_differs", order.name])
        self._fill("sale_order_line", "product_uom_qty", 2, order.order_line)
        self.assertEqual(self._check(), {})

    def test_delivered_differs(self):
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 9)
        order = self._create_order((self.bolt, 2))
        order.picking_ids.move_ids.picked = True
        order.picking_ids.button_validate()
        self.assertEqual(self._check(), {})
        self._fill("sale_order_line", "qty_delivered", 1, order.order_line)
        self.assertEqual(
            self._check(),
            {
                ("delivered_differs", order.name): f"{order.name} says 1 Units of "
                "Bolt are delivered; its deliveries say 2."
            },
        )

    def test_return_is_no_problem(self):
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 9)
        order = self._create_order((self.bolt, 2))
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(self._check(), {})

    def test_production_without_order(self):
        order = self._create_order((self.bike, 2))
        bikes = self._get_productions(self.bike)
        order.picking_ids.move_ids.write({"state": "cancel"})
        found = self._check()
        self.assertEqual(
            found["production_without_order", bikes.name],
            f"{bikes.name} makes 2 Units of Bike to order, but no order needs them.",
        )
        # Its components have a demand: not a problem for each level.
        self.assertEqual(
            {kind for kind, _name in found},
            {"line_without_supply", "production_without_order"},
        )
        self.assertEqual(len(found), 2)

    def test_made_to_order_by_hand(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 3}
        )
        self.assertEqual(self._check(), {})
        production.action_confirm()
        self.assertIn(("production_without_order", production.name), self._check())
        production.action_cancel()
        self.assertNotIn(("production_without_order", production.name), self._check())

    def test_made_for_stock_is_no_problem(self):
        self.wheel.supply_policy = "make_to_stock"
        self.bolt.supply_policy = "make_to_stock"
        production = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 3}
        )
        production.action_confirm()
        self.assertEqual(self._check(), {})

    def test_production_differs(self):
        self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        self.env["change.production.qty"].create(
            {"mo_id": wheels.id, "product_qty": 5}
        ).change_prod_qty()
        self.assertEqual(
            self._check()["production_differs", wheels.name],
            f"{wheels.name} makes 5 Units of Wheel; orders need 2: 3 go to stock.",
        )

    def test_purchase_without_order(self):
        self._create_order((self.wheel, 2))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        wheels = self._get_productions(self.wheel)
        wheels.move_raw_ids.write({"state": "cancel"})
        found = self._check()
        self.assertEqual(
            found["purchase_without_order", line.order_id.name],
            f"{line.order_id.name} buys 8 Units of Bolt to order, but no order needs "
            "them.",
        )
        line.order_id.button_confirm()
        self.assertIn(("purchase_without_order", line.order_id.name), self._check())
        line.order_id.button_cancel()
        self.assertNotIn(("purchase_without_order", line.order_id.name), self._check())

    def test_demand_without_supply_is_repaired(self):
        order = self._create_order((self.bolt, 4))
        request = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        move = order.picking_ids.move_ids
        move.created_purchase_line_ids = False
        move.procure_method = "make_to_order"
        found = self._check()
        self.assertEqual(
            found["demand_without_supply", move.reference],
            f"{move.reference} waits for 4 Units of Bolt; for 4 of them nothing is "
            "reserved, made or bought.",
        )
        issue = self.Issue.search([("kind", "=", "demand_without_supply")])
        self.assertTrue(issue.can_repair)
        warehouse = self._create_user("warehouse")
        with self.assertRaises(AccessError):
            issue.with_user(warehouse).action_repair()
        issue.with_user(self.planner).action_repair()
        self.assertEqual(move.created_purchase_line_ids, request)
        self.assertTrue(issue.closed_on)
        with self.assertRaises(UserError):
            issue.with_user(self.planner).action_repair()

    def test_broken_link(self):
        self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        bikes = self._get_productions(self.bike)
        demand = bikes.move_raw_ids.filtered(lambda m: m.product_id == self.bolt)
        self._link(wheels.move_finished_ids, demand)
        found = self._check()
        self.assertEqual(
            found["broken_link", bikes.name],
            f"{bikes.name} needs Bolt and is linked with {wheels.name}, which brings "
            "other goods or belongs to another company.",
        )

    def test_circle(self):
        self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        bikes = self._get_productions(self.bike)
        self._link(bikes.move_finished_ids, wheels.move_raw_ids)
        found = self._check()
        self.assertIn(
            f"{wheels.name} waits for {bikes.name}", found["circle", wheels.name]
        )
        issue = self.Issue.search(
            [("kind", "=", "circle"), ("document", "=", wheels.name)]
        )
        self.assertEqual(issue.action_open_document()["res_id"], wheels.id)

    def test_deleted_document_closes_its_issue(self):
        order = self._create_order((self.bolt, 2))
        self._fill("sale_order_line", "product_uom_qty", 5, order.order_line)
        self._check()
        issue = self.Issue.search([("kind", "=", "ordered_differs")])
        self._fill("mto_integrity_issue", "res_id", 2**31 - 1, issue)
        with self.assertRaises(UserError):
            issue.action_open_document()
        self._check()
        self.assertTrue(issue.closed_on)

    # The run

    def _run(self, stop_after=None):
        """Run the job; ``stop_after`` batches its time is over."""
        calls = []

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            calls.append((processed, remaining))
            return 0 if len(calls) == stop_after else 60

        with patch.object(self.registry["ir.cron"], "_commit_progress", commit):
            self.Issue._cron_check()
        return calls

    def test_interrupted_run_goes_on(self):
        with patch.object(mto_integrity_issue, "BATCH", 10**9):
            order = self._create_order((self.bolt, 2))
            self._fill("sale_order_line", "product_uom_qty", 5, order.order_line)
            production = self.env["mrp.production"].create(
                {"product_id": self.wheel.id, "product_qty": 3}
            )
            production.action_confirm()
            calls = self._run(stop_after=3)
            self.assertEqual(calls[0], (0, len(KINDS)))
            kinds = set(self.Issue.search([]).mapped("kind"))
            self.assertEqual(kinds, {"ordered_differs"})
            calls = self._run()
            self.assertEqual(calls[0], (0, len(KINDS) - 2))
            kinds = set(self.Issue.search([]).mapped("kind"))
            self.assertIn("production_without_order", kinds)
            self.assertEqual(self._run()[0], (0, len(KINDS)))

    def test_batches_cover_everything_once(self):
        with patch.object(mto_integrity_issue, "BATCH", 7):
            batches = self.Issue._get_batches("demand_without_supply")
        self.assertEqual(batches[0][0], 0)
        self.assertEqual(batches[-1][1], 2**31 - 1)
        for (_lower, upper), (lower, _upper) in zip(batches, batches[1:], strict=False):
            self.assertEqual(upper, lower)

    def test_job_is_there(self):
        job = self.env.ref("mto_pegging.ir_cron_integrity")
        self.assertEqual(job.model_id.model, "mto.integrity.issue")
        self.assertEqual((job.interval_number, job.interval_type), (1, "days"))

    def test_queries_do_not_grow_with_orders(self):
        counts = []
        for number in (1, 6):
            for _index in range(number):
                self._create_order((self.bike, 2))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Issue.with_user(self.planner).action_check_now()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # Who may

    def test_who_may_see_and_check(self):
        order = self._create_order((self.bolt, 2))
        self._fill("sale_order_line", "product_uom_qty", 5, order.order_line)
        self._check()
        for role in ("warehouse", "purchasing", "shop_floor", "sales_manager"):
            Issue = self.Issue.with_user(self._create_user(role))
            issue = Issue.search([("closed_on", "=", False)])
            self.assertIn("Bolt", issue.message, role)
            with self.assertRaises(AccessError):
                Issue.action_check_now()
            with self.assertRaises(AccessError):
                issue.closed_on = self.env.cr.now() + timedelta(days=1)
        for role in ("sales", "employee"):
            with self.assertRaises(AccessError):
                self.Issue.with_user(self._create_user(role)).search([])

    def test_other_company_sees_nothing(self):
        order = self._create_order((self.bolt, 2))
        self._fill("sale_order_line", "product_uom_qty", 5, order.order_line)
        self._check()
        other = self.env["res.company"].create({"name": "Other"})
        self.planner.company_ids |= other
        Issue = self.Issue.with_user(self.planner)
        self.assertTrue(Issue.search([]))
        elsewhere = Issue.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([]))


class TestCircles(PeggingCommon):
    def test_circles(self):
        self.assertEqual(find_circles([(1, 2), (2, 3)]), set())
        self.assertEqual(find_circles([(1, 2), (2, 3), (3, 1), (3, 4)]), {1, 2, 3})
        self.assertEqual(find_circles([(1, 1), (1, 2)]), {1})
        long = [(number, number + 1) for number in range(5000)]
        self.assertEqual(len(find_circles([*long, (5000, 0)])), 5001)
