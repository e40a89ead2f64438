from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestStockDecision(LeadTimeCommon):
    """Which parts to stock: the table, the cheapest set, and what applying does."""

    def _open(self, products=None, user=None):
        templates = (products or self.trailer).product_tmpl_id
        action = templates.with_user(user or self.env.user).action_decide_stocking()
        decision = self.env[action["res_model"]].browse(action["res_id"])
        return decision.with_user(user or self.env.user)

    def _get_row(self, decision, product):
        return decision.line_ids.filtered(lambda line: line.product_id == product)

    def test_table_tells_wait_and_value_of_each_part(self):
        """73 trailers a year: of the frame, which takes 30 days, 6 are held for 360."""
        self._create_order((self.trailer, 73))
        decision = self._open()
        # Steel and frame save the same; three steel over 25 days hold less.
        self.assertEqual(decision.line_ids[0].product_id, self.steel)
        self.assertAlmostEqual(decision.line_ids[0].value, 3 * 5 * 4, 0)
        frame = decision.line_ids[1]
        self.assertEqual(frame.product_id, self.frame)
        self.assertEqual((frame.wait_days, frame.new_wait_days), (32, 11))
        self.assertAlmostEqual(frame.lead_days, 30)
        self.assertAlmostEqual(frame.quantity, 6, 1)
        self.assertAlmostEqual(frame.value, 360, 0)
        self.assertEqual(decision.line_ids[2].product_id, self.axle)
        self.assertEqual(decision.line_ids[2].saved_days, 0)
        self.assertAlmostEqual(decision.product_ids.monthly_demand, 73 / 12, 2)

    def test_cheapest_set_for_the_target(self):
        self.trailer.product_tmpl_id.target_wait_days = 11
        decision = self._open()
        decision.product_ids.monthly_demand = 10
        decision.action_choose()
        # 30 steel a month over 25 days cost less than ten frames over 30 days.
        chosen = decision.line_ids.filtered("is_chosen").product_id
        self.assertEqual(chosen, self.steel)
        self.assertEqual(decision.product_ids.new_wait_days, 11)
        self.assertIn("cheapest set", decision.bound_message)

    def test_target_below_the_own_work_says_what_can_be_reached(self):
        decision = self._open()
        decision.product_ids.target_days = 1
        decision.action_choose()
        self.assertIn("cannot be had before 2 days", decision.message)

    def test_without_target_the_way_is_told(self):
        with self.assertRaisesRegex(UserError, "target wait"):
            self._open().action_choose()

    def test_ticks_are_seen_together(self):
        decision = self._open()
        for part in (self.frame, self.axle):
            self._get_row(decision, part).is_chosen = True
        decision.action_compute()
        self.assertEqual(decision.product_ids.new_wait_days, 2)
        self.assertTrue(self._get_row(decision, self.axle).is_chosen)

    def test_nothing_is_written_before_it_is_applied(self):
        self.trailer.product_tmpl_id.target_wait_days = 11
        decision = self._open()
        decision.action_choose()
        self.assertEqual(self._get_wait()["days"], 32)
        self.assertFalse(self._get_rules(self.steel))

    def test_applying_makes_the_wait_come_true(self):
        decision = self._open()
        row = self._get_row(decision, self.frame)
        row.is_chosen = True
        action = decision.action_apply()
        rule = self._get_rules(self.frame)
        self.assertEqual(action["domain"], [("id", "in", rule.ids)])
        self.assertEqual(rule.product_min_qty, row.quantity)
        self.assertEqual(rule.location_id, self.stock)
        self.assertEqual(self._get_wait()["days"], 11)
        note = self.frame.product_tmpl_id.message_ids[0].body
        self.assertIn("32 days; with this part in stock it is 11 days", note)

    def test_rule_that_is_there_keeps_its_quantities(self):
        rule = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.frame.id, "product_min_qty": 7, "product_max_qty": 9}
        )
        decision = self._open()
        self._get_row(decision, self.frame).is_chosen = True
        decision.action_apply()
        self.assertEqual(self._get_rules(self.frame), rule)
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (7, 9))

    def test_variant_gets_a_policy_of_its_own(self):
        template = self._create_coloured("Cover", "Red", "Blue", policy="make_to_order")
        red, blue = template.product_variant_ids
        template.seller_ids = [
            (0, 0, {"partner_id": self.vendor.id, "delay": 50, "price": 1})
        ]
        self.trailer_bom.bom_line_ids = [
            (0, 0, {"product_id": red.id, "product_qty": 1})
        ]
        decision = self._open()
        self._get_row(decision, red).is_chosen = True
        decision.action_apply()
        self.assertEqual(red.variant_supply_policy, "make_to_stock")
        self.assertNotEqual(blue.variant_supply_policy, "make_to_stock")
        self.assertEqual(template.supply_policy, "make_to_order")

    def test_nothing_ticked_is_refused(self):
        with self.assertRaisesRegex(UserError, "Tick"):
            self._open().action_apply()

    def test_part_without_cost_is_listed_but_not_chosen(self):
        self.steel.standard_price = 0
        decision = self._open()
        self.assertFalse(self._get_row(decision, self.steel).is_value_known)
        decision.product_ids.target_days = 11
        decision.action_choose()
        self.assertEqual(decision.line_ids.filtered("is_chosen").product_id, self.frame)

    def test_range_of_products_shares_components(self):
        wagon = self._create_product("Wagon", "make_to_order")
        self._create_bom(wagon, [(self.frame, 1)], produce_delay=1)
        decision = self._open(self.trailer | wagon)
        row = self._get_row(decision, self.frame)
        self.assertEqual(row.saved_days, (32 - 11) + (31 - 1))

    def test_more_products_cost_no_more_queries(self):
        """Of 20 products with parts of their own as many as of 2."""
        products = self.trailer.browse()
        for number in range(20):
            steel = self._create_part(f"Steel {number}", "make_to_order", delay=20)
            frame = self._create_product(f"Frame {number}", "make_to_order")
            self._create_bom(frame, [(steel, 3)], produce_delay=5)
            product = self._create_product(f"Trailer {number}", "make_to_order")
            self._create_bom(product, [(frame, 1)], produce_delay=2)
            products |= product
        few = self._count(products[:2])
        self.assertLessEqual(self._count(products), few)

    def _count(self, products):
        # As a quotation has them.
        order = self._create_order(*((p, 1) for p in products), confirm=False)
        products = order.order_line.product_id
        Structure = self.env["mto.lead.structure"].sudo()
        Structure._get_structure(products, self.warehouse)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        Structure._get_structure(products, self.warehouse)
        return self.env.cr.sql_log_count - before

    # Roles

    def test_values_are_for_the_cost_group_only(self):
        planner = self._create_user("planner")
        decision = self._open(user=planner)
        decision.product_ids.target_days = 11
        decision.action_choose()
        self.assertTrue(decision.line_ids.filtered("is_chosen"))
        for record, name in (
            (decision.line_ids[0], "value"),
            (decision, "bound_message"),
        ):
            with self.assertRaises(AccessError):
                record.read([name])

    def test_planner_without_the_right_to_products_may_compare_only(self):
        planner = self._create_user("planner")
        decision = self._open(user=planner)
        decision.line_ids[0].is_chosen = True
        self.assertEqual(decision.is_refused, not decision._may_apply())
        if decision.is_refused:
            with self.assertRaisesRegex(AccessError, "reordering rules"):
                decision.action_apply()

    def test_salesperson_may_not(self):
        with self.assertRaises(AccessError):
            self._open(user=self._create_user("sales"))

    def _get_rules(self, product):
        return self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", product.id)]
        )
