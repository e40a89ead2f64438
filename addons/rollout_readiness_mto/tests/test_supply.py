from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.rollout_readiness.tests.common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestSupply(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.supply_preset = False
        cls.bike = cls._product("Bike", sale_ok=True, supply_policy="make_to_order")
        cls.tube = cls._product("Tube", sale_ok=False, supply_policy="make_to_order")
        cls.bom = cls._bom(cls.bike, cls.tube, produce_delay=3)
        cls.price = cls._price(cls.tube, delay=4)

    def _order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "C"}).id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    (0, 0, {"product_id": self.bike.id, "product_uom_qty": 2})
                ],
            }
        )
        order.action_confirm()
        return order

    def _nothing_is_sold(self):
        self.bike.sale_ok = False

    def test_b01_complete_path(self):
        self.assertHolds("B01")
        self.price.unlink()
        self.assertFinds("B01", self.bike)
        self._price(self.tube)
        self.assertHolds("B01")
        self._nothing_is_sold()
        self.assertAbsent("B01")

    def test_b01_expired_price(self):
        self.price.date_end = fields.Date.today() - timedelta(days=1)
        self.assertFinds("B01", self.bike)

    def test_b01_loop(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE id = %s",
            [self.bike.id, self.bom.bom_line_ids.id],
        )
        self.env.invalidate_all()
        self.assertFinds("B01", self.bike)

    def test_b01_topologies(self):
        """Kits, three steps, and another warehouse that resupplies this one."""
        self.bom.type = "phantom"
        self.assertHolds("B01")
        self.bom.type = "normal"
        self.warehouse.write(
            {"manufacture_steps": "pbm_sam", "delivery_steps": "pick_pack_ship"}
        )
        self.assertHolds("B01")
        self.price.unlink()
        self.assertFinds("B01", self.bike)

    def test_b16_replenished(self):
        self.tube.supply_policy = "make_to_stock"
        self.assertFinds("B16", self.tube)
        self.assertHolds("B01")
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.tube.id, "location_id": self.stock.id}
        )
        self.assertHolds("B16")
        self._nothing_is_sold()
        self.assertAbsent("B16")

    def test_b14_customer_lead_time(self):
        self.bike.sale_delay = 7
        self.assertHolds("B14")
        self.bike.sale_delay = 6
        self.assertFinds("B14", self.bike.product_tmpl_id)
        self.company.promise_default = "earliest"
        self.assertIn("earliest date is promised", self.assertAbsent("B14")["message"])

    def test_m08_reviewed(self):
        self.assertFinds("M08", self.bike.product_tmpl_id)
        template = self.bike.product_tmpl_id
        template.sudo().action_review_lead_times()
        self.assertHolds("M08")
        template.lead_time_review_date = fields.Date.today() - timedelta(days=400)
        self.assertFinds("M08", template)
        self.bike.supply_policy = "make_to_stock"
        self.assertAbsent("M08")

    def test_b13_approved(self):
        if "approved_content" not in self.env["mrp.bom"]._fields:
            self.assertIn("is not installed", self.assertAbsent("B13")["message"])
            return
        self.env["mrp.bom"].search([]).sudo().approved_content = False
        self.assertIn("is approved", self.assertAbsent("B13")["message"])
        frame = self._product("Frame", sale_ok=False, supply_policy="make_to_order")
        other = self._bom(frame, self.tube)
        self.bom.action_approve()
        self.assertFinds("B13", other)
        other.action_approve()
        self.assertHolds("B13")
        self.bom.bom_line_ids.product_qty = 3
        self.assertFinds("B13", self.bom)
        self.bom.action_approve()
        self.assertHolds("B13")

    def test_b15_long_lead(self):
        self.assertAbsent("B15")
        rim = self._product("Rim", sale_ok=False)
        category = self.env["product.category"].create(
            {"name": "Bought", "supply_policy": "make_to_order"}
        )
        (self.tube | rim).categ_id = category
        self._bom(self._product("Wheel", sale_ok=False), rim)
        self.price.delay = 30
        self._price(rim, delay=30)
        # On the tube somebody chose it; the rim has it from its category.
        self.assertFinds("B15", rim)
        template = rim.product_tmpl_id
        template.sudo().action_review_lead_times()
        self.assertHolds("B15")
        template.lead_time_review_date = fields.Date.today() - timedelta(days=400)
        self.assertFinds("B15", rim)
        rim.supply_policy = "make_to_stock"
        self.assertHolds("B15")

    def test_o01_links(self):
        self.assertAbsent("O01")
        order = self._order()
        self.assertHolds("O01")
        move = order.order_line.move_ids.filtered(
            lambda each: each.location_dest_id.usage == "customer"
        )
        production = move.move_orig_ids.production_id
        self.assertTrue(production)
        move.move_orig_ids = False
        production.reference_ids = False
        self.assertFinds("O01", move)

    def test_o08_projected(self):
        self.assertAbsent("O08")
        line = self._order().order_line
        line.promised_date = fields.Datetime.now() + timedelta(days=60)
        self._refresh()
        self.assertHolds("O08")
        line.promised_date = fields.Datetime.now() - timedelta(days=3)
        self._refresh()
        self.assertFinds("O08", line)

    def _refresh(self):
        """As the queue does within a minute."""
        self.env.flush_all()
        self.env.cr.flush()
        while self.env["mto.demand.change"]._follow(500):
            pass

    def test_l13_issues(self):
        self.assertAbsent("L13")
        Issues = self.env["operation.exception"]
        partner = self.env["res.partner"].create({"name": "Customer"})
        issues = Issues.concat(
            *(
                Issues._raise_exception(key, "late_promise", partner)
                for key in ("late-1", "late-2")
            )
        )
        self.assertHolds("L13")
        self.env.cr.execute(
            "UPDATE operation_exception SET due_date = due_date - interval '60 days'"
            " WHERE id = %s",
            [issues[1].id],
        )
        self.env.invalidate_all()
        self.assertFinds("L13", issues[1])

    def test_b10_and_p05_by_policy(self):
        """What a policy orders is made to order, as what a route does."""
        self.assertHolds("B10")
        self.bom.produce_delay = 0
        self.assertFinds("B10", self.bom)
        category = self.env["product.category"].create({"name": "Bought"})
        self.tube.write({"supply_policy": False, "categ_id": category.id})
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.tube.id,
                "location_id": self.stock.id,
                "product_max_qty": 2,
                "trigger": "auto",
            }
        )
        self.assertHolds("P05")
        category.supply_policy = "make_to_order"
        self.assertFinds("P05", rule)

    def test_f01_policy_instead_of_a_route(self):
        self.env.ref("stock.route_warehouse0_mto").active = False
        self.assertFinds("F01", self.warehouse)
        self.company.supply_preset = self.company._fields["supply_preset"].get_values(
            self.env
        )[0]
        self.assertIn("a policy of this company", self.assertAbsent("F01")["message"])
