import json

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, tagged
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

LOGINS = [
    "sales",
    "purchasing",
    "planner",
    "shop",
    "warehouse",
    "finance",
    "director",
    "auditor",
    "programme",
]


@tagged("post_install", "-at_install")
class TestCards(TransactionCase):
    """Each role can open what its card shows."""

    def _get_spec(self, arch, fields):
        """What the web client reads for the fields of a view, lists inside included."""
        spec = {}
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            name = node.get("name")
            spec.setdefault(name, {})
            kind = fields[name]["type"]
            if kind == "many2one":
                spec[name] = {"fields": {"display_name": {}}}
            lists = node.xpath("./list")
            if kind in ("one2many", "many2many") and lists:
                names = {child.get("name") for child in lists[0].xpath("./field")}
                spec[name] = {"fields": {child: {} for child in names}}
        return spec

    def _open(self, env, action):
        """Read what the web client reads when it opens the action."""
        if action["type"] == "ir.actions.client":
            self.assertEqual(action["tag"], "rollout_readiness.page")
            return env["readiness.check"].get_readiness()
        model = env[action["res_model"]]
        kind = next(
            kind for _id, kind in action["views"] if kind in ("form", "list", "kanban")
        )
        view_id = next(view_id for view_id, key in action["views"] if key == kind)
        views = model.get_views([(view_id, kind)])
        arch = etree.fromstring(views["views"][kind]["arch"])
        fields = model.fields_get()
        spec = self._get_spec(arch, fields)
        if action.get("res_id"):
            return model.browse(action["res_id"]).web_read(spec)
        if kind == "form":
            return model.onchange({}, [], spec)["value"]
        domain = safe_eval(action["domain"] or "[]", {"uid": env.uid})
        return model.web_search_read(domain, spec, limit=5)["records"]

    def test_one_card_per_role(self):
        cards = self.env["mto.demo.card"].get_cards()
        self.assertEqual([card["login"] for card in cards], [*LOGINS, "admin"])
        for card in cards:
            self.assertGreaterEqual(len(card["links"]), 3, card["role"])
        self.assertEqual(json.loads(json.dumps(cards)), cards)

    def test_each_role_opens_its_links(self):
        for card in self.env["mto.demo.card"].search([]):
            for link in card.with_user(card.user_id).link_ids:
                with self.subTest(role=card.role, link=link.name):
                    self.env.invalidate_all()
                    self.assertTrue(self._open(link.env, link.action_open()))

    def test_planner_and_shop_floor_open_orders_and_purchases(self):
        """They are led there by every tree; Odoo's forms read journal items."""
        for user in ("planner", "shop_floor"):
            env = self.env(user=self.env.ref(f"mto_demo.user_{user}"))
            for model in ("sale.order", "purchase.order"):
                record = env[model].search([("state", "!=", "cancel")], limit=1)
                with self.subTest(user=user, model=model):
                    self.env.invalidate_all()
                    self.assertTrue(self._open(env, record.get_formview_action()))

    def test_locked_for_others(self):
        link = self.env.ref("mto_demo.card_link_admin_settings")
        for login, available in (("admin", True), ("sales", False)):
            user = self.env["res.users"].search([("login", "=", login)])
            cards = self.env["mto.demo.card"].with_user(user).get_cards()
            rows = {row["id"]: row for card in cards for row in card["links"]}
            self.assertEqual(rows[link.id]["is_available"], available, login)
            self.assertEqual([c["login"] for c in cards if c["is_mine"]], [login])
        sales = self.env.ref("mto_demo.user_sales")
        with self.assertRaisesRegex(UserError, "admin"):
            link.with_user(sales).action_open()

    def test_deleted_record_is_locked(self):
        link = self.env.ref("mto_demo.card_link_sales_opportunity")
        self.assertTrue(link._is_available())
        self.env.ref("mto_demo.opportunity_school").unlink()
        link.invalidate_recordset()
        self.assertFalse(link._is_available())

    def test_employee_without_rights(self):
        """The page opens for any internal user, and only locks."""
        user = new_test_user(self.env, "mto_demo_employee", groups="base.group_user")
        cards = self.env["mto.demo.card"].with_user(user).get_cards()
        self.assertEqual(len(cards), len(LOGINS) + 1)
        link = self.env.ref("mto_demo.card_link_sales_bicycle").with_user(user)
        self.assertFalse(link._is_available())


@tagged("post_install", "-at_install")
class TestTryItPage(HttpCase):
    def test_each_role_logs_in(self):
        """The password is the login, and the page is what comes after it."""
        action = self.env.ref("mto_demo.mto_demo_action")
        for login in LOGINS:
            with self.subTest(login=login):
                self.authenticate(login, login)
                response = self.url_open("/odoo/try-it")
                self.assertEqual(response.status_code, 200)
                self.assertIn("/odoo/try-it", response.url)
                user = self.env["res.users"].search([("login", "=", login)])
                self.assertEqual(user.action_id.id, action.id)

    def test_public_methods_over_rpc(self):
        self.authenticate("director", "director")
        answers = {}
        for model, method in (
            ("mto.demo.card", "get_cards"),
            ("mto.demo", "get_bicycle_table"),
            ("mto.demo", "month_end"),
        ):
            answers[method] = self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{model}/{method}",
                {"model": model, "method": method, "args": [], "kwargs": {}},
            )
        self.assertEqual(len(answers["get_cards"]), len(LOGINS) + 1)
        bought = answers["get_bicycle_table"]["purchase_lines"]
        self.assertEqual([line["quantity"] for line in bought], [6])
        self.assertRegex(answers["month_end"], r"^\d{4}-\d\d-\d\d 12:00:00$")

    def test_stages_are_not_callable_from_outside(self):
        self.authenticate("admin", "admin")
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw/mto.demo/_cancel_order",
                {
                    "model": "mto.demo",
                    "method": "_cancel_order",
                    "args": [self.env.ref("mto_demo.order_bicycle").id],
                    "kwargs": {},
                },
            )

    def test_tour(self):
        self.start_tour("/odoo", "mto_demo_try_it", login="sales")
