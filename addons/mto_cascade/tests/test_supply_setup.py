from psycopg2 import sql

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestSupplySetup(SupplyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tube = cls._create_part("Tube", delay=5)
        cls.rim = cls._create_product("Rim")
        cls.frame = cls._create_product("Frame", "make_to_order")
        cls.frame_bom = cls._create_bom(cls.frame, [(cls.tube, 4)])
        cls.bike = cls._create_product("Bike")
        cls.bike_bom = cls._create_bom(cls.bike, [(cls.frame, 1), (cls.rim, 2)])

    def _create_setup(self, products=None, user=None, **vals):
        templates = (products or self.bike).product_tmpl_id
        Setup = self.env["mto.supply.setup"].with_user(user or self.env.user)
        return Setup.create({"product_tmpl_ids": [Command.set(templates.ids)], **vals})

    def _read_database(self):
        """The rows of whatever the assistant may write, or leave behind."""
        self.env.flush_all()
        result = {}
        for table in (
            "product_template",
            "product_product",
            "product_category",
            "product_supplierinfo",
            "mrp_bom",
            "stock_warehouse",
            "res_partner",
            "mail_message",
            "mail_tracking_value",
            "mail_mail",
            "mail_followers",
            "bus_bus",
            "mto_supply_setup",
        ):
            self.env.cr.execute(
                sql.SQL("SELECT * FROM {} ORDER BY id").format(sql.Identifier(table))
            )
            result[table] = self.env.cr.fetchall()
        return result

    def _choose_all(self):
        return {
            "policy": "make_to_order",
            "vendor_id": self.customer.id,
            "vendor_price": 7.5,
            "vendor_min_qty": 3,
            "changes_purchase_delay": True,
            "purchase_delay": 9,
            "changes_produce_delay": True,
            "produce_delay": 4,
            "changes_sale_delay": True,
            "sale_delay": 14,
            "is_reviewed": True,
            "warehouse_policy": "stock_then_order",
        }

    def test_preview_writes_nothing(self):
        setup = self._create_setup(self.bike | self.tube, **self._choose_all())
        before = self._read_database()
        preview = setup._get_preview()
        self.assertEqual(preview["changed_count"], 2)
        for table, rows in self._read_database().items():
            self.assertEqual(rows, before[table], table)
        self.assertFalse(self.env.cr.precommit._funcs)

    def test_preview_is_what_saving_gives(self):
        products = self.bike | self.tube | self.frame | self.rim
        setup = self._create_setup(products, **self._choose_all())
        told = {row["id"]: row for row in setup._get_preview()["rows"]}
        setup.action_save()
        self.env.invalidate_all()
        self.assertEqual(len(told), 4)
        for product in products:
            row = told[product.product_tmpl_id.id]
            self.assertEqual(row["after"], product.supply_explanation)
            is_new = product != self.frame
            self.assertEqual(row["before"] != row["after"], is_new)
        self.assertEqual(
            {id_: row["path"] for id_, row in setup._get_rows().items()},
            {id_: row["path"] for id_, row in told.items()},
        )

    def test_save_writes_all(self):
        setup = self._create_setup(self.bike | self.tube, **self._choose_all())
        action = setup.action_save()
        self.assertEqual(action["params"]["message"], "2 products set up.")
        for product in self.bike | self.tube:
            self.assertEqual(product.supply_policy, "make_to_order")
            self.assertEqual(product.sale_delay, 14)
            seller = product._get_first_vendor_line()
            self.assertEqual(
                (seller.partner_id, seller.price, seller.min_qty, seller.delay),
                (self.customer, 7.5, 3, 9),
            )
        self.assertEqual(len(self.tube.seller_ids), 2)
        self.assertEqual(self.bike_bom.produce_delay, 4)
        self.assertEqual(self.warehouse.supply_policy, "stock_then_order")
        # Once more with another price: the line of this vendor is changed, not added.
        vals = {"vendor_id": self.customer.id, "vendor_price": 8}
        self._create_setup(self.tube, **vals).action_save()
        self.assertEqual(len(self.tube.seller_ids), 2)
        self.assertEqual(self.tube._get_first_vendor_line().price, 8)

    def test_price_breaks_are_kept(self):
        template = self.tube.product_tmpl_id
        Seller = self.env["product.supplierinfo"]
        for quantity, price in ((10, 9), (100, 8)):
            Seller.create(
                {
                    "partner_id": self.vendor.id,
                    "product_tmpl_id": template.id,
                    "min_qty": quantity,
                    "price": price,
                }
            )
        for quantity, price in ((10, 5), (50, 4)):
            self._create_setup(
                self.tube,
                vendor_id=self.vendor.id,
                vendor_price=price,
                vendor_min_qty=quantity,
            ).action_save()
        self.env.invalidate_all()
        self.assertEqual(
            {line.min_qty: line.price for line in template.seller_ids},
            {0: 10, 10: 5, 50: 4, 100: 8},
        )
        self.assertEqual(self.tube._select_seller(quantity=60).price, 4)

    def test_log_says_what_changed(self):
        self._create_setup(policy="make_to_order").action_save()
        message = self.bike.product_tmpl_id.message_ids[0]
        self.assertIn("Supply Policy: Inherit → Make to order", message.body)
        count = len(self.bike.product_tmpl_id.message_ids)
        self._create_setup(policy="make_to_order").action_save()
        self.assertEqual(len(self.bike.product_tmpl_id.message_ids), count)

    def test_nothing_chosen_shows_what_is(self):
        [row] = self._create_setup()._get_preview()["rows"]
        self.assertEqual(row["changes"], [])
        self.assertEqual(row["before"], row["after"])

    def test_path_and_its_problems(self):
        [row] = self._create_setup()._get_preview()["rows"]
        self.assertEqual(row["path"][1]["not_needed"], "Bike")
        self.assertEqual(row["problems"], [])
        [row] = self._create_setup(policy="make_to_order")._get_preview()["rows"]
        self.assertEqual(
            [(s["product"], s["depth"], s["quantity"]) for s in row["path"]],
            [
                ("Bike", 0, "1 Units"),
                ("Frame", 1, "1 Units"),
                ("Tube", 2, "4 Units"),
                ("Rim", 1, "2 Units"),
            ],
        )
        self.assertEqual(
            row["problems"], ["Bike > Rim: No bill of materials, no vendor"]
        )
        [row] = self._create_setup(self.rim)._get_preview()["rows"]
        self.assertTrue(row["lacks_bom"])

    def test_path_agrees_with_the_order(self):
        """What the preview tells of each level is what an order then decides."""
        self.company.supply_preset = "assemblies"
        self.env["mto.supply.rule"].create(
            {"name": "Tubes", "result": "stock_below", "level_from": "2"}
        )
        self.frame.supply_policy = "inherit"
        setup = self._create_setup(policy="make_to_order")
        [row] = setup._get_preview()["rows"]
        setup.action_save()
        self._create_order((self.bike, 1))
        for step in row["path"]:
            [product] = (self.bike | self.frame | self.tube | self.rim).filtered(
                lambda p, step=step: p.name == step["product"]
            )
            move = self._get_demands(product)
            self.assertEqual(move.supply_policy or "make_to_stock", step["policy"])

    def test_what_selling_one_creates(self):
        self.rim.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        [row] = self._create_setup(policy="make_to_order")._get_preview()["rows"]
        told = {name: count for name, count in row["documents"]}
        self.assertEqual(told.pop("Manufacturing Order", told.pop("Production", 0)), 2)
        self._create_setup(policy="make_to_order").action_save()
        self._create_order((self.bike, 1))
        self.assertEqual(len(self._get_productions(self.bike | self.frame)), 2)

    def test_category(self):
        parts = self._create_category("Parts")
        self.tube.categ_id = self._create_category("Tubes", None, parts)
        setup = self.env["mto.supply.setup"].create(
            {
                "category_ids": [Command.set(parts.ids)],
                "policy": "stock_then_order",
                "changes_sale_delay": True,
                "sale_delay": 3,
            }
        )
        self.assertEqual(setup.product_count, 1)
        [row] = setup._get_preview()["rows"]
        self.assertIn("policy of category Parts", row["after"])
        self.assertEqual(row["notes"], [])
        setup.action_save()
        self.assertEqual(parts.supply_policy, "stock_then_order")
        self.assertEqual(self.tube.supply_policy, "inherit")
        self.assertEqual(self.tube.sale_delay, 3)

    def test_choice_that_does_not_decide(self):
        self.tube.categ_id = self._create_category("Parts")
        self.tube.supply_policy = "make_to_stock"
        setup = self.env["mto.supply.setup"].create(
            {
                "category_ids": [Command.set(self.tube.categ_id.ids)],
                "policy": "make_to_order",
            }
        )
        [row] = setup._get_preview()["rows"]
        self.assertIn("policy of the product", row["after"])

    def test_lead_time_without_a_place(self):
        vals = {
            "changes_purchase_delay": True,
            "purchase_delay": 2,
            "changes_produce_delay": True,
            "produce_delay": 2,
        }
        [row] = self._create_setup(self.rim, **vals)._get_preview()["rows"]
        self.assertEqual(
            row["notes"],
            [
                "No vendor, so the purchase lead time is not set.",
                "No bill of materials, so the manufacturing lead time is not set.",
            ],
        )

    def test_review_of_lead_times(self):
        template = self.bike.product_tmpl_id
        never = [("lead_time_review_date", "=", False), ("id", "=", template.id)]
        self.assertEqual(template.search(never), template)
        self.assertEqual(template.lead_time_review, "Never reviewed.")
        vals = {"is_reviewed": True, "changes_sale_delay": True, "sale_delay": 14}
        self._create_setup(**vals).action_save()
        self.assertFalse(template.search(never))
        self.assertEqual(template.lead_time_review_uid, self.env.user)
        self.assertEqual(template.lead_time_review_days, 14)
        self.assertNotIn("again", template.lead_time_review)
        template.sale_delay = 7
        self.assertIn("is 7 days now. Review again.", template.lead_time_review)
        self.assertFalse(template.copy().lead_time_review_date)
        other = self.env["res.company"].create({"name": "Other Plant"})
        self.assertFalse(template.with_company(other).lead_time_review_date)

    def test_opened_from_the_screens(self):
        templates = (self.bike | self.tube).product_tmpl_id
        Setup = self.env["mto.supply.setup"]
        for records, expected in (
            (templates, templates),
            (self.bike | self.tube, templates),
        ):
            context = {"active_model": records._name, "active_ids": records.ids}
            with Form(Setup.with_context(**context)) as form:
                self.assertEqual(set(form.product_tmpl_ids.ids), set(expected.ids))
        action = templates.action_supply_setup()
        with Form(Setup.with_context(**action["context"])) as form:
            self.assertEqual(form.product_count, 2)
        category = self.bike.categ_id
        context = {"active_model": category._name, "active_ids": category.ids}
        with Form(Setup.with_context(**context)) as form:
            self.assertEqual(form.category_ids.ids, category.ids)

    def test_screen_of_the_preview(self):
        self.bike.name = "Bike <script>"
        setup = self._create_setup(policy="make_to_order")
        setup.action_preview()
        self.assertEqual(setup.state, "preview")
        self.assertIn("1 of 1 products change", " ".join(setup.preview_html.split()))
        self.assertNotIn("<script>", setup.preview_html)
        self.assertIn("&gt; Rim", setup.preview_html)
        setup.action_back()
        self.assertFalse(setup.preview_html)

    def test_bill_of_materials_of_one(self):
        self.assertEqual(
            self._create_setup().action_open_bom()["res_id"], self.bike_bom.id
        )
        action = self._create_setup(self.rim).action_open_bom()
        self.assertFalse(action["res_id"])
        self.assertEqual(
            action["context"]["default_product_tmpl_id"], self.rim.product_tmpl_id.id
        )

    def test_bad_choices(self):
        other = self.env["res.company"].create({"name": "Other Plant"})
        foreign = self._create_product("Foreign", company_id=other.id)
        for products, vals, words in (
            (
                None,
                {"changes_sale_delay": True, "sale_delay": -1},
                "Customer Lead Time",
            ),
            (None, {"vendor_id": self.vendor.id, "vendor_price": -1}, "0 or more"),
            (foreign, {"policy": "make_to_order"}, "not a product of"),
        ):
            for method in ("_get_preview", "action_save"):
                setup = self._create_setup(products, **vals)
                with self.assertRaisesRegex(UserError, words):
                    getattr(setup, method)()
        with self.assertRaisesRegex(UserError, "at least one product"):
            self.env["mto.supply.setup"].create({}).action_save()

    def test_policy_of_the_company_of_the_warehouse(self):
        other = self.env["res.company"].create({"name": "Other Plant"})
        self.env.user.company_ids += other
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", other.id)], limit=1
        )
        setup = self._create_setup(policy="make_to_order", warehouse_id=warehouse.id)
        setup.with_context(allowed_company_ids=(self.company | other).ids).action_save()
        self.assertEqual(self.bike.supply_policy, "inherit")
        self.assertEqual(self.bike.with_company(other).supply_policy, "make_to_order")

    def test_roles(self):
        manager = self._create_user("product_manager")
        setup = self._create_setup(user=manager, policy="make_to_order", is_reviewed=1)
        self.assertFalse(setup.refusal)
        setup._get_preview()
        setup.action_save()
        self.assertEqual(self.bike.supply_policy, "make_to_order")
        setup = self._create_setup(
            user=manager, changes_produce_delay=True, produce_delay=3
        )
        self.assertIn("Ask a manufacturing administrator", setup.refusal)
        for method in ("_get_preview", "action_save"):
            with self.assertRaisesRegex(AccessError, "manufacturing administrator"):
                getattr(setup, method)()
        planner = self._create_user("planner")
        setup = self._create_setup(user=planner, vendor_id=self.vendor.id)
        for method in ("_get_preview", "action_save"):
            with self.assertRaisesRegex(AccessError, "You may not change vendors"):
                getattr(setup, method)()
        for role in ("sales", "shop_floor", "warehouse", "purchasing", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._create_setup(user=self._create_user(role))

    def test_many_products_in_sets(self):
        """As many queries for 200 products as for 20."""

        def count(number):
            products = self.env["product.product"].create(
                [
                    {
                        "name": f"P{number}-{index}",
                        "is_storable": True,
                        "seller_ids": [Command.create({"partner_id": self.vendor.id})],
                    }
                    for index in range(number)
                ]
            )
            self.env["mrp.bom"].create(
                [
                    {
                        "product_tmpl_id": product.product_tmpl_id.id,
                        "bom_line_ids": [Command.create({"product_id": self.tube.id})],
                    }
                    for product in products
                ]
            )
            setup = self._create_setup(products, **self._choose_all())
            result = []
            for method in (setup._get_preview, setup.action_save):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                method()
                self.env.flush_all()
                result.append(self.env.cr.sql_log_count - before)
            return result

        count(2)
        few, many = count(20), count(200)
        for name, less, more in zip(("preview", "save"), few, many, strict=True):
            self.assertLessEqual(more, less + 12, f"{name}: {less}, {more}")
