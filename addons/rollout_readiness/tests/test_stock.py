from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestStock(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tube = cls._product("Tube")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")

    def _picking(self, kind, source, target, **values):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.tube.id,
                            "product_uom_qty": 2,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        },
                    )
                ],
                **values,
            }
        )
        picking.action_confirm()
        return picking

    def test_i01_negative(self):
        self.assertAbsent("I01")
        self._put(self.tube, 3)
        self.assertHolds("I01")
        bad = self._put(self._product("Rim"), -1)
        self.assertFinds("I01", bad)

    def test_i01_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        part = self._product("Rim", company_id=other.id)
        self._put(part, -1, warehouse.lot_stock_id)
        self.assertAbsent("I01")

    def test_i01_of_the_warehouses_of_a_site(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "SEC", "company_id": self.company.id}
        )
        bad = self._put(self.tube, -1)
        self._put(self.tube, 1, second.lot_stock_id)
        programme = self.env["rollout.programme"].create(
            {
                "name": "Rollout",
                "template_id": self.env.ref("rollout_gate.template_light").id,
                "company_ids": self.company.ids,
            }
        )
        site = self.env["rollout.site"].create(
            {
                "name": "Second",
                "programme_id": programme.id,
                "company_id": self.company.id,
                "warehouse_ids": second.ids,
            }
        )
        self.assertFinds("I01", bad)
        self.assertEqual(self._run("I01", site_id=site.id)["status"], "pass")
        site.warehouse_ids = self.warehouse
        self.assertEqual(self._run("I01", site_id=site.id)["sample_ids"], bad.ids)

    def test_i02_reservations(self):
        self.assertAbsent("I02")
        quant = self._put(self.tube, 5)
        picking = self._picking(self.warehouse.out_type_id, self.stock, self.customers)
        picking.action_assign()
        self.assertEqual(quant.reserved_quantity, 2)
        self.assertHolds("I02")
        quant.reserved_quantity = 4
        self.assertFinds("I02", quant)
        self.Checks._find_by_code("I02").action_repair(self.company.id)
        self.assertEqual(quant.reserved_quantity, 2)
        self.assertHolds("I02")

    def test_i03_counts(self):
        self.assertAbsent("I03")
        self._put(self._product("Rim"))
        quant = self._put(self.tube, 5)
        self.assertHolds("I03")
        quant.write({"inventory_quantity": 4, "inventory_quantity_set": True})
        self.assertFinds("I03", quant)

    def test_i04_receipts(self):
        self.assertAbsent("I04")
        args = self.warehouse.in_type_id, self.vendors, self.stock
        self._picking(*args)
        self.assertHolds("I04")
        late = self._picking(*args)
        late.scheduled_date = fields.Datetime.now() - timedelta(days=4)
        self.assertFinds("I04", late)

    def test_i05_deliveries(self):
        self.assertAbsent("I05")
        args = self.warehouse.out_type_id, self.stock, self.customers
        good = self._picking(*args)
        good.scheduled_date = fields.Datetime.now() + timedelta(days=1)
        self.assertHolds("I05")
        late = self._picking(*args)
        late.scheduled_date = fields.Datetime.now() - timedelta(hours=1)
        self.assertFinds("I05", late)

    def test_i06_lots(self):
        self.env["stock.lot"].search([("company_id", "=", False)]).unlink()
        self.assertAbsent("I06")
        self.tube.tracking = "lot"
        lots = self.env["stock.lot"].create(
            [
                {
                    "name": name,
                    "product_id": self.tube.id,
                    "company_id": self.company.id,
                }
                for name in ("L-1", "L-2", "l-2 ")
            ]
        )
        self.assertFinds("I06", lots[1:])
        lots[2].name = "L-3"
        self.assertHolds("I06")
