from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from ..models.mto_peg_override import DECIDED
from .common import PeggingCommon

GROUP = "mto_pegging.group_serve_first"


class ServeFirstCommon(PeggingCommon):
    """Orders that have what another one wants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref(GROUP)
        cls.exchange = cls.env["mto.peg.exchange"]
        cls.overrides = cls.env["mto.peg.override"]

    def _get_order(self, order):
        return self.env["mto.customer.order"].browse(order.id)

    def _get_offers(self, order):
        return self._get_order(order).get_serve_first_offers()[0]["offers"]

    def _serve_first(self, order, quantity=None, reason="Rush", **wanted):
        """Take the first offer with these values, or all that is suggested."""
        offers = [
            offer
            for offer in self._get_offers(order)
            if all(offer[name] == value for name, value in wanted.items())
        ]
        if quantity is not None:
            offers = [{**offers[0], "quantity": quantity}]
        else:
            offers = [{**offer, "quantity": offer["suggested"]} for offer in offers]
        return self._get_order(order).apply_serve_first(offers, reason)[0]["effects"]

    def _get_reserved(self, order, product):
        """What the demands of one order have reserved of a product."""
        _graph, shares = self.env["mto.pegging"]._get_supply(order.order_line)
        moves = self.env["stock.move"].browse(
            res_id for model, res_id in shares.order if model == "stock.move"
        )
        moves = moves.filtered(lambda m: m.product_id == product and m._leaves_stock())
        return sum(move._get_reserved_quantity() for move in moves)

    def _get_supply_of(self, order, product):
        """{name of the document: quantity} that serves an order with a product."""
        pegging = order.get_pegging()[0]
        nodes = {node["id"]: node for node in pegging["nodes"]}
        result = {}
        for peg in pegging["pegs"]:
            demand, supply = nodes[peg["demand"]], nodes[peg["supply"]]
            is_need = demand["model"] == "stock.move" and supply["model"] in (
                "mrp.production",
                "product.product",
                "purchase.order.line",
            )
            if is_need and demand["product"] == product.display_name:
                result[supply["name"]] = result.get(supply["name"], 0) + peg["quantity"]
        return result

    def _order_bolts(self, *quantities):
        """Orders of wheels whose bolts come on one purchase; 4 bolts a wheel."""
        orders = self.env["sale.order"]
        for quantity in quantities:
            orders |= self._create_order((self.wheel, quantity))
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id), ("state", "=", "draft")]
        )
        if len(line.order_id) > 1:
            line.order_id.action_merge()
        line = line.exists().filtered(lambda found: found.state != "cancel")
        line.order_id.button_confirm()
        return orders, line

    def _make_late(self, line):
        """What was requested later comes a month after ``line``."""
        late = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id), ("state", "=", "draft")]
        )
        late.date_planned = line.date_planned + timedelta(days=30)
        return late

    def _receive(self, picking, quantity):
        """Receive a part; the rest is a backorder."""
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=[]
        ).button_validate()


class TestServeFirst(ServeFirstCommon):
    def test_partial_receipt_for_three_orders(self):
        """Twelve bolts for three orders, four arrive: for whom they are kept first.

        Whoever it is: Odoo by itself serves one of the three.
        """
        for position in range(3):
            orders, line = self._order_bolts(1, 1, 1)
            kept = orders[position]
            self._get_order(kept).apply_keep("Promised by the director")
            receipt = line.order_id.picking_ids
            self._receive(receipt, 3)
            with self.subTest(position=position):
                self.assertEqual(
                    [self._get_reserved(order, self.bolt) for order in orders],
                    [3 if order == kept else 0 for order in orders],
                )
            backorder = line.order_id.picking_ids - receipt
            self._receive(backorder, 5)
            with self.subTest(position=position):
                self.assertEqual(self._get_reserved(kept, self.bolt), 4)
                self.assertEqual(
                    sum(self._get_reserved(order, self.bolt) for order in orders), 8
                )
            self._receive(line.order_id.picking_ids - receipt - backorder, 4)
            with self.subTest(position=position):
                self.assertEqual(
                    [self._get_reserved(order, self.bolt) for order in orders],
                    [4, 4, 4],
                )

    def test_share_of_a_receipt_is_exchanged(self):
        """The rush order takes the early receipt and gives its own late request."""
        orders, line = self._order_bolts(1, 1)
        rush = self._create_order((self.wheel, 1))
        late = self._make_late(line)
        holder = orders[0]
        effects = self._serve_first(rush, 4, document=line.order_id.picking_ids.name)
        self.assertEqual(
            [(e["order"], bool(e["takes"]), bool(e["gives"])) for e in effects],
            [(rush.name, True, False), (holder.name, False, True)],
        )
        self.assertEqual(effects[0]["takes"][0]["quantity"], 4)
        self.assertGreater(effects[0]["date_before"], effects[0]["date_after"])
        self.assertLess(effects[1]["date_before"], effects[1]["date_after"])
        early, later = line.order_id.name, late.order_id.name
        self.assertEqual(self._get_supply_of(rush, self.bolt), {early: 4})
        self.assertEqual(self._get_supply_of(holder, self.bolt), {later: 4})
        self.assertEqual(self._get_supply_of(orders[1], self.bolt), {early: 4})
        # What arrives in part goes to the rush order.
        self._receive(line.order_id.picking_ids, 4)
        self.assertEqual(self._get_reserved(rush, self.bolt), 4)
        self.assertEqual(self._get_reserved(orders[1], self.bolt), 0)
        self.assertFalse(
            self.env["mto.supply.network"]._find_uncovered(self._get_demands(self.bolt))
        )

    def test_part_of_a_share(self):
        """Two of four: both orders are on both purchases then."""
        orders, line = self._order_bolts(1, 1)
        rush = self._create_order((self.wheel, 1))
        late = self._make_late(line)
        self._serve_first(rush, 2)
        early, later = line.order_id.name, late.order_id.name
        self.assertEqual(self._get_supply_of(rush, self.bolt), {early: 2, later: 2})
        self.assertEqual(
            self._get_supply_of(orders[0], self.bolt), {early: 2, later: 2}
        )
        self._receive(line.order_id.picking_ids, 3)
        # Two that were given; what is left goes to whom Odoo takes first.
        self.assertEqual(self._get_reserved(rush, self.bolt), 2)
        self.assertEqual(
            sum(self._get_reserved(order, self.bolt) for order in orders), 1
        )

    def test_reserved_stock_changes_hands(self):
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 4)
        holder = self._create_order((self.wheel, 1))
        self._get_productions(self.wheel).action_assign()
        self.assertEqual(self._get_reserved(holder, self.bolt), 4)
        rush = self._create_order((self.wheel, 1))
        effects = self._serve_first(rush, 3)
        self.assertEqual(effects[0]["takes"][0]["document"], "Stock")
        self.assertTrue(effects[1]["is_missing"])
        self.assertEqual(self._get_reserved(rush, self.bolt), 3)
        self.assertEqual(self._get_reserved(holder, self.bolt), 1)
        # It stays so when somebody gives all back and asks for goods again.
        moves = self._get_demands(self.bolt)
        moves._do_unreserve()
        moves.sorted("id")._action_assign()
        self.assertEqual(self._get_reserved(rush, self.bolt), 3)
        self.assertEqual(self._get_reserved(holder, self.bolt), 1)

    def test_goods_that_arrived_change_hands_with_their_lot(self):
        self.bolt.tracking = "lot"
        self.bolt.supply_policy = "make_to_stock"
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.bolt.id})
        self.env["stock.quant"]._update_available_quantity(
            self.bolt, self.stock, 4, lot_id=lot
        )
        holder = self._create_order((self.wheel, 1))
        self._get_productions(self.wheel).action_assign()
        rush = self._create_order((self.wheel, 1))
        self._serve_first(rush, 4)
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", self.bolt.id), ("state", "!=", "done")]
        )
        self.assertEqual([(ln.lot_id, ln.quantity) for ln in lines], [(lot, 4)])
        self.assertEqual(self._get_reserved(holder, self.bolt), 0)
        self.assertEqual(self._get_reserved(rush, self.bolt), 4)

    def test_whole_order_gives_its_production(self):
        """The bikes of one order are delivered to another, which gives its own."""
        holder = self._create_order((self.bike, 2))
        rush = self._create_order((self.bike, 2))
        made = self._get_productions(self.bike)
        early, late = made
        late.date_start += timedelta(days=40)
        late.date_finished = late.date_start + timedelta(hours=1)
        late.move_finished_ids.date = late.date_finished
        effects = self._serve_first(rush)
        self.assertEqual(self._get_supply_of(rush, self.bike), {early.name: 2}, effects)
        self.assertEqual(self._get_supply_of(holder, self.bike), {late.name: 2})
        # Nothing below was exchanged as well: it comes with the bikes.
        found = self.overrides.search([("order_id", "=", rush.id)])
        self.assertEqual(found.product_id, self.bike)
        self.assertEqual(
            rush.order_line.move_ids.created_production_id
            or rush.order_line.move_ids.move_orig_ids.production_id,
            early,
        )

    def test_preview_keeps_nothing_and_tells_what_applying_does(self):
        orders, line = self._order_bolts(1, 1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        before = [order.get_pegging() for order in orders | rush]
        exchanges = [
            {**offer, "quantity": offer["suggested"]}
            for offer in self._get_offers(rush)
        ]
        decided = set(self.env.cr.postcommit.data.pop(DECIDED, ()))
        preview = self._get_order(rush).preview_serve_first(exchanges)
        self.assertEqual([o.get_pegging() for o in orders | rush], before)
        self.assertFalse(self.overrides.search([("order_id", "=", rush.id)]))
        self.assertFalse(self.env.cr.postcommit.data.pop(DECIDED, None))
        self.env.cr.postcommit.data[DECIDED] = decided
        applied = self._get_order(rush).apply_serve_first(exchanges, "Rush")
        # Both were asked at another second.
        self.assertEqual(_get_days(preview), _get_days(applied))

    def test_owners_are_told(self):
        owner = self._create_user("sales")
        orders, line = self._order_bolts(1)
        orders.user_id = owner
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        self._serve_first(rush, 4, reason="Hospital")
        told = orders.message_ids[:1]
        self.assertIn("Hospital", told.body)
        self.assertIn(rush.name, told.body)
        self.assertIn(owner.partner_id, told.notified_partner_ids)
        self.assertIn("served first", rush.message_ids[:1].body)

    # Locks

    def test_what_is_kept_cannot_be_taken(self):
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        offers = self._get_offers(rush)
        self.assertTrue(offers)
        self._get_order(orders).apply_keep("Promised")
        self.assertFalse(self._get_offers(rush))
        with self.assertRaisesRegex(UserError, "kept for their order"):
            self._get_order(rush).apply_serve_first(
                [{**offers[0], "quantity": 1}], "Rush"
            )
        kept = self.overrides.search([("kind", "=", "kept")])
        self.assertEqual(set(kept.mapped("state")), {"active"})
        kept.action_lift()
        self.assertEqual(set(kept.mapped("state")), {"lifted"})
        self.assertTrue(self._get_offers(rush))

    def test_keeping_twice_keeps_once(self):
        orders, _line = self._order_bolts(1)
        order = self._get_order(orders)
        self.assertTrue(order.apply_keep("Promised")[0]["kept"])
        self.assertFalse(order.apply_keep("Promised")[0]["kept"])

    def test_given_again_to_a_third(self):
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        self._serve_first(rush, 4)
        third = self._create_order((self.wheel, 1))
        self._make_late(line)
        self._serve_first(third, 4, document=line.order_id.picking_ids.name)
        self._receive(line.order_id.picking_ids, 4)
        self.assertEqual(
            [self._get_reserved(o, self.bolt) for o in (orders, rush, third)], [0, 0, 4]
        )
        states = self.overrides.search([("order_id", "=", rush.id)]).mapped("state")
        self.assertEqual(states, ["lifted"])

    def test_ends_by_itself(self):
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 8)
        done, cancelled = (self._create_order((self.wheel, 1)) for _n in range(2))
        self._get_productions(self.wheel).action_assign()
        for order in (done, cancelled):
            self._get_order(order).apply_keep("Promised")
        productions = self._get_productions(self.wheel)
        self.assertEqual(set(self.overrides.search([]).mapped("state")), {"active"})
        productions[0].qty_producing = 1
        productions[0]._set_qty_producing()
        productions[0].button_mark_done()
        productions[1].action_cancel()
        kept = self.overrides.search([("product_id", "=", self.bolt.id)], order="id")
        self.assertEqual(kept.mapped("state"), ["done", "cancelled"])
        for state, override in zip(("done", "cancelled"), kept, strict=True):
            found = self.overrides.search(
                [("state", "=", state), ("product_id", "=", self.bolt.id)]
            )
            self.assertEqual(found, override)

    def test_what_is_split_goes_on(self):
        """A production that is split is served first with all of its parts."""
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 8)
        order = self._create_order((self.wheel, 2))
        production = self._get_productions(self.wheel)
        production.action_assign()
        self._get_order(order).apply_keep("Promised")
        kept = self.overrides.search([("product_id", "=", self.bolt.id)])
        production._split_productions({production: [1, 1]})
        self.assertEqual(len(kept.demand_ids), 2)
        other = self._create_order((self.wheel, 2))
        kept.demand_ids._do_unreserve()
        self._get_productions(self.wheel)[-1].action_assign()
        self.assertEqual(sum(kept.demand_ids.mapped("quantity")), 8)
        self.assertFalse(self._get_reserved(other, self.bolt))

    # Bad input

    def test_bad_exchanges_are_refused(self):
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        [offer, *_more] = self._get_offers(rush)
        order = self._get_order(rush)
        for wrong in (
            {},
            {**offer, "quantity": "many"},
            {**offer, "quantity": -1},
            {**offer, "quantity": float("nan")},
            {**offer, "quantity": 1, "supply": "res.users,1"},
            {**offer, "quantity": 1, "holder": "stock.move"},
            {**offer, "quantity": 1, "holder": "stock.move,999999999"},
            {**offer, "quantity": 1, "demand": offer["holder"]},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                order.preview_serve_first([wrong])
        for quantity, words in ((0, "no quantity"), (5, "left"), (400, "left")):
            with self.assertRaisesRegex(UserError, words):
                order.preview_serve_first([{**offer, "quantity": quantity}])
        with self.assertRaisesRegex(UserError, "Say why"):
            order.apply_serve_first([{**offer, "quantity": 1}], "  ")
        self.assertFalse(self.overrides.search([]))
        self.assertEqual(
            self._get_supply_of(orders, self.bolt), {line.order_id.name: 4}
        )

    def test_taking_the_same_twice_is_refused(self):
        _orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 2))
        self._make_late(line)
        [offer] = self._get_offers(rush)
        with self.assertRaisesRegex(UserError, "can no longer be given"):
            self._get_order(rush).apply_serve_first(
                2 * [{**offer, "quantity": offer["quantity"]}], "Rush"
            )

    def test_other_company_gives_and_takes_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            login="decides_elsewhere",
            groups=f"mrp.group_mrp_manager,stock.group_stock_user,{GROUP}",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        [offer] = self._get_offers(rush)
        with self.assertRaises(AccessError):
            self._get_order(rush).with_user(user).get_serve_first_offers()
        # A demand of another company is no holder, whoever names it.
        _graph, shares = self.env["mto.pegging"]._get_supply(orders.order_line)
        moves = self.env["stock.move"].browse(
            res_id for model, res_id in shares.order if model == "stock.move"
        )
        moves.company_id = other
        self.assertFalse(self._get_offers(rush))
        with self.assertRaises(UserError):
            self._get_order(rush).preview_serve_first([{**offer, "quantity": 1}])
        self._get_order(orders).apply_keep("Promised")
        kept = self.overrides.search([("kind", "=", "kept")])
        planner = self._create_user("planner")
        self.assertFalse(self.overrides.with_user(planner).search([]) & kept)

    def test_goods_as_another_customer_wants_them_are_not_offered(self):
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        _graph, shares = self.env["mto.pegging"]._get_supply(orders.order_line)
        moves = self.env["stock.move"].browse(
            res_id for model, res_id in shares.order if model == "stock.move"
        )
        moves.specification_key = "red"
        self.assertFalse(self._get_offers(rush))

    def test_quantities_in_other_units(self):
        """One order counts bolts in dozens, the other one in pieces."""
        dozens = self._create_product("Dozens", "make_to_order")
        self._create_bom(dozens, [(self.bolt, 1, self.dozen)])
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 12)
        holder = self._create_order((dozens, 1))
        self._get_productions(dozens).action_assign()
        self.assertEqual(self._get_reserved(holder, self.bolt), 12)
        rush = self._create_order((self.wheel, 3))
        [offer] = self._get_offers(rush)
        self.assertEqual((offer["quantity"], offer["uom"]), (12, "Units"))
        self._serve_first(rush, 12)
        self.assertEqual(self._get_reserved(rush, self.bolt), 12)
        self.assertEqual(self._get_reserved(holder, self.bolt), 0)

    # Rights

    def test_only_who_may_decide(self):
        orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        offers = [{**offer, "quantity": 1} for offer in self._get_offers(rush)]
        self._get_order(orders).apply_keep("Promised")
        kept = self.overrides.search([])
        for role in (
            "sales",
            "sales_manager",
            "purchasing",
            "planner",
            "shop_floor",
            "warehouse",
            "employee",
        ):
            user = self._create_user(role)
            order = self._get_order(rush).with_user(user)
            for call in (
                order.get_serve_first_offers,
                lambda order=order: order.preview_serve_first(offers),
                lambda order=order: order.apply_serve_first(offers, "Rush"),
                lambda order=order: order.apply_keep("Promised"),
                kept.with_user(user).action_lift,
                lambda user=user: self.overrides.with_user(user).create({}),
                lambda user=user: kept.with_user(user).write({"reason": "x"}),
                kept.with_user(user).unlink,
                lambda user=user: self.env["mto.serve.first"]
                .with_user(user)
                .create({"order_id": rush.id}),
            ):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    call()
        for role in ("planner", "warehouse", "purchasing", "sales_manager"):
            user = self.env["res.users"].search([("login", "=", f"{role}_user")])
            self.assertTrue(kept.with_user(user).mapped("reason"), role)

    def test_planner_decides_without_rights_on_sales(self):
        user = new_test_user(
            self.env,
            login="decides",
            groups=f"mrp.group_mrp_manager,stock.group_stock_user,{GROUP}",
        )
        _orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        order = self._get_order(rush).with_user(user)
        offers = order.get_serve_first_offers()[0]["offers"]
        exchanges = [{**offer, "quantity": offer["suggested"]} for offer in offers]
        order.preview_serve_first(exchanges)
        order.apply_serve_first(exchanges, "Rush")
        override = self.overrides.search([])
        self.assertEqual(override.create_uid, user)
        self.assertEqual(rush.message_ids[:1].author_id, user.partner_id)
        override.with_user(user).action_lift()
        self.assertEqual(override.lifted_uid, user)

    # The window

    def test_window_shows_effects_before_it_applies(self):
        orders, line = self._order_bolts(1, 1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        form = Form(self.env["mto.serve.first"].with_context(default_order_id=rush.id))
        self.assertEqual(len(form.line_ids), 2)
        form.holder_order_id = self._get_order(orders[1])
        self.assertEqual(len(form.line_ids), 1)
        wizard = form.save()
        self.assertEqual(wizard.line_ids.quantity, 4)
        with self.assertRaisesRegex(UserError, "look at the effects"):
            wizard.action_apply()
        wizard.action_preview()
        self.assertEqual(
            wizard.effect_ids.mapped("order_id.name"), [rush.name, orders[1].name]
        )
        with Form(wizard) as form, form.line_ids.edit(0) as chosen:
            chosen.quantity = 2
        with self.assertRaisesRegex(UserError, "look at the effects"):
            wizard.action_apply()
        wizard.action_preview()
        wizard.reason = "Rush"
        wizard.action_apply()
        self.assertEqual(
            self._get_supply_of(orders[1], self.bolt)[line.order_id.name], 2
        )

    def test_window_of_a_document(self):
        _orders, line = self._order_bolts(1)
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        for document, count in ((line.order_id, 1), (line.order_id.picking_ids, 1)):
            wizard = self.env["mto.serve.first"].with_context(
                serve_first_model=document._name,
                active_id=document.id,
                default_order_id=rush.id,
            )
            self.assertEqual(len(Form(wizard).line_ids), count, document)
        production = self._get_productions(self.wheel)[:1]
        wizard = self.env["mto.serve.first"].with_context(
            serve_first_model="mrp.production", active_id=production.id
        )
        form = Form(wizard)
        self.assertFalse(form.line_ids)
        form.order_id = self._get_order(rush)
        self.assertEqual(
            form.line_ids._records and form.line_ids._records[0]["document"] or "",
            "",
        )

    def test_actions_of_the_trees(self):
        orders, line = self._order_bolts(1)
        tree = self.env["mto.order.supply"].get_tree(orders.ids)
        self.assertEqual(
            [action["label"] for action in tree["actions"]],
            ["Serve This First", "Keep for This Order"],
        )
        tree = self.env["mto.demand.purchase"].get_tree(line.order_id.ids)
        self.assertEqual(len(tree["actions"]), 1)
        user = self._create_user("planner")
        tree = self.env["mto.demand.purchase"].with_user(user)
        self.assertFalse(tree.get_tree(line.order_id.ids)["actions"])

    # Costs

    def test_queries_do_not_grow_with_holders(self):
        counts = []
        for number in (2, 6):
            orders, line = self._order_bolts(*(number * [1]))
            rush = self._create_order((self.wheel, 1))
            self._make_late(line).order_id.button_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            offers = self._get_offers(rush)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertGreaterEqual(len(offers), number)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_where_nothing_was_decided_nothing_is_asked(self):
        nail = self._create_part("Nail", "make_to_stock")
        self._create_order((nail, 1))
        moves = self._get_demands(nail)
        self.overrides._find(nail)
        with self.assertQueryCount(0):
            self.assertFalse(self.overrides._find(nail))
            self.assertFalse(self.overrides._get_given(moves))


def _get_days(answers):
    """The effects, with days in place of moments."""
    return [
        {
            name: value[:10] if name.startswith("date_") and value else value
            for name, value in effect.items()
        }
        for effect in answers[0]["effects"]
    ]
