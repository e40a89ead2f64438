from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import MtoSuiteCommon
from .test_menus import VISIBLE


@tagged("post_install", "-at_install")
class TestActions(MtoSuiteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        salesperson = cls.users["sales"]
        cls.quotation = cls._create_order(cls.bicycle, salesperson)
        cls.order = cls._create_order(cls.bicycle, salesperson)
        cls.order.action_confirm()
        cls.other_quotation = cls._create_order(cls.helmet, salesperson)
        cls.other_order = cls._create_order(cls.helmet, salesperson)
        cls.other_order.action_confirm()

    def _open(self, action, role):
        """Do as the web client does: views, default filters, first page.

        :returns: the records on the first page
        """
        model = self.env[action.res_model].with_user(self.users[role])
        opened = model.get_views(
            [(view_id, kind) for view_id, kind in action.views]
            + [(action.search_view_id.id, "search")],
            {"action_id": action.id, "toolbar": True, "load_filters": True},
        )["views"]
        domain = Domain(self._evaluate(action.domain or "[]", role))
        for part in self._get_default_filters(action, opened["search"]["arch"], role):
            domain &= part
        tree = etree.fromstring(opened["list"]["arch"])
        names = {node.get("name") for node in tree.iterchildren("field")}
        page = model.web_search_read(
            list(domain), {name: {} for name in names}, limit=80
        )
        return model.browse([values["id"] for values in page["records"]])

    def _get_default_filters(self, action, search_arch, role):
        """Return the domains of the filters that the action switches on.

        A filter that only groups has none.
        """
        tree = etree.fromstring(search_arch)
        for key, value in self._evaluate(action.context, role).items():
            if key.startswith("search_default_") and value:
                name = key.removeprefix("search_default_")
                [node] = tree.xpath(f"//filter[@name='{name}']")
                yield Domain(self._evaluate(node.get("domain") or "[]", role))

    def _evaluate(self, expression, role):
        user = self.users[role]
        values = {"uid": user.id, "allowed_company_ids": user.company_ids.ids}
        return safe_eval(expression, values)

    def _get_action(self, name):
        return self.env.ref(f"mto_suite.{name}")

    def test_each_role_opens_its_entries(self):
        for role, menus in VISIBLE.items():
            for menu in menus - {"settings_menu", "start_menu"}:
                with self.subTest(role=role, menu=menu):
                    action = self.env.ref(f"mto_suite.{menu}").action
                    if action._name == "ir.actions.server":
                        self._run(action, role)
                    else:
                        self._open(action, role)

    def _run(self, action, role):
        """Do as the web client does, and read what the action wants to show."""
        user = self.users[role]
        shown = action.with_user(user).run()
        model = self.env[shown["res_model"]].with_user(user)
        for _view_id, view_type in shown["views"]:
            model.get_view(_view_id, view_type)
        domain = shown.get("domain") or []
        model.web_search_read(domain, {"display_name": {}}, limit=80)

    def test_default_filters_are_separate(self):
        """Two filters that are on together narrow the list: each has its own group."""
        for name in ("sale_order_action_order", "purchase_order_action_order"):
            with self.subTest(action=name):
                action = self._get_action(name)
                tree = etree.fromstring(
                    self.env[action.res_model].get_view(
                        action.search_view_id.id, "search"
                    )["arch"]
                )
                context = self._evaluate(action.context, "planner")
                wanted = {
                    key.removeprefix("search_default_")
                    for key in context
                    if key.startswith("search_default_")
                }
                group, groups = 0, {}
                for node in tree:
                    if node.tag == "separator":
                        group += 1
                    elif node.get("name") in wanted:
                        groups[node.get("name")] = group
                self.assertEqual(set(groups), wanted)
                self.assertEqual(len(set(groups.values())), len(wanted))

    def test_orders_of_products_to_make(self):
        quotations = self._open(
            self._get_action("sale_order_action_quotation"), "sales"
        )
        orders = self._open(self._get_action("sale_order_action_order"), "sales")
        self.assertEqual(quotations, self.quotation)
        self.assertEqual(orders, self.order)

    def test_manufacturing_orders_of_every_level(self):
        self.env["mrp.production"].create({"product_id": self.frame.id})
        productions = self._open(self._get_action("mrp_production_action"), "planner")
        mine = productions & self.order.stock_reference_ids.production_ids
        self.assertEqual(mine.product_id, self.bicycle | self.frame)
        self.assertFalse(
            productions.filtered(lambda mo: not mo.reference_ids.sale_ids),
            "An order that restocks the warehouse is not for a sales order",
        )

    def test_purchases_for_an_order_without_sales_rights(self):
        request = self.env["purchase.order"].search([("product_id", "=", self.tube.id)])
        restock = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        requests = self._open(
            self._get_action("purchase_order_action_rfq"), "purchasing"
        )
        self.assertIn(request, requests)
        self.assertNotIn(restock, requests)

        request.button_confirm()
        action = self._get_action("purchase_order_action_order")
        self.assertIn(request, self._open(action, "purchasing"))
        [move] = request.picking_ids.move_ids
        move.write({"quantity": move.product_uom_qty, "picked": True})
        request.picking_ids._action_done()
        self.assertNotIn(request, self._open(action, "purchasing"))

    def test_policies_edited_together(self):
        action = self._get_action("product_template_action_supply_policy")
        templates = (self.frame | self.tube).product_tmpl_id
        opened = self._open(action, "planner") & templates
        self.assertEqual(opened, templates)
        opened.web_save_multi([{"supply_policy": "stock_then_order"}] * 2, {})
        self.assertEqual(
            templates.mapped("supply_policy"), ["stock_then_order", "stock_then_order"]
        )

    def test_policy_list_can_be_edited_by_who_may_edit_products(self):
        view = self.env.ref("mto_suite.product_template_view_list")
        for role, editable in (("planner", True), ("shop_floor", False)):
            model = self.env["product.template"].with_user(self.users[role])
            tree = etree.fromstring(model.get_view(view.id, "list")["arch"])
            with self.subTest(role=role):
                self.assertEqual(tree.get("multi_edit"), "1")
                self.assertEqual(tree.get("edit", "1") == "1", editable)

    def test_policy_list_filters(self):
        follows = self._create_product("Bell", supply_policy="inherit").product_tmpl_id
        tree = etree.fromstring(
            self.env["product.template"].get_view(
                self.env.ref("mto_suite.product_template_view_search").id, "search"
            )["arch"]
        )
        found = {}
        for policy in ("make_to_order", "make_to_stock", "inherit"):
            [node] = tree.xpath(f"//filter[@name='filter_{policy}']")
            domain = self._evaluate(node.get("domain"), "planner")
            found[policy] = self.env["product.template"].search(domain)
        self.assertIn(self.bicycle.product_tmpl_id, found["make_to_order"])
        self.assertIn(self.helmet.product_tmpl_id, found["make_to_stock"])
        self.assertIn(follows, found["inherit"])
        self.assertFalse(found["inherit"] & found["make_to_order"])
        self.assertTrue(tree.xpath("//filter[@name='group_by_supply_policy']"))

    def test_policy_list_costs_the_same_for_many(self):
        action = self._get_action("product_template_action_supply_policy")
        model = self.env["product.template"].with_user(self.users["planner"])
        tree = etree.fromstring(model.get_view(action.views[0][0], "list")["arch"])
        fields = {node.get("name"): {} for node in tree.iterchildren("field")}

        def count_queries(total):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            domain = [("name", "like", "Query Count")]
            page = model.web_search_read(domain, fields, limit=80)
            self.assertEqual(page["length"], total)
            return self.env.cr.sql_log_count - before

        def create_and_count(new, total):
            for number in range(new):
                self._create_product(f"Query Count {number}")
            count_queries(total)  # creating products emptied Odoo's caches
            return count_queries(total)

        self.assertEqual(create_and_count(5, 5), create_and_count(35, 40))
