from itertools import product as combinations

from odoo import Command
from odoo.tests import tagged

from .life import LifeCase

DELIVERY_STEPS = ("ship_only", "pick_ship", "pick_pack_ship")
MANUFACTURE_STEPS = ("mrp_one_step", "pbm", "pbm_sam")


class TopologyCase(LifeCase):
    """A bicycle of three levels, all of them supplied by one policy."""

    def _create_bicycle(self, policy="make_to_order", on_hand=0, name="Bicycle"):
        """Bicycle: 1 frame (2 tubes of 3 steel each), 2 wheels (bought).

        The assemblies are in a category with the policy, the parts have it themselves.
        """
        category = self._create_category(f"{name} assemblies", policy)
        self.bicycle = self._create_product(name, None, on_hand, categ_id=category.id)
        self.frame = self._create_product("Frame", None, on_hand, categ_id=category.id)
        self.tube = self._create_product("Tube", None, on_hand, categ_id=category.id)
        self.wheel = self._create_part("Wheel", policy, on_hand)
        self.steel = self._create_part("Steel", policy, on_hand)
        self._create_bom(self.bicycle, [(self.frame, 1), (self.wheel, 2)])
        self._create_bom(self.frame, [(self.tube, 2)])
        self._create_bom(self.tube, [(self.steel, 3)])
        return self.bicycle

    def check_life(self, order, quantities, level=0):
        """The documents of one line, their links, and that all of it comes true.

        :param list quantities: (product, quantity ordered, level) each, from the top
        """
        line = order.order_line
        line.ensure_one()
        for item, quantity, depth in quantities:
            productions = self._get_productions(item)
            if item.seller_ids:
                self.assertFalse(productions)
                self.assertEqual(self._get_purchased(item), quantity, item.name)
            else:
                self.assertEqual(
                    sum(productions.mapped("product_qty")), quantity, item.name
                )
                self.assert_serves(productions, line, depth)
                self.assert_serves(productions.move_raw_ids, line, depth + 1)
            self.assert_serves(self._get_demands(item), line, depth)
        self._finish(order)
        self.assert_finished(order)

    def check_links(self, order, chain):
        """Each product of the chain is supplied to the one that needs it.

        :param list chain: pairs (product, products that need it; None the customer)
        """
        for item, parents in chain:
            demands = order.picking_ids.move_ids
            if parents is not None:
                demands = self._get_productions(parents).move_raw_ids
            demands = demands.filtered(lambda m, item=item: m.product_id == item)
            if item.seller_ids:
                supply = self.env["purchase.order.line"].search(
                    [("product_id", "=", item.id)]
                )
            else:
                supply = self._get_productions(item).move_finished_ids
            self.assert_supplied_by(demands, supply)

    def get_bicycle_documents(self, bicycles, on_hand=0):
        """What is ordered for so many bicycles when each product has some in stock."""
        result = []
        missing = {}
        for item, parent, factor, level in (
            (self.bicycle, None, 1, 0),
            (self.frame, self.bicycle, 1, 1),
            (self.wheel, self.bicycle, 2, 1),
            (self.tube, self.frame, 2, 2),
            (self.steel, self.tube, 3, 3),
        ):
            needed = (missing[parent] if parent else bicycles) * factor
            missing[item] = max(needed - on_hand, 0)
            result.append((item, missing[item], level))
        return result

    def get_bicycle_chain(self):
        return [
            (self.bicycle, None),
            (self.frame, self.bicycle),
            (self.wheel, self.bicycle),
            (self.tube, self.frame),
            (self.steel, self.tube),
        ]


