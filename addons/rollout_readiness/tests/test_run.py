"""How checks are run: each alone, none able to write, whatever goes wrong."""

import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..checks import base
from ..checks.base import Check, CheckError, get_check_classes
from ..engine.outcome import Tolerance
from .common import ReadinessCommon

WORDS = {
    "area": "items",
    "name": "Each bell rings",
    "reason": "A silent bell is none.",
    "fault": "silent",
    "advice": "Oil it.",
    "things": "bells",
    "model": "product.product",
}


def make_check(code, **attributes):
    """A check that no other database knows of."""
    methods = {
        "count": lambda self: 10,
        "find": lambda self: [],
    }
    fake = type("Fake", (Check,), {**WORDS, **methods, **attributes})
    fake.code = code
    return fake


class TestClass(BaseCase):
    def test_incomplete(self):
        with self.assertRaisesRegex(CheckError, "X98 needs: .*advice"):
            type("Bad", (Check,), {"code": "X98", **WORDS, "advice": ""})
        with self.assertRaisesRegex(CheckError, "severity"):
            type("Bad", (Check,), {"code": "X98", **WORDS, "severity": "bad"})
        with self.assertRaisesRegex(CheckError, "key, rows and wrong"):
            type("Bad", (Check,), {"code": "X98", **WORDS})
        self.assertNotIn("X98", base._CLASSES)

    def test_later_module_replaces(self):
        ours = make_check("X98")
        theirs = make_check("X98")
        ours.__module__ = "odoo.addons.sale.checks"
        theirs.__module__ = "odoo.addons.partner_module.checks"
        with patch.dict(base._CLASSES, {"X98": [ours, theirs]}):
            found = get_check_classes({"sale", "partner_module"})
            self.assertIs(found["X98"], theirs)
            self.assertIs(get_check_classes({"sale"})["X98"], ours)
            self.assertNotIn("X98", get_check_classes({"stock"}))


