from odoo import Command
from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestFactorySide(ChangeCommon):
    """What happens in the factory reaches those who wait."""

    def _get_shortage(self):
        issue = self._get_issues("shortage")
        self.assertTrue(all(issue.mapped("owner_id")))
        return issue

    def test_closed_short(self):
        """3 of 5 bikes are made, the order is closed: 2 are missing, 4 wheels free."""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._produce(production, 3, backorder=False)
        issue = self._get_shortage()
        self.assertEqual(issue.res_id, order.id)
        self.assertIn("2", issue.description)
        self.assertEqual(self._get_made(self.wheel), 6)
        issue.action_run("change_order_again")
        made = self._get_productions(self.bike) - production
        self.assertEqual(made.product_qty, 2)
        self.assertEqual(self._get_made(self.wheel), 10)
        self.assertServed(self.bike, self.wheel, self.bolt)

    def test_closed_short_is_ordered_again(self):
        self.company.order_change_resupply = True
        self._create_order((self.bike, 5))
        self._produce(self._get_productions(self.bike), 3, backorder=False)
        self.assertFalse(self._get_issues("shortage"))
        made = self._get_productions(self.bike).filtered(lambda mo: mo.state != "done")
        self.assertEqual(made.product_qty, 2)
        self.assertServed(self.bike, self.wheel, self.bolt)

    def test_cancelled_after_closed_short(self):
        """Of 5 bikes 3 are made: it is 3 that stay in stock, not 5."""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._produce(production, 3, backorder=False)
        row = self._get_row(self._preview(order, {"cancel": True}), production)
        self.assertEqual((row["quantity_before"], row["quantity_after"]), (3, 3))

    def test_with_backorder_nothing_is_missing(self):
        self._create_order((self.bike, 5))
        self._produce(self._get_productions(self.bike), 3)
        self.assertFalse(self._get_issues("shortage"))
        self.assertServed(self.bike, self.wheel)

    def test_scrapped_component(self):
        """A wheel breaks: one is missing, and its order is told."""
        self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        self._buy(self.bolt)
        self._receive(self.bolt)
        self._produce(wheels)
        bike = self._get_productions(self.bike)
        bike.action_assign()
        self.env["stock.scrap"].create(
            {
                "product_id": self.wheel.id,
                "scrap_qty": 1,
                "production_id": bike.id,
                "location_id": bike.location_src_id.id,
            }
        ).do_scrap()
        issue = self._get_shortage()
        self.assertEqual(issue.res_id, bike.id)
        issue.action_run("change_order_again")
        made = self._get_productions(self.wheel) - wheels
        self.assertEqual(made.product_qty, 1)

    def test_short_receipt(self):
        """20 of 45 bolts came, the rest never will."""
        order = self._create_order((self.bike, 5))
        line = self._buy(self.bolt)
        for picking in line.move_ids.picking_id:
            self._move(picking, 20, backorder=False)
        issues = self._get_shortage()
        self.assertTrue(issues)
        self.assertIn(order.name, issues.impact_ids.mapped("res_name"))
        for issue in issues:
            issue.action_run("change_order_again")
        self.assertEqual(sum(self._get_lines(self.bolt).mapped("product_qty")), 45 + 25)
        self.assertServed(self.bolt)

    def _create_batch(self, name):
        """Made in batches: the components of its order are ordered one by one."""
        product = self._create_product(name, on_hand=50)
        self._create_bom(
            product,
            [(self._create_part(f"Part of {name}"), 1)],
            enable_batch_size=True,
            batch_size=2,
        )
        return product

    def test_requested_for_two_levels_in_turn(self):
        """Bolts were just requested for a trike: its frame gets its own."""
        saddle = self._create_batch("Saddle")
        frame, trike = (
            self._create_product(name, "make_to_order") for name in ("Frame", "Trike")
        )
        self._create_bom(frame, [(self.bolt, 12)])
        self._create_bom(trike, [(self.bolt, 5), (saddle, 1), (frame, 1)])
        order = self._create_order((frame, 1))
        first = self._get_lines(self.bolt).order_id
        first.state = "sent"
        order.order_line.product_uom_qty = 2
        # The second request is with its vendor, the first one is written anew.
        (self._get_lines(self.bolt).order_id - first).state = "sent"
        first.state = "draft"
        order.order_line = [
            Command.create({"product_id": trike.id, "product_uom_qty": 1})
        ]
        self.assertEqual(self._get_purchased(self.bolt), 24 + 5 + 12)
        self.assertServed(self.bolt)

    def test_confirmed_again_and_raised_after_a_short_receipt(self):
        """What came is reserved for wheels: the pairs need of what is to come."""
        saddle = self._create_batch("Saddle")
        pair = self._create_product("Pair", "stock_then_order")
        self._create_bom(pair, [(self.wheel, 3), (saddle, 1), (self.bolt, 3)])
        order = self._create_order((pair, 5))
        receipt = self._buy(self.bolt).move_ids.picking_id
        self._move(receipt, 22, backorder=False)
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        order.order_line.product_uom_qty = 8
        self.assertServed(self.bolt)
        requested = self._get_lines(self.bolt).filtered(lambda x: x.state == "draft")
        self.assertEqual(requested.product_qty, 8 * 15 - 22)

    def test_received_again_after_it_was_sent_back(self):
        """The replacement ends where the goods began: moves are linked in a circle."""
        order = self._create_order((self.bike, 1))
        receipt = self._buy(self.bolt).move_ids.picking_id
        self._move(receipt)
        sent = self._create_return(receipt, 9)
        self._move(sent)
        again = self._create_return(sent, 9)
        self.assertIn(again.move_ids, sent.move_ids.move_dest_ids)
        self._move(again)
        self.assertEqual(again.state, "done")
        self._produce(self._get_productions(self.wheel))
        self._produce(self._get_productions(self.bike))
        self.assertEqual(self._get_deliveries(order).state, "assigned")

    def test_sent_to_nobody_and_back(self):
        """The same for goods that no order waits for."""
        self.company.order_change_resupply = True
        washer = self._create_part("Washer")
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": washer.id, "product_qty": 5})
                ],
            }
        )
        purchase.button_confirm()
        self._move(purchase.picking_ids)
        sent = self._create_return(purchase.picking_ids, 5)
        self._move(sent)
        again = self._create_return(sent, 5)
        self._move(again)
        self.assertEqual(again.state, "done")
        self.assertEqual(purchase.order_line.qty_received, 5)

    def _buy_painted(self):
        """5 painted wheels are ordered of a subcontractor, who gets 10 bolts."""
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("needs subcontracting")
        painter = self.env["res.partner"].create({"name": "Painter"})
        painted = self._create_part("Painted wheel", "make_to_order", vendor=painter)
        self._create_bom(
            painted,
            [(self.bolt, 2)],
            type="subcontract",
            subcontractor_ids=[Command.link(painter.id)],
        )
        self._create_order((painted, 5))
        return self._buy(painted)

    def _get_sent(self):
        """(bolts that go to the subcontractor, bolts that are requested for him)"""
        place = self.company.subcontracting_location_id
        sent = self._get_demands(self.bolt).filtered(
            lambda m: m.location_dest_id._child_of(place)
        )
        requested = self._get_lines(self.bolt)
        return (
            sum(sent.mapped("product_qty")),
            sum(requested.mapped("product_qty")),
        )

    def test_received_in_part_from_subcontractor(self):
        """2 of 5 came before he was sent the bolts: those for the rest stay ordered."""
        line = self._buy_painted()
        receipt = line.move_ids.picking_id
        self.assertEqual(self._get_sent(), (10, 10))
        receipt.move_ids.quantity = 2
        self.assertEqual(self._get_sent(), (10, 10))
        receipt.move_ids.quantity = 3
        self.assertEqual(self._get_sent(), (10, 10), "nothing is ordered once more")
        rest = self._move(receipt, 2)
        self.assertEqual(rest.move_ids.product_qty, 3)
        self.assertEqual(self._get_sent(), (10, 10))
        rest.action_cancel()
        self.assertEqual(self._get_sent(), (4, 4))

    def test_received_short_from_subcontractor(self):
        """The rest never comes: what was ordered for it goes."""
        line = self._buy_painted()
        self._move(line.move_ids.picking_id, 2, backorder=False)
        self.assertEqual(self._get_sent(), (4, 4))

    def test_receipt_from_subcontractor_is_cancelled(self):
        """Also where something was entered as received before."""
        receipt = self._buy_painted().move_ids.picking_id
        receipt.move_ids.quantity = 2
        receipt.action_cancel()
        self.assertEqual(self._get_sent(), (0, 0))

    def test_subcontractor_makes_less(self):
        line = self._buy_painted()
        line.product_qty = 3
        self.assertEqual(self._get_sent(), (6, 6))

    def test_cancelled_receipt(self):
        self._create_order((self.bolt, 5))
        self._buy(self.bolt).move_ids.picking_id.action_cancel()
        issue = self._get_shortage()
        self.assertEqual(len(issue), 1)
        issue.action_run("change_order_again")
        self.assertServed(self.bolt)

    def test_request_cancelled_in_steps(self):
        """The transfer waits, unlike in Odoo: what lies in stock is taken if wanted."""
        self.warehouse.delivery_steps = "pick_ship"
        self.warehouse.reception_steps = "two_steps"
        order = self._create_order((self.bolt, 5))
        self._get_lines(self.bolt).order_id.button_cancel()
        self._add_stock(self.bolt, 9)
        demand = self._get_demands(self.bolt)
        demand.picking_id.action_assign()
        self.assertEqual(
            (demand.state, demand.procure_method), ("waiting", "make_to_order")
        )
        issue = self._get_shortage()
        self.assertEqual(issue.res_id, order.id)
        issue.action_run("change_from_stock")
        self.assertEqual((demand.state, demand.quantity), ("assigned", 5))

    def test_component_waits_in_steps(self):
        """Its purchase is cancelled, the component is not: it can be ordered again."""
        self.warehouse.reception_steps = "two_steps"
        self._create_order((self.bike, 5))
        components = self._get_productions(self.bike | self.wheel).move_raw_ids
        bolts = components.filtered(lambda m: m.product_id == self.bolt)
        self.assertEqual(len(bolts), 2)
        self._get_lines(self.bolt).order_id.button_cancel()
        self.assertEqual(set(bolts.mapped("state")), {"waiting"})
        issues = self._get_shortage()
        self.assertEqual(len(issues), 2)
        for issue in issues:
            issue.action_run("change_order_again")
        self.assertServed(self.bolt)
        self.assertEqual(sum(self._get_lines(self.bolt).mapped("product_qty")), 45)

    def test_receipt_assigned_by_hand_is_cancelled(self):
        """What a person kept for a delivery is not replaced from stock silently."""
        nut = self._create_part("Nut", "make_to_stock")
        order = self._create_order((nut, 5))
        demand = self._get_deliveries(order)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": nut.id,
                            "product_qty": 5,
                            "propagate_cancel": False,
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self.env["report.stock.report_reception"].action_assign(
            demand.ids, [5], purchase.order_line.move_ids.ids
        )
        purchase.button_cancel()
        self.assertEqual(demand.state, "waiting")
        issue = self._get_shortage()
        self.assertEqual(issue.res_id, order.id)
        self._add_stock(nut, 5)
        issue.action_run("change_from_stock")
        self.assertEqual(demand.state, "assigned")

    def test_demand_of_no_document(self):
        """What code moves without a transfer waits as well, and somebody is told."""
        products = self.bike | self.wheel
        products.route_ids = self.warehouse.manufacture_pull_id.route_id
        demands = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": 2,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customer.property_stock_customer.id,
                    "warehouse_id": self.warehouse.id,
                    "procure_method": "make_to_order",
                }
                for product in products
            ]
        )
        demands._action_confirm()
        self._get_productions(products).action_cancel()
        self.assertEqual(demands.mapped("state"), ["waiting", "waiting"])
        issues = self._get_shortage()
        self.assertEqual(sorted(issues.mapped("res_id")), demands.ids)
        self.assertEqual(set(issues.mapped("res_model")), {"stock.move"})
        issues.sorted("res_id")[0].action_run("change_order_again")
        self.assertEqual(self._get_made(self.bike), 2)
        issues.sorted("res_id")[1].action_run("change_from_stock")
        self.assertEqual(demands[1].procure_method, "make_to_stock")

    def test_reduced_purchase(self):
        self._create_order((self.bolt, 5))
        line = self._buy(self.bolt)
        line.product_qty = 2
        issue = self._get_shortage()
        self.assertIn("3", issue.description)
        issue.action_run("change_order_again")
        self.assertEqual(self._get_purchased(self.bolt), 5)
        self.assertServed(self.bolt)

    def test_reduced_purchase_of_more_than_is_needed(self):
        """8 were bought by route, 5 are needed: 7 are to come then, Odoo says 10."""
        nut = self._create_part("Nut", route_ids=self.mto_route.ids)
        order = self._create_order((nut, 5))
        order.order_line = [
            Command.create({"product_id": nut.id, "product_uom_qty": 3})
        ]
        line = self._buy(nut)
        order.order_line[1].product_uom_qty = 0
        line.product_qty = 7
        self.assertEqual(line.move_ids.product_uom_qty, 7)
        line.product_qty = 9
        self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 9)
        line.product_qty = 4
        self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 4)
        self.assertIn("1", self._get_shortage().description)

    def test_arrival_is_taken_by_who_lost_supply(self):
        """15 bolts are bought, 12 more are cancelled: core says who gets the 15."""
        plate = self._create_product("Plate", "make_to_order")
        self._create_bom(plate, [(self.bolt, 1)])
        order = self._create_order((plate, 12), (self.bolt, 3))
        first = self._buy(self.bolt)
        order.order_line[0].product_uom_qty = 24
        (self._get_lines(self.bolt) - first).order_id.button_cancel()
        production = self._get_productions(plate)
        self.assertEqual(self._get_shortage().res_id, production.id)
        self._move(first.move_ids.picking_id, 14)
        self.assertEqual(production.move_raw_ids.quantity, 14)
        issues = self._get_shortage()
        self.assertEqual(
            set(issues.mapped("res_model")), {"mrp.production", "sale.order"}
        )
        for issue in issues:
            issue.action_run("change_order_again")
        self.assertServed(self.bolt)
        self.assertEqual(self._get_purchased(self.bolt), 27)

    def test_arrival_is_shared_with_what_was_cancelled(self):
        """A demand that is over lacks nothing of what arrives."""
        plate, rack = (
            self._create_product(name, "make_to_order") for name in ("Plate", "Rack")
        )
        self._create_bom(plate, [(self.bolt, 1)])
        self._create_bom(rack, [(self.bolt, 2)])
        order = self._create_order((plate, 12), (self.bolt, 3), (rack, 1))
        order.order_line[2].product_uom_qty = 0
        first = self._buy(self.bolt)
        self.assertIn("cancel", first.move_dest_ids.mapped("state"))
        order.order_line[0].product_uom_qty = 24
        (self._get_lines(self.bolt) - first).order_id.button_cancel()
        self._move(first.move_ids.picking_id, 14)
        self.assertEqual(self._get_productions(plate).move_raw_ids.quantity, 14)
        self.assertEqual(
            set(self._get_shortage().mapped("res_model")),
            {"mrp.production", "sale.order"},
        )

    def test_rejected_batch(self):
        """What was received goes back to the vendor: the order lacks it again."""
        self._create_order((self.bolt, 5))
        self._buy(self.bolt)
        self._receive(self.bolt)
        receipt = self._get_lines(self.bolt).move_ids.picking_id
        back = self._create_return(receipt, 4)
        for picking in self._get_demands(self.bolt).picking_id:
            picking.do_unreserve()
        self._move(back, 4)
        self.assertEqual(back.state, "done")
        issue = self._get_shortage()
        self.assertIn("4", issue.description)
        issue.action_run("change_order_again")
        self.assertServed(self.bolt)

    def test_lost_on_the_shelf(self):
        """A count finds less than was kept for the order."""
        nut = self._create_part("Nut", "stock_then_order", on_hand=10)
        self._create_order((nut, 10))
        self.assertFalse(self._get_purchased(nut))
        self.company.order_change_resupply = True
        quant = self.env["stock.quant"].search(
            [("product_id", "=", nut.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 7
        quant.action_apply_inventory()
        self.assertEqual(self._get_purchased(nut), 3)

    def test_lost_on_the_shelf_while_more_is_made(self):
        """The rest of a batch stands in, and is linked with who waits for it."""
        nut = self._create_product("Nut", "stock_then_order", on_hand=2)
        self._create_bom(nut, [(self.bolt, 1)], enable_batch_size=True, batch_size=2)
        order = self._create_order((nut, 3))
        production = self._get_productions(nut)
        self.assertEqual(production.product_qty, 2)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", nut.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 1
        quant.action_apply_inventory()
        delivery = self._get_deliveries(order)
        self.assertEqual(delivery.move_orig_ids, production.move_finished_ids)
        self.assertFalse(self.env["mto.supply.network"]._find_uncovered(delivery))
        self.assertFalse(self._get_issues("shortage"))

    def test_lost_on_the_shelf_while_more_is_bought(self):
        """What a cancelled order leaves to come stands in, and stays linked."""
        nut = self._create_part("Nut", "stock_then_order")
        former = self._create_order((nut, 5))
        self._buy(nut)
        former.action_cancel()
        self._add_stock(nut, 2)
        delivery = self._get_deliveries(self._create_order((nut, 4)))
        self.assertEqual(delivery.quantity, 2)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", nut.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 1
        quant.action_apply_inventory()
        receipt = self._get_lines(nut).move_ids
        self.assertEqual(delivery.quantity, 1)
        self.assertEqual(delivery.move_orig_ids, receipt)
        self.assertFalse(self.env["mto.supply.network"]._find_uncovered(delivery))
        self.assertEqual(self._get_purchased(nut), 5)
        self.assertFalse(self._get_issues("shortage"))

    def test_found_and_lost_without_demand(self):
        """Nobody is asked about goods that nobody waits for."""
        nut = self._create_part("Nut", "stock_then_order", on_hand=10)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", nut.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 7
        quant.action_apply_inventory()
        self.assertFalse(self._get_issues("shortage"))

    def test_switched_off(self):
        """As in Odoo: nobody is told, nothing is ordered."""
        self.company.order_change_rules = False
        self._create_order((self.bike, 5))
        before = self._get_made(self.wheel)
        self._produce(self._get_productions(self.bike), 3, backorder=False)
        self._buy(self.bolt).move_ids.picking_id.action_cancel()
        self.assertFalse(self._get_issues("shortage"))
        self.assertEqual(self._get_made(self.wheel), before)

    def test_raised_after_a_production_was_reduced(self):
        """What was lost before is ordered with the rest; no rule makes what is made."""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 4}
        ).change_prod_qty()
        issue = self._get_issues("shortage")
        self.assertTrue(issue)
        order.order_line.product_uom_qty = 7
        self.assertEqual(self._get_made(self.bike), 7)
        self.assertEqual(issue.state, "closed")
        self.assertServed(self.bike, self.wheel, self.bolt)

    def _create_lacking_order(self, product):
        """An order of 2 and 4 whose manufacturing order makes 5: 1 of 2 was lost."""
        order = self._create_order((product, 2))
        self._reduce(self._get_productions(product), 1)
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": 4})
        ]
        self.assertEqual(self._get_made(product), 5)
        return order

    def test_cancelled_after_a_part_was_lost(self):
        """It gives up what it has: what another line asked for since is made."""
        order = self._create_lacking_order(self.bike)
        self._apply(order, {"line_id": order.order_line[0].id, "cancel": True})
        self.assertEqual(self._get_made(self.bike), 4)
        self.assertServed(self.bike, self.wheel, self.bolt)
        self.assertFalse(self._get_issues("shortage"))

    def test_lowered_after_another_line_lost_a_part(self):
        """What it gives up is for the line that waits: nothing is made less."""
        order = self._create_lacking_order(self.bike)
        self._apply(order, {"line_id": order.order_line[1].id, "quantity": 2})
        self.assertEqual(self._get_made(self.bike), 4)
        self.assertServed(self.bike, self.wheel, self.bolt)
        self.assertFalse(self._get_issues("shortage"))

    def _check_added_line(self, product):
        """The first line had 1 of 3 left; what is made for the added one is its own."""
        order = self._create_order((product, 3))
        production = self._get_productions(product)
        self._reduce(production, 1)
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": 2})
        ]
        self.assertEqual(production.product_qty, 3)
        first, added = self._get_deliveries(order)
        self.assertEqual(added.move_orig_ids, production.move_finished_ids)
        network = self.env["mto.supply.network"]
        self.assertEqual(network._find_uncovered(first), {first: 2})
        self._get_shortage().action_run("change_order_again")
        self.assertEqual(self._get_made(product), 5)
        self.assertFalse(network._find_uncovered(first | added))

    def test_added_beside_what_was_lost(self):
        self._check_added_line(self.bike)

    def test_added_beside_what_was_lost_of_stock_first(self):
        nut = self._create_product("Nut", "stock_then_order")
        self._create_bom(nut, [(self.bolt, 2)])
        self._check_added_line(nut)

    def test_added_component_beside_what_was_lost(self):
        """The same where both are components: the wheels of a trailer."""
        trailer = self._create_product("Trailer", "make_to_order")
        self._create_bom(trailer, [(self.wheel, 2)])
        order = self._create_order((self.bike, 3))
        wheels = self._get_productions(self.wheel)
        self._reduce(wheels, 2)
        order.order_line = [
            Command.create({"product_id": trailer.id, "product_uom_qty": 2})
        ]
        self.assertEqual(wheels.product_qty, 6)
        component = self._get_productions(trailer).move_raw_ids
        self.assertEqual(component.move_orig_ids, wheels.move_finished_ids)

    def test_cancelled_where_stock_is_not_reserved(self):
        """Who takes from stock first, and has not reserved it, lacks nothing."""
        frame = self._create_product("Frame", "stock_then_order", on_hand=3)
        self._create_bom(frame, [(self.bolt, 1)])
        order = self._create_order((frame, 5))
        order.order_line = [
            Command.create({"product_id": frame.id, "product_uom_qty": 4})
        ]
        self.assertEqual(self._get_productions(frame).product_qty, 6)
        self._get_deliveries(order).picking_id.do_unreserve()
        self._apply(order, {"line_id": order.order_line[0].id, "cancel": True})
        self.assertEqual(self._get_made(frame), 1)

    def test_ordered_again_of_what_is_bought(self):
        """What an order that was reduced left over of a purchase is used again."""
        self._create_order((self.bike, 5))
        self._buy(self.bolt)
        self._reduce(self._get_productions(self.bike), 2)
        self.assertTrue(self._get_issues("change_decision"))
        self._get_shortage().action_run("change_order_again")
        self.assertEqual(self._get_made(self.bike), 5)
        self.assertEqual(self._get_made(self.wheel), 10)
        self.assertEqual(self._get_purchased(self.bolt), 45, "nothing is requested")
        self.assertServed(self.bike, self.wheel, self.bolt)
        self.assertFalse(self._get_issues("change_decision"))

    def test_ordered_again_beside_another_shortage(self):
        """Two lines lack something: each gets what is ordered again for it."""
        nut = self._create_product("Nut", "make_to_order")
        self._create_bom(nut, [(self.bolt, 1)])
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 100)
        order = self._create_order((nut, 3), (nut, 4))
        deliveries = self._get_deliveries(order)
        first, second = deliveries.move_orig_ids.production_id.sorted("id")
        self._produce(first, 2, backorder=False)
        self._reduce(second, 3)
        for demand in deliveries:
            key = f"lost-sale.order.line,{demand.sale_line_id.id}"
            issue = self._get_shortage().filtered(lambda e, k=key: e.key.endswith(k))
            issue.action_run("change_order_again")
            self.assertIn(second.move_finished_ids, demand.move_orig_ids)
        self.assertServed(nut)
        self.assertEqual(second.product_qty, 5)

    def test_reduced_for_who_uses_stock_first(self):
        """The order stays reduced: somebody is asked, and what is free is taken."""
        nut = self._create_product("Nut", "stock_then_order")
        self._create_bom(nut, [(self.bolt, 2)])
        delivery = self._get_deliveries(self._create_order((nut, 4)))
        self._buy(self.bolt)
        self._add_stock(nut, 1)
        self._reduce(self._get_productions(nut), 1)
        self.assertEqual(self._get_made(nut), 1)
        self.assertEqual(delivery.quantity, 1)
        issue = self._get_shortage()
        self.assertIn("2", issue.description)
        issue.action_run("change_order_again")
        self.assertEqual(self._get_made(nut), 3)
        self.assertEqual(self._get_purchased(self.bolt), 8)

    def test_cancelled_for_who_uses_stock_first(self):
        """What somebody does not make is not made again without asking."""
        nut = self._create_product("Nut", "stock_then_order")
        self._create_bom(nut, [(self.bolt, 2)])
        order = self._create_order((nut, 4))
        self._get_productions(nut).action_cancel()
        self.assertFalse(self._get_made(nut))
        self.assertEqual(self._get_shortage().res_id, order.id)

    def _reduce(self, production, quantity):
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": quantity}
        ).change_prod_qty()

    def test_reduced_where_a_part_is_made(self):
        """6 of 10 wheels are made, 4 are not needed any more: the rest is reserved.

        Core takes what is left of the demand from stock when the order for the rest is
        cancelled.
        """
        self._create_order((self.bike, 5))
        self._buy(self.bolt)
        self._receive(self.bolt)
        rest = self._produce(self._get_productions(self.wheel), 6)
        bike = self._get_productions(self.bike)
        bike.action_assign()
        self.env["change.production.qty"].create(
            {"mo_id": bike.id, "product_qty": 3}
        ).change_prod_qty()
        self.assertEqual(rest.state, "cancel")
        [demand] = self._get_demands(self.wheel)
        self.assertEqual((demand.state, demand.quantity), ("assigned", 6))
        self.assertEqual(demand.procure_method, "make_to_order")

    def test_lowered_after_its_request_was_cancelled(self):
        """What was lost is for a person to order again: a lowered line does not."""
        nut = self._create_part("Nut", "stock_then_order")
        order = self._create_order((nut, 5))
        self._get_lines(nut).order_id.button_cancel()
        issue = self._get_shortage()
        order.order_line.product_uom_qty = 3
        self.assertFalse(self._get_lines(nut))
        issue.action_run("change_order_again")
        self.assertEqual(self._get_purchased(nut), 3)

    def test_reserved_instead_of_requested(self):
        """Goods that a cancelled order frees are taken: less is requested."""
        nut = self._create_part("Nut", "stock_then_order", on_hand=6)
        first = self._create_order((nut, 6))
        second = self._create_order((nut, 10))
        line = self._get_lines(nut)
        # The buyer wants a few for stock.
        line.product_qty = 13
        first.action_cancel()
        delivery = self._get_deliveries(second)
        delivery._action_assign()
        self.assertEqual((delivery.quantity, line.product_qty), (6, 7))
        self._add_stock(nut, 4)
        delivery._action_assign()
        self.assertEqual((delivery.state, line.product_qty), ("assigned", 3))

    def test_request_of_reserved_goods_goes(self):
        """Nothing is left to be requested."""
        nut = self._create_part("Nut", "stock_then_order")
        delivery = self._get_deliveries(self._create_order((nut, 5)))
        request = self._get_lines(nut).order_id
        self._add_stock(nut, 5)
        delivery._action_assign()
        self.assertEqual((delivery.state, request.state), ("assigned", "cancel"))
        self.assertFalse(self._get_lines(nut))

    def test_lowered_component_waits_for_its_request(self):
        """What somebody else freed is not taken as well: it would be too much."""
        nut = self._create_part("Nut", "stock_then_order", on_hand=2)
        plate = self._create_product("Plate", "make_to_order")
        self._create_bom(plate, [(nut, 2)])
        first = self._create_order((nut, 2))
        second = self._create_order((plate, 4))
        line = self._get_lines(nut)
        self.assertEqual(line.product_qty, 8)
        first.action_cancel()
        production = self._get_productions(plate)
        answer = self._preview(second, {"line_id": second.order_line.id, "quantity": 1})
        self.assertEqual(self._get_row(answer, line)["quantity_after"], 2)
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 1}
        ).change_prod_qty()
        component = production.move_raw_ids
        self.assertEqual((component.quantity, line.product_qty), (0, 2))
        # What it may have of the shelf is its own to take.
        component._action_assign()
        self.assertEqual(component.state, "assigned")
        self.assertFalse(self._get_lines(nut))