@tagged("post_install", "-at_install")
class TestSteps(TopologyCase):
    """1, 2 and 3 steps of manufacturing, times 1, 2 and 3 steps of delivery."""

    def test_made_to_order(self):
        for delivery, manufacture in combinations(DELIVERY_STEPS, MANUFACTURE_STEPS):
            with self.subTest(delivery=delivery, manufacture=manufacture):
                self._check_steps(delivery, manufacture, "make_to_order")

    def test_stock_then_order(self):
        for delivery, manufacture in combinations(DELIVERY_STEPS, MANUFACTURE_STEPS):
            with self.subTest(delivery=delivery, manufacture=manufacture):
                self._check_steps(delivery, manufacture, "stock_then_order", 1)

    def _check_steps(self, delivery, manufacture, policy, on_hand=0):
        self.warehouse.write(
            {"delivery_steps": delivery, "manufacture_steps": manufacture}
        )
        order = self._create_order((self._create_bicycle(policy, on_hand), 5))
        for item in self.frame | self.tube | self.wheel | self.steel:
            pick = self._get_demands(item)
            self.assertEqual(pick.supply_policy, policy)
            self.assertEqual(
                pick.location_dest_id,
                self._get_productions(self.bicycle).production_location_id
                if manufacture == "mrp_one_step"
                else self.warehouse.pbm_loc_id,
            )
        self.check_links(order, self.get_bicycle_chain())
        self.check_life(order, self.get_bicycle_documents(5, on_hand))


@tagged("post_install", "-at_install")
class TestKits(TopologyCase):
    """A kit is not a level: its components have the level of the kit."""

    def test_sold_as_a_kit(self):
        """The customer gets the frame and the wheels: both are level 0."""
        for policy, on_hand in (("make_to_order", 0), ("stock_then_order", 1)):
            with self.subTest(policy=policy):
                self._create_bicycle(policy, on_hand)
                self.bicycle.product_tmpl_id.bom_ids.type = "phantom"
                order = self._create_order((self.bicycle, 5))
                self.assertFalse(self._get_productions(self.bicycle))
                frames = 5 - on_hand
                tubes = frames * 2 - on_hand
                self.check_links(order, [(self.frame, None), (self.wheel, None)])
                self.check_links(order, self.get_bicycle_chain()[3:])
                self.check_life(
                    order,
                    [
                        (self.frame, frames, 0),
                        (self.wheel, 10 - on_hand, 0),
                        (self.tube, tubes, 1),
                        (self.steel, tubes * 3 - on_hand, 2),
                    ],
                )

    def test_a_kit_in_the_middle(self):
        """The frame comes as a kit: the tubes are components of the bicycle."""
        for policy, on_hand in (("make_to_order", 0), ("stock_then_order", 1)):
            with self.subTest(policy=policy):
                self._create_bicycle(policy, on_hand)
                self.frame.product_tmpl_id.bom_ids.type = "phantom"
                order = self._create_order((self.bicycle, 5))
                self.assertFalse(self._get_productions(self.frame))
                bicycles = 5 - on_hand
                tubes = bicycles * 2 - on_hand
                self.check_links(
                    order,
                    [
                        (self.bicycle, None),
                        (self.tube, self.bicycle),
                        (self.steel, self.tube),
                    ],
                )
                self.check_life(
                    order,
                    [
                        (self.bicycle, bicycles, 0),
                        (self.wheel, bicycles * 2 - on_hand, 1),
                        (self.tube, tubes, 1),
                        (self.steel, tubes * 3 - on_hand, 2),
                    ],
                )

    def test_a_kit_at_the_bottom(self):
        """The tube comes as a kit of steel, bought for the frame."""
        for policy, on_hand in (("make_to_order", 0), ("stock_then_order", 1)):
            with self.subTest(policy=policy):
                self._create_bicycle(policy, on_hand)
                self.tube.product_tmpl_id.bom_ids.type = "phantom"
                order = self._create_order((self.bicycle, 5))
                self.assertFalse(self._get_productions(self.tube))
                frames = 5 - 2 * on_hand
                self.check_links(
                    order,
                    [
                        (self.bicycle, None),
                        (self.frame, self.bicycle),
                        (self.steel, self.frame),
                    ],
                )
                self.check_life(
                    order,
                    [
                        (self.bicycle, 5 - on_hand, 0),
                        (self.frame, frames, 1),
                        (self.steel, frames * 6 - on_hand, 2),
                    ],
                )

    def test_kit_in_several_steps(self):
        self.warehouse.write(
            {"delivery_steps": "pick_pack_ship", "manufacture_steps": "pbm_sam"}
        )
        self._create_bicycle()
        self.frame.product_tmpl_id.bom_ids.type = "phantom"
        order = self._create_order((self.bicycle, 2))
        self.check_links(
            order,
            [
                (self.bicycle, None),
                (self.tube, self.bicycle),
                (self.steel, self.tube),
            ],
        )
        self.check_life(
            order,
            [(self.bicycle, 2, 0), (self.tube, 4, 1), (self.steel, 12, 2)],
        )