@tagged("post_install", "-at_install")
class TestRun(ReadinessCommon):
    def _install(self, *fakes):
        """Let fakes be checks of an installed module."""
        classes = {
            **get_check_classes(self.env.registry._init_modules),
            **{fake.code: fake for fake in fakes},
        }
        self.patch(type(self.Checks), "_get_classes", lambda self: classes)
        self.Checks._synchronise()

    def _rows(self, *codes):
        return self.Checks.run_checks(list(codes), self.company.id)

    def test_catalogue(self):
        """Each class has its record, and each record its words."""
        checks = self.Checks.with_context(active_test=False).search([])
        installed = checks.filtered("is_installed")
        self.assertEqual(set(installed.mapped("code")), set(self.Checks._get_classes()))
        # Of modules that need not be there.
        elsewhere = "crm.lead", "base.automation"
        for check in installed:
            self.assertTrue(check.name and check.reason and check.advice, check.code)
            self.assertTrue(check.owner_function_id, check.code)
            self.assertTrue(check.gates, check.code)
            check_class = check._get_class()
            self.assertIn(check_class.model, [*self.env, *elsewhere], check.code)
            if check_class.fix and not check_class.needs:
                action = self.Checks._get_fix_action(check_class)
                self.assertTrue(action, f"{check.code}: no {check_class.fix}")

    def test_all_on_an_empty_company(self):
        rows = self.Checks.run_checks(False, self.company.id)
        self.assertEqual(len(rows), len(self.Checks.search([])))
        broken = [row["code"] for row in rows if row["status"] == "error"]
        self.assertFalse(broken)
        for row in rows:
            self.assertTrue(row["message"], row["code"])

    def test_shape(self):
        [row] = self._rows("P06")
        self.assertEqual(
            list(row),
            [
                "id",
                "model",
                "code",
                "name",
                "severity",
                "status",
                "population",
                "offenders",
                "sample_ids",
                "offender_model",
                "message",
                "seconds",
            ],
        )
        self.assertEqual(row["model"], "readiness.check")
        self.assertNotIn(None, row.values())

    @mute_logger("odoo.sql_db")
    def test_one_that_breaks_does_not_stop_the_others(self):
        def raise_it(self):
            raise ValueError("no bell")

        def break_sql(self):
            return self.env.execute_query(SQL("SELECT no_such_column"))

        self._install(
            make_check("X01", find=raise_it),
            make_check("X02", count=break_sql),
            make_check("X03"),
        )
        first, second, third = self._rows("X01", "X02", "X03")
        self.assertEqual(first["status"], "error")
        self.assertEqual(first["message"], "The check broke: no bell")
        self.assertEqual(second["status"], "error")
        self.assertEqual(third["status"], "pass")

    @mute_logger("odoo.sql_db")
    def test_one_that_is_slow_is_stopped(self):
        if os.environ.get("STACK_CLOCK"):
            self.skipTest("PostgreSQL at another date does not time its statements")

        def sleep(self):
            return self.env.execute_query(SQL("SELECT pg_sleep(9)"))

        self._install(make_check("X01", seconds=0.2, find=sleep), make_check("X02"))
        first, second = self._rows("X01", "X02")
        self.assertEqual(first["status"], "error")
        self.assertIn("longer than 0.2 seconds", first["message"])
        self.assertLess(first["seconds"], 5)
        self.assertGreater(first["seconds"], 0.1)
        self.assertEqual(second["status"], "pass")
        # The bound ended with the check.
        self.env.cr.execute("SHOW statement_timeout")
        self.assertEqual(self.env.cr.fetchone()[0], "0")

    def test_many_quick_statements_are_stopped(self):
        """Each is quick; together they would never end."""

        def ask_one_by_one(self):
            while True:
                self.env.execute_query(SQL("SELECT 1"))

        self._install(
            make_check("X01", seconds=0.1, find=ask_one_by_one), make_check("X02")
        )
        first, second = self._rows("X01", "X02")
        self.assertEqual(first["status"], "error")
        self.assertIn("longer than 0.1 seconds", first["message"])
        self.assertEqual(second["status"], "pass")
        self.assertNotIn("execute", vars(self.env.cr))

    def test_many_moves(self):
        """As many queries for thousands of moves as for one."""
        product = self._product("Bell", standard_price=1)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
            }
        )
        move._action_confirm()
        move.quantity = 1
        move.picked = True
        move._action_done()
        few = self._count_queries()
        self._multiply(move, 3000)
        self.assertLessEqual(self._count_queries(), few + 5)

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Checks.run_checks(False, self.company.id)
        return self.env.cr.sql_log_count - before

    def _multiply(self, record, times):
        """Copies of a row, past the ORM: what is measured only reads."""
        names = ", ".join(
            f'"{field.name}"'
            for field in record._fields.values()
            if field.store and field.column_type and field.name != "id"
        )
        self.env.flush_all()
        self.env.cr.execute(
            f"""INSERT INTO {record._table} ({names})
                SELECT {names} FROM {record._table}, generate_series(1, %s)
                 WHERE id = %s""",
            [times, record.id],
        )

    def test_records_of_other_companies(self):
        """Whatever is wrong elsewhere, nothing changes here."""
        self._product("Bell")
        before = self._tell()
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        theirs = {"company_id": other.id}
        part = self._product("Rim", default_code=False, standard_price=0, **theirs)
        bad = self._product("Bike", default_code=False, **theirs)
        bom = self._bom(bad, part, **theirs)
        bom.bom_line_ids.product_qty = 0
        self._bom(part, **theirs)
        self._price(part, price=0, delay=0, **theirs)
        self._put(part, -3, warehouse.lot_stock_id)
        self._workcenter(costs_hour=0, resource_calendar_id=False, **theirs)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": part.id, "location_id": warehouse.lot_stock_id.id, **theirs}
        )
        self.assertEqual(self._tell(), before)
        there = {
            row["code"]
            for row in self.Checks.run_checks(False, other.id)
            if row["status"] == "fail"
        }
        self.assertLessEqual({"M02", "B03", "B04", "I01", "P02"}, there)

    def _tell(self):
        return {
            row["code"]: (row["status"], row["population"], row["offenders"])
            for row in self.Checks.run_checks(False, self.company.id)
        }

    @mute_logger("odoo.sql_db")
    def test_none_can_write(self):
        product = self._product("Bell")

        def write(self):
            self.env["product.product"].browse(product.id).default_code = "changed"
            self.env.flush_all()

        def write_late(self):
            self.env["product.product"].browse(product.id).default_code = "changed"
            return []

        self._install(
            make_check("X01", count=write), make_check("X02", find=write_late)
        )
        first, second = self._rows("X01", "X02")
        self.assertEqual(first["status"], "error")
        self.assertIn("read-only", first["message"])
        self.assertEqual(second["status"], "pass")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(product.default_code, "Bell")
        product.default_code = "may be written after"
        self.env.flush_all()

    def test_sees_what_is_not_committed(self):
        bad = self._product("Bell", default_code=False)
        self.assertFinds("M02", bad)

    def test_tolerance_of_the_record(self):
        self._install(
            make_check("X01", find=lambda self: [1, 2], tolerance=Tolerance(count=1))
        )
        self.assertEqual(self._rows("X01")[0]["status"], "fail")
        self.Checks._find_by_code("X01").tolerance_percent = 20
        self.assertEqual(self._rows("X01")[0]["status"], "warn")
        # What was chosen stays chosen after an update.
        self.Checks._synchronise()
        self.assertEqual(self.Checks._find_by_code("X01").tolerance_percent, 20)

    def test_module_that_is_gone(self):
        self._install(make_check("X01"))
        self.patch(
            type(self.Checks),
            "_get_classes",
            lambda self: get_check_classes(self.env.registry._init_modules),
        )
        self.Checks._synchronise()
        check = self.Checks._find_by_code("X01")
        self.assertFalse(check.is_installed)
        self.assertNotIn("X01", [row["code"] for row in self._rows()])
        with self.assertRaisesRegex(UserError, "no check X01"):
            self._rows("X01")
        # An item of a gate that still names it is not met.
        self.assertEqual(check._run_in(self.company, self._no_site()).status, "error")

    def _no_site(self):
        return self.env["rollout.site"]

    def test_module_that_is_not_installed(self):
        self._install(make_check("X01", needs=("no_such_module",)))
        [row] = self._rows("X01")
        self.assertEqual(row["status"], "not_applicable")
        self.assertIn("no_such_module is not installed", row["message"])

    def test_archived_checks_rest(self):
        self.Checks._find_by_code("M02").active = False
        self.assertNotIn("M02", [row["code"] for row in self._rows()])
        self.assertEqual([row["code"] for row in self._rows("M02")], ["M02"])

    def test_results_stay(self):
        self._product("Bell", default_code=False)
        self._run("M02")
        result = self.env["readiness.result"].search([], limit=1)
        self.assertEqual(len(result.digest), 64)
        self.assertEqual(result.company_id, self.company)
        for record in (result, result.sudo()):
            with self.assertRaises(AccessError):
                record.write({"status": "pass"})
            with self.assertRaises(AccessError):
                record.unlink()

    def test_many_offenders_are_sampled(self):
        self._install(make_check("X01", find=lambda self: list(range(9000, 0, -1))))
        [row] = self._rows("X01")
        self.assertEqual(row["offenders"], 9000)
        result = self.env["readiness.result"].search([], limit=1)
        self.assertEqual(result.sample_ids, list(range(1, 501)))

    def test_queries_stay_flat(self):
        """Many offenders cost as many queries as few."""
        self.Checks.run_checks(["M02"], self.company.id)
        with self.assertQueryCount(60):
            before = self.env.cr.sql_log_count
            self.Checks.run_checks(["M02"], self.company.id)
            few = self.env.cr.sql_log_count - before
        for number in range(30):
            self._product(f"Bell {number}", default_code=False)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.Checks.run_checks(["M02"], self.company.id)
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 3)

    def test_by_schedule(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60)
        self.env.cr.execute("DELETE FROM readiness_result")
        self.Checks._cron_run()
        Results = self.env["readiness.result"]
        self.assertFalse(Results.search([]), "not before somebody has run one")
        self._run("M02")
        self.Checks._cron_run()
        expected = len(self.Checks.search([])) + 1
        self.assertEqual(Results.search_count([]), expected)

    def test_schedule_stops_in_time(self):
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 0)
        self.env.cr.execute("DELETE FROM readiness_result")
        self._run("M02")
        self.Checks._cron_run()
        self.assertEqual(self.env["readiness.result"].search_count([]), 2)

    def test_bad_input(self):
        with self.assertRaisesRegex(UserError, "no check nonsense"):
            self._rows("nonsense")
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            login="ready_viewer",
            groups="base.group_user,rollout_gate.group_viewer",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaisesRegex(AccessError, "not one of yours"):
            self.Checks.with_user(user).run_checks(["M02"], self.company.id)
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.Checks.run_checks(["M02"], self.company.id, 10**9)


