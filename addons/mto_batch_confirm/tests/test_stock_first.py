"""Stock first, then order, by the policies of mto_cascade: level by level as well."""

from odoo import Command
from odoo.tests import tagged

from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestStockFirst(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "supply_preset" not in cls.env["res.company"]._fields:
            cls.skipTest(cls, "mto_cascade is not installed")
        cls.env.company.supply_preset = "assemblies"

    def _bought(self, name, on_hand=0, **vals):
        return self._part(name, mto=False, on_hand=on_hand, **vals)

    def _made(self, name, *components, **vals):
        return self._assembly(name, components, mto=False, **vals)

    def _assert_by_level(self, function):
        with self._watched() as walks:
            result = self._assert_identical(function)
        self.assertTrue(walks)
        self.assertTrue(all(walks), walks)
        return result

    def _assert_in_turn(self, function):
        with self._watched() as walks:
            self._assert_identical(function)
        self.assertIn(False, walks)

    def _two_levels(self, *stock):
        screw, tube, paint = (
            self._bought(name, on_hand, vendor=number % 2, delay=1 + number)
            for number, (name, on_hand) in enumerate(
                zip(("Screw", "Tube", "Paint"), stock, strict=True)
            )
        )
        tops = []
        for number in range(2):
            low = self._made(f"L{number}", (screw, 2), (tube, 1))
            middle = self._made(f"M{number}", (low, 2), (paint, 1), (screw, 1))
            tops.append(self._made(f"T{number}", (middle, 1), (screw, 3), (tube, 2)))
        return tops

    def test_all_there(self):
        first, second = self._two_levels(200, 200, 200)
        self._assert_by_level(self._order((first, 2), (second, 3)).action_confirm)

    def test_partly_there(self):
        """Parts that all orders compete for, some of which are there."""
        first, second = self._two_levels(13, 5, 1)
        self._assert_by_level(self._order((first, 2), (second, 3)).action_confirm)

    def test_nothing_there(self):
        first, second = self._two_levels(0, 0, 0)
        self._assert_by_level(self._order((first, 2), (second, 3)).action_confirm)

    def test_several_orders(self):
        first, second = self._two_levels(17, 9, 4)
        orders = self._order((first, 2)) | self._order((second, 1), (first, 1))
        self._assert_by_level(orders.action_confirm)

    def test_arriving(self):
        """A purchase on its way and a request for more than anybody asked for."""
        tops = self._two_levels(3, 0, 0)
        parts = tops[0].bom_ids.bom_line_ids.product_id.filtered("seller_ids")
        for part, days, confirmed in zip(parts, (-20, 400), (True, False), strict=True):
            order = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendors[0].id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": part.id,
                                "product_qty": 7,
                                "date_planned": f"{2027 - (days > 0)}-05-01 08:00:00",
                            }
                        )
                    ],
                }
            )
            if confirmed:
                order.button_confirm()
        self._assert_by_level(
            self._order(
                *((top, 3) for top in tops), commitment_date="2027-07-01 10:00:00"
            ).action_confirm
        )

    def _assemblies(self, on_hand):
        first = {"supply_policy": "stock_then_order", "on_hand": on_hand}
        screw = self._bought("Screw", 9)
        lows = [self._made(f"L{n}", (screw, 2), **first) for n in range(2)]
        return [
            self._made(
                f"T{n}", (self._made(f"M{n}", (low, 2), (screw, 1)), 2), (screw, 1)
            )
            for n, low in enumerate(lows)
        ]

    def test_assemblies_from_stock(self):
        """Assemblies of which some are there: the rest is made, with what it needs."""
        tops = self._assemblies(3)
        self._assert_by_level(self._order((tops[0], 2), (tops[1], 1)).action_confirm)

    def test_assemblies_of_several_orders(self):
        """Assemblies that several orders compete for."""
        tops = self._assemblies(3)
        orders = self._order((tops[0], 2)) | self._order((tops[0], 1), (tops[1], 2))
        self._assert_by_level(orders.action_confirm)

    def test_assemblies_in_parts(self):
        """What is missing is made in an order that is enlarged."""
        screw = self._bought("Screw", 9)
        low = self._made("L", (screw, 2), supply_policy="stock_then_order", on_hand=3)
        tops = [self._made(f"T{n}", (low, 2), (screw, 1)) for n in range(3)]
        self._assert_by_level(self._order(*((top, 1) for top in tops)).action_confirm)

    def test_shared_assembly(self):
        """An order that is enlarged: enough for all of it is there."""
        screw = self._bought("Screw", 100)
        low = self._made("L", (screw, 2))
        tops = [self._made(f"T{n}", (low, 1), (screw, 1)) for n in range(3)]
        self._assert_by_level(self._order(*((top, 2) for top in tops)).action_confirm)

    def test_shared_assembly_short(self):
        """An order that is enlarged, and not enough is there: core knows who waits."""
        screw = self._bought("Screw", 7)
        low = self._made("L", (screw, 2))
        tops = [self._made(f"T{n}", (low, 1), (screw, 1)) for n in range(3)]
        self._assert_in_turn(self._order(*((top, 2) for top in tops)).action_confirm)

    def test_vendor_minimum(self):
        """What a vendor sells beyond the first demand is there for the next one."""
        screw = self._bought("Screw")
        screw.seller_ids.min_qty = 10
        tops = [self._made(f"T{n}", (screw, 3)) for n in range(3)]
        self._assert_in_turn(self._order(*((top, 1) for top in tops)).action_confirm)

    def test_lots_and_places(self):
        """Goods in several places and lots: each takes what core gives it."""
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        screw = self._bought("Screw", 4)
        self._stock(screw, 3, shelf)
        tracked = self._bought("Tracked", tracking="lot")
        for number in range(2):
            lot = self.env["stock.lot"].create(
                {"name": f"Lot {number}", "product_id": tracked.id}
            )
            self.env["stock.quant"]._update_available_quantity(
                tracked, self.warehouse.lot_stock_id, 3, lot_id=lot
            )
        tops = [
            self._made(f"T{n}", (self._made(f"L{n}", (screw, 2)), 1), (tracked, 2))
            for n in range(3)
        ]
        self._assert_by_level(self._order(*((top, 1) for top in tops)).action_confirm)

    def test_steps(self):
        """Components are picked, products are put away."""
        self.warehouse.manufacture_steps = "pbm_sam"
        first, second = self._two_levels(13, 5, 1)
        self._assert_by_level(self._order((first, 2), (second, 3)).action_confirm)

    def test_raised_order(self):
        first, second = self._two_levels(20, 9, 1)
        order = self._order((first, 2), (second, 1))
        order.action_confirm()

        def change():
            order.order_line[0].product_uom_qty = 5

        self._assert_identical(change)
