from collections import defaultdict

from odoo import Command
from odoo.tests import Form, tagged

from .common import PeggingCommon


class WaysCommon(PeggingCommon):
    """Reads what serves an order, and checks that shares add up."""

    def _get_served_by(self, order, soft=False):
        """{name of the supply: quantity} of productions, purchases and stock."""
        result = {}
        for node in order.get_pegging(soft=soft)[0]["nodes"]:
            if node["model"] not in ("sale.order.line", "stock.move"):
                key = (node["product"], node["name"])
                result[key] = result.get(key, 0) + node["quantity"]
        return result

    def _check_shares(self, record, total, *orders):
        """Shares add up to the document exactly, the same from both sides."""
        served = self._get_served(record)
        self.assertEqual(set(served), set(orders and [o.name for o in orders]))
        self.assertEqual(sum(served.values()), total)
        for order in orders:
            nodes = {n["id"]: n for n in order.get_pegging()[0]["nodes"]}
            node = nodes[f"{record._name},{record.id}"]
            self.assertAlmostEqual(node["quantity"], served[order.name])

    def _check_adds_up(self, *orders):
        """What each document gives is what orders get of it, told from both sides.

        Of a demand that waits, what supplies it and what is missing make all of it.
        """
        given, totals, surplus = defaultdict(float), {}, {}
        for answer in self.env["sale.order"].union(*orders).get_pegging():
            arrives, covered = defaultdict(float), defaultdict(float)
            for peg in answer["pegs"]:
                arrives[peg["supply"]] += peg["quantity"]
                # A subcontracted receipt is ordered and made.
                if not peg["supply"].startswith("purchase") or not self._is_made(peg):
                    covered[peg["demand"]] += peg["quantity"]
            surplus |= {s["supply"]: s["quantity"] for s in answer["surplus"]}
            surplus |= self._get_spare_receipts(answer)
            for node in answer["nodes"]:
                key, quantity = node["id"], node["quantity"]
                if node["model"] != "sale.order.line":
                    self.assertAlmostEqual(quantity, arrives[key], 4, node)
                    given[key] += quantity
                    totals[key] = node["total"]
                self._check_covered(answer, node, covered[key])
        for key, quantity in given.items():
            if not key.startswith("product.product"):
                self.assertAlmostEqual(
                    quantity + surplus.get(key, 0), totals[key], 4, key
                )
        self._check_upward(given)

    def _get_spare_receipts(self, answer):
        """{id of an ordered purchase line: what comes in of it for nobody}"""
        known = {node["id"] for node in answer["nodes"]}
        spare = {}
        for node in answer["nodes"]:
            if (node["model"], node["state"]) == ("purchase.order.line", "purchase"):
                line = self.env["purchase.order.line"].browse(node["res_id"])
                spare[node["id"]] = sum(
                    move.product_qty
                    for move in line.move_ids
                    if f"stock.move,{move.id}" not in known
                    and move.state != "cancel"
                    and not move.move_dest_ids
                )
        return spare

    def _is_made(self, peg):
        move = self.env["stock.move"].browse(int(peg["demand"].split(",")[1]))
        return bool(move.purchase_line_id and move.move_orig_ids.production_id)

    def _check_covered(self, answer, node, covered):
        """Of a whole demand of this order, nothing is pegged twice or forgotten."""
        if node["model"] != "stock.move" or node["quantity"] != node["total"]:
            return
        move = self.env["stock.move"].browse(node["res_id"])
        if not self.env["mto.pegging"]._is_demand(move):
            return
        self.assertLessEqual(covered, node["quantity"] + 1e-4, node)
        if node["id"] not in answer["unsupplied"] and not answer["loops"]:
            self.assertAlmostEqual(covered, node["quantity"], 4, node)

    def _check_upward(self, given):
        for key, quantity in given.items():
            model, res_id = key.split(",")
            if model in ("mrp.production", "purchase.order.line"):
                [told] = self.env[model].browse(int(res_id)).get_demand()
                served = sum(entry["quantity"] for entry in told["demand"])
                self.assertAlmostEqual(served, quantity, 2, key)

    def _get_bolt_line(self):
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id), ("state", "!=", "cancel")]
        )
        if len(line.order_id) > 1:
            line.order_id.action_merge()
        return line.exists().filtered(lambda found: found.state != "cancel")


