from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, tagged

from ..hooks import uninstall_hook
from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestStartLater(SupplyCommon):
    """Confirmed now, started later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike = cls._create_product("Bike", "make_to_order", sale_delay=10)
        cls.frame = cls._create_part("Frame", "make_to_order")
        cls._create_bom(cls.bike, [(cls.frame, 1)])
        cls.manager = cls._create_user("sales_manager")

    def _create_held(self, *lines, **vals):
        return self._create_order(
            *(lines or ((self.bike, 5),)),
            **{"start_later": True, "start_later_reason": "Drawing", **vals},
        )

    def _get_activities(self, order):
        kind = self.env.ref("mto_cascade.mail_activity_type_start")
        return order.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def test_nothing_is_ordered_before_the_start(self):
        service = self.env["product.product"].create(
            {
                "name": "Painting",
                "type": "service",
                "service_to_purchase": True,
                "seller_ids": [Command.create({"partner_id": self.vendor.id})],
            }
        )
        order = self._create_held((self.bike, 5), (self.frame, 2), (service, 1))
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.order_line.move_ids)
        self.assertFalse(order.picking_ids)
        self.assertFalse(self._get_productions(self.bike))
        self.assertFalse(self._get_purchased(self.frame))
        self.assertFalse(self._get_purchased(service))
        self.assertEqual(order.delivery_status, "pending")
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertEqual(order.start_state, "start")
        self.assertIn("Drawing", order.waiting_message)

        order.with_user(self.manager).action_start()
        self.assertFalse(order.is_waiting_for_start)
        self.assertFalse(order.start_state)
        self.assertEqual(order.started_by_id, self.manager)
        self.assertTrue(order.started_on)
        self.assertEqual(self._get_productions(self.bike).product_qty, 5)
        self.assertEqual(self._get_purchased(self.frame), 7)
        self.assertEqual(self._get_purchased(service), 1)
        self.assertEqual(order.picking_ids.move_ids.mapped("product_uom_qty"), [5, 2])
        self.assertIn("Started", order.message_ids[0].body)

    def test_down_payment_while_it_waits(self):
        order = self._create_held()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertTrue(order.invoice_ids)
        self.assertFalse(order.picking_ids)
        order.action_start()
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 5)

    def test_changes_while_it_waits_count_at_the_start(self):
        order = self._create_held((self.bike, 5), (self.frame, 2))
        order.order_line[0].product_uom_qty = 8
        order.order_line[1].product_uom_qty = 1
        order.order_line = [
            Command.create({"product_id": self.frame.id, "product_uom_qty": 4})
        ]
        order.order_line[2].product_uom_qty = 3
        self.assertFalse(order.picking_ids)
        order.action_start()
        self.assertEqual(
            order.picking_ids.move_ids.mapped("product_uom_qty"), [8, 1, 3]
        )
        self.assertEqual(self._get_productions(self.bike).product_qty, 8)
        order.order_line[0].product_uom_qty = 9
        self.assertEqual(self._get_productions(self.bike).product_qty, 9)

    def test_started_documents_equal_a_confirmation(self):
        """Afterwards nobody sees that the order waited."""

        def read(order):
            moves = order.order_line.move_ids
            moves |= moves.move_orig_ids.production_id.move_raw_ids
            return [
                (m.product_id, m.product_uom_qty, m.procure_method, m.location_id)
                for m in moves.sorted("id")
            ]

        held = self._create_held()
        held.action_start()
        self.assertEqual(read(held), read(self._create_order((self.bike, 5))))
        self.assertIn(self.frame, [demand[0] for demand in read(held)])

    def test_second_start_does_nothing(self):
        order = self._create_held()
        order.action_start()
        started = order.started_on
        with freeze_time(started + timedelta(days=1)):
            order.action_start()
        self.assertEqual(order.started_on, started)
        self.assertEqual(len(order.picking_ids.move_ids), 1)
        self.assertEqual(self._get_productions(self.bike).product_qty, 5)

    def test_only_confirmed_orders_start(self):
        order = self._create_held(confirm=False)
        with self.assertRaisesRegex(UserError, "Confirm it first"):
            order.action_start()
        running = self._create_order((self.bike, 1))
        moves = running.order_line.move_ids
        self.assertTrue(running.action_start(), "it never waited")
        self.assertEqual(running.order_line.move_ids, moves)
        self.assertFalse(running.started_on)

    def test_kit_and_dozens(self):
        kit = self._create_product("Kit")
        light = self._create_part("Light", "make_to_order")
        self._create_bom(kit, [(light, 2)], type="phantom")
        order = self._create_held(
            (kit, 3), (light, 1, {"product_uom_id": self.dozen.id})
        )
        order.order_line[0].product_uom_qty = 4
        order.action_start()
        self.assertEqual(self._get_purchased(light), 8 + 12)
        self.assertEqual(order.order_line[0].move_ids.product_uom_qty, 8)
        order.order_line[0].product_uom_qty = 5
        self.assertEqual(self._get_purchased(light), 10 + 12)

    def test_locked_after_confirmation(self):
        """A company may lock its confirmed orders: they start all the same."""
        self.env.user.group_ids += self.env.ref("sale.group_auto_done_setting")
        order = self._create_held()
        self.assertTrue(order.locked)
        order.action_start()
        self.assertTrue(order.locked)
        self.assertEqual(self._get_productions(self.bike).product_qty, 5)

    # Dates

    @freeze_time("2026-03-02 08:00:00")
    def test_delivery_counts_from_the_start(self):
        order = self._create_held()
        with freeze_time("2026-03-20 08:00:00"):
            order.invalidate_recordset()
            self.assertEqual(str(order.expected_date), "2026-03-30 08:00:00")
            order.wanted_start_date = "2026-04-01"
            self.assertEqual(str(order.expected_date), "2026-04-11 12:00:00")
            line = order.order_line
            self.assertEqual(line._get_promise_date(), line._expected_date())
        with freeze_time("2026-04-05 08:00:00"):
            order.action_start()
        self.assertEqual(str(order.expected_date), "2026-04-15 08:00:00")
        move = order.picking_ids.move_ids
        self.assertEqual(str(move.date_deadline), "2026-04-15 08:00:00")
        order.order_line.customer_lead = 12
        self.assertEqual(str(move.date_deadline), "2026-04-17 08:00:00")
        self.assertEqual(order.date_order, fields.Datetime.now())

    @freeze_time("2026-03-02 08:00:00")
    def test_a_date_that_cannot_be_kept_is_told(self):
        order = self._create_held(commitment_date="2026-03-20 08:00:00")
        self.assertFalse(order.is_start_late)
        activity = self._get_activities(order)
        self.assertEqual(str(activity.date_deadline), "2026-03-10", "last good day")
        with freeze_time("2026-03-15 08:00:00"):
            order.invalidate_recordset()
            self.assertTrue(order.is_start_late)
            self.assertIn("can no longer be kept", order.waiting_message)
            order.action_start()
            self.assertIn("earlier than the lead times", order.message_ids[0].body)
        self.assertEqual(str(order.commitment_date), "2026-03-20 08:00:00")

    def test_quotation_warns(self):
        later = fields.Date.today() + timedelta(days=30)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.bike
            form.start_later = True
            self.assertEqual(form.start_owner_id, self.env.user)
            form.start_later_reason = "Drawing"
            form.wanted_start_date = later
            expected = later + timedelta(days=10)
            self.assertEqual(form.expected_date.date(), expected)

    # Activities and states

    def test_the_owner_is_told(self):
        order = self._create_held(
            start_owner_id=self.manager.id, wanted_start_date="2030-01-02"
        )
        activity = self._get_activities(order)
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(str(activity.date_deadline), "2030-01-02")
        self.assertEqual(activity.summary, "Drawing")
        order.write(
            {"start_owner_id": self.env.user.id, "wanted_start_date": "2030-02-02"}
        )
        self.assertEqual(self._get_activities(order), activity)
        self.assertEqual(activity.user_id, self.env.user)
        self.assertEqual(str(activity.date_deadline), "2030-02-02")
        order.action_start()
        self.assertFalse(self._get_activities(order))
        self.assertFalse(
            self.env["mail.mail"].search(
                [("res_id", "=", order.id), ("model", "=", "sale.order")]
            )
        )

    def test_an_owner_without_access_does_not_stop_the_confirmation(self):
        """The salesperson gets what the owner may not open."""
        owner = self._create_user("employee")
        order = self._create_held(user_id=self.manager.id, start_owner_id=owner.id)
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._get_activities(order).user_id, self.manager)

    def test_cancel_and_back_to_quotation(self):
        order = self._create_held()
        order.action_cancel()
        self.assertFalse(self._get_activities(order))
        self.assertFalse(order.is_waiting_for_start)
        self.assertFalse(order.delivery_status)
        order.action_draft()
        order.action_confirm()
        self.assertTrue(self._get_activities(order))
        self.assertFalse(order.picking_ids)
        order.action_start()
        order.action_cancel()
        order.action_draft()
        self.assertFalse(order.started_on)
        self.assertFalse(order.started_by_id)
        order.start_later = False
        order.action_confirm()
        self.assertTrue(order.picking_ids.filtered(lambda p: p.state != "cancel"))

    def test_a_copy_starts_at_once(self):
        order = self._create_held()
        order.action_start()
        copy = order.copy()
        self.assertFalse(copy.start_later)
        self.assertFalse(copy.start_later_reason)
        self.assertFalse(copy.started_on)
        copy.action_confirm()
        self.assertTrue(copy.picking_ids)

    def test_delivery_status(self):
        shelf = self._create_product("Shelf", on_hand=5)
        order = self._create_held((shelf, 1))
        self.assertEqual(order.delivery_status, "pending")
        order.action_start()
        self.assertEqual(order.delivery_status, "pending")
        order.picking_ids.button_validate()
        self.assertEqual(order.delivery_status, "full")

    def test_services_are_not_delivered(self):
        advice = self._create_product("Advice", type="service", is_storable=False)
        order = self._create_held((advice, 1))
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.delivery_status)
        order.action_start()
        self.assertFalse(order.delivery_status)

    def test_uninstallation_is_told(self):
        """Nobody would know why nothing was ordered for the order."""
        orders = self._create_held() | self._create_order((self.bike, 1))
        before = len(orders[1].message_ids)
        uninstall_hook(self.env)
        self.assertIn("confirm it again", orders[0].message_ids[0].body)
        self.assertFalse(self._get_activities(orders[0]))
        self.assertEqual(len(orders[1].message_ids), before)

    def test_filters(self):
        orders = self._create_held() | self._create_order((self.bike, 1))
        waiting = [("id", "in", orders.ids), ("is_waiting_for_start", "=", True)]
        Order = self.env["sale.order"]
        self.assertEqual(Order.search(waiting), orders[0])
        waiting[1] = ("is_waiting_for_start", "=", False)
        self.assertEqual(Order.search(waiting), orders[1])

    # Who may, and other ways in

    def test_who_may_start(self):
        owner = self._create_user("employee")
        sales = self._create_user("sales")
        order = self._create_held(user_id=sales.id, start_owner_id=self.manager.id)
        for role in ("shop_floor", "warehouse"):
            user = self._create_user(role)
            self.assertFalse(order.with_user(user).may_start)
            with self.assertRaisesRegex(AccessError, "is started by"):
                order.with_user(user).action_start()
        with self.assertRaises(AccessError):
            order.with_user(owner).action_start()
        self.assertFalse(order.with_user(sales).may_start)
        with self.assertRaisesRegex(AccessError, "is started by"):
            order.with_user(sales).action_start()
        planner = self._create_user("planner")
        self.assertTrue(order.with_user(planner).may_start)
        order.with_user(planner).action_start()
        self.assertEqual(order.started_by_id, planner)
        self.assertEqual(self._get_purchased(self.frame), 5)

    def test_salesperson_holds_and_starts(self):
        """Without any other right, from the quotation to the start."""
        user = self._create_user("sales")
        order = self._create_held(user=user)
        self.assertEqual(order.start_owner_id, user)
        self.assertTrue(order.with_user(user).may_start)
        order.with_user(user).action_start()
        self.assertEqual(self._get_productions(self.bike).product_qty, 5)

    def test_warehouse_does_not_plan_the_start(self):
        order = self._create_held()
        user = self._create_user("warehouse")
        with self.assertRaisesRegex(AccessError, "salesperson"):
            order.with_user(user).start_owner_id = user

    def test_the_button_cannot_be_passed_by(self):
        user = self._create_user("sales")
        order = self._create_held(user=user).with_user(user)
        with self.assertRaisesRegex(UserError, "press Start"):
            order.start_later = False
        with self.assertRaisesRegex(AccessError, "button Start"):
            order.started_on = fields.Datetime.now()
        with self.assertRaisesRegex(AccessError, "button Start"):
            order.create({"partner_id": self.customer.id, "started_by_id": user.id})
        running = self._create_order((self.bike, 1), user=user)
        with self.assertRaisesRegex(UserError, "supply is ordered"):
            running.write({"start_later": True, "start_later_reason": "Too late"})
        self.assertFalse(order.started_on)

    def test_bad_input(self):
        for reason in (False, "  "):
            with self.assertRaisesRegex(ValidationError, "fill in the reason"):
                self._create_held(start_later_reason=reason)
        order = self._create_held(confirm=False)
        with self.assertRaises(ValidationError):
            order.start_later_reason = ""
        with self.assertRaises(ValueError):
            order.wanted_start_date = "tomorrow"

    def test_confirmed_by_import(self):
        """An order created in the state of a sales order waits as well."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "state": "sale",
                "start_later": True,
                "start_later_reason": "Import",
                "order_line": [
                    Command.create({"product_id": self.bike.id, "product_uom_qty": 2})
                ],
            }
        )
        self.assertFalse(order.picking_ids)
        self.assertEqual(self._get_activities(order).user_id, order.start_owner_id)
        order.action_start()
        self.assertEqual(self._get_productions(self.bike).product_qty, 2)

    def test_policy_of_a_waiting_line(self):
        """What is not ordered yet can still be supplied in another way."""
        order = self._create_held()
        order.order_line.supply_policy = "make_to_stock"
        order.action_start()
        self.assertFalse(self._get_productions(self.bike))
        with self.assertRaises(UserError):
            order.order_line.supply_policy = "make_to_order"

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        order = self._create_held()
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
                "group_ids": [
                    Command.set([self.env.ref("sales_team.group_sale_manager").id])
                ],
            }
        )
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_start()
        with self.assertRaisesRegex(UserError, "company"):
            order.start_owner_id = stranger

    # Costs

    def _count(self, orders, *methods):
        """Queries of each method on the orders."""
        counts = []
        for method in methods:
            self.env.flush_all()
            orders.env.invalidate_all()
            before = self.env.cr.sql_log_count
            getattr(orders, method)()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(orders.picking_ids), len(orders))
        return counts

    def _create_many(self, create, number):
        return self.env["sale.order"].union(
            *[create(confirm=False) for _index in range(number)]
        )

    def test_many_at_once(self):
        """Ten orders ask for sets: each step costs few queries more than for two."""

        def create_plain(confirm):
            return self._create_order((self.bike, 5), confirm=confirm)

        def count(number):
            held = self._create_many(self._create_held, number)
            plain = self._create_many(create_plain, number)
            held = self._count(held, "action_confirm", "action_start")
            return [*held, *self._count(plain, "action_confirm")]

        count(2)
        few, many = count(2), count(10)
        # Core follows the activities and writes the message of each order.
        self.assertLess(many[0] - few[0], 8 * 2, "confirm")
        self.assertLess(many[1], many[2] + 30, "start, against a confirmation")

    def test_running_orders_cost_nothing(self):
        """Nothing is asked for orders that do not wait, changed or confirmed."""
        order = self._create_order((self.bike, 5), confirm=False)
        order.order_line.mapped("product_id")
        with self.assertQueryCount(0):
            order._follow_start_change(state="sale")
            self.assertFalse(order.order_line._is_held())
            order.order_line._check_engineering_change({"product_uom_qty": 3})


