from odoo import fields
from odoo.tests import tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestGoods(SupplyCommon):
    """Stock first counts what a reservation would find: lots, owners, packs, debts."""

    def _create_lot(self, product, quantity, **values):
        lot = self.env["stock.lot"].create({"product_id": product.id, **values})
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock, quantity, lot_id=lot
        )
        return lot

    def _get_move(self, order):
        return order.picking_ids.move_ids

    def test_lots(self):
        part = self._create_part("Part", "stock_then_order", tracking="lot")
        for name, quantity in (("A", 3), ("B", 2)):
            self._create_lot(part, quantity, name=name)
        move = self._get_move(self._create_order((part, 7)))
        self.assertEqual(self._get_purchased(part), 2)
        self.assertEqual(set(move.move_line_ids.lot_id.mapped("name")), {"A", "B"})
        self.assertEqual(move.quantity, 5)

    def test_lot_of_which_more_was_taken_than_there_is(self):
        """2 of lot A are missing: the 3 of lot B are free all the same."""
        part = self._create_part("Part", "stock_then_order", tracking="lot")
        self._create_lot(part, -2, name="A")
        self._create_lot(part, 3, name="B")
        move = self._get_move(self._create_order((part, 4)))
        self.assertEqual((move.quantity, self._get_purchased(part)), (3, 1))

    def test_serial_numbers(self):
        part = self._create_part("Part", "stock_then_order", tracking="serial")
        for number in range(3):
            self._create_lot(part, 1, name=f"S{number}")
        move = self._get_move(self._create_order((part, 5)))
        self.assertEqual(self._get_purchased(part), 2)
        self.assertEqual(len(move.move_line_ids.lot_id), 3)
        other = self._get_move(self._create_order((part, 1)))
        self.assertFalse(other.quantity)
        self.assertEqual(self._get_purchased(part), 3)

    def test_consignment_counts_as_in_a_reservation(self):
        """Odoo reserves goods of an owner too: what is reserved is not ordered."""
        part = self._create_part("Part", "stock_then_order")
        self.env["stock.quant"]._update_available_quantity(
            part, self.stock, 4, owner_id=self.vendor
        )
        move = self._get_move(self._create_order((part, 6)))
        self.assertEqual(move.quantity, 4)
        self.assertEqual(self._get_purchased(part), 2)

    def test_packages(self):
        part = self._create_part("Part", "stock_then_order")
        package = self.env["stock.package"].create({"name": "Box"})
        self.env["stock.quant"]._update_available_quantity(
            part, self.stock, 4, package_id=package
        )
        move = self._get_move(self._create_order((part, 6)))
        self.assertEqual((move.quantity, self._get_purchased(part)), (4, 2))

    def test_arrival_fills_negative_stock_first(self):
        """More was taken than counted: of 8 that arrive 3 are free."""
        part = self._create_part("Part", "stock_then_order")
        self._add_stock(part, -5)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [(0, 0, {"product_id": part.id, "product_qty": 8})],
            }
        )
        purchase.button_confirm()
        order = self._create_order(
            (part, 4),
            commitment_date=fields.Datetime.add(fields.Datetime.now(), days=30),
        )
        self.assertEqual(self._get_purchased(part), 9)
        for picking in self.env["purchase.order"].search([]).picking_ids | (
            self._confirm_purchases(part)
        ):
            picking.move_ids.picked = True
            picking._action_done()
        self.assertEqual(self._get_move(order).state, "assigned")
        self.assertEqual(part.qty_available, 4)

    def _confirm_purchases(self, part):
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", part.id), ("state", "=", "draft")]
        )
        lines.order_id.button_confirm()
        return lines.order_id.picking_ids

    def test_two_steps_of_receipt(self):
        """What lies at the dock arrives in time and is linked; nothing is reordered."""
        self.warehouse.reception_steps = "two_steps"
        part = self._create_part("Part", "stock_then_order")
        first = self._create_order((part, 6))
        self._confirm_purchases(part)
        docks = self.env["stock.picking"].search([("product_id", "=", part.id)])
        for picking in docks.filtered(lambda p: p.picking_type_code == "incoming"):
            picking.move_ids.picked = True
            picking._action_done()
        self.assertFalse(
            self.env["mto.supply.network"]._find_uncovered(self._get_move(first))
        )
        for picking in self.env["stock.picking"].search(
            [
                ("product_id", "=", part.id),
                ("picking_type_code", "=", "internal"),
                ("state", "=", "assigned"),
            ]
        ):
            picking.move_ids.picked = True
            picking._action_done()
        self.assertEqual(self._get_move(first).state, "assigned")
        self.assertEqual(self._get_purchased(part), 6)

    def test_returned_goods_are_free(self):
        """What comes back serves the next order, and is linked with nobody."""
        part = self._create_part("Part", "stock_then_order", on_hand=3)
        order = self._create_order((part, 3))
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking._action_done()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.assertFalse(back.move_ids.demand_line_id)
        late = self._create_order((part, 1))
        self.assertEqual(self._get_purchased(part), 1, "not before they are back")
        back.move_ids.picked = True
        back._action_done()
        self._create_order((part, 2))
        self.assertEqual(self._get_purchased(part), 1)
        self.assertTrue(late)

    def test_no_reservation_at_confirmation(self):
        """By hand or by date: stock first takes its part all the same, once."""
        for method in ("manual", "by_date"):
            self.warehouse.out_type_id.reservation_method = method
            part = self._create_part("Part", "stock_then_order", on_hand=4)
            orders = [self._create_order((part, 3)) for _index in range(2)]
            moves = [self._get_move(order) for order in orders]
            self.assertEqual([move.quantity for move in moves], [3, 1])
            self.assertEqual(self._get_purchased(part), 2)
