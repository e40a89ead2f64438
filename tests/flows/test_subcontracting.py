from odoo import fields

from .common import FlowCase, waits_for


class TestSubcontracting(FlowCase):
    """ "Subcontracting": frames welded in our plant are painted by a subcontractor.

    "Any subcontractor involved": the painter works from our material.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frames = cls.env.ref("mto_demo.warehouse_frames")
        cls.painter = cls.env.ref("mto_demo.subcontractor_painting")
        cls.painted = cls.env.ref("mto_demo.product_cargo_frame")
        cls.welded = cls.env.ref("mto_demo.product_cargo_frame_welded")
        cls.tubes = cls.env.ref("mto_demo.product_cargo_tube_set")

    def order_frames(self, quantity):
        """Frames are sold by the frame plant, which has welded and tube sets."""
        self.put_on_shelf(self.tubes, quantity, self.frames.lot_stock_id)
        return self.sell((self.painted, quantity, 620), warehouse_id=self.frames.id)

    def receipt_of(self, purchase):
        """The painter's goods coming in."""
        return purchase.picking_ids.filtered(
            lambda p: p.picking_type_code == "incoming"
        )

    def delivery_of(self, order, warehouse):
        """The customer's delivery, as it leaves the plant."""
        return order.picking_ids.filtered(
            lambda p: p.picking_type_id == warehouse.out_type_id
        )

    def test_painted_from_our_material(self):
        """2 frames: welded here, sent to the painter, painted, shipped and paid."""
        order = self.order_frames(2)
        purchase = self.purchases_of(order)
        self.assertEqual(purchase.partner_id, self.painter)
        self.assertQuantities(purchase.order_line, "product_qty", {self.painted: 2})
        self.assertEqual(purchase.order_line.price_unit, 65)
        self.buy(purchase)

        receipt = self.receipt_of(purchase)
        painting = receipt.move_ids.move_orig_ids.production_id
        self.assertEqual(painting.subcontractor_id, self.painter)
        self.assertEqual((painting.product_id, painting.product_qty), (self.painted, 2))
        resupply = painting.move_raw_ids.move_orig_ids
        self.assertQuantities(resupply, "product_uom_qty", {self.welded: 2})
        welding = resupply.move_orig_ids.production_id
        self.assertEqual((welding.product_id, welding.product_qty), (self.welded, 2))
        self.assertEqual(welding.picking_type_id.warehouse_id, self.frames)
        self.assertLessEqual(welding.date_start, painting.date_start)

        self.produce(welding, 2)
        self.assertEqual(self.on_hand(self.welded, self.frames), 2)
        welded_cost = self.welded.standard_price
        self.assertGreater(welded_cost, 88)
        self.move_goods(resupply.picking_id)
        self.assertEqual(self.on_hand(self.welded, self.frames), 0)
        # Our material stays ours while the painter has it.
        self.assertAmount(self.stock_value(self.welded), 2 * welded_cost)

        self.move_goods(receipt)
        self.assertEqual((painting.state, painting.qty_produced), ("done", 2))
        self.assertAmount(self.stock_value(self.welded), 0)
        self.assertAmount(self.stock_value(self.painted), 2 * (welded_cost + 65))
        self.assertEqual(purchase.order_line.qty_received, 2)
        bill = self.bill(purchase)
        self.assertAmount(bill.amount_untaxed, 2 * 65)

        delivery = self.delivery_of(order, self.frames)
        self.assertEqual(delivery.move_ids.move_orig_ids, receipt.move_ids)
        self.assertEqual(delivery.date_deadline, order.commitment_date)
        self.move_goods(delivery)
        invoice = self.invoice(order)
        self.pay(invoice)
        self.assertPaid(invoice, 2 * 620)
        self.assertGoodsCost(invoice, 2 * (welded_cost + 65))
        self.assertAmount(self.stock_value(self.painted), 0)

    def test_painter_delivers_in_two_parts(self):
        """1 of 2 frames comes back first: 1 is shipped, the other follows."""
        order = self.order_frames(2)
        purchase = self.buy(self.purchases_of(order))
        receipt = self.receipt_of(purchase)
        painting = receipt.move_ids.move_orig_ids.production_id
        resupply = painting.move_raw_ids.move_orig_ids
        self.produce(resupply.move_orig_ids.production_id, 2)
        self.move_goods(resupply.picking_id)
        delivery = self.delivery_of(order, self.frames)

        # A part receipt splits the painting order, which needs manufacturing rights.
        rest = self.move_goods(receipt, 1, role="shop_floor")
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        self.assertEqual(purchase.order_line.qty_received, 1)
        self.assertAmount(self.stock_value(self.welded), self.welded.standard_price)
        rest_delivery = self.move_goods(delivery, 1)
        self.move_goods(rest)
        self.assertEqual(purchase.order_line.qty_received, 2)
        self.assertAmount(self.stock_value(self.welded), 0)
        self.move_goods(rest_delivery)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertAmount(self.invoice(order).amount_untaxed, 2 * 620)

    def test_painted_frames_travel_to_the_other_plant(self):
        """Ordered from the assembly plant: one transit day from the frame plant."""
        self.put_on_shelf(self.tubes, 2, self.frames.lot_stock_id)
        order = self.sell((self.painted, 2, 620))
        purchase = self.purchases_of(order).filtered(
            lambda p: p.partner_id == self.painter
        )
        self.assertQuantities(purchase.order_line, "product_qty", {self.painted: 2})
        delivery = self.delivery_of(order, self.plant)
        arrival = delivery.move_ids.move_orig_ids
        departure = arrival.move_orig_ids
        self.assertEqual(arrival.location_id.usage, "transit")
        self.assertEqual(departure.location_id, self.frames.lot_stock_id)
        self.assertEqual((arrival.date - departure.date).days, 1)

        self.buy(purchase)
        receipt = self.receipt_of(purchase)
        self.assertEqual(departure.move_orig_ids, receipt.move_ids)
        painting = receipt.move_ids.move_orig_ids.production_id
        resupply = painting.move_raw_ids.move_orig_ids
        self.produce(resupply.move_orig_ids.production_id, 2)
        for picking in (
            resupply.picking_id,
            receipt,
            departure.picking_id,
            arrival.picking_id,
            delivery,
        ):
            self.move_goods(picking)
        self.assertEqual(order.order_line.qty_delivered, 2)
        self.assertEqual(self.on_hand(self.painted), 0)
        self.assertEqual(self.on_hand(self.painted, self.frames), 0)
        self.assertAmount(self.invoice(order).amount_untaxed, 2 * 620)

    @waits_for(
        "sale.order", "get_promise", "honest dates on the quotation (mto_promise)"
    )
    def test_quotation_counts_the_days_at_the_painter(self):
        """Welded here, then the painter's days: both are on the way to the customer."""
        # Other orders wait for tubes as well.
        self.put_on_shelf(self.tubes, 40, self.frames.lot_stock_id)
        quotation = self.quote(
            (self.painted, 2, 620), warehouse_id=self.frames.id, days=1
        )
        by_sales = quotation.with_env(self.as_("sales"))
        [told] = by_sales.get_promise()[0]["lines"]
        path = {step["supply"]: step for step in told["critical_path"]}
        price = self.painted.seller_ids.filtered(lambda s: s.partner_id == self.painter)
        painting = path["subcontract"]
        self.assertEqual(painting["product"], self.painted.name)
        self.assertGreaterEqual(painting["days"], price.delay)
        self.assertEqual(path["manufacture"]["product"], self.welded.name)
        self.assertLessEqual(path["manufacture"]["end"], painting["start"])
        self.assertIn("at their subcontractor", told["message"])
        earliest = fields.Datetime.to_datetime(told["feasible_date"])
        self.assertGreaterEqual(earliest, self.in_days(price.delay))

        # Promised for that day, core dates nothing before today.
        quotation.commitment_date = earliest
        self.confirm(quotation)
        purchase = self.buy(self.purchases_of(quotation))
        self.assertGreaterEqual(purchase.date_order.date(), fields.Date.today())
        [told] = by_sales.get_promise()[0]["lines"]
        self.assertEqual(told["days_late"], 0)
        supplies = [step["supply"] for step in told["critical_path"]]
        self.assertEqual(supplies[-1], "delivery")
        # The painter is late: so is the customer's order.
        purchase.order_line.date_planned = self.in_days(90)
        [told] = by_sales.get_promise()[0]["lines"]
        self.assertGreater(told["days_late"], 30)
        self.assertIn(self.painter.name, told["message"])

    @waits_for(
        "mrp.production",
        "get_demand",
        "whom an order serves, through the subcontractor (mto_pegging)",
    )
    def test_painting_names_the_order_it_serves(self):
        """The subcontracted order leads to the customer, as every other level does."""
        order = self.order_frames(2)
        purchase = self.buy(self.purchases_of(order))
        painting = purchase.picking_ids.move_ids.move_orig_ids.production_id
        demand = painting.with_env(self.as_("planner")).get_demand()[0]["demand"]
        self.assertEqual(
            [(row["order_id"], row["quantity"]) for row in demand], [(order.id, 2)]
        )
