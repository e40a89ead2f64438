import io
import json
from datetime import timedelta

import openpyxl

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import PeggingCommon


class TestOrderSupply(PeggingCommon):
    def _get_tree(self, order):
        return self.env["mto.order.supply"].get_tree(order.ids)

    def _get_lines(self, tree):
        """The tree as a person reads it: (level, product, quantity, state)."""
        return [
            (
                row["level"],
                row["cells"]["product"],
                row["cells"]["quantity"]["value"],
                row["cells"]["state"],
            )
            for row in tree["rows"]
        ]

    def test_order_reads_from_the_top_down(self):
        order = self._create_order(
            (self.bike, 2),
            commitment_date=self.env.cr.now() + timedelta(days=90),
        )
        tree = self._get_tree(order)
        self.assertEqual(
            [line[:3] for line in self._get_lines(tree)],
            [
                (0, "Bike", 2),
                (1, "Bike", 2),
                (2, "Bike", 2),
                (3, "Wheel", 4),
                (4, "Bolt", 16),
                (3, "Bolt", 2),
            ],
        )
        by_product = {row["cells"]["product"]: row for row in tree["rows"]}
        self.assertEqual(by_product["Wheel"]["model"], "mrp.production")
        # One purchase for the wheels and for the bike itself.
        bolt = by_product["Bolt"]["cells"]["quantity"]
        self.assertEqual((bolt["value"], bolt["total"]), (2, 18))
        self.assertFalse(by_product["Wheel"]["cells"]["quantity"]["total"])
        self.assertIn(order.name, tree["title"])

    def test_missing_part_is_a_problem_of_its_row(self):
        self.bolt.supply_policy = "make_to_stock"
        order = self._create_order((self.wheel, 1))
        tree = self._get_tree(order)
        problem = next(row for row in tree["rows"] if row["cells"]["product"] == "Bolt")
        self.assertTrue(problem["problem"])
        self.assertEqual(problem["cells"]["state"], "Missing: 4 Units")

    def test_late_purchase_is_a_problem(self):
        order = self._create_order((self.wheel, 1))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.date_planned = self.env.cr.now() + timedelta(days=200)
        tree = self._get_tree(order)
        row = next(row for row in tree["rows"] if row["cells"]["product"] == "Bolt")
        self.assertEqual(row["cells"]["state"], "Late")
        self.assertLess(row["cells"]["slack"], -100)

    def test_part_from_stock_and_part_made_are_two_rows(self):
        self.wheel.supply_policy = "stock_then_order"
        self._add_stock(self.wheel, 3)
        order = self._create_order((self.bike, 2))
        wheels = [
            line
            for line in self._get_lines(self._get_tree(order))
            if line[1] == "Wheel"
        ]
        self.assertEqual(
            [line[:3] for line in wheels],
            [(3, "Wheel", 4), (4, "Wheel", 3), (4, "Wheel", 1)],
        )

    def test_queries_do_not_grow_with_the_order(self):
        counts = []
        for quantity in (1, 6):
            products = []
            for number in range(quantity):
                product = self._create_product(f"Cart {number}", "make_to_order")
                self._create_bom(product, [(self.bike, 1), (self.wheel, 2)])
                products.append((product, 1))
            order = self._create_order(*products)
            self._get_tree(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_tree(order)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_quotation_teaches(self):
        order = self._create_order((self.bike, 2), confirm=False)
        tree = self._get_tree(order)
        self.assertFalse(tree["rows"])
        self.assertTrue(tree["empty"]["title"])

    def test_only_readers_of_the_order(self):
        order = self._create_order((self.bike, 2))
        user = self._create_user("sales")
        report = self.env["mto.order.supply"].with_user(user)
        with self.assertRaises(AccessError):
            report.get_tree(order.ids)
        order.user_id = user
        order.invalidate_recordset()
        self.assertTrue(report.get_tree(order.ids)["rows"])

    def test_line_alone(self):
        order = self._create_order((self.bike, 2), (self.wheel, 3))
        line = order.order_line[1]
        action = line.action_open_supply()
        tree = self.env[action["params"]["report"]].get_tree(
            action["context"]["active_ids"]
        )
        self.assertEqual(
            [row[:3] for row in self._get_lines(tree)],
            [(0, "Wheel", 3), (1, "Wheel", 3), (2, "Wheel", 3), (3, "Bolt", 12)],
        )
        # The purchase serves the bikes too.
        bolt = tree["rows"][-1]["cells"]["quantity"]
        self.assertEqual(bolt["total"], 12 + 18)
        self.assertIn("Wheel", tree["title"])
        expected = self.env[tree["switch"]["report"]].get_tree(line.ids)
        self.assertTrue(expected["switch"]["active"])
        self.assertEqual(len(expected["rows"]), len(tree["rows"]))

    def test_only_readers_of_the_line(self):
        line = self._create_order((self.bike, 2)).order_line
        user = self._create_user("sales")
        report = self.env["mto.order.line.supply"].with_user(user)
        with self.assertRaises(AccessError):
            report.get_tree(line.ids)
        line.order_id.user_id = user
        line.invalidate_recordset()
        self.assertTrue(report.get_tree(line.ids)["rows"])

    def test_spreadsheet_has_levels_numbers_and_dates(self):
        order = self._create_order((self.bike, 2))
        content = self.env["mto.order.supply"]._get_xlsx(order.ids)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        header = [cell.value for cell in sheet[1]]
        self.assertEqual(header[:4], ["Product", "Quantity", "Quantity: total", "Unit"])
        rows = list(sheet.iter_rows(min_row=2))
        tree = self._get_tree(order)
        self.assertEqual(len(rows), len(tree["rows"]))
        dates = {"Start": "start", "End": "end", "Needed": "needed"}
        for told, cells in zip(tree["rows"], rows, strict=True):
            level = sheet.row_dimensions[cells[0].row].outline_level
            self.assertEqual(
                (cells[0].value, level), (told["cells"]["product"], told["level"])
            )
            self.assertEqual(cells[1].value, told["cells"]["quantity"]["value"])
            self.assertEqual(cells[1].data_type, "n")
            for label, name in dates.items():
                self._check_date(cells[header.index(label)], told["cells"][name])

    def _check_date(self, cell, text):
        """A real date, at the hour of the reader; empty where nothing is known."""
        if not text:
            self.assertIsNone(cell.value)
            return
        self.assertTrue(cell.is_date)
        moment = fields.Datetime.context_timestamp(
            self.env.user, fields.Datetime.to_datetime(text)
        )
        self.assertAlmostEqual(
            cell.value, moment.replace(tzinfo=None), delta=timedelta(seconds=1)
        )


@tagged("post_install", "-at_install")
class TestOrderSupplyDownload(HttpCase, PeggingCommon):
    def test_download(self):
        order = self._create_order((self.bike, 2))
        self.authenticate("admin", "admin")
        data = {"report": "mto.order.supply", "ids": json.dumps(order.ids)}
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open("/mto_cascade/supply_tree/xlsx", data=data)
        self.assertEqual(response.status_code, 200)
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        self.assertEqual(sheet["A2"].value, "Bike")
        data["report"] = "res.users"
        response = self.url_open("/mto_cascade/supply_tree/xlsx", data=data)
        self.assertEqual(response.status_code, 404)
