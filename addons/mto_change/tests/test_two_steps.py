from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestTwoSteps(ChangeCommon):
    """Goods that were picked, and whose delivery is cancelled: 12 lamps, 11 picked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.delivery_steps = "pick_ship"
        cls.bulb = cls._create_part("Bulb", "make_to_stock", on_hand=100)
        cls.lamp = cls._create_product("Lamp", "make_to_order")
        cls._create_bom(cls.lamp, [(cls.bulb, 1)])

    def setUp(self):
        super().setUp()
        self.order = self._create_order((self.lamp, 12))
        self.line = self.order.order_line
        self._produce(self._get_productions(self.lamp))
        self.pick = self._move(self.order.picking_ids, 11)

    def _get_delivery(self):
        return self._get_deliveries(self.order).picking_id.filtered(
            lambda picking: picking.state != "done"
        )

    def _read(self):
        """(still to be picked, still to be delivered, made)"""
        picks = self.line.move_ids.filtered(
            lambda m: m.location_id == self.stock and m.state not in ("done", "cancel")
        )
        deliveries = self._get_deliveries(self.order)
        return (
            sum(picks.mapped("product_uom_qty")),
            sum(deliveries.mapped("product_uom_qty")),
            self._get_made(self.lamp),
        )

    def _finish(self):
        while pickings := self.order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).sorted("id"):
            self._move(pickings[0])
        self.assertEqual(self.line.qty_delivered, self.line.product_uom_qty)

    def test_lowered_to_what_is_on_its_way(self):
        """Nobody is asked to bring back what was never delivered."""
        self._move(self._get_delivery(), 5, backorder=False)
        self.line.product_uom_qty = 6
        self.assertFalse(
            self.line.move_ids.filtered(lambda m: m.location_id.usage == "customer")
        )
        self.assertEqual(self._read()[0], 1)
        self._finish()

    def test_raised_while_goods_go_back(self):
        """What goes back to the shelf is picked anew, once."""
        order = self._create_order((self.bulb, 5))
        self._move(order.picking_ids)
        order.order_line.product_uom_qty = 3
        back = order.order_line.move_ids.filtered(
            lambda m: m.location_dest_id == self.stock
        )
        self.assertEqual(sum(back.mapped("product_uom_qty")), 2)
        back.picking_id.action_assign()
        order.order_line.product_uom_qty = 5
        picks = order.order_line.move_ids.filtered(
            lambda m: m.location_id == self.stock and m.state != "done"
        )
        self.assertEqual(sum(picks.mapped("product_uom_qty")), 2)

    def test_raised_after_a_short_delivery(self):
        """What was picked is delivered first: nothing is picked or made for it."""
        self._move(self._get_delivery(), 5, backorder=False)
        self.line.product_uom_qty = 6
        self.line.product_uom_qty = 8
        self.assertEqual(self._read()[0], 1)
        self.assertEqual(self._get_delivery().move_ids.product_uom_qty, 2)
        self.assertEqual(self._get_made(self.lamp), 12)
        self._finish()

    def test_cancelled_and_confirmed_again(self):
        """All is delivered, and no piece twice."""
        self.order._action_cancel()
        self.order.action_draft()
        self.order.action_confirm()
        self.assertEqual(self._read(), (1, 11, 12))
        self._finish()
        self.assertEqual(self._get_made(self.lamp), 12)

    def test_lowered_after_the_delivery_was_cancelled(self):
        self._get_delivery().action_cancel()
        self._apply(self.order, {"line_id": self.line.id, "quantity": 8})
        self.assertEqual(self._read()[:2], (1, 7))
        self._finish()

    def test_raised_and_lowered_after_the_pick(self):
        """What is not picked yet is given up, with what is made for it."""
        self._move(self.pick)
        self.line.product_uom_qty = 15
        self.assertEqual(self._read(), (3, 12, 15))
        self.line.product_uom_qty = 13
        self.assertEqual(self._read(), (1, 12, 13))

    def test_put_back_and_confirmed_again(self):
        """What a person brought back to the shelf is picked again."""
        self.order._action_cancel()
        done = self.line.move_ids.filtered(lambda m: m.state == "done").picking_id
        back = self._create_return(done, 11)
        self._move(back)
        self.order.action_draft()
        self.order.action_confirm()
        self.assertEqual(self._read()[:2], (12, 0))
        self.assertServed(self.lamp)

    def test_switched_off(self):
        """As in Odoo: what was picked counts as delivered."""
        self.company.order_change_rules = False
        self._move(self._get_delivery(), 5, backorder=False)
        self.assertEqual(self.line._get_qty_procurement(), 12)
