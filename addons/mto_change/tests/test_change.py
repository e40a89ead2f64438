from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ChangeCommon

# Of a preview, as the benchmark allows.
MOST_QUERIES = 30


@tagged("post_install", "-at_install")
class TestChange(ChangeCommon):
    """Preview and application of changes: a bike of 2 wheels of 4 bolts, and 1 bolt."""

    def test_lower(self):
        order = self._create_order((self.bike, 5))
        change = {"line_id": order.order_line.id, "quantity": 2}
        preview = self._preview(order, change)
        self.assertEqual(
            self._tell(preview),
            {
                ("sale.order.line", "Bike"): (5, 2, "reduce"),
                ("stock.move", "Bike"): (5, 2, "reduce"),
                ("mrp.production", "Bike"): (5, 2, "reduce"),
                ("mrp.production", "Wheel"): (10, 4, "reduce"),
                ("purchase.order.line", "Bolt"): (45, 18, "reduce"),
            },
        )
        self.assertEqual(self._get_purchased(self.bolt), 45)
        self._apply(order, change)
        self.assertEqual(self._get_productions(self.bike).product_qty, 2)
        self.assertEqual(self._get_productions(self.wheel).product_qty, 4)
        self.assertEqual(self._get_purchased(self.bolt), 18)

    def test_raise(self):
        order = self._create_order((self.bike, 2))
        change = {"line_id": order.order_line.id, "quantity": 5}
        preview = self._preview(order, change)
        self._apply(order, change)
        self.assertEqual(self._get_productions(self.wheel).product_qty, 10)
        self.assertEqual(
            self._tell(preview),
            {
                ("sale.order.line", "Bike"): (2, 5, "increase"),
                ("mrp.production", "Bike"): (2, 5, "increase"),
                ("mrp.production", "Wheel"): (4, 10, "increase"),
                ("purchase.order.line", "Bolt"): (18, 45, "increase"),
            },
        )

    def test_add_line(self):
        order = self._create_order((self.bike, 2))
        change = {"product_id": self.wheel.id, "quantity": 3}
        preview = self._preview(order, change)
        self._apply(order, change)
        self.assertEqual(
            self._tell(preview),
            {
                ("sale.order.line", "Wheel"): (0, 3, "increase"),
                ("mrp.production", "Wheel"): (4, 7, "increase"),
                ("purchase.order.line", "Bolt"): (18, 30, "increase"),
            },
        )
        self.assertEqual(
            sum(self._get_productions(self.wheel).mapped("product_qty")), 7
        )

    def test_cancel(self):
        order = self._create_order((self.bike, 2))
        self._apply(order, {"cancel": True}, reason="No money")
        self.assertFalse(self._get_productions(self.bike | self.wheel))
        self.assertFalse(self._get_purchased(self.bolt))
        self.assertIn("No money", order.message_ids[0].body)

    def test_written_by_code(self):
        """A plain write applies the rules as the screen does."""
        order = self._create_order((self.bike, 5))
        order.order_line.product_uom_qty = 1
        self.assertEqual(self._get_made(self.bike), 1)
        self.assertEqual(self._get_made(self.wheel), 2)
        self.assertEqual(self._get_purchased(self.bolt), 9)

    def test_switched_off(self):
        """Nothing follows a plain write; what is asked for is applied all the same."""
        self.company.order_change_rules = False
        order = self._create_order((self.bike, 5))
        order.order_line.product_uom_qty = 3
        self.assertEqual(self._get_made(self.bike), 5)
        order.action_cancel()
        self.assertEqual(self._get_made(self.bike), 5)
        other = self._create_order((self.wheel, 5))
        before = self._get_made(self.wheel)
        self._apply(other, {"line_id": other.order_line.id, "quantity": 3})
        self.assertEqual(self._get_made(self.wheel), before - 2)

    def test_share_of_a_shared_document(self):
        """A request for two orders gives up the share of one."""
        first = self._create_order((self.bolt, 4))
        self._create_order((self.bolt, 6))
        self.assertEqual(self._get_purchased(self.bolt), 10)
        first.action_cancel()
        self.assertEqual(self._get_purchased(self.bolt), 6)

    def test_started_order_is_decided(self):
        """Started: it stays, its surplus becomes an issue with an owner and buttons."""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._start(production)
        change = {"line_id": order.order_line.id, "quantity": 2}
        preview = self._preview(order, change)
        node = f"mrp.production,{production.id}"
        row = next(row for row in preview["documents"] if row["node"] == node)
        self.assertEqual((row["action"], row["surplus"]), ("decide", 3))
        self.assertEqual([one["node"] for one in preview["decisions"]], [node])
        self._apply(order, change)
        self.assertEqual(production.product_qty, 5)
        self.assertEqual(self._get_made(self.wheel), 10)
        issue = self._get_issues("change_decision")
        self.assertEqual(issue.res_id, production.id)
        self.assertTrue(issue.owner_id)
        issue.action_run("change_less")
        self.assertEqual(production.product_qty, 2)
        self.assertEqual(self._get_made(self.wheel), 4)
        self.assertEqual(self._get_purchased(self.bolt), 18)
        self.assertEqual(issue.state, "closed")

    def _order_started(self):
        """(an order for 5 bikes, its started order with all components there)"""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._buy(self.bolt)
        self._receive(self.bolt)
        self._produce(self._get_productions(self.wheel))
        self._start(production)
        return order, production

    def test_decision_about_the_rest(self):
        """1 of 5 started bikes is made: what is too much is too much of the rest."""
        order, production = self._order_started()
        self._apply(order, {"line_id": order.order_line.id, "quantity": 3})
        rest = self._produce(production, 1)
        issue = self._get_issues("change_decision")
        self.assertEqual((issue.res_id, issue.state), (rest.id, "open"))
        self.assertEqual(rest.product_qty, 4)
        issue.action_run("change_less")
        self.assertEqual((rest.product_qty, issue.state), (2, "closed"))

    def test_nothing_of_the_rest_is_needed(self):
        order, production = self._order_started()
        self._apply(order, {"cancel": True})
        rest = self._produce(production, 1)
        issue = self._get_issues("change_decision")
        issue.action_run("change_less")
        self.assertEqual((rest.state, issue.state), ("cancel", "closed"))

    def test_decision_with_the_change(self):
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._start(production)
        change = {"line_id": order.order_line.id, "quantity": 2}
        node = f"mrp.production,{production.id}"
        self._apply(order, change, decisions=[{"node": node, "action": "reduce"}])
        self.assertEqual(production.product_qty, 2)
        self.assertFalse(self._get_issues("change_decision"))

    def _order_wheels_and_trailers(self):
        """6 and 5 wheels, and 4 trailers of 3 frames of a dozen wheels: the order."""
        frame = self._create_product("Frame", "make_to_order")
        self._create_bom(frame, [(self.bolt, 2), (self.wheel, 1, self.dozen)])
        trailer = self._create_product("Trailer", "make_to_order")
        self._create_bom(trailer, [(frame, 3)])
        order = self._create_order((self.wheel, 6), (self.wheel, 5))
        order.order_line = [
            Command.create({"product_id": trailer.id, "product_uom_qty": 4})
        ]
        return order

    def test_raised_order_that_shares_its_request(self):
        """One needs much more, others share the request: each gets what is theirs."""
        order = self._order_wheels_and_trailers()
        trailer = order.order_line[-1].product_id
        frame = trailer.bom_ids.bom_line_ids.product_id
        # 11 wheels and 12 dozen of 4 bolts, 12 frames of 2.
        self.assertEqual(self._get_purchased(self.bolt), 155 * 4 + 24)
        self.assertServed(self.wheel, self.bolt, frame, trailer)

    def test_lowered_order_that_shares_its_production(self):
        """Lines of one change, by policy and by route, get each its own quantity."""
        nut = self._create_part("Nut", "inherit", route_ids=self.mto_route.ids)
        self.wheel.bom_ids.bom_line_ids = [
            Command.create({"product_id": nut.id, "product_qty": 3})
        ]
        order = self._order_wheels_and_trailers()
        order.order_line[0].product_uom_qty = 1
        self.assertEqual(self._get_made(self.wheel), 150)
        self.assertEqual(self._get_purchased(self.bolt), 150 * 4 + 24)
        self.assertEqual(self._get_purchased(nut), 150 * 3)

    def test_arrived_goods_serve_who_shares_them(self):
        """What a lowered order had reserved is not requested again for the other."""
        trailer = self._create_product("Trailer", "make_to_order")
        self._create_bom(trailer, [(self.bolt, 4)])
        order = self._create_order((self.wheel, 2), (trailer, 2))
        lowered, other = order.order_line
        line = self._buy(self.bolt)
        self._receive(self.bolt, 12)
        other.product_uom_qty = 5
        request = self._get_lines(self.bolt) - line
        self.assertEqual((line.product_qty, request.product_qty), (16, 12))
        answer = self._apply(order, {"line_id": lowered.id, "quantity": 1})
        row = self._get_row(answer, line)
        self.assertEqual((row["action"], row["surplus"]), ("reassign", 0))
        self.assertEqual(request.product_qty, 8)
        self.assertEqual(self._get_productions(trailer).move_raw_ids.quantity, 8)
        self.assertServed(self.bolt)
        order.action_cancel()
        self.assertFalse(request.exists())

    def test_row_that_is_kept(self):
        """A person keeps the order for the wheels: all below it stays."""
        order = self._create_order((self.bike, 5))
        wheels = self._get_productions(self.wheel)
        node = f"mrp.production,{wheels.id}"
        change = {"line_id": order.order_line.id, "quantity": 4}
        self._apply(order, change, decisions=[{"node": node, "action": "keep_surplus"}])
        self.assertEqual(self._get_made(self.bike), 4)
        self.assertEqual(self._get_made(self.wheel), 10)
        self.assertEqual(self._get_purchased(self.bolt), 44)
        self.assertFalse(self._get_issues("change_decision"))

    def test_surplus_is_taken_before_more_is_ordered(self):
        """5, started, 2, 6: of the six the five that are being made count."""
        order = self._create_order((self.bike, 5))
        self._start(self._get_productions(self.bike))
        order.order_line.product_uom_qty = 2
        self.assertTrue(self._get_issues("change_decision"))
        order.order_line.product_uom_qty = 6
        self.assertEqual(self._get_made(self.bike), 6)
        self.assertEqual(self._get_made(self.wheel), 12)
        self.assertFalse(self._get_issues("change_decision"))

    def _lower_twice(self, decision=False):
        """Of 5 bikes that are begun one is left over, and later another one.

        Another order of 3 came in between; returns its manufacturing order.
        """
        order = self._create_order((self.bike, 5))
        begun = self._get_productions(self.bike)
        self._start(begun)
        order.order_line.product_uom_qty = 4
        if decision:
            self._get_issues("change_decision").action_run(decision)
        self._create_order((self.bike, 3))
        own = self._get_productions(self.bike) - begun
        change = {"line_id": order.order_line.id, "quantity": 3}
        row = self._get_row(self._preview(order, change), own)
        self._apply(order, change)
        self.assertEqual(row["quantity_after"], own.product_qty)
        return own

    def test_surplus_of_before_goes_to_another_order(self):
        """What nobody decided about goes with what is left over now."""
        own = self._lower_twice()
        self.assertEqual(own.product_qty, 1)
        self.assertFalse(self._get_issues("change_decision"))
        self.assertServed(self.bike, self.wheel, self.bolt)

    def test_surplus_that_is_kept_goes_to_nobody(self):
        self.assertEqual(self._lower_twice("change_keep").product_qty, 2)

    def test_surplus_goes_to_another_order(self):
        """What is started and left over serves the next order, whose own is reduced."""
        order = self._create_order((self.bike, 5))
        begun = self._get_productions(self.bike)
        self._start(begun)
        self._create_order((self.bike, 3))
        own = self._get_productions(self.bike) - begun
        self.assertEqual(own.product_qty, 3)
        change = {"line_id": order.order_line.id, "quantity": 3}
        self.assertIn(
            ("mrp.production", "Bike"),
            {
                (row["model"], row["product"])
                for row in self._preview(order, change)["documents"]
                if row["action"] == "reassign"
            },
        )
        self._apply(order, change)
        self.assertEqual(own.product_qty, 1)
        self.assertEqual(begun.product_qty, 5)
        self.assertFalse(self._get_issues("change_decision"))
        self.assertFalse(
            self.env["mto.supply.network"]._find_stranded(self._get_demands(self.bike))
        )

    def test_confirmed_purchase_is_never_cancelled(self):
        order = self._create_order((self.bolt, 5))
        purchase = (
            self.env["purchase.order.line"]
            .search([("product_id", "=", self.bolt.id)])
            .order_id
        )
        purchase.button_confirm()
        order.action_cancel()
        self.assertEqual(purchase.state, "purchase")
        self.assertEqual(purchase.order_line.product_qty, 5)
        issue = self._get_issues("change_decision")
        self.assertEqual((issue.res_model, issue.res_id), (purchase._name, purchase.id))

    def test_receipt_outlives_its_only_production(self):
        """Odoo cancels the receipt, and the vendor brings the goods all the same."""
        bench = self._create_product("Bench", "make_to_order")
        self._create_bom(bench, [(self.bolt, 4)])
        for cancel in ("order", "production"):
            order = self._create_order((bench, 2))
            purchase = self._get_lines(self.bolt)[-1:].order_id
            purchase.button_confirm()
            receipt = purchase.picking_ids
            if cancel == "order":
                order.action_cancel()
            else:
                order.mrp_production_ids.action_cancel()
            self.assertEqual((purchase.state, receipt.state), ("purchase", "assigned"))
            issues = self._get_issues("change_decision")
            self.assertIn((purchase._name, purchase.id), issues.mapped(self._get_place))

    def _get_place(self, issue):
        return (issue.res_model, issue.res_id)

    def test_cancelled_and_confirmed_again(self):
        """Core asks to deliver 8 of 4."""
        order = self._create_order((self.bike, 4))
        order.action_cancel()
        self.assertFalse(self._get_made(self.bike) + self._get_made(self.wheel))
        self.assertFalse(self._get_purchased(self.bolt))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._get_made(self.bike), 4)
        self.assertEqual(self._get_purchased(self.bolt), 36)
        moves = order.order_line.move_ids.filtered(
            lambda m: m.state != "cancel" and not m.production_id
        )
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 4)

    def test_batches_of_two_levels_confirmed_again(self):
        """Batches that were just made for one level are not left over for another."""
        self.wheel.bom_ids.write({"enable_batch_size": True, "batch_size": 3})
        pair = self._create_product("Pair", "make_to_order")
        self._create_bom(pair, [(self.wheel, 4), (self.bike, 1)])
        order = self._create_order((pair, 3))
        order.action_cancel()
        self.assertEqual(self._get_made(self.wheel), 0)
        order.action_draft()
        order.action_confirm()
        self.assertServed(self.wheel, self.bike, pair)
        self.assertEqual(self._get_made(self.wheel), 18)

    def test_shared_at_two_levels_confirmed_again(self):
        """What was just made more for one line's own is not left over for its bikes."""
        self.bike.bom_ids.write({"enable_batch_size": True, "batch_size": 1})
        pair = self._create_product("Pair", "make_to_order")
        self._create_bom(pair, [(self.bike, 1), (self.wheel, 4)])
        order = self._create_order((pair, 1), (pair, 2))
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertServed(self.wheel, self.bike, pair)
        self.assertEqual(self._get_made(self.wheel), 18)

    def test_bought_for_two_levels_confirmed_again(self):
        """14 bolts are bought: the components take what the delivery leaves."""
        order = self._create_order((self.bolt, 5), (self.bike, 1))
        self._buy(self.bolt)
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._get_purchased(self.bolt), 14)
        self.assertServed(self.bolt, self.wheel, self.bike)

    def test_put_away_for_two_levels_confirmed_again(self):
        """The same where the bolts have come, and are still to be put away."""
        self.warehouse.reception_steps = "two_steps"
        order = self._create_order((self.bolt, 5), (self.bike, 1))
        line = self._buy(self.bolt)
        self._move(line.move_ids.picking_id)
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._get_purchased(self.bolt), 14)
        self.assertServed(self.bolt, self.wheel, self.bike)

    def test_ordered_for_one_component_not_taken_for_the_next(self):
        """Nothing of the own order is left over while it is being ordered."""
        frame, fork, bike = (
            self._create_product(name, "make_to_order")
            for name in ("Frame", "Fork", "Bike")
        )
        self._create_bom(frame, [(self.bolt, 1)])
        self._create_bom(fork, [(frame, 1)])
        # Batches are confirmed one after the other: the second enlarges both orders.
        self._create_bom(
            bike, [(frame, 1), (fork, 1)], enable_batch_size=True, batch_size=1
        )
        self._create_order((bike, 2))
        self.assertEqual(self._get_made(frame), 4)
        self.assertServed(frame, fork, bike)

    def test_sold_as_well_confirmed_again(self):
        """What was just made more for a line is not left over for another."""
        order = self._create_order((self.wheel, 2), (self.wheel, 3), (self.bike, 1))
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertServed(self.wheel, self.bike)
        self.assertEqual(self._get_made(self.wheel), 7)

    def test_batch_that_nobody_needs_is_cancelled(self):
        """24 wheels of three demands: 9 batches of 3 were made, 8 are enough."""
        self.wheel.bom_ids.write({"enable_batch_size": True, "batch_size": 3})
        order = self._create_order((self.bike, 4), (self.bike, 4), (self.bike, 4))
        self.assertEqual(self._get_made(self.wheel), 27)
        preview = self._preview(order, {"cancel": True})
        wheels = [r for r in preview["documents"] if r["product"] == "Wheel"]
        self.assertEqual(sum(r["quantity_before"] for r in wheels), 27)
        self.assertEqual({r["action"] for r in wheels}, {"cancel"})
        order.action_cancel()
        self.assertEqual(self._get_made(self.wheel), 0)
        self.assertFalse(self._get_purchased(self.bolt))

    def test_started_work_is_passed_to_a_merged_delivery(self):
        """Core merges what is delivered less with the delivery that would take it."""
        order = self._create_order((self.bike, 1))
        started = self._get_productions(self.bike)
        self._start(started)
        for quantity in (2, 6, 3):
            order.order_line.product_uom_qty = quantity
        delivery = self._get_deliveries(order)
        self.assertEqual(sum(delivery.mapped("product_uom_qty")), 3)
        self.assertIn(delivery, started.move_finished_ids.move_dest_ids)
        self.assertEqual(self._get_made(self.bike), 3)
        self.assertServed(self.bike)
        self.assertFalse(self._get_issues("change_decision"))

    def test_left_over_is_foretold_once(self):
        """Two lines share work of which 6 are left: 2 more are made for both."""
        order = self._create_order((self.bike, 5))
        order.order_line = [
            Command.create({"product_id": self.bike.id, "product_uom_qty": 3})
        ]
        one, other = order.order_line
        started = self._get_productions(self.bike)
        self.assertEqual(started.product_qty, 8)
        self._start(started)
        one.product_uom_qty = other.product_uom_qty = 1
        changes = [{"line_id": line.id, "quantity": 5} for line in (one, other)]
        made = [
            row["quantity_after"] - row["quantity_before"]
            for row in self._preview(order, *changes)["documents"]
            if row["model"] == "mrp.production" and row["product"] == "Bike"
        ]
        self.assertEqual(sum(made), 2)
        self._apply(order, *changes)
        self.assertEqual(self._get_made(self.bike), 10)
        self.assertServed(self.bike)

    def test_confirmed_again_with_started_work(self):
        """What was begun for the order serves it when it comes back."""
        order = self._create_order((self.bike, 4))
        self._start(self._get_productions(self.bike))
        order.action_cancel()
        self.assertEqual(self._get_made(self.bike), 4)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self._get_made(self.bike), 4)
        self.assertEqual(self._get_made(self.wheel), 8)
        self.assertFalse(
            self.env["mto.supply.network"]._find_stranded(self._get_demands(self.bike))
        )

    def test_there_and_back(self):
        """3, 6, 3, 1: one is made and delivered. Core asks to deliver 10."""
        order = self._create_order((self.bike, 3))
        for quantity in (6, 3, 1):
            order.order_line.product_uom_qty = quantity
        self.assertEqual(self._get_made(self.bike), 1)
        self.assertEqual(self._get_made(self.wheel), 2)
        self.assertEqual(self._get_purchased(self.bolt), 9)
        delivery = order.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(delivery.mapped("product_uom_qty"), [1])

    def test_kit_lowered_after_part_delivery(self):
        """Core leaves a request of -2, and cannot confirm it."""
        kit = self._create_product("Kit")
        self._create_bom(kit, [(self.bolt, 2)], type="phantom")
        order = self._create_order((kit, 5))
        purchase = (
            self.env["purchase.order.line"]
            .search([("product_id", "=", self.bolt.id)])
            .order_id
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        receipt.move_ids.quantity = 4
        receipt.move_ids.picked = True
        receipt._action_done()
        delivery = order.picking_ids.filtered(lambda p: p.state != "done")
        delivery.action_assign()
        delivery.move_ids.quantity = 4
        delivery.move_ids.picked = True
        delivery._action_done()
        order.order_line.product_uom_qty = 4
        order.order_line.product_uom_qty = 2
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        self.assertEqual(lines.mapped("product_qty"), [10])
        self.assertTrue(self._get_issues("change_decision"))

    def test_kit_that_has_a_component_twice(self):
        """3 bolts, and 2 in a bag: less of both, or the kit is never delivered."""
        bag, kit = self._create_product("Bag"), self._create_product("Kit")
        self._create_bom(bag, [(self.bolt, 2)], type="phantom")
        self._create_bom(kit, [(self.bolt, 3), (bag, 1)], type="phantom")
        order = self._create_order((kit, 2))
        moves = self._get_deliveries(order)
        for quantity in (1, 4, 1):
            order.order_line.product_uom_qty = quantity
            self.assertEqual(
                sorted(moves.mapped("product_uom_qty")), [2 * quantity, 3 * quantity]
            )
        self.assertEqual(self._get_purchased(self.bolt), 5)
        self._buy(self.bolt)
        self._receive(self.bolt)
        self._move(moves.picking_id)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_cancelled_request_and_more(self):
        """Its request is cancelled: a later increase orders all, not the delta."""
        order = self._create_order((self.bolt, 5))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.order_id.button_cancel()
        issue = self._get_issues("shortage")
        self.assertTrue(issue.owner_id)
        order.order_line.product_uom_qty = 7
        self.assertEqual(self._get_purchased(self.bolt), 7)
        self.assertEqual(issue.state, "closed")

    def test_cancelled_production(self):
        """From the factory's side: all below is stopped, the order is not forgotten."""
        self._create_order((self.bike, 2))
        self._get_productions(self.bike).action_cancel()
        self.assertFalse(self._get_made(self.wheel))
        self.assertFalse(self._get_purchased(self.bolt))
        demand = self._get_demands(self.bike)
        self.assertEqual(demand.procure_method, "make_to_order")
        issue = self._get_issues("shortage")
        self.assertEqual(len(issue), 1)
        issue.action_run("change_order_again")
        self.assertEqual(self._get_made(self.bike), 2)
        self.assertEqual(self._get_made(self.wheel), 4)
        self.assertEqual(issue.state, "closed")

    def test_cancelled_production_is_ordered_again(self):
        self.company.order_change_resupply = True
        self._create_order((self.bike, 2))
        wheels = self._get_productions(self.wheel)
        wheels.action_cancel()
        self.assertEqual(self._get_made(self.wheel), 4)
        self.assertFalse(self._get_issues("shortage"))

    def test_lost_supply_is_taken_from_stock(self):
        self._create_order((self.bolt, 5))
        self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        ).order_id.button_cancel()
        self._add_stock(self.bolt, 5)
        demand = self._get_demands(self.bolt)
        demand._action_assign()
        self.assertEqual(demand.state, "waiting")
        self._get_issues("shortage").action_run("change_from_stock")
        self.assertEqual(demand.state, "assigned")

    def test_production_lowered_by_hand(self):
        self._create_order((self.bike, 4))
        production = self._get_productions(self.bike)
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 1}
        ).change_prod_qty()
        self.assertEqual(self._get_made(self.wheel), 2)
        self.assertEqual(self._get_purchased(self.bolt), 9)
        self.assertTrue(self._get_issues("shortage"))

    def test_no_warning_of_nobody(self):
        order = self._create_order((self.bike, 5))
        order.write({"order_line": [(1, order.order_line.id, {"product_uom_qty": 2})]})
        order.action_cancel()
        self.assertFalse(
            self.env["mail.activity"].search(
                [("user_id", "=", False), ("res_model", "=", "mrp.production")]
            )
        )

    def test_stale_fingerprint(self):
        """Somebody started the order meanwhile: refused, with its name."""
        order = self._create_order((self.bike, 5))
        change = {"line_id": order.order_line.id, "quantity": 2}
        preview = self._preview(order, change)
        production = self._get_productions(self.bike)
        self._start(production)
        with self.assertRaisesRegex(UserError, production.name):
            order.apply_change([change], preview["fingerprint"])
        self.assertEqual(order.order_line.product_uom_qty, 5)
        other = {"line_id": order.order_line.id, "quantity": 3}
        preview = self._preview(order, change)
        with self.assertRaisesRegex(UserError, "the change itself"):
            order.apply_change([other], preview["fingerprint"])
        with self.assertRaisesRegex(UserError, "preview"):
            order.apply_change([change], "nothing")

    def test_bad_input(self):
        order = self._create_order((self.bike, 5))
        line = order.order_line.id
        quotation = self._create_order((self.bike, 1), confirm=False)
        archived = self._create_product("Old", active=False)
        for change, words in (
            ({"line_id": line, "quantity": -1}, "not negative"),
            ({"line_id": line, "quantity": float("nan")}, "number"),
            ({"line_id": line, "quantity": "2"}, "number"),
            ({"line_id": quotation.order_line.id, "quantity": 1}, "not a line"),
            ({"line_id": line, "price": 3}, "cannot be read"),
            ({}, "cannot be read"),
            ("cancel", "cannot be read"),
            ({"product_id": archived.id, "quantity": 1}, "not sold"),
            ({"product_id": -1, "quantity": 1}, "no Product"),
            (
                {
                    "product_id": self.bike.id,
                    "quantity": 1,
                    "product_uom_id": self.env.ref("uom.product_uom_litre").id,
                },
                "counted in",
            ),
            ({"warehouse_id": -1}, "no Warehouse"),
            ({"commitment_date": "tomorrow"}, "no date"),
        ):
            with self.assertRaisesRegex(UserError, words):
                order.preview_change([change])
        with self.assertRaisesRegex(UserError, "not confirmed"):
            quotation.preview_change([{"cancel": True}])
        order.locked = True
        with self.assertRaisesRegex(UserError, "locked"):
            order.preview_change([{"cancel": True}])

    def test_tiny_quantity_is_none(self):
        order = self._create_order((self.bike, 5))
        self._apply(order, {"line_id": order.order_line.id, "quantity": 1e-9})
        self.assertFalse(self._get_made(self.bike))

    def test_below_delivered(self):
        bolt = self._create_product("Nut", on_hand=9)
        order = self._create_order((bolt, 5))
        order.picking_ids.move_ids.write({"quantity": 3, "picked": True})
        order.picking_ids._action_done()
        with self.assertRaisesRegex(UserError, "delivered already"):
            order.preview_change([{"line_id": order.order_line.id, "quantity": 2}])
        self._apply(order, {"line_id": order.order_line.id, "quantity": 3})
        self.assertFalse(order.picking_ids.filtered(lambda p: p.state == "assigned"))

    def test_delivery_date(self):
        order = self._create_order((self.bike, 2))
        answer = self._apply(order, {"commitment_date": "2031-05-05 12:00:00"})
        row = answer["documents"][0]
        self.assertEqual(
            (row["model"], row["action"], row["date_after"]),
            ("stock.move", "reschedule", "2031-05-05 12:00:00"),
        )
        self.assertEqual(str(order.commitment_date), "2031-05-05 12:00:00")

    def test_roles(self):
        """Who sells changes the order and its supply; the shop floor does not."""
        seller = self._create_user("sales")
        order = self._create_order((self.bike, 5), user=seller)
        change = {"line_id": order.order_line.id, "quantity": 2}
        self._apply(order.with_user(seller), change)
        self.assertEqual(self._get_made(self.wheel), 4)
        self._start(self._get_productions(self.bike))
        production = self._get_productions(self.bike)
        change["quantity"] = 1
        preview = self._preview(order.with_user(seller), change)
        with self.assertRaises(AccessError):
            order.with_user(seller).apply_change(
                [change],
                preview["fingerprint"],
                decisions=[
                    {"node": f"mrp.production,{production.id}", "action": "reduce"}
                ],
            )
        employee = self._create_user("employee")
        with self.assertRaises(AccessError):
            order.with_user(employee).preview_change([change])
        with self.assertRaises(AccessError):
            order.with_user(employee).apply_change([change], preview["fingerprint"])

    def test_salesperson_cancels(self):
        """Who only sells cancels an order with all below, whatever the way."""
        seller = self._create_user("sales")
        for cancel in (
            self._cancel_by_screen,
            self._cancel_by_interface,
            lambda order: order.action_cancel(),
        ):
            order = self._create_order((self.bike, 5), (self.bolt, 2), user=seller)
            self.assertTrue(order.picking_ids)
            self.assertEqual(self._get_made(self.wheel), 10)
            self.env.flush_all()
            self.env.invalidate_all()
            cancel(order)
            self.assertEqual(order.state, "cancel")
            self.assertEqual(set(order.sudo().picking_ids.mapped("state")), {"cancel"})
            self.assertFalse(self._get_productions(self.bike | self.wheel))
            self.assertFalse(self._get_purchased(self.bolt))

    def _cancel_by_screen(self, order):
        action = order.action_open_change()
        change = order.env[action["res_model"]].browse(action["res_id"])
        with Form(change) as form:
            form.cancel_order = True
            self.assertIn("cancelled", form.summary)
        change.action_apply()

    def _cancel_by_interface(self, order):
        changes = [{"cancel": True}]
        preview = order.preview_change(changes)[0]
        order.apply_change(changes, preview["fingerprint"])

    def test_queries_do_not_grow(self):
        """A preview costs the same for 3 manufacturing orders and for 22."""
        models = [
            self._create_product(f"Model {n}", "make_to_order") for n in range(21)
        ]
        for model in models:
            self._create_bom(model, [(self.wheel, 2), (self.bolt, 1)])
        orders = [
            self._create_order(*[(model, 2) for model in models[:number]])
            for number in (2, 21)
        ]
        counts = []
        for order in orders:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            # Every client says in which language.
            client = order.with_context(lang="en_US")
            answer = client.preview_change([{"cancel": True}])[0]
            counts.append(self.env.cr.sql_log_count - before)
        made = [row for row in answer["documents"] if row["model"].startswith("mrp")]
        self.assertGreaterEqual(len(made), 22)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLessEqual(counts[1], MOST_QUERIES)

    def test_screen(self):
        """The screen shows the consequences, and applies them."""
        order = self._create_order((self.bike, 5))
        action = order.action_open_change()
        change = self.env[action["res_model"]].browse(action["res_id"])
        with Form(change) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 2
            self.assertIn("manufacturing orders: 2 reduced", form.summary)
            self.assertIn("purchase lines: 1 reduced by 27 Units", form.summary)
            self.assertIn("promise unchanged", form.summary)
        self.assertEqual(len(change.document_ids), 3)
        self.assertTrue(change._get_changes())
        change.action_apply()
        self.assertEqual(self._get_made(self.bike), 2)

    def test_no_promise_of_nothing(self):
        """A promise is told only where something is left that was promised."""
        order = self._create_order((self.bike, 5), (self.wheel, 1))
        lines = [{"line_id": line.id, "quantity": 0} for line in order.order_line]
        raised = [{"line_id": order.order_line[0].id, "quantity": 6}]
        for changes, is_told in ((lines[:1], True), (lines, False), (raised, False)):
            told = self._preview(order, *changes)["summary"]
            self.assertEqual("promise unchanged" in told, is_told, told)

    def test_cost_on_screen(self):
        """What is bought for less is told in money, to the cost group only."""
        self.bolt.standard_price = 2
        order = self._create_order((self.bike, 5))
        change = self.env["sale.order.change"]._open(order)
        change = self.env[change["res_model"]].browse(change["res_id"])
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_manager"
        )
        self.env.user.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        shown = change.with_user(seller).get_view(view_type="form")["arch"]
        self.assertNotIn('name="cost"', shown)
        with Form(change) as form:
            form.cancel_order = True
            self.assertRegex(form.cost, r"^Purchases for .*90.00.* less")
            form.cancel_order = False
            self.assertFalse(form.cost)

    def test_cancelled_after_the_shelf_was_delivered(self):
        """The request for the rest is removed, the move that it was for is done."""
        nut = self._create_part("Nut", "stock_then_order", on_hand=1)
        order = self._create_order((nut, 3))
        self.assertEqual(self._get_purchased(nut), 2)
        self._move(order.picking_ids, 1)
        self._apply(order, {"cancel": True})
        self.assertFalse(self._get_lines(nut))
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(order.state, "cancel")
