from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestEngineering(SupplyCommon):
    """Lines to be engineered: confirmed, and started by the finished structure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls._create_user("shop_floor")
        cls.planner = cls._create_user("planner")
        cls.special = cls._create_product("Special bike", "make_to_order", sale_delay=9)
        cls.tube = cls._create_part("Tube", "make_to_order")
        cls.bell = cls._create_part("Bell", "make_to_order")

    def _engineering(self, **vals):
        return {
            "to_engineer": True,
            "engineer_id": self.engineer.id,
            "engineering_due_date": fields.Date.today() + timedelta(days=7),
            "engineering_days": 3,
            **vals,
        }

    def _create_engineered(self, *others, order=None, **vals):
        """An order of 2 special bikes to be engineered, and other lines."""
        return self._create_order(
            (self.special, 2, self._engineering(**vals)), *others, **(order or {})
        )

    def _get_activities(self, order):
        kind = self.env.ref("mto_cascade.mail_activity_type_engineer")
        activities = order.order_line.product_id.product_tmpl_id.activity_ids
        return activities.filtered(
            lambda a: a.activity_type_id == kind and order.name in a.summary
        )

    def test_only_that_line_waits(self):
        order = self._create_engineered((self.bell, 4))
        line = order.order_line[0]
        self.assertEqual(order.state, "sale")
        self.assertFalse(line.move_ids)
        self.assertTrue(line.is_held)
        self.assertFalse(order.order_line[1].is_held)
        self.assertEqual(self._get_purchased(self.bell), 4)
        self.assertEqual(order.start_state, "engineering")
        self.assertIn("Special bike", order.waiting_message)
        activity = self._get_activities(order)
        self.assertEqual(activity.user_id, self.engineer)
        self.assertEqual(activity.date_deadline, line.engineering_due_date)

        self._create_bom(self.special, [(self.tube, 3)])
        self.assertFalse(line.move_ids, "a bill of materials alone starts nothing")
        line.with_user(self.engineer).action_finish_engineering()
        self.assertEqual(line.engineering_done_by_id, self.engineer)
        self.assertEqual(self._get_productions(self.special).product_qty, 2)
        self.assertEqual(self._get_purchased(self.tube), 6)
        self.assertEqual(self._get_purchased(self.bell), 4)
        self.assertFalse(self._get_activities(order))
        self.assertFalse(order.start_state)
        self.assertIn("Special bike", order.message_ids[0].body)
        moves = line.move_ids
        line.action_finish_engineering()
        self.assertEqual(line.move_ids, moves, "a second press does nothing")

    def test_delivery_status_of_a_line_that_waits(self):
        shelf = self._create_product("Shelf", on_hand=5)
        order = self._create_engineered((shelf, 1))
        order.picking_ids.button_validate()
        self.assertEqual(order.delivery_status, "partial")
        alone = self._create_engineered()
        self.assertEqual(alone.delivery_status, "pending")

    def test_an_unfinished_structure_is_refused(self):
        order = self._create_engineered()
        line = order.order_line
        with self.assertRaisesRegex(UserError, "no bill of materials yet"):
            line.action_finish_engineering()
        bom = self._create_bom(self.special, [])
        with self.assertRaisesRegex(UserError, "no components"):
            line.action_finish_engineering()
        with self.assertRaisesRegex(UserError, "no components"):
            bom.action_finish_engineering()
        self.assertFalse(line.engineering_done_on)
        bom.active = False
        with self.assertRaisesRegex(UserError, "no bill of materials yet"):
            line.action_finish_engineering()

    def test_finished_on_the_bill_of_materials(self):
        """All confirmed lines it supplies start at once, of all orders."""
        first, second = self._create_engineered(), self._create_engineered()
        quoted = self._create_engineered(order={"confirm": False})
        bom = self._create_bom(self.special, [(self.tube, 1)])
        bom = bom.with_user(self.planner)
        self.assertEqual(bom.engineering_line_count, 2)
        bom.action_finish_engineering()
        lines = (first | second).order_line
        self.assertEqual(lines.engineering_done_by_id, self.planner)
        self.assertEqual(
            self._get_productions(self.special).mapped("product_qty"), [2, 2]
        )
        self.assertFalse(quoted.order_line.engineering_done_on)
        bom.invalidate_recordset()
        self.assertEqual(bom.engineering_line_count, 0)
        self.assertTrue(bom.action_finish_engineering())
        with self.assertRaises(AccessError):
            bom.with_user(self.engineer).action_finish_engineering()

    def test_structure_of_another_variant(self):
        template = self._create_coloured(
            "Tandem", "Red", "Blue", policy="make_to_order"
        )
        red, blue = template.product_variant_ids
        order = self._create_order((red, 1, self._engineering()))
        bom = self._create_bom(blue, [(self.tube, 1)], product_id=blue.id)
        self.assertEqual(bom.engineering_line_count, 0)
        bom.action_finish_engineering()
        with self.assertRaisesRegex(UserError, "no bill of materials yet"):
            order.order_line.action_finish_engineering()
        action = order.order_line.action_open_engineering_bom()
        self.assertEqual(action["context"]["default_product_id"], red.id)
        with Form(self.env["mrp.bom"].with_context(**action["context"])) as form:
            with form.bom_line_ids.new() as component:
                component.product_id = self.tube
        bom = form.save()
        self.assertEqual(bom.product_id, red)
        self.assertEqual(order.order_line.engineering_bom_id, bom)
        self.assertEqual(
            order.order_line.action_open_engineering_bom()["res_id"], bom.id
        )
        bom.action_finish_engineering()
        self.assertTrue(order.order_line.move_ids)

    def test_kit(self):
        order = self._create_engineered()
        order.order_line.product_uom_qty = 3
        self._create_bom(self.special, [(self.tube, 2)], type="phantom")
        order.order_line.action_finish_engineering()
        self.assertEqual(order.order_line.move_ids.product_id, self.tube)
        self.assertEqual(self._get_purchased(self.tube), 6)

    def test_the_engineered_product_replaces_the_quoted_one(self):
        order = self._create_engineered()
        final = self._create_product("Special bike 4711", "make_to_order")
        self._create_bom(final, [(self.tube, 1)])
        order.order_line.product_id = final
        self.assertEqual(self._get_activities(order).res_id, final.product_tmpl_id.id)
        self.assertFalse(self.special.activity_ids)
        order.order_line.product_uom_qty = 3
        order.order_line.action_finish_engineering()
        self.assertEqual(self._get_productions(final).product_qty, 3)
        self.assertFalse(self._get_productions(self.special))

    def test_with_a_start_later(self):
        """Both have to be given, in either order."""
        held = {"start_later": True, "start_later_reason": "Deposit"}
        self._create_bom(self.special, [(self.tube, 1)])
        orders = self._create_engineered(order=held)
        orders |= self._create_engineered((self.bell, 1), order=held)
        orders[0].order_line.action_finish_engineering()
        self.assertFalse(orders[0].picking_ids)
        orders[0].action_start()
        self.assertEqual(orders[0].picking_ids.move_ids.product_uom_qty, 2)
        orders[1].action_start()
        self.assertEqual(orders[1].picking_ids.move_ids.product_id, self.bell)
        orders[1].order_line[0].action_finish_engineering()
        self.assertTrue(orders[1].order_line[0].move_ids)

    def test_finished_before_the_confirmation(self):
        self._create_bom(self.special, [(self.tube, 1)])
        order = self._create_engineered(order={"confirm": False})
        order.order_line.action_finish_engineering()
        order.action_confirm()
        self.assertTrue(order.order_line.move_ids)
        self.assertFalse(self._get_activities(order))

    def test_line_added_to_a_confirmed_order(self):
        order = self._create_order((self.bell, 1))
        order.order_line = [
            Command.create({"product_id": self.special.id, **self._engineering()})
        ]
        self.assertFalse(order.order_line[1].move_ids)
        self.assertTrue(self._get_activities(order))

    def test_cancel_copy_and_back(self):
        order = self._create_engineered()
        copy = order.copy()
        self.assertFalse(copy.order_line.to_engineer)
        self.assertFalse(copy.order_line.engineer_id)
        order.action_cancel()
        self.assertFalse(self._get_activities(order))
        with self.assertRaises(UserError):
            order.order_line.action_finish_engineering()
        order.action_draft()
        order.action_confirm()
        self.assertTrue(self._get_activities(order))
        self.assertFalse(order.picking_ids)
        order.action_cancel()
        order.action_draft()
        order.order_line.to_engineer = False
        self._create_bom(self.special, [(self.tube, 1)])
        order.action_confirm()
        self.assertTrue(order.picking_ids)

    @freeze_time("2026-03-02 08:00:00")
    def test_dates_count_from_the_finished_structure(self):
        order = self._create_engineered(engineering_due_date="2026-03-12")
        line = order.order_line
        self.assertEqual(str(order.expected_date), "2026-03-21 12:00:00")
        self._create_bom(self.special, [(self.tube, 1)])
        with freeze_time("2026-03-20 08:00:00"):
            order.invalidate_recordset()
            self.assertIn("overdue", order.waiting_message)
            line.action_finish_engineering()
        self.assertEqual(str(line._expected_date()), "2026-03-29 08:00:00")
        self.assertEqual(
            str(order.picking_ids.move_ids.date_deadline), "2026-03-29 08:00:00"
        )

    # Who may, and other ways in

    def test_engineer_without_sales_rights(self):
        order = self._create_engineered()
        line = order.order_line.with_user(self.engineer)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_cascade.sale_order_line_action_engineering"
        )
        view = self.env.ref("mto_cascade.sale_order_line_view_list_engineering")
        arch = line.get_view(view.id, "list")["arch"]
        for price in ("price", "discount", "margin"):
            self.assertNotIn(price, arch)
        self.assertEqual(action["view_id"][0], view.id)
        fields_ = {
            name: {} for name in line.get_view(view.id, "list")["models"][line._name]
        }
        self.assertTrue(line.web_read(fields_))
        line.engineering_due_date = fields.Date.today() + timedelta(days=20)
        activity = self._get_activities(order)
        self.assertEqual(activity.date_deadline, line.engineering_due_date)
        line.engineer_id = self.planner
        self.assertEqual(activity.user_id, self.planner)
        with self.assertRaisesRegex(AccessError, "Only its engineer"):
            line.engineering_days = 8
        self._create_bom(self.special, [(self.tube, 1)])
        with self.assertRaisesRegex(AccessError, "is engineered by"):
            line.action_finish_engineering()

    def test_salesperson_without_manufacturing_rights(self):
        user = self._create_user("sales")
        order = self._create_order((self.special, 1, self._engineering()), user=user)
        line = order.order_line.with_user(user)
        line.engineering_days = 5
        self._create_bom(self.special, [(self.tube, 1)])
        with self.assertRaisesRegex(AccessError, "is engineered by"):
            line.action_finish_engineering()
        self.assertTrue(order.with_user(user).waiting_message)
        with self.assertRaises(AccessError):
            line.engineering_done_on = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "press BoM Finished"):
            line.to_engineer = False

    def test_running_line_cannot_be_held(self):
        self._create_bom(self.special, [(self.tube, 1)])
        order = self._create_order((self.special, 1))
        with self.assertRaisesRegex(UserError, "ordered already"):
            order.order_line.write(self._engineering())

    def test_bad_input(self):
        for missing in ("engineer_id", "engineering_due_date", "engineering_days"):
            with self.assertRaisesRegex(ValidationError, "say by whom"):
                self._create_engineered(**{missing: False})
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        with self.assertRaisesRegex(ValidationError, "Only goods"):
            self._create_order((service, 1, self._engineering()))

    def test_two_companies(self):
        """A structure of another company finishes nothing here."""
        other = self.env["res.company"].create({"name": "Other"})
        order = self._create_engineered()
        bom = self._create_bom(self.special, [(self.tube, 1)], company_id=other.id)
        bom = bom.with_context(allowed_company_ids=[other.id, self.company.id])
        self.assertEqual(bom.engineering_line_count, 0)
        bom.action_finish_engineering()
        with self.assertRaisesRegex(UserError, "no bill of materials yet"):
            order.order_line.action_finish_engineering()
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "stranger",
                "company_id": other.id,
                "company_ids": [Command.set(other.ids)],
                "group_ids": [Command.set([self.env.ref("mrp.group_mrp_manager").id])],
            }
        )
        with self.assertRaises(AccessError):
            order.order_line.with_user(stranger).action_finish_engineering()
        with self.assertRaisesRegex(UserError, "company"):
            order.order_line.engineer_id = stranger

    def test_filter(self):
        orders = self._create_engineered() | self._create_order((self.bell, 1))
        Order = self.env["sale.order"]
        domain = [("id", "in", orders.ids), ("has_lines_to_engineer", "=", True)]
        self.assertEqual(Order.search(domain), orders[0])
        domain[1] = ("has_lines_to_engineer", "=", False)
        self.assertEqual(Order.search(domain), orders[1])
