from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class TestLaunch(ExecutionCommon):
    """What is missing, when it comes, and how much can start today."""

    def test_the_bicycle(self):
        """20 bicycles, 14 brake kits; 6 on the way."""
        purchase = self._buy(self.brake, 6, days=2)
        production = self._make()
        check = self._check(production)
        self.assertEqual(
            {key: check[key] for key in ("id", "model", "name", "uom")},
            {
                "id": production.id,
                "model": "mrp.production",
                "name": production.name,
                "uom": "Units",
            },
        )
        self.assertEqual(
            (check["can_launch"], check["quantity"], check["launchable_quantity"]),
            (False, 20, 14),
        )
        expected = (self.env.cr.now() + timedelta(days=2)).date()
        self.assertEqual(
            self._missing(production),
            {"Brake kit": (20, 14, 6, str(expected), purchase.picking_ids.name)},
        )
        self.assertIn("6 × Brake kit missing (14 of 20 on hand", check["message"])
        self.assertIn("6 expected on ", check["message"])
        self.assertIn("14 can start today.", check["message"])

    def test_complete(self):
        self._add_stock(self.brake, 6)
        production = self._make()
        check = self._check(production)
        self.assertTrue(check["can_launch"])
        self.assertEqual(check["launchable_quantity"], 20)
        self.assertEqual(check["missing"], [])
        self.assertEqual(production.launch_state, "ready")
        self.assertIn("All 20 can start today.", check["message"])

    def test_not_ordered(self):
        production = self._make()
        self.assertEqual(
            self._missing(production), {"Brake kit": (20, 14, 6, False, False)}
        )
        self.assertIn("6 not ordered", production.launch_message)

    def test_overdue(self):
        """What should have been here by now is not "expected on" a day that is gone."""
        self._buy(self.brake, 6, days=-3)
        message = self._make().launch_message
        self.assertIn("6 overdue since ", message)
        self.assertNotIn("expected", message)

    def test_request_for_quotation_is_expected(self):
        request = self._buy(self.brake, 6, confirm=False)
        production = self._make()
        self.assertEqual(self._missing(production)["Brake kit"][4], request.name)

    def test_who_is_first_has_it(self):
        """Priority, then date: as Odoo will reserve."""
        self.warehouse.manu_type_id.reservation_method = "manual"
        now = self.env.cr.now()
        first = self._make(10, date_start=now + timedelta(days=1))
        second = self._make(10, date_start=now + timedelta(days=2))
        self.assertTrue(self._check(first)["can_launch"])
        self.assertEqual(self._check(second)["launchable_quantity"], 4)
        second.priority = "1"
        self.env.flush_all()
        self.assertTrue(self._check(second)["can_launch"])
        self.assertEqual(self._check(first)["launchable_quantity"], 4)

    def test_reserved_for_another_is_not_free(self):
        first = self._make(10)
        first.action_assign()
        second = self._make(10)
        second.priority = "1"
        self.assertEqual(self._check(second)["launchable_quantity"], 4)
        self.assertTrue(self._check(first)["can_launch"])

    def test_draft_comes_last(self):
        self.warehouse.manu_type_id.reservation_method = "manual"
        draft = self._make(14, confirm=False, date_start=self.env.cr.now())
        self.assertTrue(self._check(draft)["can_launch"])
        self._make(14, date_start=self.env.cr.now() + timedelta(days=9))
        self.assertEqual(self._check(draft)["launchable_quantity"], 0)

    def test_other_warehouse_does_not_count(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self._add_stock(self.brake, 100, other.lot_stock_id)
        self.assertEqual(self._check(self._make())["launchable_quantity"], 14)

    def test_units_of_measure(self):
        """2 dozen: the answer is in the product's unit."""
        production = self._make(2, product_uom_id=self.dozen.id)
        check = self._check(production)
        self.assertEqual((check["quantity"], check["launchable_quantity"]), (24, 14))

    def test_multi_level_cause(self):
        """The wheels are made, and their order waits for a receipt."""
        self.env["stock.quant"]._update_available_quantity(self.wheel, self.stock, -40)
        self._add_stock(self.brake, 6)
        rim = self._create_part("Rim")
        self._create_bom(self.wheel, [(rim, 1)])
        receipt = self._buy(rim, 40, days=9).picking_ids
        wheels = self._make(40, self.wheel)
        production = self._make()
        self.assertIn(
            f"Wheel is short because {wheels.name} waits for {receipt.name}.",
            production.launch_message,
        )
        due = (self.env.cr.now() + timedelta(days=9)).date()
        self.assertGreaterEqual(self._missing(production)["Wheel"][3], str(due))

    def test_for_whom(self):
        self.bike.supply_policy = "make_to_order"
        order = self._create_order((self.bike, 20))
        production = self._get_productions(self.bike)
        self.assertIn(
            f"For Customer, {order.name}, promised ", production.launch_message
        )

    def test_done_and_cancelled(self):
        self._add_stock(self.brake, 6)
        done = self._produce(self._make(2))
        cancelled = self._make(2)
        cancelled.action_cancel()
        for check in (done | cancelled).get_launch_check():
            self.assertFalse(check["can_launch"])
            self.assertEqual((check["missing"], check["message"]), ([], ""))

    def test_without_bill_of_materials(self):
        product = self._create_product("Loose")
        production = self._make(3, product)
        self.assertTrue(self._check(production)["can_launch"])

    def test_component_added_in_the_middle(self):
        self._add_stock(self.brake, 6)
        production = self._make()
        bell = self._create_part("Bell", on_hand=5)
        production.move_raw_ids = [
            Command.create({"product_id": bell.id, "product_uom_qty": 20})
        ]
        self.assertEqual(self._check(production)["launchable_quantity"], 5)

    def test_work_order_says_the_same(self):
        production = self._make()
        self.assertEqual(
            production.workorder_ids.launch_message, production.launch_message
        )
        self.assertTrue(production.launch_message)

    def test_new_record(self):
        new = self.env["mrp.production"].new({"product_id": self.bike.id})
        self.assertFalse(new.launch_message)

    # Rights

    def test_shop_floor_is_told(self):
        self._buy(self.brake, 6)
        production = self._make()
        user = self._create_user("shop_floor")
        self.assertIn(
            "6 × Brake kit", self._check(production.with_user(user))["message"]
        )

    def test_others_are_not(self):
        production = self._make()
        user = self._create_user("employee")
        with self.assertRaises(AccessError):
            production.with_user(user).get_launch_check()

    # Speed

    def test_queries_do_not_grow(self):
        self._buy(self.brake, 600)
        counts = []
        for more in (1, 7):
            productions = self.env["mrp.production"].union(
                *[self._make(2) for _number in range(more)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(productions.get_launch_check()), more)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)
        self.assertLessEqual(counts[1], 30)


class TestDecisions(ExecutionCommon):
    """One click each, with the result shown first."""

    def _decide(self, production, kind):
        action = getattr(production, f"action_launch_{kind}")()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_env(production.env)

    def test_labels(self):
        self._buy(self.brake, 6, days=30)
        production = self._make()
        self.assertEqual(production.launch_start_label, "Start 14")
        self.assertEqual(production.launch_order_label, "Order 6")
        self.assertIn("Move to ", production.launch_move_label)
        self.assertFalse(production.launch_tell_label)
        self._add_stock(self.brake, 6)
        production.invalidate_recordset()
        self.assertFalse(production.launch_start_label)

    def test_start_14(self):
        self._buy(self.brake, 6)
        production = self._make()
        wizard = self._decide(production, "start")
        self.assertIn("14 of 20 start now.", wizard.result)
        self.assertIn("6 become an order of their own", wizard.result)
        self.assertEqual(production.state, "confirmed")
        wizard.action_apply()
        rest = production.production_group_id.production_ids - production
        self.assertEqual((production.product_qty, production.state), (14, "progress"))
        self.assertEqual((rest.product_qty, rest.state), (6, "confirmed"))
        self.assertTrue(self._check(production)["can_launch"])
        self.assertEqual(self._check(rest)["launchable_quantity"], 0)

    def test_shop_floor_starts_what_can_start(self):
        """Core's split reads analytic lines, which the shop floor may not."""
        production = self._make().with_user(self._create_user("shop_floor"))
        self._decide(production, "start").action_apply()
        self.assertEqual((production.product_qty, production.state), (14, "progress"))

    def test_start_asks_again(self):
        production = self._make()
        wizard = self._decide(production, "start")
        self.env["stock.quant"]._update_available_quantity(self.brake, self.stock, -10)
        production.move_raw_ids._do_unreserve()
        with self.assertRaisesRegex(UserError, "Look again"):
            wizard.action_apply()
        self.assertEqual(production.product_qty, 20)

    def test_nothing_to_start(self):
        self.env["stock.quant"]._update_available_quantity(self.brake, self.stock, -14)
        wizard = self._decide(self._make(), "start")
        self.assertFalse(wizard.can_apply)

    def test_order_the_request(self):
        request = self._buy(self.brake, 6, confirm=False)
        production = self._make()
        wizard = self._decide(production, "order")
        self.assertIn(request.name, wizard.result)
        wizard.action_apply()
        self.assertEqual(request.state, "purchase")
        self.assertFalse(self._decide(production, "order").can_apply)

    def test_order_without_rights_asks_purchasing(self):
        request = self._buy(self.brake, 6, confirm=False)
        user = self._create_user("planner")
        production = self._make().with_user(user)
        wizard = self._decide(production, "order")
        self.assertIn("Purchasing is asked", wizard.result)
        self.assertEqual(production.launch_order_label, "Ask for 6")
        told = wizard.action_apply()["params"]["message"]
        self.assertIn(f"got an open issue to order {request.name}", told)
        self.assertIn(told, production.message_ids[0].body)
        self.assertEqual(request.state, "draft")
        issue = self.env["operation.exception"].search(
            [("key", "=", f"launch-order-{request.id}")]
        )
        self.assertTrue(issue.owner_id)

    def test_order_what_nothing_is_ordered_for(self):
        production = self._make()
        user = self._create_user("planner")
        self._decide(production.with_user(user), "order").action_apply()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.brake.id)]
        )
        self.assertEqual(line.product_qty, 6)
        self.assertIn(
            line.order_id.name, self._check(production)["missing"][0]["source"]
        )

    def test_move(self):
        self._buy(self.brake, 6, days=30)
        production = self._make()
        length = production.date_finished - production.date_start
        wizard = self._decide(production, "move")
        self.assertIn("Starts on ", wizard.result)
        wizard.action_apply()
        due = self.env.cr.now() + timedelta(days=30)
        self.assertEqual(production.date_start.date(), due.date())
        self.assertGreaterEqual(
            production.date_finished, production.date_start + length - timedelta(days=1)
        )

    def test_move_needs_a_date(self):
        self.assertFalse(self._decide(self._make(), "move").can_apply)

    def test_tell_sales(self):
        self.bike.supply_policy = "make_to_order"
        seller = self._create_user("sales")
        order = self._create_order((self.bike, 20), user_id=seller.id)
        production = self._get_productions(self.bike)
        user = self._create_user("planner")
        wizard = self._decide(production.with_user(user), "tell")
        self.assertIn(order.name, wizard.result)
        wizard.action_apply()
        issue = self.env["operation.exception"].search(
            [("key", "=", f"launch-{production.id}-{order.id}")]
        )
        self.assertEqual(issue.owner_id, seller)

    def test_shop_floor_may_not_move_orders_of_others(self):
        """A user without rights on orders gets no further than the question."""
        production = self._make()
        user = self._create_user("warehouse")
        with self.assertRaises(AccessError):
            production.with_user(user).action_launch_start()

    # Who gets it

    def test_competition(self):
        self.warehouse.manu_type_id.reservation_method = "manual"
        now = self.env.cr.now()
        first = self._make(10, date_start=now + timedelta(days=1))
        second = self._make(10, date_start=now + timedelta(days=2))
        action = second.with_user(
            self._create_user("shop_floor")
        ).action_view_competition()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.production_id, first | second)
        self.assertEqual(
            [(line.free, line.missing) for line in lines.sorted("sequence")],
            [(10, 0), (4, 6)],
        )
        with self.assertRaisesRegex(UserError, "no customer order"):
            lines[0].action_take_from_others()
        ask = lines.filtered("missing").action_serve_first()
        wizard = self.env[ask["res_model"]].browse(ask["res_id"])
        wizard.reason = "The customer waits at the door"
        wizard.action_apply()
        self.assertEqual(second.priority, "1")
        self.assertEqual(self._check(second)["launchable_quantity"], 10)
        self.assertEqual(self._check(first)["launchable_quantity"], 4)
        self.assertIn("waits at the door", second.message_ids[0].body)
