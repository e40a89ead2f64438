from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestItems(ReadinessCommon):
    def test_m01_category(self):
        self.assertEmpty("M01")
        category = self.env["product.category"].create({"name": "Frames"})
        self._product(categ_id=category.id)
        self.assertHolds("M01")
        bad = self._product("Wheel")
        bad.categ_id = False
        self.assertFinds("M01", bad.product_tmpl_id)

    def test_m02_reference(self):
        self.assertEmpty("M02")
        first = self._product("Frame", default_code="F-1")
        self.assertHolds("M02")
        blank = self._product("Wheel", default_code="  ")
        double = self._product("Rim", default_code=" f-1")
        self._product("Spoke", default_code="S-1")
        self.assertFinds("M02", first | blank | double)

    def test_m02_of_other_companies_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._product("Frame", default_code="F-1")
        self._product("Frame", default_code="F-1", company_id=other.id)
        self.assertHolds("M02")

    def test_m03_cost(self):
        self.assertAbsent("M03")
        self._put(self._product())
        self.assertHolds("M03")
        free = self._product("Bell", standard_price=0)
        self._put(free)
        self._product("Not in stock", standard_price=0)
        self.assertFinds("M03", free)

    def test_m04_archived_stock(self):
        self.assertAbsent("M04")
        self._put(self._product())
        self.assertHolds("M04")
        old = self._product("Old")
        self._put(old)
        old.product_tmpl_id.active = False
        self.assertFinds("M04", old)

    def test_m05_sales_tax(self):
        self.assertIn("no sales taxes", self.assertAbsent("M05")["message"])
        tax = self._create_tax()
        self._product(taxes_id=tax.ids)
        self.assertHolds("M05")
        bad = self._product("Bell", taxes_id=[])
        self.assertFinds("M05", bad.product_tmpl_id)

    def _create_tax(self):
        country = self.env.ref("base.de").id
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id, "country_id": country}
        )
        return self.env["account.tax"].create(
            {
                "name": "VAT 19 %",
                "amount": 19,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": country,
                "tax_group_id": group.id,
            }
        )

    def test_m06_tracking(self):
        self.assertAbsent("M06")
        serial = self._product(tracking="serial")
        lots = self.env["stock.lot"].create(
            [
                {
                    "name": f"S-{number}",
                    "product_id": serial.id,
                    "company_id": self.company.id,
                }
                for number in range(2)
            ]
        )
        self._put(serial, lot_id=lots[0].id)
        self.assertHolds("M06")
        untold = self._put(serial)
        twice = self._put(serial, quantity=2, lot_id=lots[1].id)
        self.assertFinds("M06", untold | twice)

    def test_m07_units(self):
        self.assertAbsent("M07")
        frame, wheel, rim = map(self._product, ("Frame", "Wheel", "Rim"))
        self._bom(frame)
        self._price(wheel)
        self.assertHolds("M07")
        price = self._price(rim)
        bom = self._bom(wheel)
        # The form refuses it: it comes from imports and from units that were changed.
        self._set_unit("product_supplierinfo", price)
        self._set_unit("mrp_bom", bom)
        self.assertFinds("M07", (rim | wheel).product_tmpl_id)

    def _set_unit(self, table, record):
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {table} SET product_uom_id = %s WHERE id = %s",
            [self.kg.id, record.id],
        )
        self.env.invalidate_all()
