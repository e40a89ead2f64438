import io

import openpyxl

from odoo.exceptions import AccessError

from ..engine.tree import TreeRow
from .common import SupplyCommon


class TestPreviewTree(SupplyCommon):
    """ "What will be created" as the screen and the spreadsheet get it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rim = cls._create_part("Rim", "make_to_order", delay=5)
        cls.wheel = cls._create_product("Wheel", "stock_then_order", on_hand=3)
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls._create_bom(cls.wheel, [(cls.rim, 1)])
        cls._create_bom(cls.bike, [(cls.wheel, 2)])

    def _get_tree(self, order):
        return self.env["mto.preview.order"].get_tree(order.ids)

    def _get_rows(self, tree):
        return {row["cells"]["product"]: row for row in tree["rows"]}

    def test_rows_say_what_comes_from_where(self):
        order = self._create_order((self.bike, 2), confirm=False)
        tree = self._get_tree(order)
        self.assertEqual([row["level"] for row in tree["rows"]], [0, 1, 2])
        wheel = self._get_rows(tree)["Wheel"]["cells"]
        self.assertEqual(wheel["from_stock"]["value"], 3)
        self.assertEqual(wheel["to_supply"]["value"], 1)
        self.assertEqual((wheel["supply"], wheel["document"]), ("Make", "New MO"))
        self.assertTrue(wheel["why"])
        summary = {item["label"]: item["value"] for item in tree["summary"]}
        self.assertEqual(summary["Manufacturing Orders"], "2")
        self.assertEqual(summary["Requests for Quotation"], "1")
        self.assertFalse(tree["messages"])

    def test_tones(self):
        """Red where something is wrong, green where stock suffices."""
        self._add_stock(self.wheel, 9)
        part = self._create_part("Bell", "make_to_order", delay=5)
        part.seller_ids.unlink()
        order = self._create_order((self.bike, 2), (part, 1), confirm=False)
        self.bike.bom_ids.produce_delay = self.wheel.bom_ids.produce_delay = 1
        rows = self._get_rows(self._get_tree(order))
        self.assertEqual(
            {name: row["tone"] for name, row in rows.items()},
            {"Bike": "", "Wheel": "success", "Bell": "danger"},
        )

    def test_what_joins_a_request(self):
        """A second order of the same references enlarges what is open."""
        order = self._create_order((self.rim, 2))
        order._action_cancel()
        order.action_draft()
        request = self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id), ("state", "=", "draft")]
        )
        order.order_line.product_uom_qty = 5
        tree = self._get_tree(order)
        [row] = tree["rows"]
        self.assertEqual(row["cells"]["document"], f"Joins {request.name}")
        self.assertEqual((row["model"], row["res_id"]), (request._name, request.id))
        self.assertIn(
            ("Documents to be Enlarged", "1"),
            [(item["label"], item["value"]) for item in tree["summary"]],
        )

    def test_reordering_rules_are_told_apart(self):
        self.rim.supply_policy = "make_to_stock"
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.rim.id,
                "location_id": self.stock.id,
                "product_min_qty": 10,
                "product_max_qty": 30,
                "trigger": "auto",
            }
        )
        order = self._create_order((self.bike, 2), confirm=False)
        tree = self._get_tree(order)
        [message] = [m["text"] for m in tree["messages"] if m["tone"] == "info"]
        self.assertIn("31 Units of Rim", message)

    def test_problem_is_told_on_its_row(self):
        self.rim.seller_ids.unlink()
        order = self._create_order((self.bike, 2), confirm=False)
        tree = self._get_tree(order)
        rim = self._get_rows(tree)["Rim"]
        self.assertTrue(rim["problem"])
        self.assertIn("vendor", rim["cells"]["why"])
        self.assertIn("Problems", {item["label"] for item in tree["summary"]})

    def test_problem_below_stock_is_told_above(self):
        """Three wheels are there: no rim is needed, but none could be had."""
        self.rim.seller_ids.unlink()
        order = self._create_order((self.bike, 1), confirm=False)
        tree = self._get_tree(order)
        self.assertNotIn("Rim", self._get_rows(tree))
        self.assertTrue(
            any("Bike > Wheel > Rim" in m["text"] for m in tree["messages"]),
            tree["messages"],
        )

    def test_confirmed_order_teaches(self):
        order = self._create_order((self.bike, 1))
        tree = self._get_tree(order)
        self.assertFalse(tree["rows"])
        self.assertTrue(tree["empty"]["text"])

    def test_product_template_and_bill_of_materials(self):
        for report, record in (
            ("mto.preview.product", self.bike),
            ("mto.preview.template", self.bike.product_tmpl_id),
            ("mto.preview.bom", self.bike.bom_ids),
        ):
            tree = self.env[report].get_tree(record.ids)
            self.assertEqual(tree["rows"][0]["cells"]["product"], "Bike", report)

    def test_cost_is_for_the_cost_group(self):
        self.rim.standard_price = 7
        order = self._create_order((self.bike, 2), confirm=False)
        user = self._create_user("sales_manager")
        report = self.env["mto.preview.order"].with_user(user)
        tree = report.get_tree(order.ids)
        self.assertNotIn("cost", {column["name"] for column in tree["columns"]})
        self.assertFalse(any("cost" in row["cells"] for row in tree["rows"]))
        user.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        tree = report.get_tree(order.ids)
        self.assertIn("cost", {column["name"] for column in tree["columns"]})
        self.assertEqual(self._get_rows(tree)["Rim"]["cells"]["cost"], 7)

    def test_only_readers_of_the_order(self):
        order = self._create_order((self.bike, 1), confirm=False)
        user = self._create_user("sales")
        with self.assertRaises(AccessError):
            self.env["mto.preview.order"].with_user(user).get_tree(order.ids)

    def test_documents_that_open_for_the_reader(self):
        """Odoo's forms fail for who may not read what stands in them: no link then."""
        documents = ("mrp.production", "purchase.order", "sale.order", "stock.picking")
        for role, opened in (
            ("sales_manager", {"sale.order"}),
            ("planner", {"mrp.production", "stock.picking"}),
            ("purchasing", {"purchase.order"}),
        ):
            tree = self.env["mto.preview.order"].with_user(self._create_user(role))
            rows = tree._prepare_rows(
                [TreeRow({}, document=(model, 1)) for model in documents]
            )
            links = {row["model"] for row in rows if row["res_id"]}
            self.assertLessEqual(opened, links, role)
            self.assertEqual(links & {"mrp.production"}, opened & {"mrp.production"})

    def test_spreadsheet(self):
        order = self._create_order((self.bike, 2), confirm=False)
        content = self.env["mto.preview.order"]._get_xlsx(order.ids)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        self.assertEqual(
            [sheet.cell(row, 1).value for row in (2, 3, 4)], ["Bike", "Wheel", "Rim"]
        )
        self.assertEqual(sheet.row_dimensions[4].outline_level, 2)
        self.assertEqual(
            [sheet.cell(row, 1).alignment.indent for row in (2, 3, 4)], [0, 1, 2]
        )