@tagged("post_install", "-at_install")
class TestPortal(HttpCase, SupplyCommon):
    """What the customer reads about an order that waits."""

    def _read(self, order):
        response = self.url_open(order.get_portal_url())
        self.assertEqual(response.status_code, 200)
        return " ".join(response.text.split())

    def test_start_later(self):
        bike = self._create_product("Bike")
        order = self._create_order(
            (bike, 1), start_later=True, start_later_reason="Credit check"
        )
        page = self._read(order)
        self.assertIn("It is not started yet", page)
        self.assertNotIn("Credit check", page)
        order.wanted_start_date = "2031-05-17"
        self.assertIn(
            "We plan to start it on <span>05/17/2031</span>", self._read(order)
        )
        order.action_start()
        self.assertNotIn("delivery counts", self._read(order))

    def test_to_engineer(self):
        bike = self._create_product("Bike")
        values = {
            "to_engineer": True,
            "engineer_id": self.env.uid,
            "engineering_due_date": "2031-05-17",
            "engineering_days": 2,
        }
        order = self._create_order((bike, 1, values))
        self.assertIn("is being designed", self._read(order))

    def test_signed_order_waits(self):
        """A signature confirms, and is not refused."""
        bike = self._create_product("Bike")
        order = self._create_order(
            (bike, 1),
            confirm=False,
            start_later=True,
            start_later_reason="Deposit",
            require_signature=True,
            require_payment=False,
        )
        order.action_quotation_sent()
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # noqa: E501
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Customer",
                "signature": pixel,
            },
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.picking_ids)
        self.assertTrue(order.activity_ids)
