from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCompany(TransactionCase):
    """The company, its plants, and its orders at each stage."""

    def _order(self, name):
        return self.env.ref(f"mto_demo.order_{name}")

    def _supply(self, name):
        return self.env["mto.demo"]._get_supply(self._order(name))

    def test_no_make_to_order_route(self):
        """The policies drive the company; core's route stays archived and unused."""
        route = self.env.ref("stock.route_warehouse0_mto")
        self.assertFalse(route.active)
        products = self.env["product.product"].search([])
        self.assertNotIn(route, products.route_ids | products.categ_id.route_ids)

    def test_colleagues_ask_and_see_nothing(self):
        """The shop floor may not read the books; its buttons may ask for them."""
        shop = self.env.ref("mto_demo.user_shop_floor")
        self.assertTrue(self.env["account.move"].search_count([]))
        for model in ("account.move", "account.move.line", "account.analytic.line"):
            records = self.env[model].with_user(shop)
            self.assertFalse(records.search([]), model)
            self.assertFalse(records.has_access("write"), model)

    def test_sales_reads_purchases_only(self):
        sales = self.env.ref("mto_demo.user_sales")
        purchases = self.env["purchase.order"].with_user(sales).search([])
        self.assertTrue(purchases)
        with self.assertRaises(AccessError):
            purchases[0].button_confirm()

    def test_books(self):
        company = self.env.ref("base.main_company")
        euro = self.env.ref("base.EUR")
        self.assertEqual(company.currency_id, euro)
        self.assertEqual(self.env["product.pricelist"].search([]).currency_id, euro)
        self.assertEqual(self.env.ref("mto_demo.order_bicycle").currency_id, euro)
        self.assertTrue(company.chart_template)
        products = self.env["product.product"].browse(
            self.env["ir.model.data"]
            .search([("module", "=", "mto_demo"), ("model", "=", "product.product")])
            .mapped("res_id")
        )
        self.assertGreater(len(products), 25)
        self.assertEqual(set(products.mapped("valuation")), {"real_time"})
        self.assertEqual(set(products.mapped("cost_method")), {"average"})
        brake_kit = self.env.ref("mto_demo.product_brake_kit")
        self.assertEqual(brake_kit.total_value, 14 * 29)

    def test_frames_take_a_day_between_the_plants(self):
        frame = self.env.ref("mto_demo.product_cargo_frame")
        moves = self.env["stock.move"].search(
            [
                ("product_id", "=", frame.id),
                ("demand_line_id", "in", self._order("cargo").order_line.ids),
            ]
        )
        shipped = moves.filtered(lambda m: m.location_dest_id.usage == "transit")
        received = moves.filtered(lambda m: m.location_id.usage == "transit")
        self.assertEqual(len(shipped), 1)
        self.assertEqual(shipped.move_dest_ids, received)
        self.assertEqual((received.date - shipped.date).days, 1)
        self.assertEqual(
            shipped.picking_type_id.warehouse_id,
            self.env.ref("mto_demo.warehouse_frames"),
        )
        self.assertEqual(
            received.picking_type_id.warehouse_id, self.env.ref("stock.warehouse0")
        )

    def test_cargo_bike_is_four_levels_deep(self):
        supply = self._supply("cargo")
        names = [
            {p.product_id.name for p in productions} for productions in supply["levels"]
        ]
        self.assertEqual(names[0], {"Cargo bike"})
        self.assertEqual(
            names[1], {"Cargo wheel", "Drive unit", "Cargo frame, painted"}
        )
        self.assertEqual(names[2], {"Battery", "Cargo frame, welded"})
        # The fourth level is bought: cells for the battery, tubes for the welded frame.
        bought = supply["purchase_lines"].product_id.mapped("name")
        self.assertIn("Battery cell", bought)
        self.assertIn("Cargo tube set", bought)
        self.assertIn("Motor", bought)

    def test_cargo_bike_by_each_preset(self):
        """The same bike under (a), (b) and (c): what is made and bought for it."""
        found = {}
        for preset in ("all", "assemblies", "sold_product"):
            demands = self.env["stock.move"].search(
                [
                    (
                        "demand_line_id",
                        "in",
                        self._order(f"preset_{preset}").order_line.ids,
                    ),
                    ("supply_policy", "!=", False),
                ]
            )
            found[preset] = {
                name: set(demands.filtered(condition).mapped("supply_policy"))
                for name, condition in {
                    "bike": lambda m: m.demand_level == 0,
                    "drive unit": lambda m: m.product_id.name == "Drive unit",
                    "chain": lambda m: m.product_id.name == "Chain",
                }.items()
            }
        order, stock_first, stock = (
            {"make_to_order"},
            {"stock_then_order"},
            {"make_to_stock"},
        )
        self.assertEqual(
            found,
            {
                "all": {"bike": order, "drive unit": order, "chain": order},
                "assemblies": {
                    "bike": order,
                    "drive unit": order,
                    "chain": stock_first,
                },
                "sold_product": {"bike": order, "drive unit": stock, "chain": stock},
            },
        )
        company = self.env.ref("base.main_company")
        self.assertEqual(company.supply_preset, "assemblies")

    def test_rule_explains_itself(self):
        """The motor of a cargo bike: bought for the order, by a rule that says why."""
        motor = self.env.ref("mto_demo.product_motor")
        demand = self.env["stock.move"].search(
            [
                ("product_id", "=", motor.id),
                ("demand_line_id", "in", self._order("cargo").order_line.ids),
            ]
        )
        self.assertEqual(
            demand.supply_rule_id, self.env.ref("mto_demo.supply_rule_long_lead_time")
        )
        self.assertIn("Long lead time: for the order", demand.supply_explanation)
        self.assertIn("45", demand.supply_explanation)

    def test_painter_gets_our_welded_frames(self):
        supply = self._supply("cargo")
        productions = self.env["mrp.production"].union(*supply["levels"])
        subcontracted = productions.filtered("subcontractor_id")
        self.assertEqual(subcontracted.subcontractor_id.name, "Clear Coat Painting")
        resupply = subcontracted.move_raw_ids.move_orig_ids
        self.assertEqual(resupply.product_id.name, "Cargo frame, welded")
        self.assertEqual(
            resupply.location_id,
            self.env.ref("mto_demo.warehouse_frames").lot_stock_id,
        )
        self.assertEqual(
            resupply.move_orig_ids.production_id.picking_type_id.warehouse_id,
            self.env.ref("mto_demo.warehouse_frames"),
        )

    def test_kit_is_replaced_by_its_lights(self):
        production = self._supply("cargo")["levels"][0]
        names = production.move_raw_ids.product_id.mapped("name")
        self.assertIn("Front light", names)
        self.assertIn("Rear light", names)
        self.assertNotIn("Lighting kit", names)

    def test_drive_unit_has_serial_numbers(self):
        self.assertEqual(self.env.ref("mto_demo.product_drive_unit").tracking, "serial")

    def test_work_orders(self):
        """Bicycle, cargo bike, wheel and welded frame have operations."""
        for name, levels in (("bicycle", 1), ("cargo", 3)):
            supply = self._supply(name)
            self.assertEqual(len(supply["levels"]), levels)
            productions = self.env["mrp.production"].union(*supply["levels"])
            for production in productions.filtered(lambda p: not p.subcontractor_id):
                self.assertTrue(production.workorder_ids, production.product_id.name)

    def test_stage_quoted(self):
        order = self._order("quoted")
        self.assertEqual(order.state, "sent")
        opportunity = self.env.ref("mto_demo.opportunity_school")
        self.assertEqual(order.opportunity_id, opportunity)

    def test_stage_started(self):
        production = self._supply("started")["levels"][0]
        self.assertEqual(production.state, "progress")
        self.assertEqual(production.workorder_ids.mapped("state")[0], "progress")

    def test_stage_part_delivered_and_invoiced(self):
        line = self._order("part_delivered").order_line
        self.assertEqual(
            (line.product_uom_qty, line.qty_delivered, line.qty_invoiced), (8, 5, 5)
        )
        invoice = line.order_id.invoice_ids
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.amount_untaxed, 5 * 540)

    def test_stage_late(self):
        order = self._order("late")
        self.assertLess(order.commitment_date, self._order("quoted").date_order)
        self.assertEqual(order.delivery_status, "pending")
        lines = self._supply("late")["purchase_lines"]
        self.assertEqual(lines.mapped("state"), ["purchase"])

    def test_stage_cancelled(self):
        order = self._order("cancelled")
        self.assertEqual(order.state, "cancel")
        productions = self.env["mrp.production"].search(
            [("reference_ids.sale_ids", "=", order.id)]
        )
        self.assertTrue(productions)
        self.assertEqual(set(productions.mapped("state")), {"cancel"})

    def test_stage_start_later(self):
        order = self._order("start_later")
        self.assertTrue(order.is_waiting_for_start)
        self.assertFalse(order.is_start_late)
        self.assertFalse(self._supply("start_later")["levels"])
        sales = self.env.ref("mto_demo.user_sales")
        self.assertEqual(order.activity_ids.user_id, sales)
        order.with_user(sales).action_start()
        self.assertEqual(self._supply("start_later")["levels"][0].product_qty, 4)

    def test_stage_to_engineer(self):
        line = self._order("to_engineer").order_line
        planner = self.env.ref("mto_demo.user_planner")
        self.assertFalse(line.move_ids)
        activities = line.product_id.product_tmpl_id.activity_ids
        self.assertEqual(activities.user_id, planner)
        action = line.with_user(planner).action_open_engineering_bom()
        wheel = self.env.ref("mto_demo.product_cargo_wheel")
        bom = self.env["mrp.bom"].with_user(planner).with_context(**action["context"])
        bom = bom.create({"bom_line_ids": [Command.create({"product_id": wheel.id})]})
        bom.action_finish_engineering()
        made = self._supply("to_engineer")["levels"]
        self.assertEqual(made[0].product_id, line.product_id)
        self.assertEqual(made[1].product_id, wheel)

    def test_nothing_is_mailed(self):
        people = self.env["mto.demo.card"].search([]).user_id.partner_id
        people -= self.env.ref("base.partner_admin")
        self.assertEqual(len(people), 9)
        self.assertFalse(
            self.env["mail.notification"].search_count(
                [
                    ("res_partner_id", "in", people.ids),
                    ("notification_type", "=", "email"),
                ]
            )
        )
