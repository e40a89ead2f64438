from odoo import Command
from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.life import LifeCase

POLICIES = ("make_to_order", "make_to_stock", "stock_then_order", "inherit")


class DropshipCase(LifeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dropship = cls.env.ref("stock_dropshipping.route_drop_shipping")

    def _create_dropship_order(self, product, quantity, **kwargs):
        """An order line with the dropship route."""
        return self._create_order(
            (product, quantity, {"route_ids": self.dropship.ids}), **kwargs
        )

    def _get_shipments(self, order):
        """What vendors ship to the customer."""
        return self._get_moves(order).filtered(lambda move: move.picking_id.is_dropship)


@tagged("post_install", "-at_install")
class TestDropshipping(DropshipCase):
    """The vendor ships: no policy decides, and the demand is carried all the same."""

    def test_no_policy_decides(self):
        """With goods on the shelf or without: the vendor ships all of it."""
        for policy in POLICIES:
            with self.subTest(policy=policy):
                lamp = self._create_part("Lamp", policy, on_hand=4)
                order = self._create_dropship_order(lamp, 5, confirm=False)
                self.assertTrue(order.order_line.is_mto)
                order.action_confirm()
                self.assertEqual(self._get_purchased(lamp), 5)
                self.assertFalse(self._get_demands(lamp))
                self._buy(order)
                shipment = self._get_shipments(order)
                self.assertEqual(shipment.product_uom_qty, 5)
                self.assertFalse(shipment.supply_policy)
                self._finish(order)
                self.assert_finished(order)
                self.assertEqual(lamp.qty_available, 4)

    def test_route_of_the_product(self):
        lamp = self._create_part("Lamp", "make_to_stock", route_ids=self.dropship.ids)
        order = self._create_order((lamp, 5), confirm=False)
        self.assertTrue(order.order_line.is_mto)
        order.action_confirm()
        self.assertEqual(self._get_purchased(lamp), 5)
        self._finish(order)
        self.assert_finished(order)

    def test_demand_is_carried(self):
        lamp = self._create_part("Lamp", "make_to_order")
        seller = self._create_user("sales")
        order = self._create_dropship_order(lamp, 5, user=seller)
        order = order.with_user(self.env.user)
        line = order.order_line
        purchased = self._get_purchases(order).order_line
        self.assertEqual(purchased.sale_line_id, line)
        self.assertEqual(purchased.demand_user_id, seller)
        purchased.specification_key = "red"
        self._buy(order)
        self.assert_serves(self._get_shipments(order), line, 0)
        self.assertEqual(self._get_shipments(order).specification_key, "red")
        # Shipped in two parts, of which the second is raised.
        shipment = self._get_shipments(order).picking_id
        shipment.move_ids.quantity = 2
        shipment.with_context(skip_backorder=True).button_validate()
        purchased.product_qty = 7
        self.assertEqual(sum(self._get_shipments(order).mapped("product_uom_qty")), 7)
        self.assert_serves(self._get_shipments(order), line, 0)

    def test_raised_order_line(self):
        lamp = self._create_part("Lamp", "stock_then_order")
        order = self._create_dropship_order(lamp, 5)
        order.order_line.product_uom_qty = 8
        self.assertEqual(self._get_purchased(lamp), 8)
        self._buy(order)
        self.assertEqual(self._get_shipments(order).product_uom_qty, 8)
        self._finish(order)
        self.assert_finished(order)

    def test_two_lines_of_one_order(self):
        """One shipped by the vendor, one by us: each serves its own line."""
        lamp = self._create_part("Lamp", "make_to_order")
        order = self._create_order(
            (lamp, 5, {"route_ids": self.dropship.ids}), (lamp, 3)
        )
        by_vendor, by_us = order.order_line
        self.assertEqual(self._get_purchased(lamp), 8)
        self.assertEqual(self._get_demands(lamp).demand_line_id, by_us)
        self._finish(order)
        self.assert_serves(self._get_shipments(order), by_vendor, 0)
        self.assert_finished(order)

    def test_part_of_a_kit(self):
        """The lamp of the set comes from its vendor, the bell from stock."""
        lamp = self._create_part("Lamp", "make_to_stock", route_ids=self.dropship.ids)
        bell = self._create_part("Bell", "stock_then_order", on_hand=1)
        kit = self._create_product("Set")
        self._create_bom(kit, [(lamp, 2), (bell, 1)], type="phantom")
        order = self._create_order((kit, 3))
        self.assertEqual(self._get_purchased(lamp), 6)
        self.assertEqual(self._get_purchased(bell), 2)
        self._finish(order)
        self.assert_serves(self._get_shipments(order), order.order_line, 0)
        self.assert_serves(self._get_demands(bell), order.order_line, 0)
        self.assert_finished(order)

    def test_component_with_the_route(self):
        """In our production the vendor ships nothing to a customer."""
        lamp = self._create_part("Lamp", "make_to_order", route_ids=self.dropship.ids)
        bicycle = self._create_product("Bicycle", "make_to_order")
        self._create_bom(bicycle, [(lamp, 1)])
        order = self._create_order((bicycle, 2))
        self.assertEqual(self._get_purchased(lamp), 2)
        self.assert_serves(self._get_demands(lamp), order.order_line, 1)
        self._finish(order)
        self.assertFalse(self._get_shipments(order))
        self.assert_finished(order)

    def test_bought_by_hand(self):
        """A dropshipment that no order asked for serves nobody."""
        lamp = self._create_part("Lamp", "make_to_order")
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.env["stock.picking.type"]
                .search(
                    [("code", "=", "dropship"), ("company_id", "=", self.company.id)],
                    limit=1,
                )
                .id,
                "dest_address_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": lamp.id, "product_qty": 2})
                ],
            }
        )
        purchase.button_confirm()
        move = purchase.picking_ids.move_ids
        self.assertFalse(move.demand_line_id)
        self.assertFalse(move.demand_user_id)

    def test_made_by_a_subcontractor_who_ships_it(self):
        """His order serves the line, and his components are one level below."""
        if not hasattr(self.env["stock.move"], "_get_subcontract_demands"):
            self.skipTest("needs mto_cascade_subcontracting")
        frame = self._create_part("Frame", "make_to_order")
        tube = self._create_part("Tube", "make_to_order")
        self._create_bom(
            frame,
            [(tube, 3)],
            type="subcontract",
            subcontractor_ids=[Command.link(self.vendor.id)],
        )
        order = self._create_dropship_order(frame, 2)
        self._get_purchases(order).filtered(
            lambda purchase: frame in purchase.order_line.product_id
        ).button_confirm()
        production = self._get_productions(frame)
        self.assertEqual(production.subcontractor_id, self.vendor)
        self.assert_serves(production, order.order_line, 0)
        self.assert_serves(production.move_raw_ids, order.order_line, 1)
        self.assert_serves(self._get_demands(tube), order.order_line, 1)
        self.assertEqual(self._get_purchased(tube), 6)

    def test_component_shipped_to_the_subcontractor(self):
        """The vendor of the tube ships to the painter: nothing breaks."""
        if not hasattr(self.env["stock.move"], "_get_subcontract_demands"):
            self.skipTest("needs mto_cascade_subcontracting")
        painter = self.env["res.partner"].create({"name": "Painter"})
        tube = self._create_part("Tube", "make_to_order", route_ids=self.dropship.ids)
        frame = self._create_part("Frame", "make_to_order", vendor=painter)
        self._create_bom(
            frame,
            [(tube, 3)],
            type="subcontract",
            subcontractor_ids=[Command.link(painter.id)],
        )
        order = self._create_order((frame, 2))
        self._get_purchases(order).button_confirm()
        production = self._get_productions(frame)
        self.assert_serves(production.move_raw_ids, order.order_line, 1)
        self.assertEqual(self._get_purchased(tube), 6)
        purchase = self.env["purchase.order.line"].search(
            [("product_id", "=", tube.id)]
        )
        self.assertFalse(purchase.sale_line_id)
        purchase.order_id.button_confirm()
        self.assertEqual(
            purchase.move_ids.location_dest_id, self.company.subcontracting_location_id
        )
        purchase.order_id.picking_ids.button_validate()
        self.assertEqual(production.reservation_state, "assigned")


