from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestTypedPromise(LeadTimeCommon):
    """The dates of a quotation while it is typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Promises count in whole minutes.
        cls.now = cls.env.cr.now().replace(second=0, microsecond=0)
        cls.seller = cls._create_user("sales")

    def _ask(self, *lines, user=None, order=None, **values):
        """Ask for lines (product, quantity[, values]); return answers and summary."""
        Order = self.env["sale.order"].with_user(user or self.env.user)
        head, asked = self._prepare(lines, id=order.id if order else False, **values)
        found = Order.read_typed_promise(head, asked)
        return [found["answers"].get(line["key"]) for line in asked], found["summary"]

    def _prepare(self, lines, **values):
        asked = [
            {
                "key": f"line_{number}",
                "id": False,
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom_id": product.uom_id.id,
                **(extra[0] if extra else {}),
            }
            for number, (product, quantity, *extra) in enumerate(lines)
        ]
        head = {
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "warehouse_id": self.warehouse.id,
            **values,
        }
        return head, asked

    def _in_days(self, days):
        return fields.Datetime.to_string(self.now + timedelta(days=days))

    def test_unsaved_quotation_has_a_date_and_a_cause(self):
        count = self.env["sale.order.line"].search_count([])
        [answer], summary = self._ask((self.trailer, 2))
        self.assertEqual(self.env["sale.order.line"].search_count([]), count)
        self.assertGreaterEqual(answer["earliest"], self._in_days(32))
        self.assertEqual(answer["state"], "in_time")
        self.assertIn("Steel", answer["message"])
        self.assertGreaterEqual(answer["weeks"], 5)
        self.assertEqual(answer["path"][0]["product"], "Steel")
        self.assertEqual(answer["path"][0]["supply_label"], "Bought")
        self.assertEqual(summary["earliest"], answer["earliest"])

    def test_wanted_too_early_is_red(self):
        [answer], summary = self._ask(
            (self.trailer, 2, {"wanted_date": self._in_days(10)})
        )
        self.assertEqual((answer["state"], summary["state"]), ("late", "late"))
        self.assertEqual(answer["told"], self._in_days(10))
        self.assertEqual(answer["quantity_on_wanted"], 0)
        self.assertEqual(summary["message"], answer["message"])

    def test_promised_too_early_is_red_although_nothing_is_wanted(self):
        [answer], _summary = self._ask(
            (self.trailer, 2, {"promised_date": self._in_days(10)})
        )
        self.assertEqual(answer["state"], "late")

    def test_date_of_the_order_counts_for_its_lines(self):
        [answer], _summary = self._ask(
            (self.trailer, 2), commitment_date=self._in_days(90)
        )
        self.assertEqual(answer["state"], "in_time")
        self.assertEqual(answer["told"], self._in_days(90))
        self.assertTrue(answer["order_by"])

    def test_nothing_holds_by_a_day_once_a_line_is_late(self):
        late = {"wanted_date": self._in_days(10)}
        in_time = (self.trailer, 2, {"wanted_date": self._in_days(90)})
        [answer], summary = self._ask(in_time)
        self.assertEqual(summary["order_by"], answer["order_by"])
        [answer, _late], summary = self._ask(in_time, (self.trailer, 2, late))
        self.assertTrue(answer["order_by"])
        self.assertFalse(summary["order_by"])

    def test_two_parts_where_some_lie_in_stock(self):
        self.trailer.supply_policy = "stock_then_order"
        self._add_stock(self.trailer, 14)
        [answer], _summary = self._ask((self.trailer, 20))
        self.assertEqual([part["quantity"] for part in answer["parts"]], [14, 6])
        self.assertLess(answer["parts"][0]["date"], answer["parts"][1]["date"])

    def test_quantities_are_in_the_unit_of_the_line(self):
        self.trailer.supply_policy = "stock_then_order"
        self._add_stock(self.trailer, 12)
        [answer], _summary = self._ask(
            (self.trailer, 2, {"product_uom_id": self.dozen.id})
        )
        self.assertEqual([part["quantity"] for part in answer["parts"]], [1, 1])

    def test_missing_lead_time_is_told_with_the_place_to_enter_it(self):
        self.steel.seller_ids.delay = 0
        [answer], _summary = self._ask((self.trailer, 1))
        [remark] = [entry for entry in answer["remarks"] if entry["is_missing"]]
        self.assertIn("Steel", remark["message"])
        self.assertTrue(remark["res_id"])
        self.assertEqual(answer["state"], "tight")
        # A salesperson is told what is missing; it is entered by somebody else.
        [answer], _summary = self._ask((self.trailer, 1), user=self.seller)
        [remark] = [entry for entry in answer["remarks"] if entry["is_missing"]]
        self.assertFalse(remark["res_id"])

    def test_wait_beyond_the_target_is_told(self):
        self.trailer.product_tmpl_id.target_wait_days = 20
        [answer], _summary = self._ask((self.trailer, 1))
        self.assertIn("the target for this product is 20", answer["over_target"])
        self.trailer.product_tmpl_id.target_wait_days = 200
        [answer], _summary = self._ask((self.trailer, 1))
        self.assertFalse(answer["over_target"])

    def test_services_and_empty_quotations_have_no_date(self):
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        answers, summary = self._ask((service, 1))
        self.assertEqual((answers, summary), ([None], False))
        self.assertEqual(self._ask(), ([], False))

    def test_salesperson_sees_dates_without_other_rights(self):
        user = self.seller
        [answer], _summary = self._ask((self.trailer, 1), user=user)
        self.assertIn("Steel", answer["message"])

    def test_saved_line_keeps_what_is_not_typed(self):
        order = self._create_order((self.trailer, 2), confirm=False)
        line = order.order_line
        found = self.env["sale.order"].read_typed_promise(
            {"id": order.id}, [{"key": "x", "id": line.id, "product_uom_qty": 3}]
        )
        self.assertTrue(found["answers"]["x"]["earliest"])
        self.assertEqual(line.product_uom_qty, 2)

    def test_who_may_not_sell_may_not_ask(self):
        with self.assertRaises(AccessError):
            self._ask((self.trailer, 1), user=self._create_user("employee"))
        order = self._create_order((self.trailer, 2), confirm=False)
        other = self.seller
        order.user_id = self.env.user
        with self.assertRaises(AccessError):
            self._ask((self.trailer, 1), user=other, order=order)

    def test_customers_may_not_ask(self):
        """The portal shows them their order; not what is in stock and who is slow."""
        order = self._create_order((self.trailer, 2), confirm=False)
        user = self._create_user("employee", partner_id=self.customer.id)
        user.group_ids = self.env.ref("base.group_portal")
        order.state = "sent"
        self.assertTrue(order.with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            self._ask((self.trailer, 1), user=user, order=order)

    def test_slow_vendor_is_named(self):
        self.vendor.name = "Alpine Tubes"
        user = self.seller
        [answer], _summary = self._ask((self.trailer, 2), user=user)
        self.assertIn("need 25 days from Alpine Tubes", answer["message"])
        self.assertEqual(answer["path"][0]["vendor"], "Alpine Tubes")
        self.assertFalse(answer["path"][1]["vendor"])
        # Which of two it is depends on the quantity: neither is named.
        other = self.vendor.copy({"name": "Valley Tubes"})
        self.steel.seller_ids.copy({"partner_id": other.id, "min_qty": 100})
        [answer], _summary = self._ask((self.trailer, 2), user=user)
        self.assertIn("from their vendor", answer["message"])

    def test_fields_that_are_asked_for_exist(self):
        names = self.env["sale.order"]._get_typed_promise_fields()
        self.assertLessEqual(set(names["order"]), set(self.env["sale.order"]._fields))
        line_fields = self.env["sale.order.line"]._fields
        self.assertLessEqual(set(names["line"]), set(line_fields))

    def test_values_that_are_not_asked_for_are_not_taken(self):
        order = self._create_order((self.trailer, 2), confirm=False)
        self.env["sale.order"].read_typed_promise(
            {"id": order.id, "state": "sale", "note": "x"},
            [{"key": "x", "id": order.order_line.id, "price_unit": 1}],
        )
        self.assertEqual(order.state, "draft")

    def _create_structures(self, count, **bom_values):
        """So many products of three levels that share nothing, of two each."""
        made = self.env["product.product"]
        for number in range(count):
            steel = self._create_part(f"Steel {number}", "make_to_order", delay=20)
            paint = self._create_part(f"Paint {number}", "stock_then_order", delay=4)
            self._add_stock(paint, 1)
            frame = self._create_product(f"Frame {number}", "make_to_order")
            self._create_bom(frame, [(steel, 3)], produce_delay=5, **bom_values)
            body = self._create_product(f"Body {number}", "stock_then_order")
            self._create_bom(body, [(frame, 1), (paint, 1)], **bom_values)
            product = self._create_product(f"Trailer {number}", "make_to_order")
            self._create_bom(product, [(body, 1)], produce_delay=2, **bom_values)
            made |= product
        return made

    def _get_operations(self):
        """Two operations, on work centers with capacities and hours of their own."""
        hours = self.company.resource_calendar_id.copy()
        return [
            Command.create(
                {
                    "name": name,
                    "time_mode": "auto",
                    "workcenter_id": self.env["mrp.workcenter"]
                    .create(
                        {
                            "name": name,
                            "resource_calendar_id": hours.id,
                            "capacity_ids": [
                                Command.create(
                                    {
                                        "product_uom_id": self.trailer.uom_id.id,
                                        "capacity": 2,
                                    }
                                )
                            ],
                        }
                    )
                    .id,
                }
            )
            for name in ("Weld", "Paint")
        ]

    def test_more_lines_cost_no_more_queries(self):
        """Of 20 lines with products and parts of their own as many as of 2."""
        for values in ({}, {"operation_ids": self._get_operations()}):
            products = self._create_structures(20, **values)
            lines = [(product, 1) for product in products]
            count = self._count(*self._prepare(lines))
            # Defaults of fields may be read once more.
            few = self._count(*self._prepare(lines[:2]))
            self.assertLessEqual(count, few + 3)
            self.assertLessEqual(count, 30)

    def test_saved_lines_cost_no_more_queries(self):
        """After a change of one line of a quotation that is saved, all are sent."""
        products = self._create_structures(20, operation_ids=self._get_operations())
        order = self._create_order(
            *((product, 2) for product in products),
            confirm=False,
            user_id=self.seller.id,
        )
        lines = [
            {"key": str(line.id), "id": line.id, "product_uom_qty": 3}
            for line in order.order_line
        ]
        self.assertLessEqual(self._count({"id": order.id}, lines), 30)

    def _count(self, head, asked):
        # As the browser of a salesperson asks; what Odoo keeps for long is there.
        Order = self.env["sale.order"].with_user(self.seller)
        Order = Order.with_context(lang="en_US", tz="UTC")
        self.env.flush_all()
        self.env.invalidate_all()
        Order.read_typed_promise(head, asked)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = Order.read_typed_promise(head, asked)
        self.assertEqual(len(found["answers"]), len(asked))
        return self.env.cr.sql_log_count - before
