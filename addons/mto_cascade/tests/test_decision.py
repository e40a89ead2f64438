import json

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import Form, HttpCase, tagged

from .common import SupplyCommon

KEYS = {
    "id",
    "model",
    "uom",
    "company_id",
    "warehouse_id",
    "policy",
    "procure_method",
    "level",
    "reason",
    "supply",
    "can_be_supplied",
    "explanation",
}


@tagged("post_install", "-at_install")
class TestDecision(SupplyCommon):
    """The product says how it will be supplied, and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls._create_category("Bicycles")
        cls.bike = cls._create_product("Bike", categ_id=cls.category.id)
        cls.frame = cls._create_part("Frame")
        cls._create_bom(cls.bike, [(cls.frame, 1)])

    def _explain(self, product):
        product.invalidate_recordset()
        return product.supply_explanation

    def test_policy_of_category(self):
        self.category.supply_policy = "make_to_order"
        self.assertEqual(
            self._explain(self.bike), "Made for the order: policy of category Bicycles"
        )

    def test_policy_of_product(self):
        self.frame.supply_policy = "stock_then_order"
        self.assertEqual(
            self._explain(self.frame),
            "From stock first; what is missing is bought: policy of the product",
        )
        self.frame.supply_policy = "make_to_order"
        self.assertEqual(
            self._explain(self.frame), "Bought for the order: policy of the product"
        )
        self.frame.supply_policy = "make_to_stock"
        self.assertEqual(self._explain(self.frame), "From stock: policy of the product")

    def test_core_answers(self):
        self.assertEqual(
            self._explain(self.bike), "From stock: no policy and no make-to-order route"
        )
        self.category.route_ids = self.mto_route
        self.assertEqual(
            self._explain(self.bike),
            f"Made for the order, from its MTO route ({self.mto_route.name})",
        )
        self.mto_route.rule_ids.procure_method = "mts_else_mto"
        self.assertEqual(
            self._explain(self.bike),
            "From stock first; what is missing is made, from its route "
            f"({self.mto_route.name})",
        )

    def test_neither_bom_nor_vendor(self):
        orphan = self._create_product("Orphan", "make_to_order")
        self.assertEqual(
            self._explain(orphan),
            "Made or bought for the order: policy of the product. "
            "No bill of materials and no vendor: cannot be supplied",
        )
        decision = orphan.get_supply_decision()[0]
        self.assertEqual(decision["supply"], "none")
        self.assertFalse(decision["can_be_supplied"])

    def test_no_rule_in_the_warehouse(self):
        self.warehouse.buy_to_resupply = False
        decision = self.frame.get_supply_decision()[0]
        self.assertEqual(decision["supply"], "no_rule")
        self.assertIn("No rule replenishes it", decision["explanation"])

    def test_kit_and_service(self):
        kit = self._create_product("Kit", "make_to_order")
        self._create_bom(kit, [(self.frame, 2)], type="phantom")
        service = self._create_product("Fitting", type="service", is_storable=False)
        kinds = [d["supply"] for d in (kit | service).get_supply_decision()]
        self.assertEqual(kinds, ["kit", "service"])
        self.assertIn("components", kit.supply_explanation)

    def test_brought_from_another_warehouse(self):
        plant = self.env["stock.warehouse"].create({"name": "Plant", "code": "PLT"})
        self.warehouse.resupply_wh_ids = plant
        wheel = self._create_product(
            "Wheel", "make_to_order", route_ids=self.warehouse.resupply_route_ids.ids
        )
        self.assertEqual(
            self._explain(wheel),
            "Brought from another location for the order: policy of the product",
        )

    def test_template(self):
        self.category.supply_policy = "make_to_order"
        template = self.bike.product_tmpl_id
        self.assertEqual(template.supply_explanation, self._explain(self.bike))
        with Form(template) as form:
            form.supply_policy = "make_to_stock"
        self.assertEqual(
            template.supply_explanation, "From stock: policy of the product"
        )
        self.assertFalse(self.env["product.template"].new({}).supply_explanation)

    def test_translated_late(self):
        """The move keeps code and data; the sentence follows the reader."""
        self.category.supply_policy = "make_to_order"
        order = self._create_order((self.bike, 1))
        move = order.picking_ids.move_ids
        self.assertEqual(move.supply_reason["code"], "category_policy")
        self.category.name = "Two wheels"
        move.invalidate_recordset()
        self.assertIn("Bicycles", move.supply_explanation, "as it was decided")

    def test_default_import_and_groups(self):
        Template = self.env["product.template"]
        self.assertEqual(Template.create({"name": "New"}).supply_policy, "inherit")
        self.assertEqual(self.category.supply_policy, "inherit")
        result = Template.load(
            ["name", "supply_policy"],
            [
                ["Imported A", "Make to order"],
                ["Imported B", "stock_then_order"],
                ["Imported C", "Inherit"],
            ],
        )
        self.assertFalse(result["messages"])
        imported = Template.browse(result["ids"])
        self.assertEqual(
            imported.mapped("supply_policy"),
            ["make_to_order", "stock_then_order", "inherit"],
        )
        self.assertEqual(
            imported[1].export_data(["supply_policy"])["datas"],
            [["Stock first, then order"]],
        )
        wrong = Template.load(["name", "supply_policy"], [["Imported D", "Sometimes"]])
        self.assertTrue(wrong["messages"])
        imported.write({"supply_policy": "make_to_stock"})
        groups = Template._read_group(
            [("id", "in", (imported | self.bike.product_tmpl_id).ids)],
            ["supply_policy"],
            ["__count"],
        )
        self.assertEqual(dict(groups), {"make_to_stock": 3, "inherit": 1})
        self.assertEqual(
            self.env["product.product"].search(
                [
                    ("supply_policy", "=", "inherit"),
                    ("id", "in", (self.bike | imported.product_variant_ids).ids),
                ]
            ),
            self.bike,
        )
        category = self.env["product.category"].load(
            ["name", "supply_policy"], [["Imported", "Stock first, then order"]]
        )
        self.assertFalse(category["messages"])

    def test_per_company(self):
        """The policy is kept per company, and each company's order follows its own."""
        other = self.env["res.company"].create({"name": "Other plant"})
        self.bike.supply_policy = "make_to_order"
        self.assertEqual(self.bike.with_company(other).supply_policy, "inherit")
        self.bike.with_company(other).supply_policy = "make_to_stock"
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        here, there = (
            product.get_supply_decision()[0]
            for product in (self.bike, self.bike.with_company(other))
        )
        self.assertEqual(here["policy"], "make_to_order")
        self.assertEqual(there["policy"], "make_to_stock")
        self.assertEqual(there["warehouse_id"], warehouse.id)
        # Confirmed by somebody who works in the first company at that moment.
        self.env.user.company_ids |= other
        order = (
            self.env["sale.order"]
            .with_context(allowed_company_ids=[self.company.id, other.id])
            .create(
                {
                    "company_id": other.id,
                    "warehouse_id": warehouse.id,
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.bike.id})],
                }
            )
        )
        order.action_confirm()
        move = order.picking_ids.move_ids
        self.assertEqual(move.company_id, other)
        self.assertEqual(move.supply_policy, "make_to_stock")
        draft = move.copy().with_company(self.company)
        draft._decide_supply()
        self.assertEqual(draft.supply_policy, "make_to_stock", "the move's company")
        self.assertFalse(self._get_productions(self.bike))
        self._create_order((self.bike, 1))
        self.assertEqual(self._get_productions(self.bike).company_id, self.company)

    def test_order_line_follows_the_policy(self):
        """The quotation does not look for stock where the order makes the product."""
        mto = self._create_product("MTO", route_ids=self.mto_route.ids)
        for product, policy, expected in (
            (self.bike, "make_to_order", True),
            (self.bike, "make_to_stock", False),
            (self.bike, "stock_then_order", False),
            (self.bike, "inherit", False),
            (mto, "inherit", True),
            (mto, "make_to_stock", False),
        ):
            product.supply_policy = policy
            order = self._create_order((product, 1), confirm=False)
            self.assertEqual(order.order_line.is_mto, expected, (product.name, policy))

    def test_order_line_shipped_by_the_vendor(self):
        """A policy speaks of our stock: a dropshipped line stays as core says."""
        route = self.env.ref(
            "stock_dropshipping.route_drop_shipping", raise_if_not_found=False
        )
        if not route:
            self.skipTest("needs stock_dropshipping")
        self.frame.supply_policy = "make_to_stock"
        order = self._create_order(
            (self.frame, 1, {"route_ids": route.ids}), confirm=False
        )
        self.assertTrue(order.order_line.is_mto)
        self.assertFalse(order.order_line._is_delivered_from_stock())
        order.action_confirm()
        self.assertEqual(self._get_purchased(self.frame), 1)

    def test_order_line_that_does_not_leave_our_stock(self):
        """A vendor delivers by a route of our own: core's answer stands."""
        route = self.env["stock.route"].create(
            {
                "name": "Vendor delivers",
                "sale_selectable": True,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Vendor to customer",
                            "action": "pull",
                            "location_src_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                            "picking_type_id": self.warehouse.out_type_id.id,
                        }
                    )
                ],
            }
        )
        self.frame.supply_policy = "make_to_order"
        lines = (self.frame, 1), (self.frame, 1, {"route_ids": route.ids})
        order = self._create_order(*lines, confirm=False)
        self.assertEqual(order.order_line.mapped("is_mto"), [True, False])
        order.action_confirm()
        moves = order.order_line.move_ids
        self.assertEqual(
            moves.sorted("id").mapped("supply_policy"), ["make_to_order", False]
        )

    def test_answer_shape(self):
        decisions = (self.frame | self.bike).get_supply_decision()
        self.assertEqual(
            [decision["id"] for decision in decisions], [self.frame.id, self.bike.id]
        )
        for decision in decisions:
            self.assertEqual(set(decision), KEYS)
            self.assertEqual(decision["model"], "product.product")
            self.assertEqual(decision["warehouse_id"], self.warehouse.id)
            self.assertNotIn("null", json.dumps(decision))
        self.assertEqual(self.env["product.product"].get_supply_decision(), [])
        with self.assertRaises(MissingError):
            self.bike.get_supply_decision(warehouse_id=999999999)

    def test_who_may_read(self):
        employee = self._create_user("employee")
        decision = self.bike.with_user(employee).get_supply_decision()[0]
        self.assertEqual(decision["supply"], "make")
        self.assertEqual(
            self.bike.with_user(employee).product_tmpl_id.supply_explanation,
            decision["explanation"],
        )
        stranger = self._create_user_portal()
        with self.assertRaises(AccessError):
            self.frame.with_user(stranger).get_supply_decision()

    def _create_user_portal(self):
        return self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "supply_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )


@tagged("post_install", "-at_install")
class TestDecisionApi(SupplyCommon, HttpCase):
    def test_over_json2(self):
        """Over the web API, on the read-only cursor that core opens for it."""
        bike = self._create_product("Bike", "make_to_order")
        self._create_bom(bike, [(self._create_part("Frame"), 1)])
        user = self._create_user("sales")
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "test", self.env.cr.now() + self._days(1))
        )
        self.env.flush_all()
        response = self.url_open(
            "/json/2/product.product/get_supply_decision",
            data=json.dumps({"ids": bike.ids}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {key}",
            },
        )
        self.assertEqual(response.status_code, 200, response.text)
        (decision,) = response.json()
        self.assertEqual(set(decision), KEYS)
        self.assertEqual(
            decision["explanation"], "Made for the order: policy of the product"
        )

    def _days(self, days):
        from datetime import timedelta

        return timedelta(days=days)
