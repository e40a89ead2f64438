from odoo import fields

from .common import FlowCase, waits_for

PER_BICYCLE = {
    "product_frame": 1,
    "product_wheel": 2,
    "product_handlebar": 1,
    "product_saddle": 1,
    "product_chain": 1,
    "product_brake_kit": 1,
}


class TestMakeToOrder(FlowCase):
    """Make to order: "a customer orders 20 bicycles by the end of the month".

    "It has enough frames, wheels, and handlebars, but is missing 6 brake kits."
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env.ref("mto_demo.order_bicycle")
        cls.line = cls.order.order_line
        cls.bicycle = cls.env.ref("mto_demo.product_bicycle")
        cls.brake_kit = cls.env.ref("mto_demo.product_brake_kit")
        cls.per_bicycle = {
            cls.env.ref(f"mto_demo.{name}"): quantity
            for name, quantity in PER_BICYCLE.items()
        }

    def test_confirmed_sale_triggers_production(self):
        """The confirmed order is the demand; the BoM defines what is produced."""
        production = self.productions_of(self.order)
        self.assertEqual(production.product_id, self.bicycle)
        self.assertEqual(production.product_qty, 20)
        self.assertEqual(production.sale_line_id, self.line)
        delivery = self.order.picking_ids
        self.assertEqual(delivery.move_ids.move_orig_ids, production.move_finished_ids)
        self.assertEqual(delivery.date_deadline, self.order.commitment_date)
        self.assertEqual(production.date_deadline, self.order.commitment_date)
        self.assertLess(production.date_start, production.date_finished)
        self.assertLessEqual(production.date_finished, self.order.commitment_date)
        self.assertQuantities(
            production.move_raw_ids,
            "product_uom_qty",
            {part: 20 * quantity for part, quantity in self.per_bicycle.items()},
        )
        missing = self.purchases_of(self.order).order_line
        self.assertQuantities(missing, "product_qty", {self.brake_kit: 6})
        self.assertLessEqual(missing.date_planned, production.date_start)

    def test_20_bicycles_to_the_paid_invoice(self):
        """14 produced, shipped and paid; 6 later, when the brake kits have come."""
        production = self.productions_of(self.order)
        delivery = self.order.picking_ids
        purchase = self.buy(self.purchases_of(self.order))

        rest = self.produce(production, 14)
        self.assertEqual(rest.product_qty, 6)
        self.assertEqual(rest.date_deadline, self.order.commitment_date)
        self.assertEqual(rest.sale_line_id, self.line)
        self.assertQuantities(
            production.move_raw_ids,
            "quantity",
            {part: 14 * quantity for part, quantity in self.per_bicycle.items()},
        )
        self.assertEqual(self.on_hand(self.bicycle), 14)
        unit_cost = self.assert_cost(production)
        self.assertAmount(self.stock_value(self.bicycle), 14 * unit_cost)

        rest_delivery = self.move_goods(delivery, 14)
        self.assertEqual(rest_delivery.move_ids.product_uom_qty, 6)
        self.assertEqual(rest_delivery.date_deadline, self.order.commitment_date)
        self.assertEqual(self.on_hand(self.bicycle), 0)
        self.assertEqual(self.line.qty_delivered, 14)
        self.assertEqual(self.order.delivery_status, "partial")

        first = self.invoice(self.order)
        self.pay(first)
        self.assertPaid(first, 14 * 690)
        self.assertGoodsCost(first, 14 * unit_cost)
        self.assertEqual(self.line.qty_invoiced, 14)

        self.receive(purchase)
        # 4 more kits wait at the vendor for another order: these 6 are the order's own.
        self.assertEqual(self.on_hand(self.brake_kit), 6)
        rest.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(rest.reservation_state, "assigned")
        self.assertFalse(self.produce(rest, 6))
        self.assertEqual(self.on_hand(self.brake_kit), 0)
        self.assertAmount(self.stock_value(self.brake_kit), 0)

        self.assertFalse(self.move_goods(rest_delivery))
        second = self.invoice(self.order)
        self.pay(second)
        self.assertPaid(second, 6 * 690)
        self.assert_nothing_left_open(first | second)

    def assert_cost(self, production):
        """A bicycle costs its parts and the work; return that of one bicycle."""
        parts = sum(
            part.standard_price * quantity
            for part, quantity in self.per_bicycle.items()
        )
        work = sum(
            order.duration / 60 * order.workcenter_id.costs_hour
            for order in production.workorder_ids
        )
        self.assertEqual(parts, 96 + 2 * 38 + 14 + 17 + 11 + 29)
        self.assertGreater(work, 0)
        unit_cost = parts + work / 14
        self.assertAlmostEqual(production.move_finished_ids.price_unit, unit_cost, 2)
        return production.move_finished_ids.price_unit

    def assert_nothing_left_open(self, invoices):
        self.assertEqual(self.line.qty_delivered, 20)
        self.assertEqual(self.line.qty_invoiced, 20)
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(self.order.delivery_status, "full")
        self.assertEqual(self.order.invoice_ids, invoices)
        self.assertEqual(sum(invoices.mapped("amount_untaxed")), 20 * 690)
        productions = self.productions_of(self.order)
        self.assertEqual(sorted(productions.mapped("qty_produced")), [6, 14])
        self.assertEqual(set(productions.mapped("state")), {"done"})
        self.assertEqual(productions.sale_line_id, self.line)
        deliveries = self.order.picking_ids
        self.assertEqual(set(deliveries.mapped("state")), {"done"})
        self.assertEqual(
            deliveries.move_ids.move_orig_ids, productions.move_finished_ids
        )
        self.assertEqual(self.purchases_of(self.order).order_line.qty_received, 6)
        for product in (self.bicycle, *self.per_bicycle):
            self.assertEqual(self.on_hand(product), 0, product.name)
            self.assertAmount(self.stock_value(product), 0)
        for delivery in deliveries:
            self.assertEqual(delivery.date_deadline, self.order.commitment_date)
            self.assertLessEqual(delivery.date_done, self.order.commitment_date)

    def test_one_order_cascades_down_the_structure(self):
        """ "A single confirmed sales order can cascade into a whole chain of
        manufacturing and purchasing": one cargo bike."""
        parts = {
            name: self.env.ref(f"mto_demo.product_{name}")
            for name in ("cargo_bike", "cargo_wheel", "drive_unit", "battery", "motor")
        }
        order = self.sell((parts["cargo_bike"], 1, 4900), days=120)
        productions = self.productions_of(order)
        self.assertQuantities(
            productions,
            "product_qty",
            {
                parts["cargo_bike"]: 1,
                parts["drive_unit"]: 1,
                parts["cargo_wheel"]: 2,
                parts["battery"]: 1,
            },
        )
        made = {production.product_id: production for production in productions}
        bike, wheel, drive, battery = (
            made[parts[name]]
            for name in ("cargo_bike", "cargo_wheel", "drive_unit", "battery")
        )
        self.assertEqual(bike.move_raw_ids.move_orig_ids.production_id, wheel | drive)
        self.assertEqual(drive.move_raw_ids.move_orig_ids.production_id, battery)
        for child, parent in ((wheel, bike), (drive, bike), (battery, drive)):
            self.assertLessEqual(child.date_finished, parent.date_start)
        motor = self.purchases_of(order).order_line.filtered(
            lambda line: line.product_id == parts["motor"]
        )
        self.assertEqual(motor.product_qty, 1)
        self.assertEqual((motor.date_planned - motor.order_id.date_order).days, 45)
        self.assertLessEqual(motor.date_planned, drive.date_start)

    @waits_for(
        "sale.order",
        "preview_cascade",
        '"What will be created" on the quotation (mto_cascade)',
    )
    def test_preview_is_what_confirmation_creates(self):
        """Sales sees before confirming which documents the factory will get."""
        cargo_bike = self.env.ref("mto_demo.product_cargo_bike")
        order = self.quote((cargo_bike, 1, 4900), days=120)
        preview = order.with_env(self.as_("sales")).preview_cascade()[0]
        self.assertFalse(preview["problems"])
        self.confirm(order)
        self.assertEqual(
            preview["documents"].get("mrp.production"), len(self.productions_of(order))
        )
        self.assertEqual(
            preview["documents"].get("purchase.order"), len(self.purchases_of(order))
        )

    @waits_for(
        "mrp.production",
        "get_launch_check",
        '"Can we start?" on the manufacturing order (mto_execution)',
    )
    def test_shortage_told_before_launch(self):
        """ "With the MO, the issue is identified before launch"; 14 can start."""
        production = self.productions_of(self.order)
        check = production.with_env(self.as_("shop_floor")).get_launch_check()[0]
        self.assertFalse(check["can_launch"])
        self.assertEqual((check["quantity"], check["launchable_quantity"]), (20, 14))
        self.assertEqual(
            [
                (
                    part["product_id"],
                    part["required"],
                    part["available"],
                    part["missing"],
                )
                for part in check["missing"]
            ],
            [(self.brake_kit.id, 20, 14, 6)],
        )

    @waits_for(
        "mrp.production",
        "get_launch_check",
        '"Can we start?" on the manufacturing order (mto_execution)',
    )
    def test_checked_started_in_part_and_closed(self):
        """14 start, sales is told, 6 are bought and follow; plan and actual stay."""
        production = self.productions_of(self.order)
        planner = production.with_env(self.as_("planner"))
        planner.action_release()
        action = planner.action_launch_start()
        wizard = self.as_("planner")[action["res_model"]].browse(action["res_id"])
        self.assertIn("14 of 20 start now.", wizard.result)
        wizard.action_apply()
        rest = production.production_group_id.production_ids - production
        self.assertEqual((production.product_qty, rest.product_qty), (14, 6))

        told = self.order.with_env(self.as_("sales")).production_message
        self.assertIn("14 × Bicycle, Started: All components are there.", told)
        self.assertIn("6 × Brake kit missing (0 of 6 on hand", told)

        self.receive(self.buy(self.purchases_of(self.order)))
        rest.with_env(self.as_("shop_floor")).action_assign()
        [check] = rest.with_env(self.as_("shop_floor")).get_launch_check()
        self.assertTrue(check["can_launch"], check["message"])
        for part, quantity in ((production, 14), (rest, 6)):
            self.produce(part, quantity)
            part.with_env(self.as_("planner")).action_close_order()

        both = production | rest
        self.assertEqual(set(both.mapped("execution_status")), {"closed"})
        lines = both.closing_ids.line_ids
        for product, per_bicycle in {self.bicycle: 1, **self.per_bicycle}.items():
            mine = lines.filtered(lambda x, product=product: x.product_id == product)
            self.assertEqual(
                (sum(mine.mapped("planned")), sum(mine.mapped("actual"))),
                (20 * per_bicycle, 20 * per_bicycle),
                product.name,
            )
        # The next look, as the browser has it.
        self.env.invalidate_all()
        self.assertFalse(self.order.with_env(self.as_("sales")).production_message)

    @waits_for(
        "purchase.order.line",
        "get_demand",
        "whom a purchase serves, with quantities (mto_pegging)",
    )
    def test_brake_kits_name_the_order_they_serve(self):
        """The purchase line of the 6 kits leads to the customer and the promise."""
        line = self.purchases_of(self.order).order_line
        demand = line.with_env(self.as_("purchasing")).get_demand()[0]["demand"]
        self.assertEqual(
            [(row["order_id"], row["line_id"], row["quantity"]) for row in demand],
            [(self.order.id, self.line.id, 6)],
        )
        day = fields.Date.to_string(self.order.commitment_date)
        self.assertEqual([row["promise_date"][:10] for row in demand], [day])
