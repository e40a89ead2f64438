from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestPolicyLevels(SupplyCommon):
    """Where a policy can be set, and which place is stronger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent_category = cls._create_category("Bicycles")
        cls.category = cls._create_category("Parts", None, cls.parent_category)
        cls.part = cls._create_part("Brakes", categ_id=cls.category.id)
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls.bom = cls._create_bom(cls.bike, [(cls.part, 2)])
        cls.bom_line = cls.bom.bom_line_ids

    def _create_rule(self, result, **vals):
        return self.env["mto.supply.rule"].create(
            {"name": "Rule", "result": result, **vals}
        )

    def _decide_component(self, **line_vals):
        """The demand for the part below a bike that is sold."""
        self._create_order((self.bike, 1, line_vals))
        return self._get_demands(self.part)[-1]

    def test_each_level_beats_the_next(self):
        """From the weakest up, each level says the opposite of the one before."""
        policies = ("make_to_stock", "make_to_order")
        line_vals = {}
        levels = [
            ("core", lambda policy: None),
            ("preset", lambda policy: self.company.write({"supply_preset": "all"})),
            ("warehouse", lambda p: self.warehouse.write({"supply_policy": p})),
            ("category", lambda p: self.parent_category.write({"supply_policy": p})),
            ("category", lambda p: self.category.write({"supply_policy": p})),
            ("rule", self._create_rule),
            ("product", lambda p: self.part.write({"supply_policy": p})),
            ("variant", lambda p: self.part.write({"variant_supply_policy": p})),
            ("bom_line", lambda p: self.bom_line.write({"supply_policy": p})),
            (
                "order_line",
                lambda p: line_vals.update(supply_policy=p, supply_scope="all"),
            ),
        ]
        for index, (level, apply) in enumerate(levels):
            policy = policies[index % 2]
            with self.subTest(level=level):
                apply(policy)
                move = self._decide_component(**line_vals)
                self.assertEqual(move.procure_method, policy)
                [answer] = move.get_supply_decision()
                self.assertEqual(answer["level"], level)
                self.assertEqual(answer["policy"], policy)
                if level != "core":
                    self.assertEqual(move.supply_policy, policy)
                    self.assertEqual(move.supply_reason["code"], f"{level}_policy")
        self.assertEqual(
            [bool(move.supply_rule_id) for move in self._get_demands(self.part)],
            [level == "rule" for level, _apply in levels],
        )

    def test_inherit_passes_at_every_level(self):
        self.part.supply_policy = "make_to_order"
        self.part.variant_supply_policy = "inherit"
        self.bom_line.supply_policy = "inherit"
        move = self._decide_component(supply_policy="inherit", supply_scope="all")
        self.assertEqual(move.supply_reason["code"], "product_policy")
        self.part.supply_policy = "inherit"
        self.warehouse.supply_policy = "inherit"
        self.assertFalse(self._decide_component().supply_policy)

    # Order line

    def test_line_speaks_of_its_product_only(self):
        self.part.supply_policy = "make_to_stock"
        self.bike.supply_policy = "make_to_stock"
        move = self._decide_component(supply_policy="make_to_order")
        self.assertEqual(move.supply_policy, "make_to_stock")
        self.assertEqual(move.supply_reason["code"], "product_policy")
        self.assertEqual(self._get_productions(self.bike).product_qty, 1)
        delivery = self._get_demands(self.bike)
        self.assertEqual(delivery.supply_reason["code"], "order_line_policy")
        self.assertEqual(
            delivery.get_supply_decision()[0]["explanation"],
            "Made for the order: policy of the line in order "
            f"{delivery.sale_line_id.order_id.name}",
        )

    def test_line_and_everything_below(self):
        screw = self._create_product("Screw", "make_to_stock", on_hand=10)
        self.bom.bom_line_ids = [Command.create({"product_id": screw.id})]
        self.part.supply_policy = "make_to_stock"
        move = self._decide_component(supply_policy="make_to_order", supply_scope="all")
        self.assertEqual(move.supply_reason["code"], "order_line_policy")
        self.assertEqual(self._get_purchased(self.part), 2)
        [screws] = self._get_demands(screw)
        self.assertEqual(
            screws.supply_reason["code"], "product_policy", "nothing supplies a screw"
        )

    def test_two_lines_of_one_product(self):
        part = self._create_part("Saddle", on_hand=5)
        order = self._create_order(
            (part, 2, {"supply_policy": "make_to_order"}),
            (part, 3, {"supply_policy": "make_to_stock"}),
        )
        self.assertEqual(
            [line.move_ids.procure_method for line in order.order_line],
            ["make_to_order", "make_to_stock"],
        )
        self.assertEqual(self._get_purchased(part), 2)
        self.assertEqual(order.order_line.mapped("is_mto"), [True, False])

    def test_line_is_copied_with_the_order(self):
        order = self._create_order(
            (self.bike, 1, {"supply_policy": "make_to_stock", "supply_scope": "all"})
        )
        line = order.copy().order_line
        self.assertEqual(line.supply_policy, "make_to_stock")
        self.assertEqual(line.supply_scope, "all")

    def test_line_of_a_confirmed_order_is_decided(self):
        order = self._create_order((self.bike, 1, {"supply_policy": "make_to_order"}))
        line = order.order_line
        line.write({"supply_policy": "make_to_order", "product_uom_qty": 2})
        with self.assertRaisesRegex(UserError, "Bike.*is decided"):
            line.supply_policy = "make_to_stock"
        with self.assertRaisesRegex(UserError, "is decided"):
            order.write(
                {"order_line": [Command.update(line.id, {"supply_scope": "all"})]}
            )
        # A line that is added decides for itself, and the order can start again.
        order.order_line = [
            Command.create({"product_id": self.part.id, "supply_policy": "inherit"})
        ]
        order._action_cancel()
        order.action_draft()
        line.supply_policy = "make_to_stock"
        order.action_confirm()
        self.assertEqual(line.move_ids[-1:].supply_policy, "make_to_stock")

    def test_line_in_the_form(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.part
                line.supply_policy = "make_to_order"
        order = form.save()
        self.assertEqual(order.order_line.supply_policy, "make_to_order")
        self.assertEqual(order.order_line.supply_scope, "product")
        order.action_confirm()
        with Form(order) as form, form.order_line.edit(0) as line:
            with self.assertRaisesRegex(AssertionError, "readonly"):
                line.supply_policy = "make_to_stock"

    # Line of the bill of materials

    def _check_bom_line_in_steps(self, steps):
        self.warehouse.manufacture_steps = steps
        self.part.supply_policy = "make_to_stock"
        self._add_stock(self.part, 3)
        self.bom_line.supply_policy = "stock_then_order"
        move = self._decide_component()
        self.assertEqual(move.bom_line_id, self.bom_line)
        self.assertEqual(move.supply_policy, "stock_then_order")
        self.assertEqual(move.supply_reason["code"], "bom_line_policy")
        self.assertEqual(
            move.supply_explanation,
            "From stock first; what is missing is ordered: policy of the line in the "
            "bill of materials of Bike",
        )
        self._decide_component()
        self.assertEqual(self._get_purchased(self.part), 1, "4 needed, 3 in stock")
        # The same part sold: the bill of materials does not speak of it.
        self._create_order((self.part, 1))
        self.assertEqual(
            self._get_demands(self.part)[-1].supply_reason["code"], "product_policy"
        )

    def test_bom_line_in_one_step(self):
        self._check_bom_line_in_steps("mrp_one_step")

    def test_bom_line_in_two_steps(self):
        self._check_bom_line_in_steps("pbm")

    def test_bom_line_in_three_steps(self):
        self._check_bom_line_in_steps("pbm_sam")

    def test_bom_lines_of_one_product_picked_together(self):
        """Two lines, two policies: the transfer that picks keeps them apart."""
        self.warehouse.manufacture_steps = "pbm"
        self._add_stock(self.part, 1)
        self.bom_line.supply_policy = "make_to_stock"
        self.bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": self.part.id,
                    "product_qty": 3,
                    "supply_policy": "stock_then_order",
                }
            )
        ]
        self._create_order((self.bike, 1))
        moves = self._get_demands(self.part)
        self.assertEqual(
            sorted(moves.mapped(lambda m: (m.product_uom_qty, m.supply_policy))),
            [(2, "make_to_stock"), (3, "stock_then_order")],
        )

    def test_bom_line_of_a_kit(self):
        kit = self._create_product("Kit")
        kit_bom = self._create_bom(kit, [(self.part, 1)], type="phantom")
        kit_bom.bom_line_ids.supply_policy = "make_to_order"
        self._create_order((kit, 4))
        self.assertEqual(self._get_purchased(self.part), 4)
        move = self._get_demands(self.part)
        self.assertEqual(move.supply_reason["code"], "bom_line_policy")
        self.assertEqual(move.demand_level, 0)

    def test_bom_line_without_an_order(self):
        """A manufacturing order made by hand follows its bill of materials."""
        self.bom_line.supply_policy = "make_to_order"
        self.env["mrp.production"].create(
            {"product_id": self.bike.id, "product_qty": 3}
        ).action_confirm()
        self.assertEqual(self._get_purchased(self.part), 6)

    def test_bom_lines_imported_and_edited_together(self):
        result = self.env["mrp.bom.line"].load(
            [".id", "supply_policy"], [[str(self.bom_line.id), "Make to order"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.bom_line.supply_policy, "make_to_order")
        self.bom_line.web_save_multi([{"supply_policy": "inherit"}], {})
        self.assertEqual(self.bom_line.supply_policy, "inherit")
        view = self.env.ref("mto_cascade.mrp_bom_line_view_list")
        self.assertIn('multi_edit="1"', view.arch)

    # Variant

    def _create_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Saddle",
                "is_storable": True,
                "supply_policy": "make_to_stock",
                "seller_ids": [Command.create({"partner_id": self.vendor.id})],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                ],
            }
        )
        return template.product_variant_ids

    def test_variant_has_its_own(self):
        red, blue = self._create_variants()
        self.assertEqual(red.variant_supply_policy, "inherit")
        red.variant_supply_policy = "make_to_order"
        self._create_order((red, 1), (blue, 1))
        self.assertEqual(self._get_purchased(red), 1)
        self.assertEqual(self._get_purchased(blue), 0)
        self.assertEqual(
            red.supply_explanation, "Bought for the order: policy of the variant"
        )
        template = red.product_tmpl_id
        template.invalidate_recordset()
        self.assertEqual(template.supply_explanation, "Depends on the variant.")

    def test_variant_per_company(self):
        red, _blue = self._create_variants()
        other = self.env["res.company"].create({"name": "Other Plant"})
        red.with_company(other).variant_supply_policy = "make_to_order"
        self.assertEqual(red.variant_supply_policy, "inherit")
        self._create_order((red, 1))
        self.assertFalse(self._get_purchased(red))

    def test_variant_imported(self):
        red, _blue = self._create_variants()
        result = self.env["product.product"].load(
            [".id", "variant_supply_policy"], [[str(red.id), "make_to_order"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(red.variant_supply_policy, "make_to_order")

    # Preset and warehouse

    def _create_tree(self):
        """Bike > frame > tube, and a part of which nobody knows where it is from."""
        tube = self._create_part("Tube", on_hand=1)
        frame = self._create_product("Frame")
        screw = self._create_product("Screw")
        city = self._create_product("City Bike")
        self._create_bom(frame, [(tube, 4)])
        self._create_bom(city, [(frame, 1), (screw, 8)])
        return city, frame, tube, screw

    def test_presets(self):
        for preset, frames, tubes in (
            ("all", 1, 4),
            ("assemblies", 1, 3),
            ("sold_product", 0, 0),
        ):
            with self.subTest(preset=preset):
                self.company.supply_preset = preset
                city, frame, tube, screw = self._create_tree()
                order = self._create_order((city, 1))
                self.assertEqual(self._get_productions(city).product_qty, 1)
                self.assertEqual(len(self._get_productions(frame)), frames)
                self.assertEqual(self._get_purchased(tube), tubes)
                [screws] = self._get_demands(screw)
                self.assertEqual(screws.procure_method, "make_to_stock")
                self.assertTrue(order.order_line.is_mto)
                delivery = self._get_demands(city)
                self.assertEqual(
                    delivery.supply_reason["code"], "preset_policy", preset
                )

    def test_preset_in_words(self):
        self.company.supply_preset = "assemblies"
        self.bike.supply_policy = "inherit"
        move = self._decide_component()
        self.assertEqual(
            move.supply_explanation,
            "From stock first; what is missing is bought: the company's choice, "
            "Assemblies for the order, bought parts from stock first",
        )

    def test_preset_speaks_of_sales_orders_only(self):
        self.company.supply_preset = "all"
        self.warehouse.supply_policy = "make_to_order"
        self.bike.supply_policy = "inherit"
        self._create_rule("make_to_order")
        self.env["mrp.production"].create(
            {"product_id": self.bike.id, "product_qty": 3}
        ).action_confirm()
        self.assertFalse(self._get_purchased(self.part))
        self.assertFalse(self._get_demands(self.part).supply_policy)

    def test_preset_of_the_other_company(self):
        other = self.env["res.company"].create({"name": "Other Plant"})
        other.supply_preset = "all"
        self.bike.supply_policy = "inherit"
        self._create_order((self.bike, 1))
        self.assertFalse(self._get_productions(self.bike))

    def test_warehouse_of_the_order(self):
        self.bike.supply_policy = "inherit"
        plant = self.env["stock.warehouse"].create(
            {"name": "Plant", "code": "PLT", "supply_policy": "make_to_order"}
        )
        self._create_order((self.bike, 1))
        self.assertFalse(self._get_productions(self.bike))
        self._create_order((self.bike, 1), warehouse_id=plant.id)
        self.assertEqual(len(self._get_productions(self.bike)), 1)
        self.assertEqual(self._get_purchased(self.part), 2)
        self.assertEqual(
            self._get_demands(self.part).supply_explanation,
            "Bought for the order: policy of warehouse Plant",
        )

    def test_what_nothing_supplies_never_stops_an_order(self):
        """A product without bill of materials and vendor stays as core makes it."""
        orphan = self._create_product("Gift")
        for apply in (
            lambda: self._create_rule("make_to_order"),
            lambda: self.warehouse.write({"supply_policy": "make_to_order"}),
            lambda: self.company.write({"supply_preset": "all"}),
        ):
            apply()
            order = self._create_order((orphan, 1))
            self.assertEqual(order.picking_ids.move_ids.procure_method, "make_to_stock")
            self.assertFalse(order.picking_ids.move_ids.supply_policy)
            self.assertFalse(order.order_line.is_mto)

    # Specification

    def test_specification_is_never_in_stock(self):
        part = self._create_part("Saddle", "make_to_stock", on_hand=50)
        cases = (
            ("red", part, "make_to_order"),
            (False, part, "make_to_stock"),
            # Nothing can make it: the stock is all there is.
            ("red", self._create_product("Gift", "make_to_stock"), "make_to_stock"),
            # No policy decides: core's answer stands.
            ("red", self._create_part("Bell"), "make_to_stock"),
        )
        rule = self.warehouse.delivery_route_id.rule_ids[:1]
        for key, product, expected in cases:
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customer.property_stock_customer.id,
                    "rule_id": rule.id,
                    "warehouse_id": self.warehouse.id,
                    "specification_key": key,
                }
            )
            move._decide_supply()
            self.assertEqual(move.procure_method, expected, (key, product.name))
            decided = key and expected == "make_to_order"
            code = (move.supply_reason or {}).get("code")
            self.assertEqual(code == "specification", bool(decided))
        self.assertIn(
            "specification",
            self.env["stock.move"]
            .search([("product_id", "=", part.id)], order="id", limit=1)
            .supply_explanation,
        )
