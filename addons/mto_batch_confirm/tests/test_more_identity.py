"""The same documents in wider surroundings, and on structures drawn at random."""

import random

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestSurroundings(BatchCommon):
    def _confirm_as(self, user, *lines):
        order = self._order(*lines).with_user(user)
        return self._assert_identical(order.action_confirm)

    def test_user_without_manufacturing_rights(self):
        low = self._assembly("L", [(self._part("P"), 2)])
        top = self._assembly("T", [(low, 1)])
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        self.assertFalse(seller.has_group("mrp.group_mrp_user"))
        self._confirm_as(seller, (top, 2), (low, 1))

    def test_variants(self):
        red, blue = self._coloured("V", "Red", "Blue")
        top = self._assembly("T", [(red, 1), (blue, 2)])
        self._confirm_as(self.env.user, (top, 2), (blue, 1))

    def test_order_that_ends_later(self):
        """What an order makes more takes longer: who waits for it gets its deadline."""
        low = self._assembly("L", [(self._part("P"), 1)], bom={"produce_delay": 0})
        top = self._assembly("T", [(self._assembly("M", [(low, 3)]), 1)])
        self._confirm_as(self.env.user, (low, 4), (top, 2), (top, 2))

    def test_options(self):
        """A variant that is never made: what it takes is chosen on the order line."""
        attribute = self.env["product.attribute"].create(
            {
                "name": "Option",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": name}) for name in ("Bell", "Horn")
                ],
            }
        )
        top = self._assembly("T", [(self._part("P"), 1)], operations=2)
        line = self.env["product.template.attribute.line"].create(
            {
                "product_tmpl_id": top.product_tmpl_id.id,
                "attribute_id": attribute.id,
                "value_ids": attribute.value_ids.ids,
            }
        )
        bell, horn = line.product_template_value_ids
        low = self._assembly("L", [(self._part("Q"), 1)])
        only = "bom_product_template_attribute_value_ids"
        top.bom_ids.bom_line_ids = [
            Command.create({"product_id": low.id, "product_qty": 1, only: horn.ids})
        ]
        top.bom_ids.operation_ids[1][only] = bell
        chosen = "product_no_variant_attribute_value_ids"
        self._confirm_as(
            self.env.user, (top, 2, {chosen: bell.ids}), (top, 3, {chosen: horn.ids})
        )

    def test_companies(self):
        """Orders of two companies, with a warehouse each, confirmed at once."""
        orders = self._orders_of_two_companies()
        self._assert_identical(orders.action_confirm)

    def test_warehouses(self):
        """Supplied by another warehouse of the company."""
        second = self._second_warehouse()
        routes = self.mto | second.resupply_route_ids
        brought = self._part("R", route_ids=routes.ids)
        low = self._assembly("L", [(self._part("P"), 2)])
        top = self._assembly("T", [(low, 1), (self._part("Q"), 1), (brought, 1)])
        order = self._order((top, 2), warehouse_id=second.id)
        first = self._order((low, 4))
        self._assert_identical((order | first).action_confirm)

    def test_week_and_day_groups(self):
        self.vendors[0].write({"group_rfq": "week", "group_on": "3"})
        self.vendors[1].group_rfq = "day"
        parts = [self._part(f"P{n}", vendor=n % 2, delay=n) for n in range(4)]
        low = self._assembly("L", [(part, 1) for part in parts[:3]])
        top = self._assembly("T", [(low, 1), (parts[3], 1), (parts[0], 1)])
        orders = self._order((top, 2), (low, 1)) | self._order((low, 3))
        self._assert_identical(orders.action_confirm)

    def test_prices(self):
        """Quantity breaks, dated prices and another currency."""
        part = self._part("P")
        seller = part.seller_ids
        seller.copy({"min_qty": 10, "price": 7.0})
        seller.copy({"min_qty": 3, "price": 9.0, "date_end": "2027-05-11"})
        low = self._assembly("L", [(part, 2)])
        top = self._assembly("T", [(low, 1), (part, 3)])
        self._confirm_as(self.env.user, (top, 2), (low, 3))

    def test_open_request(self):
        """A request for quotation that is there already grows."""
        part = self._part("P", delay=20)
        low = self._assembly("L", [(part, 2)])
        self.vendors.group_rfq = "all"
        self._order((low, 1)).action_confirm()
        top = self._assembly("T", [(low, 1), (self._part("Q", delay=40), 3)])
        self._confirm_as(self.env.user, (top, 2), (low, 3))

    def test_subcontracting(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        inner = self._assembly("Inner", [(self._part("P"), 1)])
        welded = self._welded("Welded", [(inner, 2)])
        top = self._assembly("T", [(welded, 1), (inner, 1)])
        self._confirm_as(self.env.user, (top, 2), (welded, 1))

    def test_dropship(self):
        route = self.env.ref(
            "stock_dropshipping.route_drop_shipping", raise_if_not_found=False
        )
        if not route:
            self.skipTest("stock_dropshipping is not installed")
        shipped = self._part("Shipped")
        top = self._assembly("T", [(self._part("P"), 1)])
        self._confirm_as(
            self.env.user, (top, 2), (shipped, 3, {"route_ids": route.ids}), (top, 1)
        )

    def _policies(self, on_hand):
        if "supply_policy" not in self.env["product.template"]._fields:
            self.skipTest("mto_cascade is not installed")
        vals = {"mto": False, "on_hand": on_hand}
        part = self._part("P", supply_policy="stock_then_order", **vals)
        vals["supply_policy"] = "make_to_order"
        low = self._assembly("L", [(part, 2)], **vals)
        middle = self._assembly("M", [(low, 1), (part, 1)], **vals)
        first = {**vals, "supply_policy": "stock_then_order"}
        top = self._assembly("T", [(middle, 1), (low, 1), (part, 1)], **first)
        self._confirm_as(self.env.user, (top, 2), (low, 1))

    def test_policies_on_empty_stock(self):
        self._policies(0)

    def test_policies_on_stock(self):
        self._policies(1)

    def test_replenishment(self):
        """Reordering rules run by hand for assemblies made to order below."""
        low = self._assembly("L", [(self._part("P"), 2)])
        stocked = [
            self._assembly(f"S{n}", [(low, 1)], mto=False, route_ids=[])
            for n in range(3)
        ]
        rules = self.env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product.id,
                    "product_min_qty": 5,
                    "product_max_qty": 10,
                    "trigger": "manual",
                }
                for product in stocked
            ]
        )
        self._assert_identical(rules.action_replenish)

    def _draw(self, chance, kinds):
        """Return products to sell of a structure drawn at random."""
        level = [
            self._part(
                f"P{n}",
                vendor=chance.randrange(2),
                delay=chance.randrange(9),
                mto=chance.random() < 0.8,
                on_hand=chance.choice((0, 0, 5)) if "stock" in kinds else 0,
            )
            for n in range(5)
        ]
        below = list(level)
        for depth in range(3):
            level = []
            for number in range(3):
                components = chance.sample(below, min(len(below), 3))
                bom = {"produce_delay": chance.randrange(4)}
                if "kit" in kinds and chance.random() < 0.2:
                    bom["type"] = "phantom"
                if "batch" in kinds and chance.random() < 0.2:
                    bom.update(enable_batch_size=True, batch_size=2)
                level.append(
                    self._assembly(
                        f"A{depth}.{number}",
                        [(c, chance.choice((1, 2, 3, 0.5))) for c in components],
                        bom=bom,
                        operations=chance.randrange(3),
                        mto=chance.random() < 0.9,
                    )
                )
            below += level
        return below[5:]

    def _assert_drawn(self, seed, *kinds):
        chance = random.Random(seed)
        products = self._draw(chance, kinds)
        lines = [
            (chance.choice(products), chance.randint(1, 4))
            for _line in range(chance.randint(1, 3))
        ]
        self._confirm_as(self.env.user, *lines)

    def test_random(self):
        for seed in (1,):
            with self.subTest(seed=seed), self.env.cr.savepoint():
                self._assert_drawn(seed)

    def test_random_with_stock(self):
        for seed in (4,):
            with self.subTest(seed=seed), self.env.cr.savepoint():
                self._assert_drawn(seed, "stock")

    def test_random_kits_and_batches(self):
        for seed in (6,):
            with self.subTest(seed=seed), self.env.cr.savepoint():
                self._assert_drawn(seed, "kit", "batch")