@tagged("post_install", "-at_install")
class TestWaysOfSupply(WaysCommon):
    """Each way in which Odoo links a demand with its supply, or does not."""

    def test_enlarged_production(self):
        """Odoo raises the order that is there and keeps the first link only."""
        order = self._create_order((self.wheel, 2), (self.bike, 1))
        order.order_line[0].product_uom_qty = 5
        self.assertFalse(order.get_pegging()[0]["unsupplied"])
        wheels = self._get_productions(self.wheel)
        told = [entry for made in wheels.get_demand() for entry in made["demand"]]
        self.assertEqual({entry["order"] for entry in told}, {order.name})
        # Five that are sold, two for the bicycle.
        self.assertEqual(sum(entry["quantity"] for entry in told), 7)
        self._check_adds_up(order)

    def test_request_then_receipt(self):
        order = self._create_order((self.wheel, 2))
        line = self._get_bolt_line()
        before = self._get_served_by(order)
        self.assertEqual(before["Bolt", line.order_id.name], 8)
        line.order_id.button_confirm()
        self.assertEqual(self._get_served_by(order), before)
        self._check_shares(line, 8, order)
        self._check_adds_up(order)

    def test_stock_else_order_of_odoo(self):
        """The rule "take from stock, else order" links nothing: it is expected."""
        route = self.mto_route
        rule = route.rule_ids.filtered(
            lambda r: (
                r.location_dest_id.usage == "customer"
                and r.warehouse_id == self.warehouse
            )
        )
        rule.procure_method = "mts_else_mto"
        manufacture = self.warehouse.manufacture_pull_id.route_id
        chair = self._create_product("Chair")
        chair.route_ids = route | manufacture
        self._create_bom(chair, [(self.bolt, 4)])
        order = self._create_order((chair, 3))
        made = self._get_productions(chair)
        self.assertEqual(made.product_qty, 3)
        told = self._get_served_by(order, soft=True)
        self.assertEqual(told["Chair", made.name], 3)

    def test_reordering_rule(self):
        """What a rule orders is expected, then reserved."""
        nail = self._create_part("Nail", "make_to_stock")
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": nail.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "auto",
            }
        )
        order = self._create_order((nail, 5))
        line = self.env["purchase.order.line"].search([("product_id", "=", nail.id)])
        self.assertEqual(line.product_qty, 5)
        self.assertFalse(self._get_served_by(order))
        expected = {("Nail", line.order_id.name): 5}
        self.assertEqual(self._get_served_by(order, soft=True), expected)
        line.order_id.button_confirm()
        receipt = line.order_id.picking_ids
        receipt.move_ids.picked = True
        receipt.button_validate()
        order.picking_ids.action_assign()
        self.assertEqual(self._get_served_by(order), {("Nail", "Stock"): 5})

    def test_replenished_by_hand(self):
        """A rule that a person runs, and the button of the product: expected."""
        nail = self._create_part("Nail", "make_to_stock")
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": nail.id,
                "product_min_qty": 0,
                "product_max_qty": 0,
                "trigger": "manual",
            }
        )
        order = self._create_order((nail, 5))
        lines = self.env["purchase.order.line"]
        self.assertFalse(lines.search([("product_id", "=", nail.id)]))
        rule.invalidate_recordset()
        rule.action_replenish()
        line = lines.search([("product_id", "=", nail.id)])
        self.assertEqual(line.product_qty, 5)
        expected = {("Nail", line.order_id.name): 5}
        self.assertFalse(self._get_served_by(order))
        self.assertEqual(self._get_served_by(order, soft=True), expected)
        other = self._create_order((nail, 2))
        self.env["product.replenish"].with_context(
            default_product_id=nail.id, default_product_tmpl_id=nail.product_tmpl_id.id
        ).create(
            {"quantity": 3, "warehouse_id": self.warehouse.id}
        ).launch_replenishment()
        bought = lines.search([("product_id", "=", nail.id)])
        self.assertEqual(sum(bought.mapped("product_qty")), 8)
        told = [self._get_served_by(each, soft=True) for each in (order, other)]
        self.assertEqual([sum(one.values()) for one in told], [5, 2])

    def test_made_by_hand(self):
        self.wheel.supply_policy = "make_to_stock"
        made = self.env["mrp.production"].create(
            {"product_id": self.wheel.id, "product_qty": 6}
        )
        made.action_confirm()
        order = self._create_order((self.wheel, 4))
        self.assertEqual(made.get_demand()[0]["demand"], [])
        [entry] = made.get_demand(soft=True)[0]["demand"]
        self.assertEqual((entry["order"], entry["quantity"]), (order.name, 4))

    def test_allocated_in_the_reception_report(self):
        """A person assigns a receipt to a demand: from then on it is linked."""
        nail = self._create_part("Nail", "make_to_stock")
        order = self._create_order((nail, 5))
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": nail.id, "product_qty": 8})
                ],
            }
        )
        purchase.button_confirm()
        receipt = purchase.picking_ids
        report = self.env["report.stock.report_reception"]
        report.action_assign(order.order_line.move_ids.ids, [5], [receipt.move_ids.ids])
        self.assertEqual(self._get_served_by(order), {("Nail", purchase.name): 5})
        self._check_shares(purchase.order_line, 5, order)

    def test_purchase_line_of_three_orders(self):
        """One line, three orders, a surplus: shares are what each asked for."""
        orders = [self._create_order((self.wheel, n)) for n in (1, 2, 3)]
        line = self._get_bolt_line()
        line.product_qty = 30
        self._check_shares(line, 24, *orders)
        line.order_id.button_confirm()
        self._check_shares(line, 24, *orders)
        self.assertEqual(list(self._get_served(line).values()), [4, 8, 12])
        self._check_adds_up(*orders)

    def test_merged_from_five_orders(self):
        orders = [self._create_order((self.wheel, n)) for n in (1, 2, 3, 4, 5)]
        merged = self._get_productions(self.wheel)
        merged.action_merge()
        merged = self._get_productions(self.wheel)
        self.assertEqual(len(merged), 1)
        self._check_shares(merged, 15, *orders)
        self.assertEqual(list(self._get_served(merged).values()), [1, 2, 3, 4, 5])
        self._check_shares(self._get_bolt_line(), 60, *orders)
        self._check_adds_up(*orders)

    def test_split_into_ten(self):
        order = self._create_order((self.wheel, 10))
        made = self._get_productions(self.wheel)
        parts = made._split_productions({made: [1] * 10})
        self.assertEqual(len(parts), 10)
        for part in parts:
            self._check_shares(part, 1, order)
        request = self._get_bolt_line().order_id
        self.assertEqual(self._get_served_by(order)["Bolt", request.name], 40)
        self.assertFalse(order.get_pegging()[0]["unsupplied"])
        self._check_adds_up(order)

    def test_backorder_and_its_new_name(self):
        """The first part is renamed; names are never what links."""
        order = self._create_order((self.wheel, 3))
        line = self._get_bolt_line()
        line.order_id.button_confirm()
        line.order_id.picking_ids.move_ids.picked = True
        line.order_id.picking_ids.button_validate()
        made = self._get_productions(self.wheel)
        name = made.name
        made.qty_producing = 1
        made._set_qty_producing()
        action = made.button_mark_done()
        Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ).save().action_backorder()
        parts = self._get_productions(self.wheel)
        self.assertEqual(parts.mapped("product_qty"), [1, 2])
        self.assertNotEqual(parts[0].name, name)
        for part, quantity in zip(parts, (1, 2), strict=True):
            self._check_shares(part, quantity, order)
        self._check_adds_up(order)

    def test_subcontracted(self):
        """Through the receipt into the order of the subcontractor, and what he gets."""
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("needs subcontracting")
        painter = self.env["res.partner"].create({"name": "Painter"})
        frame = self._create_part("Frame", "make_to_order", vendor=painter)
        paint = self._create_part("Paint", "make_to_order")
        self._create_bom(
            frame,
            [(paint, 2)],
            type="subcontract",
            subcontractor_ids=[Command.link(painter.id)],
        )
        order = self._create_order((frame, 3))
        request = self.env["purchase.order"].search([("partner_id", "=", painter.id)])
        self.assertEqual(self._get_served_by(order)["Frame", request.name], 3)
        request.button_confirm()
        painting = self._get_productions(frame)
        bought = self.env["purchase.order.line"].search([("product_id", "=", paint.id)])
        told = self._get_served_by(order)
        self.assertEqual(told["Frame", painting.name], 3)
        self.assertEqual(told["Paint", bought.order_id.name], 6)
        for record, quantity in ((painting, 3), (bought, 6)):
            self.assertEqual(self._get_served(record), {order.name: quantity})
        self._check_adds_up(order)


