import json
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import (
    TransactionCase,
    freeze_time,
    new_test_user,
    tagged,
    users,
)

from odoo.addons.mto_demo.engine import working_days

COMPONENTS = {
    "product_frame": 1,
    "product_wheel": 2,
    "product_handlebar": 1,
    "product_saddle": 1,
    "product_chain": 1,
    "product_brake_kit": 1,
}


@tagged("post_install", "-at_install")
class TestBicycle(TransactionCase):
    """20 bicycles by the end of the month; 14 brake kits on hand; 6 to buy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env.ref("mto_demo.order_bicycle")
        cls.brake_kit = cls.env.ref("mto_demo.product_brake_kit")
        cls.components = {
            cls.env.ref(f"mto_demo.{name}"): quantity
            for name, quantity in COMPONENTS.items()
        }

    def _get_productions(self):
        return self.env["mrp.production"].search(
            [("reference_ids.sale_ids", "=", self.order.id)]
        )

    def _get_purchase_lines(self):
        return self.env["purchase.order.line"].search(
            [("order_id.reference_ids.sale_ids", "=", self.order.id)]
        )

    def test_order(self):
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.order_line.product_uom_qty, 20)
        self.assertEqual(
            self.order.order_line.product_id, self.env.ref("mto_demo.product_bicycle")
        )

    def test_promised_for_the_end_of_the_month(self):
        # The quotation still carries the moment it was made.
        installed_on = self.env.ref("mto_demo.order_quoted").date_order.date()
        self.assertEqual(
            self.order.commitment_date.date(),
            working_days.promised_month_end(installed_on),
        )

    def test_one_manufacturing_order_for_20(self):
        production = self._get_productions()
        self.assertEqual(len(production), 1)
        self.assertEqual(production.product_qty, 20)
        self.assertEqual(production.state, "confirmed")
        self.assertEqual(len(production.workorder_ids), 3)
        self.assertLessEqual(production.date_finished, self.order.commitment_date)

    def test_exactly_6_brake_kits_to_buy(self):
        line = self._get_purchase_lines()
        self.assertEqual(line.product_id, self.brake_kit)
        self.assertEqual(line.product_qty, 6)
        self.assertEqual(line.state, "draft")
        self.assertEqual(line.partner_id, self.env.ref("mto_demo.vendor_brakes"))

    def test_all_else_is_reserved_from_stock(self):
        moves = self._get_productions().move_raw_ids
        self.assertEqual(set(moves.product_id), set(self.components))
        for product, per_bicycle in self.components.items():
            demands = moves.filtered(lambda m, product=product: m.product_id == product)
            self.assertEqual(sum(demands.mapped("product_uom_qty")), 20 * per_bicycle)
            expected = 14 if product == self.brake_kit else 20 * per_bicycle
            self.assertEqual(sum(demands.mapped("quantity")), expected, product.name)

    def test_all_14_brake_kits_serve_the_bicycles(self):
        self.assertEqual(self.brake_kit.qty_available, 14)
        self.assertEqual(self.brake_kit.free_qty, 0)

    def test_spare_parts_buy_their_own(self):
        """Brake kits sold as spare parts neither take nor enlarge the bicycles' 6."""
        spare = self.env.ref("mto_demo.order_spare_parts")
        lines = self.env["purchase.order.line"].search(
            [("order_id.reference_ids.sale_ids", "=", spare.id)]
        )
        self.assertEqual(lines.mapped("product_qty"), [4])
        self.assertFalse(lines.order_id & self._get_purchase_lines().order_id)

    def test_table(self):
        table = self.env["mto.demo"].get_bicycle_table()
        self.assertEqual(json.loads(json.dumps(table)), table)
        self.assertEqual(table["id"], self.order.id)
        self.assertEqual(table["order"]["quantity"], 20)
        self.assertEqual(
            [(row["level"], row["quantity"]) for row in table["manufacturing_orders"]],
            [(1, 20)],
        )
        self.assertEqual([row["quantity"] for row in table["purchase_lines"]], [6])
        self.assertEqual(
            [(row["id"], row["quantity"]) for row in table["missing"]],
            [(self.brake_kit.id, 6)],
        )
        self.assertEqual(
            {row["id"]: row["quantity"] for row in table["from_stock"]},
            {
                product.id: 14 if product == self.brake_kit else 20 * per_bicycle
                for product, per_bicycle in self.components.items()
            },
        )

    def test_table_is_read_back(self):
        """What changes in the database changes in the table."""
        self._get_purchase_lines().product_qty = 7
        table = self.env["mto.demo"].get_bicycle_table()
        self.assertEqual([row["quantity"] for row in table["purchase_lines"]], [7])
        self._get_productions().do_unreserve()
        table = self.env["mto.demo"].get_bicycle_table()
        self.assertFalse(table["from_stock"])
        self.assertEqual(len(table["missing"]), len(self.components))

    @users("director")
    def test_table_for_the_director(self):
        table = self.env["mto.demo"].get_bicycle_table()
        self.assertEqual([row["quantity"] for row in table["purchase_lines"]], [6])

    def test_table_needs_the_right_to_read_the_documents(self):
        user = new_test_user(self.env, "mto_demo_employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["mto.demo"].with_user(user).get_bicycle_table()

    def _order_again(self):
        """The same case once more, with stock of its own."""
        # It waits for parts that nobody orders for it, and would come first.
        self.env["mto.demo"]._cancel_order(
            self.env.ref("mto_demo.order_preset_sold_product").id
        )
        location = self.env.ref("stock.warehouse0").lot_stock_id
        for product, per_bicycle in self.components.items():
            quantity = 14 if product == self.brake_kit else 20 * per_bicycle
            self.env["stock.quant"]._update_available_quantity(
                product, location, quantity
            )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.ref("mto_demo.partner_customer_city_hire").id,
                "commitment_date": self.env["mto.demo"].month_end(),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env.ref("mto_demo.product_bicycle").id,
                            "product_uom_qty": 20,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def test_any_day_of_the_calendar(self):
        """First, middle and last of a month, leap day, weekend: always 6, in time."""
        for today in (
            "2027-01-01 08:00:00",
            "2027-06-15 08:00:00",
            "2027-12-31 23:30:00",
            "2028-02-29 08:00:00",
            "2027-05-01 08:00:00",
            "2027-05-30 08:00:00",
        ):
            with self.subTest(today=today), freeze_time(today):
                order = self._order_again()
                table = self.env["mto.demo"]._get_order_table(order)
                self.assertEqual(
                    [row["quantity"] for row in table["purchase_lines"]], [6]
                )
                line = self.env["purchase.order.line"].browse(
                    table["purchase_lines"][0]["id"]
                )
                self.assertGreater(
                    line.order_id.date_order, order.date_order, "there is time to buy"
                )
                self.assertLess(
                    line.date_planned, order.commitment_date - timedelta(days=1)
                )
