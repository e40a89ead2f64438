from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestVendorTerms(SupplyCommon):
    """What the vendor sells shapes the order; the rest is seen and goes to stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.box = cls.env["uom.uom"].create(
            {"name": "Box of 10", "relative_factor": 10, "relative_uom_id": cls.unit.id}
        )

    def _create_bought(self, *prices, policy="make_to_order", on_hand=0, **vals):
        """A product bought at ``prices``: values of vendor prices."""
        return self._create_product(
            "Hub",
            policy,
            on_hand,
            seller_ids=[
                Command.create({"partner_id": self.vendor.id, "price": 10, **price})
                for price in prices
            ],
            **vals,
        )

    def _get_line(self, product):
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")]
        )
        line.ensure_one()
        return line

    def _get_receipts(self, line):
        """{linked to a demand: quantity} of the receipt of a confirmed line."""
        result = {True: 0, False: 0}
        for move in line.move_ids.filtered(lambda m: m.state != "cancel"):
            result[bool(move.move_dest_ids)] += move.product_qty
        return result

    def test_box_of_ten(self):
        hub = self._create_bought({"product_uom_id": self.box.id, "price": 70})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual(line.product_uom_id, self.box)
        self.assertEqual(line.product_qty, 1)
        self.assertEqual(line.price_unit, 70)
        self.assertEqual(line.required_qty, 6)
        self.assertEqual(line.surplus_qty, 4)
        self.assertEqual(line.quantity_explanation, "6 Units for demands, 4 to stock")
        line.order_id.button_confirm()
        self.assertEqual(self._get_receipts(line), {True: 6, False: 4})
        self._receive(line)
        delivery = order.picking_ids
        self.assertEqual(delivery.move_ids.quantity, 6)
        self.assertEqual(hub.qty_available, 10)
        self.assertEqual(hub.free_qty, 4)

    def _receive(self, line):
        for picking in line.order_id.picking_ids:
            picking.button_validate()

    def test_core_quantities_without_a_policy(self):
        """Core's make-to-order route keeps core's quantity."""
        hub = self._create_bought(
            {"product_uom_id": self.box.id, "price": 70},
            policy=None,
            route_ids=self.mto_route.ids,
        )
        self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual(line.product_qty, 0.6)
        self.assertFalse(line.required_qty)
        self.assertFalse(line.quantity_explanation)
        self.assertFalse(line.order_id.has_required_qty)

    def test_minimum(self):
        hub = self._create_bought({"min_qty": 25})
        self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.price_unit), (25, 10))
        self.assertEqual(line.surplus_qty, 19)

    def test_minimum_in_boxes(self):
        """The minimum of a price counts in the unit of the vendor."""
        hub = self._create_bought({"product_uom_id": self.box.id, "min_qty": 3})
        self._create_order((hub, 6))
        self.assertEqual(self._get_line(hub).product_qty, 3)

    def test_price_break(self):
        """The price is the one that the ordered quantity reaches."""
        hub = self._create_bought(
            {"product_uom_id": self.box.id, "price": 100},
            {"product_uom_id": self.box.id, "price": 80, "min_qty": 5},
        )
        order = self._create_order((hub, 33))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.price_unit), (4, 100))
        order.order_line.product_uom_qty = 41
        self.assertEqual((line.product_qty, line.price_unit), (5, 80))
        self.assertEqual((line.required_qty, line.surplus_qty), (41, 9))
        order.order_line.product_uom_qty = 38
        self.assertEqual((line.product_qty, line.price_unit), (4, 100))
        self.assertEqual((line.required_qty, line.surplus_qty), (38, 2))

    def test_break_with_another_pack(self):
        """A break sold in a bigger pack: the line changes to whole bigger packs."""
        carton = self.env["uom.uom"].create(
            {
                "name": "Carton of 144",
                "relative_factor": 144,
                "relative_uom_id": self.unit.id,
            }
        )
        hub = self._create_bought(
            {"product_uom_id": self.dozen.id, "price": 120},
            {"product_uom_id": carton.id, "price": 1200, "min_qty": 1},
        )
        order = self._create_order((hub, 25))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.product_uom_id), (3, self.dozen))
        order.order_line.product_uom_qty = 140
        self.assertEqual((line.product_qty, line.product_uom_id), (1, carton))
        self.assertEqual((line.price_unit, line.surplus_qty), (1200, 4))
        order.order_line.product_uom_qty = 20
        self.assertEqual((line.product_qty, line.product_uom_id), (2, self.dozen))
        self.assertEqual((line.price_unit, line.required_qty), (120, 20))

    def test_validity_dates(self):
        """An expired price shapes nothing; core's rule says which one is valid."""
        today = fields.Date.today()
        hub = self._create_bought(
            {"min_qty": 100, "price": 1, "date_end": today - timedelta(days=1)},
            {"min_qty": 20, "price": 9, "date_start": today - timedelta(days=1)},
        )
        self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.price_unit), (20, 9))

    def test_a_vendor_without_minimum_is_preferred(self):
        """As core chooses: a price that the need reaches goes first."""
        other = self.env["res.partner"].create({"name": "Other"})
        hub = self._create_bought(
            {"min_qty": 100}, {"partner_id": other.id, "price": 15}
        )
        self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual((line.partner_id, line.product_qty), (other, 6))

    def test_needs_merge_into_one_pack(self):
        """The components of one order share a box before a second one is opened."""
        hub = self._create_bought({"product_uom_id": self.box.id})
        front = self._create_product("Front wheel", "make_to_order")
        rear = self._create_product("Rear wheel", "make_to_order")
        self._create_bom(front, [(hub, 1)])
        self._create_bom(rear, [(hub, 1)])
        order = self._create_order((front, 6), (rear, 3))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.required_qty), (1, 9))
        order.write(
            {
                "order_line": [
                    Command.create({"product_id": hub.id, "product_uom_qty": 3})
                ]
            }
        )
        self.assertEqual((line.product_qty, line.required_qty), (2, 12))
        line.order_id.button_confirm()
        self.assertEqual(self._get_receipts(line), {True: 12, False: 8})

    def test_stock_covers_a_part(self):
        """The demand asked for six of its ten: never more than that is attached."""
        hub = self._create_bought(
            {"product_uom_id": self.box.id}, policy="stock_then_order", on_hand=4
        )
        order = self._create_order((hub, 10))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.required_qty), (1, 6))
        line.move_dest_ids = order.picking_ids.move_ids
        line.order_id.button_confirm()
        self.assertEqual(self._get_receipts(line), {True: 6, False: 4})

    def test_buyer_orders_more(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        line.product_qty = 3
        self.assertEqual(line.surplus_qty, 24)
        order.order_line.product_uom_qty = 12
        self.assertEqual(line.product_qty, 4)
        order.order_line.product_uom_qty = 6
        self.assertEqual((line.product_qty, line.surplus_qty), (3, 24))

    def test_buyer_changes_the_unit(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        self._create_order((hub, 6))
        line = self._get_line(hub)
        line.write({"product_uom_id": self.unit.id, "product_qty": 8})
        self.assertEqual((line.required_qty, line.surplus_qty), (6, 2))

    def test_reduction_to_zero(self):
        hub = self._create_bought({"product_uom_id": self.box.id, "min_qty": 2})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        self.assertEqual(line.product_qty, 2)
        order.order_line.product_uom_qty = 0
        self.assertEqual((line.product_qty, line.required_qty), (0, 0))
        self.assertEqual(line.product_uom_id, self.box)
        order.order_line.product_uom_qty = 6
        self.assertEqual((line.product_qty, line.required_qty), (2, 6))

    def test_cancelled_demand_leaves_its_part_to_stock(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        order._action_cancel()
        self.assertEqual(line.surplus_qty, 10)

    def test_raised_after_confirmation(self):
        """The buyer raises a confirmed line: the surplus is not received twice."""
        hub = self._create_bought({"product_uom_id": self.box.id})
        self._create_order((hub, 6))
        line = self._get_line(hub)
        line.order_id.button_confirm()
        line.product_qty = 2
        self.assertEqual(self._get_receipts(line), {True: 6, False: 14})

    def test_lowered_after_confirmation(self):
        """The part for stock goes first, then the part for the demand."""
        hub = self._create_bought({})
        self._create_order((hub, 6))
        line = self._get_line(hub)
        line.product_qty = 10
        line.order_id.button_confirm()
        self.assertEqual(self._get_receipts(line), {True: 6, False: 4})
        line.product_qty = 8
        self.assertEqual(self._get_receipts(line), {True: 6, False: 2})
        line.product_qty = 5
        self.assertEqual(self._get_receipts(line), {True: 5, False: 0})
        line.product_qty = 9
        self.assertEqual(self._get_receipts(line), {True: 6, False: 3})

    def test_three_step_receipt(self):
        self.warehouse.reception_steps = "three_steps"
        hub = self._create_bought({"product_uom_id": self.box.id})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        line.order_id.button_confirm()
        self._receive(line)
        while pickings := self.env["stock.picking"].search(
            [
                ("state", "=", "assigned"),
                ("picking_type_id.code", "=", "internal"),
                ("product_id", "=", hub.id),
            ]
        ):
            pickings.move_ids.picked = True
            pickings._action_done()
        stored = order.picking_ids.move_ids.move_orig_ids
        self.assertEqual(sum(stored.mapped("quantity")), 6)
        self.assertEqual(order.picking_ids.move_ids.quantity, 6)
        self.assertEqual(hub.free_qty, 4)

    def test_seven_of_a_dozen(self):
        """No exact number of dozens, still seven pieces for the demand."""
        hub = self._create_bought({"product_uom_id": self.dozen.id})
        self._create_order((hub, 7))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.surplus_qty), (1, 5))
        line.order_id.button_confirm()
        self.assertEqual(self._get_receipts(line), {True: 7, False: 5})

    def test_demand_in_dozens(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        self._create_order((hub, 2, {"product_uom_id": self.dozen.id}))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.required_qty), (3, 24))

    def test_measures_are_no_packs(self):
        """Of a tonne any part is sold, rounded up to what the line can say."""
        kg = self.env.ref("uom.product_uom_kgm")
        ton = self.env.ref("uom.product_uom_ton")
        steel = self._create_bought({"product_uom_id": ton.id}, uom_id=kg.id)
        self._create_order((steel, 253.5))
        line = self._get_line(steel)
        self.assertEqual((line.product_qty, line.product_uom_id), (0.26, ton))
        self.assertAlmostEqual(line.surplus_qty, 6.5)

    def test_bags(self):
        """A bag of 25 kg is a pack, although it is counted in kilograms."""
        kg = self.env.ref("uom.product_uom_kgm")
        bag = self.env["uom.uom"].create(
            {"name": "Bag of 25 kg", "relative_factor": 25, "relative_uom_id": kg.id}
        )
        powder = self._create_bought({"product_uom_id": bag.id}, uom_id=kg.id)
        self._create_order((powder, 30.25))
        line = self._get_line(powder)
        self.assertEqual((line.product_qty, line.product_uom_id), (2, bag))
        self.assertAlmostEqual(line.surplus_qty, 19.75)

    def test_vendor_sells_single_pieces(self):
        """Of a product counted in dozens: nothing is rounded to dozens."""
        hub = self._create_bought(
            {"product_uom_id": self.unit.id}, uom_id=self.dozen.id
        )
        self._create_order((hub, 0.5))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.product_uom_id), (6, self.unit))

    def test_merged_requests_add_what_is_required(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        self._create_order((hub, 6))
        self._create_order((hub, 8))
        lines = self.env["purchase.order.line"].search([("product_id", "=", hub.id)])
        self.assertEqual(len(lines.order_id), 2)
        lines.order_id.action_merge()
        line = self._get_line(hub)
        self.assertEqual((line.required_qty, line.surplus_qty), (14, 6))

    def test_policy_joins_a_line_of_core(self):
        """What Odoo's route asked for on the same line is required too."""
        hub = self._create_bought(
            {"product_uom_id": self.box.id}, policy=None, route_ids=self.mto_route.ids
        )
        order = self._create_order((hub, 2))
        line = self._get_line(hub)
        self.assertEqual((line.product_qty, line.required_qty), (0.2, 0))
        hub.supply_policy = "make_to_order"
        line_vals = {"product_id": hub.id, "product_uom_qty": 6}
        order.write({"order_line": [Command.create(line_vals)]})
        self.assertEqual((line.product_qty, line.required_qty), (1, 8))
        self.assertEqual(line.move_dest_ids, order.picking_ids.move_ids)

    def test_core_joins_a_line_of_a_policy(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        order = self._create_order((hub, 6))
        line = self._get_line(hub)
        demand = order.picking_ids.move_ids.copy(
            {"product_uom_qty": 5, "procure_method": "make_to_order"}
        )
        demand.reference_ids = order.stock_reference_ids
        self._run_procurement(demand, 5, move_dest_ids=demand)
        self.assertEqual((line.product_qty, line.required_qty), (2, 11))
        # For stock: core's quantity, and nobody asked for it.
        nobody = {"move_dest_ids": demand.browse(), "sale_line_id": False}
        self._run_procurement(demand, 5, **nobody)
        self.assertEqual((line.product_qty, line.surplus_qty), (2.5, 14))

    def test_policy_and_core_in_one_run(self):
        """Whichever of the two core keeps the values of."""
        hub = self._create_bought({"product_uom_id": self.box.id})
        demand = self._create_order((hub, 1)).picking_ids.move_ids
        self._get_line(hub).order_id.button_confirm()
        rule = self.env["stock.rule"]
        by_policy = self._prepare_procurement(demand, 6)
        by_core = self._prepare_procurement(demand, 3, ordered_by_policy=False)
        for procurements in ([by_policy, by_core], [by_core, by_policy]):
            rule.run(procurements)
            line = self.env["purchase.order.line"].search(
                [("product_id", "=", hub.id), ("state", "=", "draft")]
            )
            self.assertEqual((line.product_qty, line.required_qty), (1, 9))
            line.order_id.button_cancel()

    def _run_procurement(self, move, quantity, **values):
        self.env["stock.rule"].run(
            [self._prepare_procurement(move, quantity, **values)]
        )

    def _prepare_procurement(self, move, quantity, **values):
        return self.env["stock.rule"].Procurement(
            move.product_id,
            quantity,
            move.product_uom,
            self.stock,
            "need",
            "need",
            self.company,
            {**move._prepare_procurement_values(), **values},
        )

    def test_purchaser_sees_what_goes_to_stock(self):
        hub = self._create_bought({"product_uom_id": self.box.id})
        self._create_order((hub, 6), user=self._create_user("sales"))
        user = self._create_user("purchasing")
        request = self._get_line(hub).order_id.with_user(user)
        with Form(request) as form, form.order_line.edit(0) as line:
            self.assertEqual(line.surplus_qty, 4)
            line.product_qty = 2
            self.assertEqual(line.surplus_qty, 14)
        request.button_confirm()
        self.assertEqual(self._get_receipts(request.order_line), {True: 6, False: 14})
