import base64
from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError

from .common import ExecutionCommon


class TestShopFloor(ExecutionCommon):
    """Dispatch list and traveller."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls.user = cls._create_user("shop_floor")
        cls.user.group_ids += cls.env.ref("mrp.group_mrp_routings")

    def _get_dispatch(self):
        """Work orders as the action shows them."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mto_execution.mrp_workorder_dispatch_action"
        )
        orders = self.env["mrp.workorder"].with_user(self.user)
        arch = orders.get_view(view_type="kanban", view_id=action["views"][0][0])
        order = etree.fromstring(arch["arch"]).get("default_order")
        fields = {"launch_message": {}, "launch_state": {}, "dispatch_priority": {}}
        domain = [
            ("state", "in", ["blocked", "ready", "progress"]),
            ("production_state", "in", ["confirmed", "progress", "to_close"]),
            ("workcenter_id", "=", self.bench.id),
        ]
        self.assertIn("blocked", action["domain"])
        found = orders.web_search_read(domain, fields, order=order)
        return orders.browse([row["id"] for row in found["records"]])

    def test_what_is_urgent_comes_first(self):
        now = self.env.cr.now()
        later = self._make(1, date_start=now + timedelta(days=3))
        soon = self._make(1, date_start=now + timedelta(days=1))
        urgent = self._make(1, date_start=now + timedelta(days=9), priority="1")
        self.assertEqual(
            self._get_dispatch().production_id.ids, [urgent.id, soon.id, later.id]
        )
        later.priority = "1"
        self.assertEqual(self._get_dispatch()[0].production_id, later)
        later.action_hold("Drawing is missing")
        self.assertEqual(self._get_dispatch()[-1].production_id, later)

    def test_start_quantity_done(self):
        """Three taps: start, how many, done."""
        production = self._make(10)
        workorder = self._get_dispatch()
        workorder.button_start()
        self.assertEqual(production.execution_status, "started")
        action = workorder.action_dispatch_quantity()
        wizard = (
            self.env[action["res_model"]].with_user(self.user).browse(action["res_id"])
        )
        self.assertEqual(wizard.quantity, 10)
        wizard.quantity = 0
        with self.assertRaisesRegex(UserError, "How many"):
            wizard.action_apply()
        wizard.quantity = 8
        wizard.action_apply()
        self.assertEqual(production.qty_producing, 8)
        workorder.button_finish()
        self.assertEqual((workorder.state, workorder.qty_produced), ("done", 8))

    def test_scanned_step_is_found(self):
        workorder = self._make(1).workorder_ids
        found = self.env["mrp.workorder"].search([("barcode", "=", workorder.barcode)])
        self.assertEqual(found, workorder)

    def test_traveller(self):
        production = self._make(20)
        production.action_assign()
        self.env["stock.quant"]._update_available_quantity(
            self._create_part("Bell"), self.stock, 1
        )
        html = (
            self.env["ir.actions.report"]
            .with_user(self.user)
            ._render_qweb_html("mto_execution.report_traveller", production.ids)[0]
            .decode()
        )
        for text in (
            production.name,
            "Brake kit",
            self.stock.display_name,
            "Assemble",
            "All 20 can start today.",
            production.workorder_ids.barcode,
        ):
            self.assertIn(text, html)
        self.assertEqual(html.count("data:image/svg+xml;base64,"), 2)

    def test_bar_codes_can_be_scanned(self):
        """On a sheet of A4 the narrowest bar of a step is a quarter of a millimetre."""
        step = self._make(1).workorder_ids
        code = self.env["mrp.production"]._get_traveller_barcode(step.barcode)
        picture = etree.fromstring(base64.b64decode(code.split(",")[1]))
        bars = picture.findall(".//{*}rect")
        self.assertGreater(len(bars), 3 * len(step.barcode))
        narrowest = min(float(bar.get("width")) for bar in bars)
        column = 0.41 * 190
        self.assertGreater(narrowest * column / float(picture.get("width")), 0.25)
        for value in (False, "", "Größe"):
            self.assertFalse(self.env["mrp.production"]._get_traveller_barcode(value))

    def test_traveller_tells_what_is_missing(self):
        production = self._make(200)
        production.action_assign()
        rows = production._get_traveller_components()
        missing = {row["product"]: row["quantity"] for row in rows if row["is_missing"]}
        self.assertEqual(missing, {"Frame": "180", "Wheel": "360", "Brake kit": "86"})

    def test_traveller_names_customers(self):
        self.bike.supply_policy = "make_to_order"
        order = self._create_order((self.bike, 3))
        (row,) = self._get_productions(self.bike)._get_traveller_orders()
        self.assertEqual((row["order"], row["customer"]), (order.name, "Customer"))
        self.assertEqual(row["quantity"], "3")

    def test_traveller_tells_the_day_of_the_reader(self):
        """Half past eleven at night in UTC is the next day in Tokyo."""
        self.bike.supply_policy = "make_to_order"
        self._create_order((self.bike, 3)).commitment_date = "2030-05-01 23:30:00"
        made = self._get_productions(self.bike)
        for zone, day in (("UTC", "05/01/2030"), ("Asia/Tokyo", "05/02/2030")):
            (row,) = made.with_context(tz=zone)._get_traveller_orders()
            self.assertEqual(row["promised"], day)

    def test_board(self):
        """Every status has its column, also without orders."""
        self._make(1).action_release()
        self._make(1).action_hold("Drawing is missing")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mto_execution.mrp_production_board_action"
        )
        groups = (
            self.env["mrp.production"]
            .with_user(self.user)
            .with_context(read_group_expand=True)
            .web_read_group(
                literal_eval(action["domain"]), ["execution_status"], ["__count"]
            )["groups"]
        )
        counts = {group["execution_status"]: group["__count"] for group in groups}
        self.assertGreaterEqual(counts["released"], 1)
        self.assertGreaterEqual(counts["hold"], 1)
        self.assertIn("closed", counts)

    def test_scan_opens_the_step(self):
        """A code of the traveller: of a step, or of the order (its next step)."""
        production = self._make(5)
        workorder = production.workorder_ids
        orders = self.env["mrp.workorder"].with_user(self.user)
        for code in (workorder.barcode, f" {production.name} "):
            action = orders.action_scan(code)
            self.assertEqual(
                (action["res_model"], action["res_id"]), (orders._name, workorder.id)
            )
        action = orders.action_scan("nonsense")
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("nonsense", action["params"]["message"])

    def test_equipment_and_downtime(self):
        """The dispatch list says with what, and when the work center does not work."""
        equipment = self.env["mto.workcenter.equipment"].create(
            {"name": "Truing stand", "workcenter_id": self.bench.id}
        )
        production = self._make(5)
        workorder = production.workorder_ids.with_user(self.user)
        self.assertEqual(workorder.equipment_names, "Truing stand")
        self.assertFalse(workorder.downtime_message)
        action = self.bench.action_view_downtimes()
        start = self.env.cr.now() + timedelta(days=2)
        leave = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create(
                {
                    "name": "Maintenance",
                    "date_from": start,
                    "date_to": start + timedelta(hours=4),
                    "equipment_id": equipment.id,
                }
            )
        )
        self.env.invalidate_all()
        self.assertIn("Truing stand", workorder.downtime_message)
        self.assertIn(leave, self.env[action["res_model"]].search(action["domain"]))
        leave.write(
            {
                "date_from": start + timedelta(days=30),
                "date_to": start + timedelta(days=31),
            }
        )
        self.env.invalidate_all()
        self.assertFalse(workorder.downtime_message, "too far ahead to say")
