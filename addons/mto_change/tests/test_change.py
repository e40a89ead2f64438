from odoo.tests import tagged

from odoo.addons.mto_pegging.tests.common import PeggingCommon


@tagged("post_install", "-at_install")
class TestChange(PeggingCommon):
    """Preview and application of changes: a bike of 2 wheels of 4 bolts, and 1 bolt."""

    def _preview(self, order, *changes):
        return order.preview_change(list(changes))[0]

    def _apply(self, order, *changes, **options):
        preview = self._preview(order, *changes)
        return order.apply_change(list(changes), preview["fingerprint"], **options)[0]

    def _tell(self, answer):
        """{(model, product): (before, after, action)}"""
        return {
            (row["model"], row["product"]): (
                row["quantity_before"],
                row["quantity_after"],
                row["action"],
            )
            for row in answer["documents"]
        }

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
        print(preview["summary"], [r["reason"] for r in preview["documents"]])

    def test_raise(self):
        order = self._create_order((self.bike, 2))
        change = {"line_id": order.order_line.id, "quantity": 5}
        preview = self._preview(order, change)
        print(self._tell(preview), preview["summary"])
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
        print(self._tell(preview), preview["summary"])
        self._apply(order, change)
        self.assertEqual(
            sum(self._get_productions(self.wheel).mapped("product_qty")), 7
        )

    def test_cancel(self):
        order = self._create_order((self.bike, 2))
        self._apply(order, {"cancel": True}, reason="No money")
        self.assertFalse(self._get_productions(self.bike | self.wheel))
        self.assertFalse(self._get_purchased(self.bolt))
        self.assertIn("No money", order.message_ids[0].body)
