from lxml import html

from odoo import Command
from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestBomOverview(SupplyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tube = cls._create_part("Tube")
        cls.frame = cls._create_product("Frame")
        cls._create_bom(cls.frame, [(cls.tube, 4)])
        cls.bell = cls._create_part("Bell", "make_to_stock")
        cls.kit = cls._create_product("Kit")
        cls._create_bom(cls.kit, [(cls.tube, 1)], type="phantom")
        cls.bike = cls._create_product("Bike")
        cls.bom = cls._create_bom(
            cls.bike, [(cls.frame, 1), (cls.bell, 2), (cls.kit, 1)]
        )
        cls.company.supply_preset = "assemblies"
        cls.Report = cls.env["report.mrp.report_bom_structure"]

    def _get_lines(self, bom=None, **context):
        Report = self.Report.with_context(**context)
        data = Report._get_report_data((bom or self.bom).id)["lines"]
        lines = [data]
        for line in lines:
            lines += line["components"] if "components" in line else []
        return lines

    def test_policy_and_why_of_each_line(self):
        told = [
            (line["name"], line["supply_policy"], line["supply_why"])
            for line in self._get_lines()
        ]
        choice = "the company's choice, Assemblies for the order, bought parts from"
        made = f"Made for the order: {choice} stock first"
        bought = f"From stock first; what is missing is bought: {choice} stock first"
        self.assertEqual(
            told,
            [
                ("Bike", "Make to order", made),
                ("Frame", "Make to order", made),
                ("Bell", "Make to stock", "From stock: policy of the product"),
                (
                    "Kit",
                    False,
                    "A kit: each of its components follows its own policy.",
                ),
                ("Tube", "Stock first, then order", bought),
                ("Tube", "Stock first, then order", bought),
            ],
        )

    def test_levels_are_those_of_the_order(self):
        """The tube of the frame is at level 2, that of the kit at level 1."""
        self.env["mto.supply.rule"].create(
            {"name": "Deep", "result": "make_to_order", "level_from": "2"}
        )
        whys = [
            line["supply_why"] for line in self._get_lines() if line["name"] == "Tube"
        ]
        self.assertIn("rule 'Deep' (level 2)", whys[0])
        self.assertIn("company's choice", whys[1])

    def test_below_stock(self):
        self.frame.supply_policy = "make_to_stock"
        tube = [line for line in self._get_lines() if line["name"] == "Tube"][0]
        self.assertEqual(tube["supply_why"], "Not ordered: Frame comes from stock")
        # The product of the overview itself is made: that is what one looks at.
        self.bike.supply_policy = "make_to_stock"
        self.assertIn("Frame", self._get_lines()[4]["supply_why"])
        self.assertEqual(self._get_lines()[1]["supply_policy"], "Make to stock")

    def test_line_of_this_bill_of_materials(self):
        self.bom.bom_line_ids[1].supply_policy = "make_to_order"
        self.assertIn("bill of materials of Bike", self._get_lines()[2]["supply_why"])

    def test_chosen_warehouse(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "2ND", "supply_policy": "make_to_stock"}
        )
        lines = self._get_lines(warehouse_id=warehouse.id)
        self.assertEqual(
            lines[1]["supply_why"], "From stock: policy of warehouse Second"
        )

    def test_without_product(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Color",
                "create_variant": "dynamic",
                "value_ids": [Command.create({"name": "Red"})],
            }
        )
        line = {
            "attribute_id": attribute.id,
            "value_ids": [Command.set(attribute.value_ids.ids)],
        }
        template = self.env["product.template"].create(
            {"name": "Dynamic", "attribute_line_ids": [Command.create(line)]}
        )
        self.assertFalse(template.product_variant_ids)
        bom = self.env["mrp.bom"].create({"product_tmpl_id": template.id})
        self.assertNotIn("supply_why", self._get_lines(bom)[0])

    def test_reader_of_the_overview(self):
        """The shop floor may not read what rules ask for."""
        self.env["mto.supply.rule"].create(
            {"name": "Dear", "result": "make_to_order", "cost_min": 1, "supply": "buy"}
        )
        self.tube.standard_price = 42.5
        Report = self.Report.with_user(self._create_user("shop_floor"))
        data = Report._get_report_data(self.bom.id)["lines"]
        words = data["components"][0]["components"][0]["supply_why"]
        self.assertIn("rule 'Dear' (bought; unit cost)", words)
        self.assertNotIn("42", words)

    def test_on_paper(self):
        data = {"mode": "forecast"}
        values = self.Report._get_report_values(self.bom.ids, data)
        page = self.env["ir.qweb"]._render("mrp.report_bom_structure", values)
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")]
            for row in html.fromstring(str(page)).xpath("//table//tr")
        ]
        self.assertEqual(len({len(row) for row in rows}), 1, rows)
        self.assertEqual(rows[0][-3:-1], ["Policy", "Why"])
        self.assertEqual(
            [row[-3] for row in rows[1:]],
            [
                "Make to order",
                "Make to order",
                "Stock first, then order",
                "Make to stock",
                "",
                "Stock first, then order",
            ],
        )

    def test_queries_do_not_grow_with_the_lines(self):
        def count(number):
            parts = [self._create_part(f"Part {number} {n}") for n in range(number)]
            product = self._create_product(f"Product {number}")
            bom = self._create_bom(product, [(part, 1) for part in parts])
            self.env.flush_all()
            self.env.invalidate_all()
            data = self.Report._get_bom_data(bom, self.warehouse, product=product)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Report._add_supply(data, self.warehouse)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(4), count(40))
