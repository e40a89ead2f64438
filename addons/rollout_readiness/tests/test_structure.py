from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestStructure(ReadinessCommon):
    def _empty(self, table, change):
        """What no user could do: nothing of it is left."""
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE {table} SET {change}")
        self.env.invalidate_all()

    def test_f01_make_to_order(self):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = False
        self.assertFinds("F01", self.warehouse)
        self.Checks._find_by_code("F01").action_repair(self.company.id)
        self.assertTrue(route.active)
        self.assertHolds("F01")

    def test_f01_without_a_warehouse_is_not_passed(self):
        self.env.cr.execute(
            "UPDATE stock_warehouse SET active = false WHERE company_id = %s",
            [self.company.id],
        )
        row = self.assertEmpty("F01")
        self.assertIn("There are no warehouses", row["message"])

    def test_f02_rules_twice(self):
        self.env["stock.rule"].search([]).filtered(
            lambda rule: rule.company_id != self.company
        ).active = False
        self.assertHolds("F02")
        rule = self.warehouse.delivery_route_id.rule_ids[0]
        double = rule.copy()
        self.assertFinds("F02", rule | double)

    def test_f02_not_applicable(self):
        self.env["stock.rule"].search([]).active = False
        self.assertAbsent("F02")

    def test_f03_archived_place(self):
        self.assertHolds("F03")
        rule = self.warehouse.delivery_route_id.rule_ids[0]
        place = self.env["stock.location"].create(
            {
                "name": "Gone",
                "location_id": self.stock.id,
                "company_id": self.company.id,
                "active": False,
            }
        )
        rule.location_src_id = place
        self.assertFinds("F03", rule)
        self.env["stock.rule"].search([]).active = False
        self.assertEmpty("F03")

    def test_f04_resupply_loop(self):
        self.assertAbsent("F04")
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        third = self.env["stock.warehouse"].create(
            {"name": "Third", "code": "THI", "company_id": self.company.id}
        )
        third.resupply_wh_ids = self.warehouse
        self.warehouse.resupply_wh_ids = second
        self.assertHolds("F04")
        second.resupply_wh_ids = self.warehouse
        self.assertFinds("F04", self.warehouse | second)

    def test_f05_location_without_warehouse(self):
        self.assertHolds("F05")
        lost = self.env["stock.location"].create(
            {"name": "Lost", "usage": "internal", "company_id": self.company.id}
        )
        self.assertFinds("F05", lost)
        self._empty("stock_location", "active = false")
        self.assertEmpty("F05")

    def test_f06_jobs(self):
        self.env["ir.cron"].search([]).write(
            {"nextcall": fields.Datetime.now(), "failure_count": 0}
        )
        self.assertHolds("F06")
        first, second = self.env["ir.cron"].search([], limit=2)
        first.nextcall = fields.Datetime.now() - timedelta(days=2)
        second.failure_count = 1
        self.assertFinds("F06", first | second)
        self._empty("ir_cron", "active = false")
        self.assertEmpty("F06")

    def test_f07_work_center(self):
        self.env["mrp.workcenter"].search([("company_id", "=", False)]).active = False
        self.assertAbsent("F07")
        self._workcenter()
        self.assertHolds("F07")
        empty = self.env["resource.calendar"].create(
            {"name": "Never", "attendance_ids": [(5,)], "company_id": self.company.id}
        )
        idle = self._workcenter(resource_calendar_id=empty.id)
        self.assertFinds("F07", idle)

    def test_f08_real(self):
        modules = self.env["ir.module.module"].search([("state", "=", "installed")])
        self.env.flush_all()
        self.env.cr.execute("UPDATE ir_module_module SET demo = false")
        self.env["ir.config_parameter"].set_param("database.is_neutralized", False)
        self.assertHolds("F08")
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        base = modules.filtered(lambda module: module.name == "base")
        self.assertFinds("F08", base)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", False)
        shown = modules.filtered(lambda module: module.name == "stock")
        self.env.cr.execute(
            "UPDATE ir_module_module SET demo = true WHERE id = %s", [shown.id]
        )
        self.assertFinds("F08", shown)
        self._empty("ir_module_module", "state = 'uninstalled'")
        self.assertEmpty("F08")

    def test_f12_mail(self):
        self.env["mail.mail"].search([]).unlink()
        self.assertAbsent("F12")
        mails = self.env["mail.mail"].create([{"subject": "A"}, {"subject": "B"}])
        self.assertHolds("F12")
        mails[1].state = "exception"
        self.assertFinds("F12", mails[1])
