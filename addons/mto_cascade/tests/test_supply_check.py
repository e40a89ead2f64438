import time

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SupplyCommon


class SupplyCheckCase(SupplyCommon):
    """A cargo bike: wheel (rim, spokes) and frame, all made or bought to order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        policy = "make_to_order"
        cls.bike = cls._create_product("Cargo bike", policy)
        cls.wheel = cls._create_product("Wheel", policy)
        cls.rim = cls._create_part("Rim", policy, delay=5)
        cls.spoke = cls._create_part("Spoke", policy, delay=5)
        cls.frame = cls._create_part("Frame", policy, delay=5)
        cls.wheel_bom = cls._create_bom(
            cls.wheel, [(cls.rim, 1), (cls.spoke, 36)], produce_delay=1
        )
        cls.bike_bom = cls._create_bom(
            cls.bike, [(cls.wheel, 3), (cls.frame, 1)], produce_delay=1
        )

    def quote(self, *lines, **vals):
        return self._create_order(*(lines or [(self.bike, 1)]), confirm=False, **vals)

    def get_told(self, order):
        """What is told of an order: (code, path, message) each."""
        return [
            (problem["code"], " > ".join(problem["path"]), problem["message"])
            for problem in order.get_supply_problems()[0]["problems"]
        ]

    def assert_told(self, *expected, order=None):
        self.assertEqual(self.get_told(order or self.quote()), list(expected))


@tagged("post_install", "-at_install")
class TestProblems(SupplyCheckCase):
    """Each fault is found where it is, with its path."""

    def test_complete(self):
        self.assert_told()
        self.assertFalse(self.quote().supply_problem_message)

    def test_no_vendor(self):
        self.rim.seller_ids.unlink()
        self.rim.purchase_ok = True
        self.assert_told(
            (
                "no_vendor",
                "Cargo bike > Wheel > Rim",
                "no vendor, and no bill of materials to make it",
            )
        )

    def test_no_vendor_of_a_buy_route(self):
        """Odoo would turn the demand to stock and tell nobody."""
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        buy.product_selectable = True
        self.rim.route_ids = buy
        self.rim.seller_ids.unlink()
        self.assert_told(("no_vendor", "Cargo bike > Wheel > Rim", "no vendor"))

    def test_vendor_of_another_company(self):
        self.rim.seller_ids.company_id = self.env["res.company"].create({"name": "X"})
        self.assert_told(("no_vendor", "Cargo bike > Wheel > Rim", "no vendor"))

    def test_no_bom(self):
        self.frame.seller_ids.unlink()
        self.frame.purchase_ok = False
        self.assert_told(
            (
                "no_bom",
                "Cargo bike > Frame",
                "no bill of materials to make it, and no vendor",
            )
        )

    def test_bom_of_another_company(self):
        self.wheel_bom.company_id = self.env["res.company"].create({"name": "X"})
        self.assert_told(("no_bom", "Cargo bike > Wheel", "no bill of materials"))

    def test_no_valid_price(self):
        today = fields.Date.today()
        yesterday = fields.Date.subtract(today, days=1)
        self.rim.seller_ids.date_end = yesterday
        day = self.env["mto.supply.check"]._format_day(today)
        self.assert_told(
            (
                "no_valid_price",
                "Cargo bike > Wheel > Rim",
                f"no vendor valid on {day}",
            )
        )

    def test_date_of_the_order(self):
        """Prices count on the day the part is needed for the promised date."""
        today = fields.Datetime.now()
        promised = fields.Datetime.add(today, days=20)
        # Needed a day before the bike and a day before its wheel.
        self.rim.seller_ids.date_end = fields.Date.add(today.date(), days=17)
        needed = fields.Date.subtract(promised.date(), days=2)
        day = self.env["mto.supply.check"]._format_day(needed)
        self.assert_told(
            ("no_valid_price", "Cargo bike > Wheel > Rim", f"no vendor valid on {day}"),
            order=self.quote(commitment_date=promised),
        )
        self.rim.seller_ids.date_end = needed
        self.assert_told(order=self.quote(commitment_date=promised))
        self.assert_told()

    def test_no_rule(self):
        self.warehouse.manufacture_to_resupply = False
        self.assert_told(
            (
                "no_rule",
                "Cargo bike",
                f"no rule brings it to {self.stock.display_name}",
            )
        )

    def test_archived_component(self):
        self.rim.active = False
        self.assert_told(
            ("archived_component", "Cargo bike > Wheel > Rim", "archived"),
        )

    def _create_loop(self):
        """As an import makes one: core's check is for the form."""
        self.env["mrp.bom.line"].flush_model()
        line = self.wheel_bom.bom_line_ids[0]
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s, product_tmpl_id = %s"
            " WHERE id = %s",
            [self.bike.id, self.bike.product_tmpl_id.id, line.id],
        )
        self.env.invalidate_all()

    def test_loop(self):
        self._create_loop()
        self.assert_told(
            ("loop", "Cargo bike > Wheel > Cargo bike", "the path leads back to it")
        )

    def test_loop_of_one(self):
        self._create_loop()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE id = %s",
            [self.wheel.id, self.wheel_bom.bom_line_ids[0].id],
        )
        self.env.invalidate_all()
        self.assert_told(
            ("loop", "Cargo bike > Wheel > Wheel", "the path leads back to it")
        )

    def test_no_common_unit(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        line = self.wheel_bom.bom_line_ids[0]
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_uom_id = %s WHERE id = %s",
            [kilogram.id, line.id],
        )
        self.env.invalidate_all()
        self.assert_told(
            (
                "no_common_unit",
                "Cargo bike > Wheel > Rim",
                "needed in kg, but counted in Units",
            )
        )

    def test_not_replenished(self):
        self.rim.supply_policy = "make_to_stock"
        told = (
            "not_replenished",
            "Cargo bike > Wheel > Rim",
            f"taken from {self.stock.display_name}, which nothing replenishes",
        )
        self.assert_told(told)
        self.env["stock.warehouse.orderpoint"].create({"product_id": self.rim.id})
        self.assert_told()
        self.rim.seller_ids.unlink()
        code, path, _message = self.get_told(self.quote())[0]
        self.assertEqual((code, path), ("no_vendor", "Cargo bike > Wheel > Rim"))

    def test_what_is_not_counted_needs_no_replenishment(self):
        self.rim.write({"supply_policy": "make_to_stock", "is_storable": False})
        self.assert_told()

    def test_nothing_below_stock(self):
        """From where it is taken from stock the path is somebody else's."""
        self.wheel.supply_policy = "make_to_stock"
        self.env["stock.warehouse.orderpoint"].create({"product_id": self.wheel.id})
        self.rim.seller_ids.unlink()
        self.assert_told()

    def test_sold_from_stock(self):
        """Nothing is ordered for the line: its stock is not this order's business."""
        self.bike.supply_policy = "make_to_stock"
        self.rim.seller_ids.unlink()
        self.assert_told()

    def test_no_lead_time(self):
        self.rim.seller_ids.delay = 0
        self.wheel_bom.produce_delay = 0
        self.assert_told(
            (
                "no_lead_time",
                "Cargo bike > Wheel",
                "its manufacturing lead time is 0 days",
            ),
            (
                "no_lead_time",
                "Cargo bike > Wheel > Rim",
                "the lead time of its vendor is 0 days",
            ),
        )
        self.assertEqual(
            self.quote().supply_problem_message,
            "Lead times of 0 days, so dates are too early: Wheel, Rim",
        )

    def _create_chain(self, levels):
        products = [
            self._create_product(f"Level {level}", "make_to_order")
            for level in range(levels)
        ]
        part = self._create_part("Last", "make_to_order", delay=1)
        for parent, child in zip(products, [*products[1:], part], strict=True):
            self._create_bom(parent, [(child, 1)], produce_delay=1)
        return products[0], part

    def test_depth_limit(self):
        top, part = self._create_chain(40)
        part.seller_ids.unlink()
        codes = [code for code, _path, _message in self.get_told(self.quote((top, 1)))]
        self.assertEqual(codes, ["no_vendor", "depth_limit"])
        told = self.get_told(self.quote((top, 1)))[1]
        self.assertEqual(told[2], "deeper than 30 levels")
        self.assertTrue(told[1].endswith("Level 29 > Level 30 > Level 31"))
        self.company.supply_depth_limit = 40
        codes = [code for code, _path, _message in self.get_told(self.quote((top, 1)))]
        self.assertEqual(codes, ["no_vendor"])

    def test_all_at_once(self):
        self.rim.seller_ids.unlink()
        self.spoke.active = False
        self.frame.seller_ids.delay = 0
        codes = {code for code, _path, _message in self.get_told(self.quote())}
        self.assertEqual(codes, {"no_vendor", "archived_component", "no_lead_time"})

    def test_bounded(self):
        parts = [self._create_product(f"Part {n}", "make_to_order") for n in range(20)]
        self.wheel_bom.bom_line_ids = [
            Command.create({"product_id": part.id, "product_qty": 1}) for part in parts
        ]
        order = self.quote()
        answer = order.get_supply_problems()[0]
        self.assertEqual(len(answer["problems"]), 5)
        self.assertEqual(answer["more"], 15)
        self.assertTrue(order.supply_problem_message.endswith("and 15 more"))

    def test_core_routes(self):
        """Without policies Odoo's make-to-order routes say what is ordered."""
        products = self.bike | self.wheel | self.rim
        products.supply_policy = "inherit"
        products.route_ids = self.mto_route
        self.spoke.supply_policy = "inherit"
        self.frame.supply_policy = "inherit"
        self.rim.seller_ids.unlink()
        codes = {(code, path) for code, path, _m in self.get_told(self.quote())}
        self.assertEqual(
            codes,
            {
                ("no_vendor", "Cargo bike > Wheel > Rim"),
                ("not_replenished", "Cargo bike > Wheel > Spoke"),
                ("not_replenished", "Cargo bike > Frame"),
            },
        )

    def test_policy_of_the_line(self):
        (self.bike | self.wheel | self.rim).supply_policy = "inherit"
        self.rim.seller_ids.unlink()
        scope = {"supply_policy": "make_to_order", "supply_scope": "all"}
        told = self.get_told(self.quote((self.bike, 1, scope)))
        self.assertIn("Cargo bike > Wheel > Rim", [path for _code, path, _m in told])
        # The line alone: its components are taken from stock.
        scope["supply_scope"] = "product"
        told = self.get_told(self.quote((self.bike, 1, scope)))
        self.assertEqual(
            [(code, path) for code, path, _message in told],
            [("not_replenished", "Cargo bike > Wheel")],
        )

    def test_rule_of_a_customer(self):
        """A rule that asks for the customer decides each order for itself."""
        (self.bike | self.wheel | self.rim | self.spoke).supply_policy = "inherit"
        self.rim.seller_ids.unlink()
        other = self.env["res.partner"].create({"name": "Other"})
        self.env["mto.supply.rule"].create(
            {"name": "For them", "partner_id": other.id, "result": "make_to_order"}
        )
        self.assert_told(order=self.quote())
        told = self.get_told(self.quote(partner_id=other.id))
        self.assertEqual([t[1] for t in told][:1], ["Cargo bike > Wheel > Rim"])

    def test_levels_of_rules(self):
        """The same part is ordered on one level and taken from stock on another."""
        products = self.bike | self.wheel | self.rim | self.spoke | self.frame
        products.supply_policy = "inherit"
        self.bike_bom.bom_line_ids = [
            Command.create({"product_id": self.spoke.id, "product_qty": 1})
        ]
        Rule = self.env["mto.supply.rule"]
        Rule.create({"name": "From stock", "level_from": "2", "result": "stock_below"})
        Rule.create({"name": "To order", "result": "make_to_order"})
        self.assertEqual(
            {(code, path) for code, path, _message in self.get_told(self.quote())},
            {
                ("not_replenished", "Cargo bike > Wheel > Rim"),
                ("not_replenished", "Cargo bike > Wheel > Spoke"),
            },
        )

    def test_kits(self):
        """A kit is no level of its own, and its parts belong to the line."""
        self.wheel_bom.type = "phantom"
        self.rim.seller_ids.unlink()
        told = self.get_told(self.quote())
        self.assertEqual(
            [t[:2] for t in told], [("no_vendor", "Cargo bike > Wheel > Rim")]
        )
        self.bike_bom.type = "phantom"
        told = self.get_told(self.quote())
        self.assertEqual(
            [t[:2] for t in told], [("no_vendor", "Cargo bike > Wheel > Rim")]
        )

    def test_warehouses_in_a_circle(self):
        branch = self.env["stock.warehouse"].create(
            {
                "name": "Branch",
                "code": "BRA",
                "resupply_wh_ids": self.warehouse.ids,
            }
        )
        self.warehouse.resupply_wh_ids = branch
        self.frame.route_ids = branch.resupply_route_ids
        self.frame.route_ids |= self.warehouse.resupply_route_ids
        told = self.get_told(self.quote((self.frame, 1)))
        self.assertEqual([t[:2] for t in told], [("loop", "Frame > Frame")])

    def test_lines_without_goods(self):
        service = self._create_product("Advice", type="service", is_storable=False)
        order = self.quote((service, 1), (self.bike, 0))
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Section"})
        ]
        self.rim.seller_ids.unlink()
        self.assert_told(order=order)


