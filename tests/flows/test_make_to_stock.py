from .common import SeatCase


class TestMakeToStock(SeatCase):
    """Make-to-stock production beside make-to-order production.

    "A stock requirement": rain covers are made ahead and sold from the shelf; child
    seats in the same order are made because the customer ordered.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cover = cls.make_product(
            "Rain cover",
            "make_to_stock",
            categ_id=cls.env.ref("mto_demo.category_finished").id,
            purchase_ok=False,
        )
        cls.fabric = cls.make_product("Fabric", "make_to_stock", standard_price=4)
        cls.make_bom(cls.cover, {cls.fabric: 2}, [("Sew", cls.sewing, 3)])

    def make_covers(self, quantity):
        """The planner orders covers to stock, the shop floor makes them."""
        self.put_on_shelf(self.fabric, 2 * quantity)
        production = self.as_("planner")["mrp.production"].create(
            {"product_id": self.cover.id, "product_qty": quantity}
        )
        production.action_confirm()
        self.produce(production, quantity)
        return production.with_env(self.env)

    def test_covers_from_stock_seats_for_the_order(self):
        """10 covers on the shelf; 4 covers and 3 seats ordered: only seats are made."""
        made = self.make_covers(10)
        self.assertFalse(made.sale_line_id)
        self.assertFalse(made.reference_ids.sale_ids)
        # 2 fabric at 4.00 and 3 minutes at 60.00 an hour.
        self.assertAmount(self.stock_value(self.cover), 10 * 11)

        self.stock_parts_for(3)
        order = self.sell((self.cover, 4, 25), (self.seat, 3, 80))
        production = self.productions_of(order)
        self.assertQuantities(production, "product_qty", {self.seat: 3})
        self.assertFalse(self.purchases_of(order))
        delivery = order.picking_ids
        covers, seats = delivery.move_ids.sorted(lambda m: m.product_id != self.cover)
        self.assertEqual((covers.state, covers.quantity), ("assigned", 4))
        self.assertFalse(covers.move_orig_ids)
        self.assertEqual((seats.state, seats.quantity), ("waiting", 0))
        self.assertEqual(seats.move_orig_ids, production.move_finished_ids)
        self.assertEqual(delivery.date_deadline, order.commitment_date)

        self.produce(production, 3)
        self.move_goods(delivery)
        self.assertQuantities(
            order.order_line, "qty_delivered", {self.cover: 4, self.seat: 3}
        )
        self.assertEqual(self.on_hand(self.cover), 6)
        self.assertAmount(self.stock_value(self.cover), 6 * 11)
        self.assertAmount(self.stock_value(self.seat), 0)

        invoice = self.invoice(order)
        self.pay(invoice)
        self.assertPaid(invoice, 4 * 25 + 3 * 80)
        self.assertGoodsCost(invoice, 4 * 11 + 3 * self.UNIT_COST)

    def test_order_above_stock_makes_nothing(self):
        """12 ordered, 10 on the shelf: 2 wait for the next batch."""
        self.make_covers(10)
        order = self.sell((self.cover, 12, 25))
        self.assertFalse(self.productions_of(order))
        delivery = order.picking_ids
        rest = self.move_goods(delivery, 10)
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        self.assertEqual(rest.state, "confirmed")
        self.assertEqual(self.on_hand(self.cover), 0)
        self.make_covers(5)
        rest.with_env(self.as_("warehouse")).action_assign()
        self.move_goods(rest)
        self.assertEqual(order.order_line.qty_delivered, 12)
        self.assertEqual(self.on_hand(self.cover), 3)
        self.assertAmount(self.stock_value(self.cover), 3 * 11)
        self.assertEqual(self.invoice(order).amount_untaxed, 12 * 25)
