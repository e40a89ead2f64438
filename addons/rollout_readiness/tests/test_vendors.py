from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestVendors(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.supplierinfo"].search([]).unlink()
        cls.bike = cls._product("Bike")
        cls.tube = cls._product("Tube")
        cls.vendor = cls._vendor()

    def test_p01_valid_vendor(self):
        """Nothing asks for them: whatever may be bought is not looked at."""
        self.assertAbsent("P01")
        self._bom(self.bike, self.tube)
        price = self._price(self.tube, self.vendor)
        self.assertHolds("P01")
        today = fields.Date.today()
        for values in (
            {"date_end": today - timedelta(days=1)},
            {"date_end": False, "date_start": today + timedelta(days=1)},
        ):
            price.write(values)
            self.assertFinds("P01", self.tube)
        price.write({"date_start": today, "date_end": today})
        self.assertHolds("P01")
        self.vendor.active = False
        self.assertFinds("P01", self.tube)

    def test_p01_by_reordering_rule_and_order(self):
        ordered, stocked = self._product("Bell"), self._product("Spoke")
        self._make_to_order(ordered)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": stocked.id, "location_id": self.stock.id}
        )
        self.assertFinds("P01", ordered | stocked)

    def test_p02_price_and_lead_time(self):
        self.assertAbsent("P02")
        self._price(self.tube, self.vendor)
        self.assertHolds("P02")
        free = self._price(self.tube, self.vendor, price=0, min_qty=5)
        at_once = self._price(self.tube, self.vendor, delay=0, min_qty=9)
        gone = self._price(self.tube, self._vendor(active=False))
        self.assertFinds("P02", free | at_once | gone)

    def test_p03_two_prices(self):
        self.assertAbsent("P03")
        first = self._price(self.tube, self.vendor, date_end="2026-06-30")
        second = self._price(self.tube, self.vendor, date_start="2026-07-01")
        self._price(self.tube, self.vendor, min_qty=100)
        self.assertHolds("P03")
        second.date_start = "2026-06-30"
        self.assertFinds("P03", first | second)
        # One that ends before it begins: no error of the database.
        first.date_start = "2026-12-31"
        self.assertHolds("P03")

    def test_p04_master_data(self):
        self.assertAbsent("P04")
        self._price(self.tube, self.vendor)
        self.assertHolds("P04")
        silent = self._vendor(email=False)
        nowhere = self._vendor(country_id=False)
        no_terms = self._vendor(property_supplier_payment_term_id=False)
        for vendor in silent | nowhere | no_terms:
            self._price(self.tube, vendor)
        self.assertFinds("P04", silent | nowhere | no_terms)

    def test_p05_reordering_rules(self):
        self.assertAbsent("P05")
        rule = self._reordering_rule(self.tube)
        self.assertHolds("P05")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_warehouse_orderpoint SET product_max_qty = 0 WHERE id = %s",
            [rule.id],
        )
        double = self._reordering_rule(self.bike)
        self._make_to_order(self.bike)
        self.assertFinds("P05", rule | double)
        double.trigger = "manual"
        self.assertFinds("P05", rule)

    def _reordering_rule(self, product):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": self.stock.id,
                "product_min_qty": 2,
                "product_max_qty": 5,
                "trigger": "auto",
            }
        )

    def test_p06_approval(self):
        self.company.po_double_validation = "two_step"
        self.assertIn("nothing is bought", self.assertAbsent("P06")["message"])
        self._price(self.tube, self.vendor)
        self.assertHolds("P06")
        self.company.po_double_validation = "one_step"
        self.assertFinds("P06", self.company)

    def test_p08_observed_lead_time(self):
        self.assertAbsent("P08")
        price = self._price(self.tube, self.vendor, delay=10)
        other = self._price(self.bike, self.vendor, delay=10)
        for days in (9, 11, 10):
            self._receive(self.tube, days)
        for days in (16, 17, 2):
            self._receive(self.bike, days)
        self._receive(self._product("Bell"), 99)
        self.assertFinds("P08", other)
        other.delay = 15
        self.assertHolds("P08")
        price.delay = 1
        self.assertFinds("P08", price)

    def _receive(self, product, days):
        """A purchase that came so many days after it was confirmed."""
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_qty": 1})],
            }
        )
        order.button_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        order.date_approve = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