@tagged("post_install", "-at_install")
class TestUnusualDocuments(WaysCommon):
    """The tree shows what is true and marks what it cannot explain."""

    def _receive_bolts(self):
        line = self._get_bolt_line()
        line.order_id.button_confirm()
        line.order_id.picking_ids.move_ids.picked = True
        line.order_id.picking_ids.button_validate()
        return line

    def _produce(self, production):
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        production.button_mark_done()

    def test_cancelled_in_the_middle(self):
        order = self._create_order((self.bike, 2))
        wheels = self._get_productions(self.wheel)
        wheels.action_cancel()
        pegging = order.get_pegging()[0]
        names = {node["name"] for node in pegging["nodes"]}
        self.assertNotIn(wheels.name, names)
        self.assertEqual(len(pegging["unsupplied"]), 1)
        tree = self.env["mto.order.supply"].get_tree(order.ids)
        [missing] = [
            row["cells"]["state"]
            for row in tree["rows"]
            if row["problem"] and row["cells"]["product"] == "Wheel"
        ]
        self.assertEqual(missing, "Missing: 4 Units")
        self._check_adds_up(order)

    def test_deleted_in_the_middle(self):
        order = self._create_order((self.bike, 2))
        line = self._get_bolt_line()
        line.order_id.button_cancel()
        line.order_id.unlink()
        pegging = order.get_pegging()[0]
        self.assertEqual(len(pegging["unsupplied"]), 2)
        self.assertFalse([n for n in pegging["nodes"] if n["model"] == line._name])
        self._check_adds_up(order)

    def test_scrapped_in_part(self):
        """A scrapped bolt serves nobody; the order lacks it."""
        order = self._create_order((self.wheel, 2))
        self._receive_bolts()
        made = self._get_productions(self.wheel)
        self.env["stock.scrap"].create(
            {
                "product_id": self.bolt.id,
                "scrap_qty": 3,
                "production_id": made.id,
                "location_id": self.stock.id,
            }
        ).action_validate()
        told = self._get_served_by(order)
        bolts = sum(q for (product, _name), q in told.items() if product == "Bolt")
        self.assertLessEqual(bolts, 8)
        self.assertEqual(made.product_qty, told["Wheel", made.name])
        self._check_adds_up(order)

    def test_unbuilt(self):
        """The wheels were made and taken apart: they are no longer there."""
        order = self._create_order((self.wheel, 2))
        self._receive_bolts()
        made = self._get_productions(self.wheel)
        self._produce(made)
        delivery = order.picking_ids.filtered(lambda p: p.state != "done")
        self.assertEqual(self._get_served(made), {order.name: 2})
        delivery.do_unreserve()
        unbuild = self.env["mrp.unbuild"].create(
            {"product_id": self.wheel.id, "mo_id": made.id, "product_qty": 2}
        )
        unbuild.action_validate()
        pegging = order.get_pegging()[0]
        self.assertFalse([n for n in pegging["nodes"] if None in n.values()])
        totals = {n["id"]: n["quantity"] for n in pegging["nodes"]}
        self.assertLessEqual(totals.get(f"mrp.production,{made.id}", 0), 2)
        self._check_adds_up(order)

    def test_renamed(self):
        order = self._create_order((self.bike, 1))
        wheels = self._get_productions(self.wheel)
        wheels.name = "Renamed"
        self.assertIn(("Wheel", "Renamed"), self._get_served_by(order))
        self._check_adds_up(order)

    def test_thousandths(self):
        """0.001 of a litre in each: nothing is lost, nothing is invented."""
        self.env.ref("uom.decimal_product_uom").digits = 3
        litre = self.env["uom.uom"].create({"name": "Litre (test)"})
        litre.rounding = 0.001
        glue = self._create_part("Glue", "make_to_order", uom_id=litre.id)
        toy = self._create_product("Toy", "make_to_order")
        self._create_bom(toy, [(glue, 0.001)])
        orders = [self._create_order((toy, n)) for n in (1, 2, 4)]
        line = self.env["purchase.order.line"].search([("product_id", "=", glue.id)])
        if len(line.order_id) > 1:
            line.order_id.action_merge()
        line = line.exists().filtered(lambda found: found.state != "cancel")
        served = self._get_served(line)
        self.assertEqual(
            [round(served[order.name], 6) for order in orders], [0.001, 0.002, 0.004]
        )
        self._check_adds_up(*orders)

    def test_units_that_differ(self):
        """Sold by the dozen, bought by the dozen, needed by the piece."""
        pack = self._create_product("Pack", "make_to_order")
        self._create_bom(pack, [(self.bolt, 1, self.dozen)])
        self.bolt.seller_ids.product_uom_id = self.dozen
        order = self._create_order((pack, 1, {"product_uom_id": self.dozen.id}))
        pieces = self._create_order((pack, 6))
        told = self._get_served_by(order)
        self.assertEqual(
            sum(q for (product, _n), q in told.items() if product == "Bolt"), 144
        )
        line = self._get_bolt_line()
        self._check_shares(line, 216, order, pieces)
        self._check_adds_up(order, pieces)

    def test_archived_products(self):
        order = self._create_order((self.bike, 1))
        before = self._get_served_by(order)
        (self.bike | self.wheel | self.bolt).product_tmpl_id.active = False
        self.assertEqual(self._get_served_by(order), before)
        self.assertEqual(
            self._get_served(self._get_productions(self.wheel)), {order.name: 2}
        )
        tree = self.env["mto.order.supply"].get_tree(order.ids)
        self.assertTrue(tree["rows"])
        self._check_adds_up(order)

    def test_customer_return(self):
        """What comes back supplies nobody and is no delivery."""
        order = self._create_order((self.wheel, 2))
        self._receive_bolts()
        self._produce(self._get_productions(self.wheel))
        delivery = order.picking_ids
        delivery.move_ids.picked = True
        delivery.button_validate()
        before = self._get_rows(order)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 1
        action = wizard.action_create_returns()
        back = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(self._get_rows(order), before)
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(self._get_rows(order), before)
        self.assertFalse(order.get_pegging()[0]["unsupplied"])
        self._check_adds_up(order)

    def test_another_company_in_the_chain(self):
        """A link into another company is followed, orders of others stay unknown."""
        order = self._create_order((self.bike, 1))
        other = self.env["res.company"].create({"name": "Other"})
        wheels = self._get_productions(self.wheel)
        user = self._create_user("sales_manager")
        self.assertTrue(order.with_user(user).get_pegging()[0]["nodes"])
        wheel = wheels.with_context(allowed_company_ids=other.ids)
        self.assertEqual(wheel.sudo().get_demand()[0]["demand"], [])
        self._check_adds_up(order)

    def test_circle_over_two_levels(self):
        """A hand-made circle ends, is named, and the rest is told."""
        order = self._create_order((self.bike, 2))
        wheels, bikes = (
            self._get_productions(product) for product in (self.wheel, self.bike)
        )
        wheels.move_raw_ids.move_orig_ids = [Command.link(bikes.move_finished_ids.id)]
        pegging = order.get_pegging()[0]
        self.assertTrue(pegging["nodes"])
        for direction in (wheels, bikes):
            self.assertEqual(set(self._get_served(direction)), {order.name})
        tree = self.env["mto.order.supply"].get_tree(order.ids)
        if pegging["loops"]:
            self.assertIn("circle", tree["messages"][0]["text"])
        self.env["mto.integrity.issue"].action_check_now()
        kinds = self.env["mto.integrity.issue"].search([]).mapped("kind")
        self.assertIn("circle", kinds)
        self._check_adds_up(order)
