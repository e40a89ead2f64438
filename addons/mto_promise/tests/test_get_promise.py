from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import ROLE_GROUPS

from .common import PromiseCommon

# A Monday, in working hours.
NOW = datetime(2026, 3, 2, 9)
LINE_KEYS = [
    "line_id",
    "product",
    "quantity",
    "uom",
    "wanted_date",
    "promised_date",
    "feasible_date",
    "projected_date",
    "days_late",
    "quantity_on_wanted_date",
    "limiting_component",
    "critical_path",
    "assumed",
    "message",
]


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestGetPromise(PromiseCommon):
    """What integrations, web shops and configurators are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False
        cls.company.days_to_purchase = 0
        cls.company.security_lead = 0
        cls.kit = cls._create_part("Brake kit", "stock_then_order", 14, delay=21)
        cls.bicycle = cls._create_product("Bicycle", "make_to_order")
        cls._create_bom(cls.bicycle, [(cls.kit, 1)], produce_delay=1)

    def _quote(self, *lines, **vals):
        return self._create_order(*lines, confirm=False, **vals)

    def test_order(self):
        order = self._quote((self.bicycle, 20), commitment_date="2026-03-05 12:00:00")
        [answer] = order.get_promise()
        self.assertEqual(list(answer), ["id", "model", "name", "lines"])
        self.assertEqual(
            (answer["id"], answer["model"], answer["name"]),
            (order.id, "sale.order", order.name),
        )
        [line] = answer["lines"]
        self.assertEqual(list(line), LINE_KEYS)
        self.assertEqual(
            line,
            {
                "line_id": order.order_line.id,
                "product": "Bicycle",
                "quantity": 20,
                "uom": "Units",
                "wanted_date": "2026-03-05 12:00:00",
                "promised_date": False,
                "feasible_date": "2026-03-24 09:00:00",
                "projected_date": False,
                "days_late": 19,
                "quantity_on_wanted_date": 14,
                "limiting_component": "Brake kit",
                "critical_path": [
                    {
                        "product": "Brake kit",
                        "supply": "buy",
                        "document": False,
                        "start": "2026-03-02 09:00:00",
                        "end": "2026-03-23 09:00:00",
                        "days": 21,
                    },
                    {
                        "product": "Bicycle",
                        "supply": "manufacture",
                        "document": False,
                        "start": "2026-03-23 09:00:00",
                        "end": "2026-03-24 09:00:00",
                        "days": 1,
                    },
                ],
                "assumed": [],
                "message": "Brake kit: 14 of 20 on hand; the other 6 need 21 days from "
                "their vendor: 23 March",
            },
        )

    def test_product_says_what_its_order_line_would(self):
        order = self._quote((self.bicycle, 20))
        [line] = order.get_promise("2026-03-05")[0]["lines"]
        [answer] = self.bicycle.get_promise(20, wanted_date="2026-03-05")
        self.assertEqual(list(answer), ["id", "model", "name", *LINE_KEYS])
        self.assertEqual(answer["model"], "product.product")
        told = {key: answer[key] for key in LINE_KEYS}
        self.assertEqual(told, {**line, "line_id": False})

    def test_products_do_not_share_stock(self):
        other = self._create_product("Other", "make_to_order")
        self._create_bom(other, [(self.kit, 1)], produce_delay=1)
        answers = (self.bicycle | other).get_promise(10)
        self.assertEqual(
            {answer["feasible_date"] for answer in answers}, {"2026-03-03 09:00:00"}
        )

    def test_wanted_date(self):
        order = self._quote((self.bicycle, 10), commitment_date="2026-03-05 12:00:00")
        self.env.user.tz = "America/New_York"
        for wanted, told in (
            ("2026-03-09", "2026-03-09 16:00:00"),
            ("2026-03-09 08:30:00", "2026-03-09 08:30:00"),
            (False, "2026-03-05 12:00:00"),
        ):
            [line] = order.get_promise(wanted)[0]["lines"]
            self.assertEqual(line["wanted_date"], told)
        for wrong in ("soon", "2026-02-30", 7, "2026-03-09T08"):
            with self.assertRaises(UserError, msg=wrong):
                order.get_promise(wrong)
            with self.assertRaises(UserError, msg=wrong):
                self.bicycle.get_promise(1, wanted_date=wrong)

    def test_dates_far_away(self):
        for wanted in ("0001-01-01", "1970-01-01", "9999-12-31"):
            [answer] = self.bicycle.get_promise(20, wanted_date=wanted)
            self.assertEqual(answer["feasible_date"], "2026-03-24 09:00:00")
            self.assertEqual(answer["days_late"] > 0, wanted < "2026")

    def test_quantities(self):
        for quantity in (0, -3):
            [answer] = self.bicycle.get_promise(quantity)
            self.assertFalse(answer["feasible_date"])
            order = self._quote((self.bicycle, quantity))
            [line] = order.get_promise()[0]["lines"]
            self.assertFalse(line["feasible_date"])
            self.assertEqual(
                line["message"], f"Nothing to deliver: the quantity is {quantity}."
            )
        for wrong in ("many", None, float("nan"), float("inf")):
            with self.assertRaises(UserError):
                self.bicycle.get_promise(wrong)
        [answer] = self.bicycle.get_promise(1e12)
        self.assertTrue(answer["feasible_date"])

    def test_lines_without_goods(self):
        service = self.env["product.product"].create({"name": "Fit", "type": "service"})
        order = self._quote((service, 1), (self.bicycle, 1))
        order.write(
            {"order_line": [Command.create({"display_type": "line_note", "name": "x"})]}
        )
        [answer] = order.get_promise()
        self.assertEqual([line["product"] for line in answer["lines"]], ["Bicycle"])
        [answer] = service.get_promise()
        self.assertFalse(answer["feasible_date"] or answer["message"])

    def test_confirmed_order(self):
        order = self._quote((self.bicycle, 20), commitment_date="2026-03-24 09:00:00")
        order.action_confirm()
        self._refresh()
        [line] = order.get_promise()[0]["lines"]
        self.assertEqual(line["promised_date"], "2026-03-24 09:00:00")
        self.assertFalse(line["feasible_date"])
        self.assertEqual(line["days_late"], 0)
        self.assertTrue(line["projected_date"])

    def test_path_of_a_confirmed_order(self):
        """From the vendor to the customer, with the documents that do it."""
        order = self._quote((self.bicycle, 20), commitment_date="2026-03-24 09:00:00")
        order.action_confirm()
        purchase = self._get_purchase_line(self.kit)
        made = self._get_productions(self.bicycle)

        def read_path():
            self._refresh()
            [line] = order.get_promise()[0]["lines"]
            self.assertEqual(line["critical_path"][-1]["end"], line["projected_date"])
            return line, [
                (step["product"], step["supply"], step["document"])
                for step in line["critical_path"]
            ]

        made_step = ("Bicycle", "manufacture", f"mrp.production,{made.id}")
        _line, path = read_path()
        document = f"purchase.order,{purchase.order_id.id}"
        self.assertEqual(path[:2], [("Brake kit", "buy", document), made_step])
        self.assertEqual(path[2][:2], ("Bicycle", "delivery"))
        purchase.order_id.button_confirm()
        purchase.date_planned = datetime(2026, 4, 20, 9)
        line, path = read_path()
        self.assertEqual(path[:2], [("Brake kit", "arrival", document), made_step])
        self.assertEqual(line["critical_path"][0]["end"], "2026-04-20 09:00:00")
        self.assertEqual(line["critical_path"][1]["start"], "2026-04-20 09:00:00")
        self.assertEqual(line["critical_path"][1]["days"], 1)
        self.assertIn(self.vendor.name, line["message"])
        for name in ("start", "end"):
            dates = [step[name] for step in line["critical_path"]]
            self.assertEqual(dates, sorted(dates))
        # Nobody brings them any more.
        purchase.order_id.picking_ids.action_cancel()
        _line, path = read_path()
        self.assertEqual(path[0][:2], ("Brake kit", "buy"))
        self.assertEqual(path[1], made_step)

    def test_assumed_lead_times_of_the_category(self):
        parent = self._create_category("Bicycles")
        category = self._create_category("Parts", parent=parent)
        bell = self._create_part("Bell", "make_to_order", categ_id=category.id)
        [answer] = bell.get_promise()
        self.assertEqual(
            answer["message"], "Not before 2 March. Bell has no vendor lead time"
        )
        parent.assumed_vendor_days = 7
        [answer] = bell.get_promise()
        self.assertEqual(answer["feasible_date"], "2026-03-09 09:00:00")
        self.assertEqual(
            answer["message"], "Bell: 1 needs 7 days from its vendor: 9 March"
        )
        self.assertEqual(answer["assumed"], ["Bell: lead time of 7 days by default"])
        with self.assertRaises(UserError):
            parent.assumed_produce_days = -1

    def test_salesperson(self):
        """Without rights on purchases or manufacturing: dates and words, no prices."""
        user = self._create_user("sales")
        self.assertFalse(user.has_group("purchase.group_purchase_user"))
        self.assertFalse(user.has_group("mrp.group_mrp_user"))
        order = self._create_order((self.bicycle, 20), user=user, confirm=False)
        [answer] = order.get_promise()
        [as_admin] = order.sudo().get_promise()
        self.assertEqual(answer, as_admin)
        text = str(answer) + str(self.bicycle.with_user(user).get_promise(20))
        self.assertNotIn(self.vendor.name, text.replace("their vendor", ""))

    def test_roles(self):
        order = self._quote((self.bicycle, 20))
        order.user_id = self._create_user("sales_manager")
        for role in ROLE_GROUPS:
            if role == "sales_manager":
                continue
            user = self._create_user(role)
            self.assertTrue(self.bicycle.with_user(user).get_promise()[0]["message"])
            own = order.with_user(user)
            if own.has_access("read"):
                self.assertTrue(own.get_promise()[0]["lines"])
                continue
            with self.assertRaises(AccessError):
                own.get_promise()

    def test_customers_are_told_what_they_were_promised(self):
        """On the portal, not what is in stock and what the factory waits for."""
        partner = self.customer
        user = self._create_user("employee", partner_id=partner.id)
        user.group_ids = self.env.ref("base.group_portal")
        order = self._quote((self.bicycle, 20), state="sent")
        own = order.with_user(user)
        self.assertTrue(own.has_access("read"))
        for ask in (own.get_promise, self.bicycle.with_user(user).get_promise):
            with self.assertRaises(AccessError):
                ask()
        # A web shop asks for them.
        self.assertTrue(self.bicycle.with_user(user).sudo().get_promise()[0]["message"])

    def test_other_salespersons_order(self):
        order = self._quote((self.bicycle, 20))
        order.user_id = self._create_user("sales_manager")
        with self.assertRaises(AccessError):
            order.with_user(self._create_user("sales")).get_promise()

    def test_nothing_is_written(self):
        order = self._quote((self.bicycle, 20))
        self.env.flush_all()
        self.env.cr.execute("SAVEPOINT reading; SET TRANSACTION READ ONLY")
        self.env.invalidate_all()
        self.assertTrue(order.get_promise() and self.bicycle.get_promise())
        self.env.cr.execute("ROLLBACK TO SAVEPOINT reading")

    def test_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OT"})
        [answer] = self.bicycle.get_promise(10, warehouse_id=other.id)
        self.assertEqual(answer["feasible_date"], "2026-03-24 09:00:00")
        with self.assertRaises(MissingError):
            self.bicycle.get_promise(warehouse_id=other.id + 1000)


@tagged("post_install", "-at_install")
class TestPromiseQueries(PromiseCommon):
    """A promise costs the same number of queries for one line as for twenty."""

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def _create_structure(self, name, levels):
        part = self._create_part(name, "stock_then_order", 5, delay=3)
        for level in range(levels):
            made = self._create_product(f"{name}{level}", "stock_then_order", 1)
            extra = self._create_part(f"{name}{level}p", "make_to_stock", 1, delay=9)
            operation = {
                "name": "Work",
                "workcenter_id": self.workcenter.id,
                "time_mode": "auto",
            }
            self._create_bom(
                made,
                [(part, 2), (extra, 1)],
                produce_delay=1,
                operation_ids=[Command.create(operation)],
            )
            part = made
        return part

    def _quote(self, count, levels):
        products = [
            self._create_structure(f"P{number}", levels) for number in range(count)
        ]
        return self._create_order(
            *((product, 4) for product in products),
            confirm=False,
            commitment_date=self._in_days(1),
        )

    def test_queries(self):
        self.workcenter = self.env["mrp.workcenter"].create({"name": "Shop"})
        small, large = self._quote(1, 3), self._quote(20, 3)
        self._count_queries((small | large).get_promise)  # what rules say is kept
        few = self._count_queries(small.get_promise)
        many = self._count_queries(large.get_promise)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 30 + 6 * 3)
        deep = self._quote(1, 9)
        self.assertLessEqual(self._count_queries(deep.get_promise), many + 6 * 6)

    def test_several_orders_at_once(self):
        self.workcenter = self.env["mrp.workcenter"].create({"name": "Shop"})
        orders = self._quote(1, 2) | self._quote(1, 2) | self._quote(1, 2)
        self._count_queries(orders.get_promise)
        one = self._count_queries(orders[0].get_promise)
        self.assertEqual(self._count_queries(orders.get_promise), one)