@tagged("post_install", "-at_install")
class TestWhereItShows(SupplyCheckCase):
    def test_while_typing(self):
        """Unsaved lines are checked as they are typed."""
        self.rim.seller_ids.unlink()
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        self.assertFalse(form.supply_problem_message)
        with form.order_line.new() as line:
            line.product_id = self.bike
        self.assertEqual(
            form.supply_problem_message,
            "Cargo bike > Wheel > Rim: no vendor, and no bill of materials to make it",
        )
        with form.order_line.edit(0) as line:
            line.product_id = self.frame
        self.assertFalse(form.supply_problem_message)

    def test_confirmed_orders_tell_nothing(self):
        order = self._create_order((self.bike, 1))
        self.rim.seller_ids.unlink()
        self.assertFalse(order.supply_problem_message)

    def test_long_quotations(self):
        """Above 50 lines a button asks."""
        self.rim.seller_ids.unlink()
        order = self.quote(*[(self.bike, 1)] * 51)
        self.assertTrue(order.is_supply_unchecked)
        self.assertFalse(order.supply_problem_message)
        action = order.action_open_supply_problems()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.mapped("path"), ["Cargo bike > Wheel > Rim"])
        self.assertEqual(rows.order_id, order)

    def test_product_and_bom(self):
        self.rim.seller_ids.unlink()
        message = "Rim: no vendor, and no bill of materials to make it"
        paths = {
            self.bike: "Cargo bike > Wheel > Rim",
            self.wheel: "Wheel > Rim",
            self.rim: "Rim",
            self.frame: "",
        }
        for product, path in paths.items():
            told = path and message.replace("Rim", path, 1)
            self.assertEqual(product.supply_problem_message or "", told)
            self.assertEqual(product.product_tmpl_id.supply_problem_message or "", told)
            for bom in product.bom_ids:
                self.assertEqual(bom.supply_problem_message or "", told)

    def test_bom_of_what_is_sold_from_stock(self):
        """A bill of materials is followed whatever supplies its product."""
        self.wheel.supply_policy = "make_to_stock"
        self.rim.seller_ids.unlink()
        self.assertFalse(self.wheel.supply_problem_message)
        self.assertIn("Wheel > Rim", self.wheel_bom.supply_problem_message)

    def test_list(self):
        self.rim.seller_ids.unlink()
        action = self.env["mto.supply.problem"].action_open()
        rows = self.env["mto.supply.problem"].search(action["domain"])
        found = rows.filtered(lambda row: row.problem_product == "Rim")
        self.assertEqual(found.product_id, self.bike | self.wheel | self.rim)
        self.assertEqual(set(found.mapped("code")), {"no_vendor"})
        self.rim.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 1})
        ]
        self.env["mto.supply.problem"].action_open()
        self.assertFalse(found.exists())

    def test_own_rows_only(self):
        self.rim.seller_ids.unlink()
        users = [self._create_user(role) for role in ("sales", "purchasing")]
        for user in users:
            self.env["mto.supply.problem"].with_user(user).action_open()
        for user in users:
            rows = self.env["mto.supply.problem"].with_user(user).search([])
            self.assertTrue(rows)
            self.assertEqual(rows.create_uid, user)

    def test_roles(self):
        """Who sells gets the answer without access to what it is made of."""
        self.rim.seller_ids.unlink()
        seller = self._create_user("sales")
        order = self.quote(user=seller)
        self.assertEqual(
            self.get_told(order.with_user(seller))[0][1], "Cargo bike > Wheel > Rim"
        )
        with self.assertRaises(AccessError):
            self.rim.with_user(seller).standard_price = 1
        for role in ("purchasing", "planner", "warehouse", "employee"):
            user = self._create_user(role)
            if role != "employee":
                told = self.bike.with_user(user).get_supply_problems()[0]
                self.assertEqual(len(told["problems"]), 1)
        stranger = self.env["res.users"].create(
            {"name": "Stranger", "login": "stranger", "group_ids": []}
        )
        with self.assertRaises(AccessError):
            order.with_user(stranger).get_supply_problems()

    def test_several_companies(self):
        """Orders of each company by what that company has."""
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        self.bike_bom.company_id = self.wheel_bom.company_id = False
        (self.bike | self.wheel | self.rim).with_company(
            other
        ).supply_policy = "make_to_order"
        self.rim.seller_ids.company_id = self.company
        here = self.quote()
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        there = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "warehouse_id": warehouse.id,
                    "order_line": [Command.create({"product_id": self.bike.id})],
                }
            )
        )
        answers = (here | there).get_supply_problems()
        self.assertFalse(answers[0]["problems"])
        self.assertIn(
            ["Cargo bike", "Wheel", "Rim"],
            [problem["path"] for problem in answers[1]["problems"]],
        )