@tagged("post_install", "-at_install")
class TestVariants(TopologyCase):
    """Component lines that apply to some variants only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": n}) for n in ("red", "blue")],
            }
        )
        cls.colours = attribute.value_ids

    def _create_coloured(self, name, policy):
        """Return the red and the blue variant of a new product."""
        template = self.env["product.template"].create(
            {
                "name": name,
                "is_storable": True,
                "supply_policy": policy,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": self.colours.attribute_id.id,
                            "value_ids": [Command.set(self.colours.ids)],
                        }
                    )
                ],
            }
        )
        return template.product_variant_ids

    def _add_coloured_lines(self, bom, components):
        """One line per colour, that applies to the variant of this colour."""
        values = bom.product_tmpl_id.attribute_line_ids.product_template_value_ids
        bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": component.id,
                    "product_qty": 1,
                    "bom_product_template_attribute_value_ids": [
                        Command.link(value.id)
                    ],
                }
            )
            for component, value in zip(components, values, strict=True)
        ]

    def _create_structure(self, policy, on_hand):
        """Bicycle and frame in two colours; the frame is painted in its colour."""
        self.bicycles = self._create_coloured("Bicycle", policy)
        self.frames = self._create_coloured("Frame", policy)
        self.paints = self._create_part("Red paint", policy, on_hand)
        self.paints |= self._create_part("Blue paint", policy, on_hand)
        self._add_coloured_lines(self._create_bom(self.bicycles[0], []), self.frames)
        self._add_coloured_lines(self._create_bom(self.frames[0], []), self.paints)

    def test_each_variant_gets_its_own(self):
        for policy, on_hand in (("make_to_order", 0), ("stock_then_order", 1)):
            with self.subTest(policy=policy):
                self._create_structure(policy, on_hand)
                lines = [(self.bicycles[0], 3), (self.bicycles[1], 2)]
                order = self._create_order(*lines)
                for line, bicycle, frame, paint, quantity in zip(
                    order.order_line,
                    self.bicycles,
                    self.frames,
                    self.paints,
                    (3, 2),
                    strict=True,
                ):
                    for item, level in ((bicycle, 0), (frame, 1)):
                        production = self._get_productions(item)
                        self.assertEqual(production.product_qty, quantity)
                        self.assert_serves(production, line, level)
                    self.assertEqual(self._get_purchased(paint), quantity - on_hand)
                    self.assert_serves(self._get_demands(paint), line, 2)
                    chain = [(bicycle, None), (frame, bicycle), (paint, frame)]
                    self.check_links(order, chain)
                self._finish(order)
                self.assert_finished(order)

    def test_variants_share_an_assembly(self):
        """Two lines of one order need the same saddle: neither waits for ever."""
        for policy, on_hand in (("make_to_order", 0), ("stock_then_order", 1)):
            with self.subTest(policy=policy):
                self._create_structure(policy, on_hand)
                saddle = self._create_product("Saddle", policy, on_hand)
                self._create_bom(saddle, [(self._create_part("Leather", policy), 1)])
                self.bicycles.bom_ids.bom_line_ids = [
                    Command.create({"product_id": saddle.id, "product_qty": 1})
                ]
                order = self._create_order((self.bicycles[0], 3), (self.bicycles[1], 2))
                self.assertEqual(
                    sum(self._get_productions(saddle).mapped("product_qty")),
                    5 - on_hand,
                )
                self._finish(order)
                self.assert_finished(order)

    def test_a_policy_of_the_template_holds_for_all_variants(self):
        self._create_structure("make_to_order", 0)
        self.assertEqual(set(self.bicycles.mapped("supply_policy")), {"make_to_order"})


@tagged("post_install", "-at_install")
class TestWarehouses(TopologyCase):
    """A second warehouse that is supplied by the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["stock.warehouse"].create(
            {
                "name": "Branch",
                "code": "BRA",
                "resupply_wh_ids": [Command.set(cls.warehouse.ids)],
            }
        )
        cls.resupply = cls.branch.resupply_route_ids

    def test_sold_from_the_branch(self):
        """Made in the main warehouse, brought to the branch, shipped from there."""
        for policy in ("make_to_order", "stock_then_order"):
            with self.subTest(policy=policy):
                self._check_sold_from_the_branch(policy)

    def test_sold_from_the_branch_in_several_steps(self):
        self.warehouse.write(
            {"delivery_steps": "pick_pack_ship", "manufacture_steps": "pbm_sam"}
        )
        self.branch.delivery_steps = "pick_ship"
        # The routes of resupply follow the steps of the warehouse that supplies.
        self._check_sold_from_the_branch("make_to_order")

    def _check_sold_from_the_branch(self, policy):
        bicycle = self._create_bicycle(policy)
        bicycle.route_ids = self.resupply
        if policy == "stock_then_order":
            self._add_stock(bicycle, 1, self.branch.lot_stock_id)
            self._add_stock(bicycle, 1)
        order = self._create_order((bicycle, 5), warehouse_id=self.branch.id)
        made = 5 if policy == "make_to_order" else 3
        production = self._get_productions(bicycle)
        self.assertEqual(production.product_qty, made)
        self.assertEqual(production.warehouse_id, self.warehouse)
        for demand in self._get_demands(bicycle):
            self.assertEqual(demand.supply_policy, policy)
        crossing = self._get_moves(order).filtered(
            lambda move: "transit"
            in (move.location_id + move.location_dest_id).mapped("usage")
        )
        self.assertEqual(len(crossing), 2)
        self.assertEqual(
            crossing.mapped("product_uom_qty"), [5 if made == 5 else 4] * 2
        )
        self.assert_serves(crossing, order.order_line, 0)
        self.check_links(order, self.get_bicycle_chain())
        self.check_life(
            order,
            [
                (bicycle, made, 0),
                (self.frame, made, 1),
                (self.wheel, made * 2, 1),
                (self.tube, made * 2, 2),
                (self.steel, made * 6, 3),
            ],
        )

    def test_a_component_from_the_other_warehouse(self):
        """The branch makes the bicycle, the main warehouse the frame."""
        for policy in ("make_to_order", "stock_then_order"):
            with self.subTest(policy=policy):
                bicycle = self._create_bicycle(policy)
                self.frame.route_ids = self.resupply
                order = self._create_order((bicycle, 2), warehouse_id=self.branch.id)
                production = self._get_productions(bicycle)
                self.assertEqual(production.warehouse_id, self.branch)
                self.assertEqual(
                    self._get_productions(self.frame).warehouse_id, self.warehouse
                )
                self.check_links(order, self.get_bicycle_chain())
                self.check_life(
                    order,
                    [
                        (bicycle, 2, 0),
                        (self.frame, 2, 1),
                        (self.wheel, 4, 1),
                        (self.tube, 4, 2),
                        (self.steel, 12, 3),
                    ],
                )

    def test_two_warehouses_side_by_side(self):
        """Without resupply each warehouse makes for its own orders."""
        bicycle = self._create_bicycle()
        orders = [
            self._create_order((bicycle, quantity), warehouse_id=warehouse.id)
            for warehouse, quantity in ((self.warehouse, 2), (self.branch, 3))
        ]
        for order, warehouse, quantity in zip(
            orders, (self.warehouse, self.branch), (2, 3), strict=True
        ):
            productions = self._get_all_productions(order)
            self.assertEqual(productions.warehouse_id, warehouse)
            self.assertEqual(
                productions.mapped("product_qty"), [quantity, quantity, quantity * 2]
            )
        for order in orders:
            self._finish(order)
            self.assert_finished(order)


