from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestBoms(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mrp.bom"].search([]).active = False
        cls.frame = cls._product("Frame")
        cls.tube = cls._product("Tube")
        cls.bike = cls._product("Bike")

    def _write_line(self, line, **values):
        """What Odoo refuses comes from imports past it."""
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(
                f"UPDATE mrp_bom_line SET {column} = %s WHERE id = %s", [value, line.id]
            )
        self.env.invalidate_all()

    def _operation(self, bom, workcenter=None, **values):
        return self.env["mrp.routing.workcenter"].create(
            {
                "name": "Weld",
                "bom_id": bom.id,
                "workcenter_id": (workcenter or self._workcenter()).id,
                "time_mode": "manual",
                "time_cycle_manual": 5,
                **values,
            }
        )

    def test_b02_cycle(self):
        self.assertAbsent("B02")
        bike = self._bom(self.bike, self.frame)
        frame = self._bom(self.frame, self.tube)
        self.assertHolds("B02")
        self._write_line(frame.bom_line_ids, product_id=self.bike.id)
        self.assertFinds("B02", bike | frame)

    def test_b02_lines_of_variants_count_for_theirs(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [(0, 0, {"name": "Red"}), (0, 0, {"name": "Blue"})],
            }
        )
        kit = self.env["product.template"].create(
            {
                "name": "Set",
                "type": "consu",
                "company_id": self.company.id,
                "attribute_line_ids": [
                    (
                        0,
                        0,
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        },
                    )
                ],
            }
        )
        red, blue = kit.product_variant_ids
        first = self._bom(red, self.frame)
        only_red = red.product_template_attribute_value_ids
        first.bom_line_ids.bom_product_template_attribute_value_ids = only_red
        # The frame holds the blue one: no circle, as the blue one takes no frame.
        second = self._bom(self.frame, blue)
        self.assertHolds("B02")
        self._write_line(second.bom_line_ids, product_id=red.id)
        self.assertFinds("B02", first | second)

    def test_b03_empty(self):
        self.assertAbsent("B03")
        self._bom(self.bike, self.frame)
        self.assertHolds("B03")
        self.assertFinds("B03", self._bom(self.frame))

    def test_b04_quantity(self):
        self.assertAbsent("B04")
        self._bom(self.bike, self.frame)
        self.assertHolds("B04")
        bad = self._bom(self.frame, self.tube).bom_line_ids
        bad.product_qty = 0
        self.assertFinds("B04", bad)

    def test_b05_archived(self):
        self.assertAbsent("B05")
        self._bom(self.bike, self.frame)
        self.assertHolds("B05")
        bad = self._bom(self.frame, self.tube).bom_line_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_product SET active = false WHERE id = %s", [self.tube.id]
        )
        self.env.invalidate_all()
        self.assertFinds("B05", bad)

    def test_b06_unit(self):
        self.assertAbsent("B06")
        self._bom(self.bike, self.frame)
        self.assertHolds("B06")
        bad = self._bom(self.frame, self.tube).bom_line_ids
        self._write_line(bad, product_uom_id=self.kg.id)
        self.assertFinds("B06", bad)

    def test_b07_routing(self):
        self.assertAbsent("B07")
        self._bom(self.tube, type="phantom")
        self.assertAbsent("B07")
        self._operation(self._bom(self.bike, self.frame))
        self.assertHolds("B07")
        self.assertFinds("B07", self._bom(self.frame, self.tube))

    def test_b08_operation(self):
        self.assertAbsent("B08")
        bom = self._bom(self.bike, self.frame)
        self._operation(bom)
        self.assertHolds("B08")
        no_time = self._operation(bom, time_cycle_manual=0)
        free = self._operation(bom, self._workcenter(costs_hour=0))
        closed = self._operation(bom)
        closed.workcenter_id.active = False
        self.assertFinds("B08", no_time | free | closed)

    def test_b09_ambiguous(self):
        self.assertAbsent("B09")
        first = self._bom(self.bike, self.frame, sequence=1)
        second = self._bom(self.bike, self.tube, sequence=2)
        self.assertHolds("B09")
        second.sequence = 1
        self.assertFinds("B09", first | second)

    def test_b10_lead_time(self):
        self._bom(self.bike, self.frame)
        self.assertAbsent("B10")
        self._make_to_order(self.frame)
        good = self._bom(self.frame, self.tube, produce_delay=2)
        self.assertHolds("B10")
        good.produce_delay = 0
        self.assertFinds("B10", good)

    def test_b10_by_category(self):
        parent = self.env["product.category"].create({"name": "Made"})
        child = parent.copy({"name": "Bikes", "parent_id": parent.id})
        self.env.ref("stock.route_warehouse0_mto").write(
            {"active": True, "product_categ_selectable": True}
        )
        parent.route_ids = self.env.ref("stock.route_warehouse0_mto")
        self.bike.categ_id = child
        self.assertFinds("B10", self._bom(self.bike, self.frame))

    def test_b11_subcontractor(self):
        row = self.assertAbsent("B11")
        if "mrp_subcontracting" not in self.env.registry._init_modules:
            self.assertIn("is not installed", row["message"])
            return
        vendor = self._vendor()
        good = self._bom(
            self.frame, self.tube, type="subcontract", subcontractor_ids=vendor.ids
        )
        price = self._price(self.frame, vendor)
        self.assertHolds("B11")
        price.date_end = "2020-01-01"
        self.assertFinds("B11", good)

    def test_b12_outdated(self):
        self.assertAbsent("B12")
        bom = self._bom(self.bike, self.frame)
        orders = self.env["mrp.production"].create(
            [{"product_id": self.bike.id, "bom_id": bom.id} for _each in range(2)]
        )
        orders.action_confirm()
        self.assertHolds("B12")
        orders[1].is_outdated_bom = True
        self.assertFinds("B12", orders[1])