@tagged("post_install", "-at_install")
class TestAnswers(DropshipCase):
    """What is said of a line that the vendor ships."""

    def _get_answer(self, record):
        (answer,) = record.get_supply_decision()
        return answer

    def test_order_line(self):
        for policy in POLICIES:
            with self.subTest(policy=policy):
                lamp = self._create_part("Lamp", policy)
                order = self._create_dropship_order(lamp, 1, confirm=False)
                before = self._get_answer(order.order_line)
                self.assertEqual(before["supply"], "dropship")
                self.assertEqual(
                    before["explanation"], "Shipped by the vendor to the customer"
                )
                self.assertEqual(before["reason"]["code"], "dropship_route")
                self.assertEqual(before["reason"]["name"], self.dropship.name)
                self.assertTrue(before["can_be_supplied"])
                order.action_confirm()
                self.assertEqual(self._get_answer(order.order_line), before)

    def test_same_keys_as_any_line(self):
        lamp = self._create_part("Lamp", "make_to_order")
        order = self._create_order(
            (lamp, 1, {"route_ids": self.dropship.ids}), (lamp, 1), confirm=False
        )
        by_vendor, by_us = order.order_line.get_supply_decision()
        self.assertEqual(set(by_vendor), set(by_us))
        self.assertEqual(set(by_vendor["reason"]), set(by_us["reason"]))
        self.assertEqual((by_vendor["id"], by_us["id"]), tuple(order.order_line.ids))
        self.assertEqual(by_us["supply"], "buy")

    def test_route_chosen_after_the_order_was_confirmed(self):
        lamp = self._create_part("Lamp", "make_to_order")
        order = self._create_order((lamp, 1))
        lamp.route_ids = self.dropship
        self.assertEqual(
            self._get_answer(order.order_line)["explanation"],
            "Bought for the order: policy of the product",
        )

    def test_product(self):
        lamp = self._create_part("Lamp", "make_to_order", route_ids=self.dropship.ids)
        self.assertEqual(
            lamp.supply_explanation, "Shipped by the vendor to the customer"
        )
        kit = self._create_product("Set", route_ids=self.dropship.ids)
        self._create_bom(kit, [(lamp, 1)], type="phantom")
        self.assertEqual(self._get_answer(kit)["supply"], "kit")

    def test_without_a_vendor(self):
        orphan = self._create_product("Orphan", route_ids=self.dropship.ids)
        answer = self._get_answer(orphan)
        self.assertFalse(answer["can_be_supplied"])
        self.assertIn("No vendor", answer["explanation"])

    def test_for_who_may_only_sell(self):
        seller = self._create_user("sales")
        lamp = self._create_part("Lamp")
        order = self._create_dropship_order(lamp, 1, user=seller, confirm=False)
        line = order.order_line
        self.assertEqual(self._get_answer(line)["supply"], "dropship")
        self.assertTrue(line.is_mto)

    def test_asking_is_flat(self):
        def count(number):
            order = self._create_order(
                *(
                    (self._create_part("Lamp"), 1, {"route_ids": self.dropship.ids})
                    for _index in range(number)
                ),
                confirm=False,
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.get_supply_decision()
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(2), count(20))


@tagged("post_install", "-at_install")
class TestDropshippedNeed(DropshipCase):
    """Where the goods of a line come from that a vendor ships."""

    def _resolve(self, order):
        need = order.order_line._prepare_supply_need()
        resolver = self.env["mto.supply.resolver"].sudo()
        return resolver._resolve([need], resolver._new_memory())[need]

    def test_bought_for_the_customer(self):
        lamp = self._create_part("Lamp", "make_to_stock")
        step = self._resolve(self._create_dropship_order(lamp, 5, confirm=False))
        self.assertEqual((step.supply, step.moves), ("buy", ()))
        self.assertEqual(step.vendor_line_id, lamp.seller_ids.id)
        lamp.route_ids = self.dropship
        step = self._resolve(self._create_order((lamp, 5), confirm=False))
        self.assertEqual((step.supply, step.moves), ("buy", ()))

    def test_no_vendor(self):
        """Odoo's route is there all the same: the demand would just disappear."""
        lamp = self._create_product("Lamp", "make_to_order")
        step = self._resolve(self._create_dropship_order(lamp, 5, confirm=False))
        self.assertEqual(step.problem, "no_vendor")
