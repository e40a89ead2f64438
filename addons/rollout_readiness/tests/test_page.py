import io

from openpyxl import load_workbook

from odoo.tests import HttpCase, new_test_user, tagged

from ..checks.base import FOUNDATION
from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestPage(ReadinessCommon):
    def _page(self, **place):
        [page] = self.Checks.get_readiness(self.company.id, **place)
        return page

    def _check(self, code):
        return next(
            check
            for area in self._page()["areas"]
            for check in area["checks"]
            if check["code"] == code
        )

    def test_before_the_first_run(self):
        page = self._page()
        self.assertFalse(page["last_run"])
        self.assertEqual(page["counts"]["never"], page["counts"]["all"])

    def test_eight_foundations(self):
        areas = [area for area in self._page()["areas"] if area["is_foundation"]]
        self.assertEqual(
            [area["code"] for area in areas], [code for code, _name in FOUNDATION]
        )
        self.assertEqual(len(areas), 8)

    def test_worst_first(self):
        self._product("Bell", default_code=False)
        self.Checks.run_checks(False, self.company.id)
        page = self._page()
        for area in page["areas"]:
            ranks = [self.Checks._get_page_rank(check) for check in area["checks"]]
            self.assertEqual(ranks, sorted(ranks))
        counts = page["counts"]
        self.assertEqual(counts["red"], sum(area["red"] for area in page["areas"]))
        self.assertGreater(counts["red"], 0)
        self.assertGreater(counts["not_applicable"], 0)

    def test_buttons(self):
        self._product("Bell", default_code=False)
        self._run("M02")
        self.assertEqual(self._check("M02")["show"], "Show it")
        self._product("Horn", default_code=False)
        self._run("M02")
        row = self._check("M02")
        self.assertEqual(row["show"], "Show the 2 products")
        self.assertFalse(row["fix"], "they are opened where they are put right")
        self.assertEqual(row["trend"], [1, 2])
        self._run("A03")
        row = self._check("A03")
        self.assertTrue(row["fix"].startswith("Open "))
        self.env.ref("stock.route_warehouse0_mto").active = False
        self._run("F01")
        self.assertEqual(self._check("F01")["repair"], "Activate Make to Order")

    def test_no_button_to_what_may_not_be_opened(self):
        """Settings are the administrator's: others read where it is done."""
        self._price(self._product("Bell"))
        self._run("P06")
        self.assertEqual(self._check("P06")["fix"], "Open Settings")
        viewer = new_test_user(
            self.env,
            login="ready_reader",
            groups="base.group_user,rollout_gate.group_viewer",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.Checks = self.Checks.with_user(viewer)
        row = self._check("P06")
        self.assertFalse(row["fix"])
        self.assertTrue(row["advice"])

    def test_show(self):
        bad = self._product("Bell", default_code=False)
        self._run("M02")
        check = self.Checks._find_by_code("M02")
        action = check.action_show(self.company.id)
        self.assertEqual(action["res_model"], "product.product")
        self.assertEqual(action["domain"], [("id", "in", bad.ids)])
        self.assertEqual(action["display_name"], check.name)
        self.assertFalse([name for name in action["context"] if "search" in name])
        price = self._price(bad, delay=0)
        action = self.Checks._find_by_code("P02").action_show(self.company.id)
        self.assertEqual(action["domain"], [("id", "in", price.ids)])
        self.assertIs(action["context"]["visible_product_tmpl_id"], False)
        # What has been put right since is not shown.
        bad.default_code = "B"
        self.assertEqual(check.action_show(self.company.id)["domain"][0][2], [])

    def test_lines_are_put_right_in_their_document(self):
        """Components at fault are counted; their bills are opened."""
        tube = self._product("Tube")
        bom = self._bom(self._product("Bike"), tube, self._product("Rim"))
        self._bom(self._product("Horn"), tube)
        bom.bom_line_ids.product_qty = 0
        row = self._run("B04")
        self.assertEqual(row["sample_ids"], sorted(bom.bom_line_ids.ids))
        row = self._check("B04")
        self.assertEqual((row["show"], row["fix"]), ("Show the 2 components", False))
        check = self.Checks._find_by_code("B04")
        for method in ("action_show", "action_fix"):
            action = getattr(check, method)(self.company.id)
            self.assertEqual(action["res_model"], "mrp.bom")
            self.assertEqual(action["domain"], [("id", "in", bom.ids)])

    def test_put_right_in_what_hangs_on_it(self):
        """A part without a valid vendor is put right in its prices."""
        tube = self._product("Tube")
        self._bom(self._product("Bike"), tube)
        price = self._price(tube, date_end="2020-01-01")
        self._run("P01")
        row = self._check("P01")
        self.assertEqual(
            (row["show"], row["fix"]), ("Show it", "Open Vendor Pricelists")
        )
        check = self.Checks._find_by_code("P01")
        action = check.action_fix(self.company.id)
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, price)
        show = check.action_show(self.company.id)
        self.assertEqual(show["domain"], [("id", "in", tube.ids)])

    def test_each_fix_opens_what_is_at_fault(self):
        """It opens the offenders, what holds them, or the settings."""
        for code, check_class in self.Checks._get_classes().items():
            action = self.Checks._get_fix_action(check_class)
            if check_class.model not in self.env or not action:
                continue
            Model = self.env[check_class.model]
            if check_class.fix_from:
                Model = self.env["product.supplierinfo"]
            if check_class.fix_through:
                Model = self.env[Model._fields[check_class.fix_through].comodel_name]
            # Of what is at fault there only a list without buttons is shown.
            elsewhere = {"A01": "stock.move", "A08": "account.bank.statement"}
            places = Model._name, "res.config.settings", "stock.route"
            self.assertIn(action["res_model"], [*places, elsewhere.get(code)], code)

    def test_old_results_do_not_count(self):
        self._product("Bell")
        self._run("M02")
        self.assertEqual(self._check("M02")["state"], "pass")
        self.env.cr.execute("UPDATE readiness_result SET at = at - interval '25 hours'")
        self.env.invalidate_all()
        self.assertEqual(self._check("M02")["state"], "old")
        page = self._page()
        self.assertEqual((page["counts"]["passed"], page["counts"]["old"]), (0, 1))

    def test_data_of_the_page_is_plain(self):
        self.Checks.run_checks(False, self.company.id)
        page = self._page()
        values = [
            page,
            *page["areas"],
            *(c for a in page["areas"] for c in a["checks"]),
        ]
        for row in values:
            self.assertNotIn(None, row.values())
            self.assertTrue(all(isinstance(key, str) for key in row))
        self.assertTrue(type(self.Checks).get_readiness._readonly)

    def test_flat(self):
        self.Checks.run_checks(False, self.company.id)
        self._page()

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page()
            return self.env.cr.sql_log_count - before

        few = count()
        for _each in range(3):
            self.Checks.run_checks(False, self.company.id)
        self.assertLessEqual(count(), few)

    def test_words_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self._product("Bell")
        self._run("M02")
        german = self.Checks.with_context(lang="de_DE")
        self.assertTrue(german.get_readiness(self.company.id))

    def test_search_by_words(self):
        found = self.Checks.search([("name", "ilike", "internal reference")])
        self.assertEqual(found.mapped("code"), ["M02"])
        self.assertIn("M02", self.Checks.name_search("M02")[0][1])

    def test_print(self):
        self._product("Bell", default_code=False)
        self.Checks.run_checks(False, self.company.id)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "rollout_readiness.readiness_report", self.company.ids
        )
        text = html.decode()
        self.assertIn("Item Master", text)
        self.assertIn("1 of 1 products: no internal reference", text)

    def test_gc(self):
        self._run("M02")
        self.env.cr.execute("UPDATE readiness_result SET at = at - interval '500 days'")
        self._run("M02")
        self.env["readiness.result"]._gc_old()
        self.env.invalidate_all()
        self.assertEqual(self.env["readiness.result"].search_count([]), 1)