@tagged("post_install", "-at_install")
class TestRefuse(SupplyCheckCase):
    """A company that refuses what cannot be supplied."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.supply_check = "block"

    def test_complete_orders(self):
        order = self._create_order((self.bike, 1))
        self.assertEqual(order.state, "sale")

    def test_all_orders_at_once(self):
        """All that is wrong with all of them, and none is confirmed."""
        self.rim.seller_ids.unlink()
        self.frame.seller_ids.date_end = "2020-01-01"
        orders = self.quote() | self.quote((self.rim, 1)) | self.quote((self.spoke, 1))
        with self.assertRaises(UserError) as caught:
            orders.action_confirm()
        text = str(caught.exception)
        self.assertIn(f"{orders[0].name}: Cargo bike > Wheel > Rim: no vendor", text)
        self.assertIn(f"{orders[0].name}: Cargo bike > Frame: no vendor valid", text)
        self.assertIn(f"{orders[1].name}: Rim: no vendor", text)
        self.assertNotIn(f"{orders[2].name}:", text)
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_company_that_shows(self):
        self.company.supply_check = "warn"
        self.frame.seller_ids.date_end = "2020-01-01"
        self.assertEqual(self._create_order((self.bike, 1)).state, "sale")

    def test_early_dates_are_accepted(self):
        self.rim.seller_ids.delay = 0
        self.assertEqual(self._create_order((self.bike, 1)).state, "sale")

    def test_advice_hides_nothing(self):
        """One gap behind many lead times of 0 days is still refused."""
        self.rim.seller_ids.unlink()
        parts = [self._create_part(f"Part {n}", "make_to_order") for n in range(9)]
        self.bike_bom.bom_line_ids = [
            Command.create({"product_id": part.id, "product_qty": 1}) for part in parts
        ]
        with self.assertRaisesRegex(UserError, "Wheel > Rim"):
            self.quote().action_confirm()

    def test_import(self):
        """Orders that are loaded as confirmed ones."""
        self.rim.seller_ids.unlink()
        result = self.env["sale.order"].load(
            ["partner_id/.id", "state", "order_line/product_id/.id"],
            [[self.customer.id, "sale", self.bike.id]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("Cargo bike > Wheel > Rim", result["messages"][0]["message"])

    def test_added_to_a_confirmed_order(self):
        order = self._create_order((self.spoke, 1))
        self.rim.seller_ids.unlink()
        with self.assertRaisesRegex(UserError, "Wheel > Rim"), self.env.cr.savepoint():
            order.order_line = [Command.create({"product_id": self.bike.id})]
        bikes = self._create_order((self.frame, 5))
        self.frame.seller_ids.date_end = "2020-01-01"
        with self.assertRaisesRegex(UserError, "Frame"), self.env.cr.savepoint():
            bikes.order_line.product_uom_qty = 6
        bikes.order_line.product_uom_qty = 4

    def test_checked_once(self):
        """Core orders what was checked a moment ago without another check."""
        order = self.quote()
        calls = []
        Check = self.env.registry["mto.supply.check"]
        original = Check._get_line_problems

        def count(check, lines, *args, **kwargs):
            calls.append(len(lines))
            return original(check, lines, *args, **kwargs)

        self.patch(Check, "_get_line_problems", count)
        orders = order | self.quote() | self.quote()
        orders.action_confirm()
        self.assertEqual([number for number in calls if number], [3])

    def test_start_later(self):
        """What starts later is confirmed now, and checked when it starts."""
        self.rim.seller_ids.unlink()
        order = self.quote(start_later=True, start_later_reason="Vendor is searched")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "Wheel > Rim"), self.env.cr.savepoint():
            order.action_start()
        self.rim.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 1})
        ]
        order.action_start()
        self.assertTrue(order.picking_ids)

    def test_depth_must_be_positive(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.company.supply_depth_limit = 0
            self.env.flush_all()

    # The customer

    def _get_quotation_to_accept(self):
        return self.quote(require_signature=True, require_payment=True)

    def test_nothing_to_sign_or_to_pay(self):
        order = self._get_quotation_to_accept()
        self.assertTrue(order._has_to_be_signed())
        self.assertTrue(order._has_to_be_paid())
        self.rim.seller_ids.unlink()
        order.invalidate_recordset()
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        self.company.supply_check = "warn"
        self.assertTrue(order._has_to_be_signed())

    def _pay(self, order):
        provider = self.env["payment.provider"].search([], limit=1)
        provider = provider.sudo().copy({"name": "Test", "state": "test"})
        method = self.env["payment.method"].with_context(active_test=False)
        method = method.search([("is_primary", "=", True)], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"pay-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": order.ids,
                "state": "done",
            }
        )
        transaction._check_amount_and_confirm_order()

    def assert_waits(self, order, salesperson):
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.picking_ids)
        self.assertFalse(self._get_productions(self.bike | self.wheel))
        self.assertIn("Wheel > Rim", order.start_later_reason)
        self.assertEqual(order.activity_ids.user_id, salesperson)

    def test_paid(self):
        """Paid meanwhile: confirmed, nothing half made, and somebody knows why."""
        seller = self._create_user("sales")
        order = self.quote(user_id=seller.id)
        self.rim.seller_ids.unlink()
        self._pay(order)
        self.assert_waits(order, seller)
        self.rim.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 1})
        ]
        order.with_user(seller).action_start()
        self.assertTrue(order.picking_ids)
        self.assertTrue(self._get_productions(self.wheel))

    def test_paid_where_a_policy_orders(self):
        """Odoo refuses to order what a policy wants: the payment stands."""
        self.company.supply_check = "warn"
        seller = self._create_user("sales")
        order = self.quote(user_id=seller.id)
        self.rim.seller_ids.unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.quote().action_confirm()
        self._pay(order)
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.picking_ids)
        self.assertFalse(self._get_productions(self.bike | self.wheel))
        self.assertIn("Rim", order.start_later_reason)
        self.assertEqual(order.activity_ids.user_id, seller)

    def test_paid_and_complete(self):
        order = self.quote()
        self._pay(order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.start_later)
        self.assertTrue(self._get_productions(self.wheel))

    def test_signed(self):
        """Signed a moment before the path broke."""
        seller = self._create_user("sales")
        order = self.quote(user_id=seller.id)
        order.write({"signed_by": "Customer", "signed_on": fields.Datetime.now()})
        self.rim.seller_ids.unlink()
        order._validate_order()
        self.assert_waits(order, seller)


@tagged("post_install", "-at_install")
class TestCheckPerformance(SupplyCheckCase):
    """Measured like a change on the form: with an empty cache."""

    def _create_structure(self, number, levels=5):
        """A product of `levels` levels with two assemblies and a part on each."""
        top = self._create_product(f"Top {number}", "make_to_order")
        parents = [top]
        for level in range(1, levels):
            part = self._create_part(f"P{number}.{level}", "make_to_order", delay=1)
            child = self._create_product(f"A{number}.{level}", "make_to_order")
            for parent in parents:
                self._create_bom(parent, [(child, 1), (part, 2)], produce_delay=1)
            parents = [child]
        self._create_bom(parents[0], [(part, 2)], produce_delay=1)
        return top

    def _measure(self, change):
        """(queries, seconds) of finding problems in a change, from an empty cache."""
        SaleOrder = self.env.registry["sale.order"]
        original = SaleOrder._find_supply_problems
        costs = []

        def measure(orders, *args, **kwargs):
            before, start = self.env.cr.sql_log_count, time.thread_time()
            res = original(orders, *args, **kwargs)
            queries = self.env.cr.sql_log_count - before
            # Of this thread: what else the machine does is not measured.
            costs.append((queries, time.thread_time() - start))
            return res

        self.patch(SaleOrder, "_find_supply_problems", measure)
        self.env.flush_all()
        self.env.invalidate_all()
        change()
        return max(costs)

    def test_while_typing(self):
        """20 lines of 5 levels each, all different, with faults in them."""
        order = self.quote(*[(self._create_structure(n), 1) for n in range(20)])
        self.rim.seller_ids.unlink()
        quantity = 2
        best = (999, 999)
        for _turn in range(3):  # the first fills the registry's cache

            def change():
                nonlocal quantity
                quantity += 1
                with Form(order) as form, form.order_line.edit(7) as line:
                    line.product_uom_qty = quantity

            best = min(best, self._measure(change))
        queries, seconds = best
        self.assertLessEqual(queries, 30)
        self.assertLess(seconds, 0.3)

    def test_flat(self):
        """As many queries for 4 products as for 40."""

        def count(first, number):
            products = self.env["product.product"].union(
                *(self._create_structure(first + n) for n in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            products._find_supply_problems(self.warehouse)
            return self.env.cr.sql_log_count - before

        count(0, 1)
        self.assertEqual(count(10, 4), count(100, 40))

    def test_confirming_costs_nothing(self):
        """Nothing is asked where nothing is refused and nothing is settled."""
        order = self.quote()
        self.patch(
            self.env.registry["sale.order"],
            "_find_supply_problems",
            lambda *args, **kwargs: self.fail("asked"),
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")
