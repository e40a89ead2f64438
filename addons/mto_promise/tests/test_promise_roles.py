from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.mto_cascade.tests.common import ROLE_GROUPS

from .common import PromiseCommon

# What each role may do; a customer on the portal may nothing of it.
MAY = {
    "sales": {"ask", "outlook", "renew", "history"},
    "sales_manager": {"ask", "outlook", "renew", "history"},
    "purchasing": {"suggestions"},
    # Odoo lets them read the orders that they make and ship for.
    "planner": {"ask", "outlook", "suggestions", "stocking", "move", "history"},
    "shop_floor": {"ask", "outlook", "move"},
    "warehouse": {"ask", "outlook"},
    "product_manager": {"suggestions", "stocking"},
    "employee": set(),
    "portal": set(),
}


@tagged("post_install", "-at_install")
class TestPromiseRoles(PromiseCommon):
    """Who may see and do what; one table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._create_user("sales")
        cls.quotation = cls._create_order(
            (cls.bike, 1), user_id=cls.seller.id, confirm=False
        )
        cls.order = cls._create_order(
            (cls.bike, 1), user_id=cls.seller.id, commitment_date=cls._in_days(3)
        )
        cls._refresh(cls)

    def _get_user(self, role):
        if role == "sales":
            return self.seller
        if role == "portal":
            return new_test_user(self.env, login="portal", groups="base.group_portal")
        return self._create_user(role)

    def _get_acts(self, env):
        line = self.quotation.order_line
        row = self._get_row(self.order.order_line)
        return {
            "ask": lambda: env["sale.order"].read_typed_promise(
                {"id": self.quotation.id}, [{"key": "x", "id": line.id}]
            ),
            "outlook": lambda: self.order.with_env(env).outlook_projected_date,
            "renew": lambda: env["mto.promise.renew"].create(
                {"order_id": self.order.id}
            ),
            "history": lambda: [
                env[model].search([("order_id", "=", self.order.id)]).mapped("kind")
                if model == "mto.promise.change"
                else env[model].search([("order_id", "=", self.order.id)]).ids
                for model in ("mto.promise.change", "mto.promise.reliability")
            ],
            "move": lambda: row.with_env(env).action_move_dates(),
            "suggestions": lambda: env["mto.lead.time.suggestion"].action_open(),
            "stocking": lambda: self.bike.product_tmpl_id.with_env(
                env
            ).action_decide_stocking(),
        }

    def test_who_may_what(self):
        self.assertEqual(set(MAY), {*ROLE_GROUPS, "portal"})
        found = {}
        for role in MAY:
            env = self.env(user=self._get_user(role))
            allowed = set()
            for name, act in self._get_acts(env).items():
                env.invalidate_all()
                try:
                    with self.env.cr.savepoint():
                        act()
                    allowed.add(name)
                except AccessError:
                    continue
            found[role] = allowed
        self.assertEqual(found, MAY)

    def test_colleague_asks_for_no_order_of_others(self):
        colleague = new_test_user(
            self.env, login="colleague", groups="sales_team.group_sale_salesman"
        )
        acts = self._get_acts(self.env(user=colleague))
        for name in ("ask", "outlook"):
            with self.assertRaises(AccessError):
                acts[name]()

    def test_seller_without_manufacturing_gets_names_and_dates_only(self):
        order = self.order.with_user(self.seller)
        self.assertFalse(self.seller.has_group("mrp.group_mrp_user"))
        [line] = order.get_promise()[0]["lines"]
        self.assertTrue(line["projected_date"])
        documents = [step["document"] for step in line["critical_path"]]
        self.assertTrue(any(d and d.startswith("purchase.order") for d in documents))
        for step in line["critical_path"]:
            model, _comma, res_id = (step["document"] or "").partition(",")
            if model == "purchase.order":
                with self.assertRaises(AccessError):
                    order.env[model].browse(int(res_id)).read(["name"])


@tagged("post_install", "-at_install")
class TestPromiseCompanies(PromiseCommon):
    """Each company has its own stock, vendors, working hours and promises."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids += cls.other
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other.id)], limit=1
        )
        cls.saddle = cls._create_part("Saddle", "stock_then_order", 5, delay=10)
        cls.saddle.seller_ids.company_id = cls.company
        cls.saddle.seller_ids.copy({"company_id": cls.other.id, "delay": 40})
        cls.saddle.with_company(cls.other).supply_policy = "stock_then_order"
        cls.seller = new_test_user(
            cls.env,
            login="seller_of_one",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _quote(self, company, warehouse, **vals):
        Order = self.env["sale.order"].with_company(company)
        return Order.create(
            {
                "partner_id": self.customer.id,
                "company_id": company.id,
                "warehouse_id": warehouse.id,
                "order_line": [
                    Command.create({"product_id": self.saddle.id, "product_uom_qty": 5})
                ],
                **vals,
            }
        )

    def test_stock_and_vendors_are_those_of_the_company(self):
        ours = self._quote(self.company, self.warehouse)
        theirs = self._quote(self.other, self.other_warehouse)
        answers = (ours | theirs).get_promise()
        ours, theirs = (answer["lines"][0] for answer in answers)
        self.assertLess(ours["feasible_date"], str(self._in_days(5)))
        self.assertGreater(theirs["feasible_date"], str(self._in_days(39)))
        self.assertEqual(theirs["limiting_component"], "Saddle")

    def test_nobody_asks_for_a_company_of_others(self):
        line = {
            "key": "x",
            "product_id": self.saddle.id,
            "product_uom_qty": 1,
            "product_uom_id": self.saddle.uom_id.id,
        }
        head = {
            "company_id": self.other.id,
            "partner_id": self.customer.id,
            "warehouse_id": self.other_warehouse.id,
        }
        Order = self.env["sale.order"].with_user(self.seller)
        with self.assertRaises(AccessError):
            Order.read_typed_promise(head, [line])
        # Neither with a warehouse of another company in an order of one's own.
        with self.assertRaises(AccessError):
            Order.read_typed_promise({**head, "company_id": self.company.id}, [line])
        with self.assertRaises(AccessError):
            self.saddle.with_user(self.seller).get_promise(
                warehouse_id=self.other_warehouse.id
            )

    def test_nobody_asks_for_a_product_of_others(self):
        lamp = self.env["product.product"].create(
            {"name": "Lamp", "is_storable": True, "company_id": self.other.id}
        )
        line = {"key": "x", "product_id": lamp.id, "product_uom_qty": 1}
        head = {"partner_id": self.customer.id, "warehouse_id": self.warehouse.id}
        Order = self.env["sale.order"].with_user(self.seller)
        with self.assertRaises(AccessError):
            Order.read_typed_promise(head, [line])
        lamp.company_id = False
        self.assertTrue(Order.read_typed_promise(head, [line])["answers"])

    def test_settings_and_history_are_those_of_the_company(self):
        self.other.promise_early = "approve"
        self.other.promise_default = "earliest"
        ours = self._quote(self.company, self.warehouse)
        theirs = self._quote(self.other, self.other_warehouse)
        ours.action_confirm()
        theirs.action_confirm()
        self.assertFalse(ours.order_line.promised_date)
        self.assertGreater(theirs.order_line.promised_date, self._in_days(39))
        self._refresh()
        seller = self._create_user("sales_manager")
        Change = self.env["mto.promise.change"].with_user(seller)
        found = Change.search([("order_id", "in", (ours | theirs).ids)])
        self.assertEqual(found.order_id, ours)