@tagged("post_install", "-at_install")
class TestCompanies(TopologyCase):
    """Shared products, a policy of its own in each company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other company"})
        cls.env.user.company_ids |= cls.other
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other.id)], limit=1
        )

    def _set_policies(self, company, policy, products):
        for item in products:
            item.with_company(company).supply_policy = policy

    def _create_order_of(self, company, warehouse, item, quantity):
        return (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "partner_id": self.customer.id,
                    "warehouse_id": warehouse.id,
                    "order_line": [
                        Command.create(
                            {"product_id": item.id, "product_uom_qty": quantity}
                        )
                    ],
                }
            )
        )

    def test_policy_of_the_company_of_the_order(self):
        """Ours makes to order; the other takes frames from stock and makes the rest."""
        bicycle = self._create_bicycle()
        everything = bicycle | self.frame | self.tube | self.wheel | self.steel
        everything.bom_ids.company_id = False
        everything.seller_ids.company_id = False
        self._set_policies(self.other, "stock_then_order", everything)
        for item in everything:
            self._add_stock(item, 1, self.other_warehouse.lot_stock_id)
            self._add_stock(item, 1)
        orders = [
            self._create_order_of(self.company, self.warehouse, bicycle, 5),
            self._create_order_of(self.other, self.other_warehouse, bicycle, 5),
        ]
        for order in orders:
            order.action_confirm()
        self._check_company(orders[0], self.get_bicycle_documents(5), "make_to_order")
        self._check_company(
            orders[1], self.get_bicycle_documents(5, on_hand=1), "stock_then_order"
        )

    def _check_company(self, order, documents, policy):
        company = order.company_id
        moves = self._get_moves(order)
        purchases = self._get_purchases(order)
        productions = self._get_all_productions(order)
        for records in (moves, purchases, productions):
            self.assertEqual(records.company_id, company)
        self.assertEqual(set(moves.mapped("supply_policy")) - {False}, {policy})
        for item, quantity, level in documents:
            made = productions.filtered(lambda p, item=item: p.product_id == item)
            bought = purchases.order_line.filtered(
                lambda line, item=item: line.product_id == item
            )
            self.assertEqual(
                sum(made.mapped("product_qty")) + sum(bought.mapped("product_qty")),
                quantity,
                item.name,
            )
            demands = moves.filtered(
                lambda m, item=item: m.product_id == item and m.supply_policy
            )
            self.assert_serves(demands, order.order_line, level)
        self._finish(order)
        self.assert_finished(order)

    def test_supplied_by_the_other_company(self):
        """Odoo's resupply across companies: sold by the other, made by us."""
        bicycle = self._create_bicycle()
        everything = bicycle | self.frame | self.tube | self.wheel | self.steel
        everything.bom_ids.company_id = False
        everything.seller_ids.company_id = False
        self._set_policies(self.other, "make_to_order", bicycle)
        self.other_warehouse.resupply_wh_ids = self.warehouse
        bicycle.route_ids = self.other_warehouse.resupply_route_ids
        order = self._create_order_of(self.other, self.other_warehouse, bicycle, 5)
        order.action_confirm()
        self.assertEqual(
            self._get_all_productions(order).company_id, self.company, "made by us"
        )
        for demand in self._get_demands(bicycle):
            self.assertEqual(demand.supply_policy, "make_to_order")
        self.check_links(order, self.get_bicycle_chain())
        self.check_life(order, self.get_bicycle_documents(5))