@tagged("post_install", "-at_install")
class TestRoles(ReadinessCommon):
    def _user(self, *groups):
        return new_test_user(
            self.env,
            login=f"ready_{len(groups)}_{groups[-1].rpartition('.')[2]}",
            groups=",".join(["base.group_user", *groups]),
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_who_may_run(self):
        for duty in ("viewer", "auditor", "manager"):
            user = self._user(f"rollout_gate.group_{duty}")
            [row] = self.Checks.with_user(user).run_checks(["A03"])
            self.assertEqual(row["status"], "fail")
        stranger = self._user("stock.group_stock_manager")
        for method in ("run_checks", "get_readiness"):
            with self.assertRaises(AccessError):
                getattr(self.Checks.with_user(stranger), method)()

    def test_offenders_in_the_viewers_rights(self):
        """A viewer who may not see bills of materials learns how many, not which."""
        frame, tube = self._product("Frame"), self._product("Tube")
        bad = self._bom(frame, tube).bom_line_ids
        bad.product_qty = 0
        viewer = self._user("rollout_gate.group_viewer")
        [row] = self.Checks.with_user(viewer).run_checks(["B04"])
        self.assertEqual((row["offenders"], row["sample_ids"]), (1, []))
        check = self.Checks._find_by_code("B04")
        with self.assertRaisesRegex(AccessError, "You may not read"):
            check.with_user(viewer).action_show()
        keeper = self._user("rollout_gate.group_viewer", "stock.group_stock_user")
        [row] = self.Checks.with_user(keeper).run_checks(["B04"])
        self.assertEqual(row["sample_ids"], bad.ids)
        action = check.with_user(keeper).action_show()
        self.assertEqual(action["domain"], [("id", "in", bad.bom_id.ids)])

    def test_what_may_be_chosen(self):
        check = self.Checks._find_by_code("M02")
        manager = self._user("rollout_gate.group_manager")
        with self.assertRaises(AccessError):
            check.with_user(manager).tolerance_count = 5
        configurator = self._user("rollout_gate.group_configurator")
        check.with_user(configurator).tolerance_count = 5
        with self.assertRaises(AccessError):
            check.with_user(configurator).unlink()

    def test_results_of_other_companies(self):
        self._run("M02")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            login="ready_stranger",
            groups="base.group_user,rollout_gate.group_viewer",
            company_id=other.id,
            company_ids=other.ids,
        )
        Results = self.env["readiness.result"].with_user(stranger)
        Results = Results.with_context(allowed_company_ids=other.ids)
        self.assertFalse(Results.search([]))

    def test_repair_needs_the_rights(self):
        viewer = self._user("rollout_gate.group_viewer")
        self.env.ref("stock.route_warehouse0_mto").active = False
        with self.assertRaises(AccessError):
            self.Checks._find_by_code("F01").with_user(viewer).action_repair()
        self.assertFalse(self.env.ref("stock.route_warehouse0_mto").active)
        quant = self._put(self._product("Bell"), 3)
        quant.reserved_quantity = 2
        with self.assertRaises(AccessError):
            self.Checks._find_by_code("I02").with_user(viewer).action_repair()
        self.assertEqual(quant.reserved_quantity, 2)
        keeper = self._user("rollout_gate.group_viewer", "stock.group_stock_user")
        self.Checks._find_by_code("I02").with_user(keeper).action_repair()
        self.assertEqual(quant.reserved_quantity, 0)