@tagged("post_install", "-at_install")
class TestExport(HttpCase, ReadinessCommon):
    def _get(self, user, site=0):
        self.authenticate(user.login, user.login)
        return self.url_open(
            f"/rollout_readiness/company/{self.company.id}/xlsx?site_id={site}"
        )

    def _user(self, login, groups):
        return new_test_user(
            self.env,
            login=login,
            password=login,
            groups=f"base.group_user,{groups}",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_workbook(self):
        bad = self._product("=1+1", default_code=False)
        line = self._bom(bad, self._product("Tube")).bom_line_ids
        line.product_qty = 0
        self.Checks.run_checks(False, self.company.id)
        groups = "rollout_gate.group_viewer,base.group_allow_export"
        keeper = self._user("ready_keeper", f"{groups},stock.group_stock_user")
        response = self._get(keeper)
        self.assertEqual(response.status_code, 200)
        book = load_workbook(io.BytesIO(response.content))
        self.assertEqual(book["M02"]["A2"].value, bad.id)
        self.assertEqual(book["M02"]["B2"].value, "=1+1")
        self.assertEqual(book["M02"]["B2"].data_type, "s")
        self.assertEqual(book["B04"]["A2"].value, line.id)
        codes = [row[1].value for row in book["Readiness"].iter_rows(min_row=2)]
        self.assertEqual(sorted(codes), sorted(self.Checks.search([]).mapped("code")))
        # Who may not read bills of materials gets no names of it.
        viewer = self._user("ready_looker", groups)
        book = load_workbook(io.BytesIO(self._get(viewer).content))
        self.assertIn("may not read", book["B04"]["B2"].value)

    def test_refused(self):
        planner = self._user("ready_planner", "stock.group_stock_user")
        self.assertEqual(self._get(planner).status_code, 404)
        viewer = self._user(
            "ready_viewer", "rollout_gate.group_viewer,base.group_allow_export"
        )
        self.assertEqual(self._get(viewer, "nonsense").status_code, 404)
        self.assertEqual(self._get(viewer, 10**8).status_code, 404)
