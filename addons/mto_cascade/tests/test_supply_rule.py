from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestSupplyRule(SupplyCommon):
    """Cascade rules: what they decide, what they say, who may write them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = cls._create_category("Parts")
        cls.forks = cls._create_category("Forks", None, cls.parts)
        cls.far = cls._create_part("Fork", delay=21, categ_id=cls.forks.id)
        cls.near = cls._create_part("Bell", delay=2, categ_id=cls.parts.id)
        cls.frame = cls._create_product("Frame", "make_to_order")
        cls.frame_bom = cls._create_bom(cls.frame, [(cls.far, 1)])
        cls.kit = cls._create_product("Kit")
        cls._create_bom(cls.kit, [(cls.near, 1)], type="phantom")
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls._create_bom(cls.bike, [(cls.frame, 1), (cls.kit, 1)])

    @classmethod
    def _create_rule(cls, name="Rule", result="make_to_order", **vals):
        return cls.env["mto.supply.rule"].create(
            {"name": name, "result": result, **vals}
        )

    def _get_decided(self, quantity=1, **vals):
        """Products below a bike that the only rule decides for a new order."""
        self._create_order((self.bike, quantity), **vals)
        moves = (self._get_demands(p)[-1] for p in (self.far, self.near, self.frame))
        return {move.product_id.name for move in moves if move.supply_rule_id}

    def test_conditions(self):
        """What each condition decides below a bike: fork at level 2, bell at level 1.

        The frame has a policy of its own, which no rule overrules.
        """
        tag = self.env["res.partner.category"].create({"name": "Rental"})
        self.far.standard_price = 40
        self.near.standard_price = 4
        shop = self.env["res.partner"].create({"name": "Shop", "parent_id": False})
        for vals, expected in (
            ({}, {"Fork", "Bell"}),
            ({"level_from": "2"}, {"Fork"}),
            ({"level_to": "1"}, {"Bell"}),
            ({"level_from": "1", "level_to": "1"}, {"Bell"}),
            ({"level_to": "0"}, set()),
            ({"supply": "buy"}, {"Fork", "Bell"}),
            ({"supply": "make"}, set()),
            ({"category_id": self.parts.id}, {"Fork", "Bell"}),
            ({"category_id": self.forks.id}, {"Fork"}),
            ({"vendor_id": self.vendor.id}, {"Fork", "Bell"}),
            ({"vendor_id": shop.id}, set()),
            ({"lead_time_min": 20}, {"Fork"}),
            ({"lead_time_min": 22}, set()),
            ({"cost_min": 40}, {"Fork"}),
            ({"cost_max": 39.99}, {"Bell"}),
            ({"partner_id": self.customer.id}, {"Fork", "Bell"}),
            ({"partner_id": shop.id}, set()),
            ({"partner_tag_id": tag.id}, set()),
            ({"quantity_min": 2}, set()),
            ({"quantity_max": 1}, {"Fork", "Bell"}),
            ({"warehouse_id": self.warehouse.id}, {"Fork", "Bell"}),
        ):
            with self.subTest(**vals):
                rule = self._create_rule(**vals)
                self.assertEqual(self._get_decided(), expected)
                rule.unlink()
        self._create_rule(partner_tag_id=tag.id)
        self.customer.category_id = tag
        self.assertEqual(self._get_decided(), {"Fork", "Bell"})

    def test_customer_of_the_company(self):
        """A rule for a company holds for the people who order for it."""
        buyer = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self._create_rule(partner_id=self.customer.id)
        self.assertTrue(self._get_decided(partner_id=buyer.id))

    def test_quantity_in_the_unit_of_the_product(self):
        self._create_rule(quantity_min=12)
        self.assertFalse(self._get_decided(11))
        self.assertTrue(self._get_decided(12))
        order = self._create_order((self.bike, 1, {"product_uom_id": self.dozen.id}))
        self.assertTrue(self._get_demands(self.near)[-1].supply_rule_id)
        self.assertEqual(
            self._get_demands(self.near)[-1].demand_line_id, order.order_line
        )

    def test_lead_time_of_manufacturing(self):
        self.frame.supply_policy = "inherit"
        self.frame_bom.produce_delay = 9
        self._create_rule(lead_time_min=9, supply="make")
        self.assertEqual(self._get_decided(), {"Frame"})
        self.assertEqual(
            self._get_demands(self.frame).supply_explanation,
            "Made for the order: rule 'Rule' "
            "(made; manufacturing lead time 9 days, at least 9)",
        )

    def test_tells_why(self):
        rule = self._create_rule(
            "Long lead time from level 2", level_from="2", lead_time_min=20
        )
        self._get_decided()
        move = self._get_demands(self.far)
        words = (
            "Bought for the order: rule 'Long lead time from level 2' "
            "(level 2; vendor lead time 21 days, at least 20)"
        )
        self.assertEqual(move.supply_explanation, words)
        [answer] = move.get_supply_decision()
        self.assertEqual(answer["explanation"], words)
        self.assertEqual(answer["reason"]["record_id"], rule.id)
        self.assertEqual(
            answer["reason"]["facts"],
            [
                {"fact": "level", "value": 2},
                {"fact": "lead_time", "value": 21, "at_least": 20, "supply": "buy"},
            ],
        )
        # As it was decided, also when the rule has changed or is gone.
        rule.lead_time_min = 5
        rule.unlink()
        move.invalidate_recordset()
        self.assertFalse(move.supply_rule_id)
        self.assertEqual(move.supply_explanation, words)

    def test_from_here_down_stock(self):
        self.frame.supply_policy = "inherit"
        self._create_rule("Frames wait", "stock_below", level_from="1", supply="make")
        order = self._create_order((self.bike, 1))
        move = self._get_demands(self.frame)
        self.assertEqual(move.supply_policy, "make_to_stock")
        self.assertEqual(
            move.supply_explanation,
            "From here down: stock: rule 'Frames wait' (level 1; made)",
        )
        self.assertFalse(self._get_productions(self.frame))
        self.assertTrue(order.order_line.is_mto)

    def test_first_in_sequence_wins(self):
        first = self._create_rule("First", "make_to_stock", sequence=5)
        second = self._create_rule("Second", "make_to_order", sequence=7)
        self._get_decided()
        self.assertEqual(self._get_demands(self.far).supply_rule_id, first)
        second.sequence = 1
        self._get_decided()
        self.assertEqual(self._get_demands(self.far)[-1].supply_rule_id, second)

    def test_archived_rule(self):
        rule = self._create_rule()
        self.assertTrue(self._get_decided())
        rule.active = False
        self.assertFalse(self._get_decided())

    def test_rule_that_never_holds_is_seen(self):
        used = self._create_rule("Used", "stock_then_order", level_from="2")
        unused = self._create_rule("Unused", level_from="7")
        self._get_decided()
        self.assertEqual((used | unused).mapped("open_demand_count"), [1, 0])
        action = used.action_open_demands()
        self.assertEqual(
            self.env["stock.move"].search(action["domain"]),
            self._get_demands(self.far),
        )
        self._get_demands(self.far)._action_cancel()
        used.invalidate_recordset()
        self.assertEqual(used.open_demand_count, 0)

    def test_contradictions_are_refused(self):
        for vals, words in (
            (
                {"level_from": "3", "level_to": "2"},
                "Rule R never holds: it starts at level 3 and ends at level 2",
            ),
            ({"cost_min": 5, "cost_max": 4}, "never holds: the unit cost"),
            ({"quantity_min": 5, "quantity_max": 4}, "never holds: the ordered"),
            ({"supply": "make", "vendor_id": self.vendor.id}, "has no vendor"),
            ({"lead_time_min": -1}, "lead time cannot be negative"),
            ({"quantity_max": -1}, "quantity cannot be negative"),
        ):
            with self.subTest(**vals), self.assertRaisesRegex(ValidationError, words):
                self._create_rule("R", **vals)

    def test_rule_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Plant"})
        rule = self._create_rule(company_id=other.id)
        self.assertFalse(self._get_decided())
        rule.company_id = False
        self.assertTrue(self._get_decided())
        planner = self._create_user("planner")
        rule.company_id = other
        Rule = self.env["mto.supply.rule"].with_user(planner)
        self.assertNotIn(rule, Rule.search([("name", "=", "Rule")]))
        with self.assertRaises(AccessError):
            rule.with_user(planner).name = "Mine"
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        with self.assertRaisesRegex(UserError, "company"):
            self._create_rule(warehouse_id=warehouse.id)

    def test_who_may_write(self):
        rule = self._create_rule(cost_min=40)
        planner = self._create_user("planner")
        rule.with_user(planner).write({"cost_min": 50, "sequence": 3})
        self.env["mto.supply.rule"].with_user(planner).create(
            {"name": "New", "result": "make_to_stock"}
        ).unlink()
        for role in ("sales", "shop_floor", "warehouse", "purchasing"):
            user = self._create_user(role)
            with self.subTest(role=role):
                theirs = rule.with_user(user)
                self.assertEqual(theirs.name, "Rule")
                with self.assertRaises(AccessError):
                    theirs.name = "Other"
                with self.assertRaises(AccessError):
                    theirs.create({"name": "New", "result": "make_to_stock"})
                with self.assertRaises(AccessError):
                    theirs.unlink()
        with self.assertRaises(AccessError):
            rule.with_user(self._create_user("employee")).read(["name"])

    def test_cost_is_for_planners(self):
        self.far.standard_price = 41.5
        rule = self._create_rule("Dear", cost_min=40, level_from="2")
        self._get_decided()
        planner, sales = self._create_user("planner"), self._create_user("sales")
        self.assertIn("40", rule.with_user(planner).summary)
        theirs = rule.with_user(sales)
        theirs.invalidate_recordset()
        self.assertEqual(
            theirs.summary,
            "Level 2 and deeper, unit cost within limits: Made or bought for the order",
        )
        with self.assertRaises(AccessError):
            theirs.read(["cost_min"])
        self.assertNotIn("cost_min", theirs.fields_get())
        move = self._get_demands(self.far)
        self.assertIn("unit cost", move.supply_explanation)
        for figure in ("40", "41"):
            self.assertNotIn(figure, str(move.supply_reason["facts"]))

    def test_everybody_confirms_under_rules(self):
        """Rules decide for people who may not see what they ask."""
        self._create_rule(
            lead_time_min=20, cost_min=1, partner_id=self.customer.id, supply="buy"
        )
        self.far.standard_price = 5
        order = self._create_order((self.bike, 1), confirm=False)
        user = self._create_user("sales_manager")
        order.with_user(user).action_confirm()
        self.assertTrue(self._get_demands(self.far).supply_rule_id)
        self.assertEqual(self._get_purchased(self.far), 1)

    def test_in_words(self):
        rule = self._create_rule(
            "R",
            "stock_then_order",
            level_from="2",
            supply="buy",
            lead_time_min=20,
            quantity_max=10,
        )
        self.assertEqual(
            rule.summary,
            "Level 2 and deeper, bought, lead time of at least 20 days, ordered "
            "quantity of at most 10: From stock first; what is missing is bought",
        )
        self.assertEqual(
            self._create_rule("R", "stock_below").summary,
            "Any demand of a sales order: From here down: stock",
        )
        with Form(self.env["mto.supply.rule"]) as form:
            form.name = "Draft"
            form.level_to = "0"
            self.assertIn("The sold product", form.summary)


@tagged("post_install", "-at_install")
class TestDecisionAsked(SupplyCommon):
    """The decision asked for before there is a demand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls._create_part("Fork", delay=21)
        cls.bike = cls._create_product("Bike")
        cls.bom = cls._create_bom(cls.bike, [(cls.part, 2)])

    def _create_rule(self, result="make_to_order", **vals):
        return self.env["mto.supply.rule"].create(
            {"name": "Rule", "result": result, **vals}
        )

    def test_product_when_sold(self):
        self.company.supply_preset = "sold_product"
        [answer] = self.bike.get_supply_decision()
        self.assertEqual(answer["level"], "preset")
        self.assertEqual(answer["policy"], "make_to_order")
        self._create_rule("make_to_stock", level_to="0")
        [answer] = self.bike.get_supply_decision()
        self.assertEqual(answer["explanation"], "From stock: rule 'Rule' (level 0)")

    def test_product_depends_on_the_order(self):
        self._create_rule(quantity_min=5)
        [answer] = self.bike.get_supply_decision()
        self.assertEqual(answer["level"], "rule")
        self.assertEqual(answer["reason"]["code"], "depends_on_order")
        self.assertIs(answer["policy"], False)
        self.assertIs(answer["procure_method"], False)
        self.assertEqual(
            answer["explanation"],
            "Depends on the order: rule 'Rule' asks for the ordered quantity",
        )
        self.bike.supply_policy = "make_to_stock"
        self.assertEqual(self.bike.get_supply_decision()[0]["level"], "product")

    def test_order_line_knows_its_order(self):
        self._create_rule(quantity_min=5)
        order = self._create_order((self.bike, 5), (self.bike, 4), confirm=False)
        order.order_line = [(0, 0, {"display_type": "line_note", "name": "Thanks"})]
        bought, stocked, note = order.order_line.get_supply_decision()
        self.assertEqual((bought["level"], bought["policy"]), ("rule", "make_to_order"))
        self.assertEqual(
            bought["explanation"],
            "Made for the order: rule 'Rule' (ordered quantity 5)",
        )
        self.assertEqual(
            (stocked["level"], stocked["policy"]), ("core", "make_to_stock")
        )
        self.assertEqual(note["reason"]["code"], "no_product")
        self.assertEqual(
            [answer["id"] for answer in (bought, stocked, note)], order.order_line.ids
        )
        self.assertEqual(
            set(note), set(self.bike.get_supply_decision()[0]), "one shape for all"
        )
        self.assertEqual(order.order_line.mapped("is_mto"), [True, False, False])

    def test_order_line_on_a_route(self):
        order = self._create_order(
            (self.bike, 1, {"route_ids": self.mto_route.ids}), confirm=False
        )
        [answer] = order.order_line.get_supply_decision()
        self.assertEqual(answer["reason"]["code"], "mto_route")
        self.assertEqual(answer["procure_method"], "make_to_order")

    def test_order_line_keeps_what_was_decided(self):
        rule = self._create_rule()
        order = self._create_order((self.bike, 1))
        rule.active = False
        [answer] = order.order_line.get_supply_decision()
        self.assertEqual(
            (answer["model"], answer["level"]), ("sale.order.line", "rule")
        )
        self.assertEqual(answer["id"], order.order_line.id)

    def test_bom_line(self):
        line = self.bom.bom_line_ids
        [answer] = line.get_supply_decision()
        self.assertEqual((answer["model"], answer["id"]), ("mrp.bom.line", line.id))
        self.assertEqual((answer["level"], answer["supply"]), ("core", "buy"))
        self.company.supply_preset = "sold_product"
        self.assertEqual(line.get_supply_decision()[0]["policy"], "make_to_stock")
        self._create_rule(level_from="2")
        [answer] = line.get_supply_decision()
        self.assertEqual(
            answer["explanation"],
            "Depends on the order: rule 'Rule' asks for the level",
        )
        line.supply_policy = "make_to_order"
        [answer] = line.get_supply_decision()
        self.assertEqual(
            (answer["level"], answer["policy"]), ("bom_line", "make_to_order")
        )

    def test_bom_line_on_the_mto_route(self):
        for steps in ("mrp_one_step", "pbm"):
            self.warehouse.manufacture_steps = steps
            self.part.route_ids = self.mto_route
            line = self.bom.bom_line_ids
            [answer] = line.get_supply_decision()
            self.assertEqual(answer["reason"]["code"], "mto_route", steps)
            self.part.route_ids = False
            [answer] = line.get_supply_decision()
            self.assertEqual(answer["reason"]["code"], "no_policy", steps)

    def test_move_before_and_after(self):
        self.part.supply_policy = "stock_then_order"
        production = self.env["mrp.production"].create(
            {"product_id": self.bike.id, "product_qty": 1}
        )
        move = production.move_raw_ids
        draft = move.get_supply_decision()
        production.action_confirm()
        self.assertEqual(move.get_supply_decision(), draft)
        self.part.supply_policy = "make_to_stock"
        self.assertEqual(move.get_supply_decision(), draft, "it is decided")

    def test_shared_manufacturing_order(self):
        """One manufacturing order for two lines: the first line's rule decides."""
        self._create_rule()
        frame = self._create_product("Frame")
        self._create_bom(frame, [(self.part, 1)])
        city, tour = self._create_product("City"), self._create_product("Tour")
        for bike in (city, tour):
            self._create_bom(bike, [(frame, 1)])
        self._create_order((city, 1), (tour, 1))
        production = self._get_productions(frame)[:1]
        component = production.move_raw_ids
        # Core gives both lines one order for the frame, and the link to one of them.
        demands = self._get_demands(frame)
        demands.move_orig_ids = demands[:1].move_orig_ids
        self.assertNotIn("several", demands[:1].supply_explanation)
        component.invalidate_recordset()
        self.assertIn("first of several order lines", component.supply_explanation)
        [answer] = component.get_supply_decision()
        self.assertIn("first of several order lines", answer["explanation"])
        demands[1:].move_orig_ids = False
        component.invalidate_recordset()
        self.assertNotIn("several", component.supply_explanation)

    def test_who_may_ask(self):
        order = self._create_order((self.bike, 1))
        employee = self._create_user("employee")
        with self.assertRaises(AccessError):
            order.order_line.with_user(employee).get_supply_decision()
        with self.assertRaises(AccessError):
            order.order_line.move_ids.with_user(employee).get_supply_decision()
        shop_floor = self._create_user("shop_floor")
        lines = self.bom.bom_line_ids.with_user(shop_floor)
        self.assertTrue(lines.get_supply_decision())
