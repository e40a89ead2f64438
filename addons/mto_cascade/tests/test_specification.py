import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, tagged

from ..engine import specification_key
from .common import SupplyCommon


@tagged("post_install", "-at_install")
class TestSpecificationEngine(BaseCase):
    def test_empty(self):
        for nothing in ((), [(3, "")], [(3, "  \n")], [(3, None)]):
            self.assertEqual(specification_key(nothing, ()), "")

    def test_equal_goods_share_a_key(self):
        key = specification_key([(3, "Red"), (4, "10 mm")], [7, 8])
        self.assertEqual(
            key, specification_key([(4, " 10  mm"), (3, "Red\n")], [8, 7, 7])
        )
        # The same letters, written in two ways.
        self.assertEqual(
            specification_key([(3, "Gr\u00fcn")], ()),
            specification_key([(3, "Gru\u0308n")], ()),
        )

    def test_goods_that_differ(self):
        keys = [
            specification_key(*arguments)
            for arguments in (
                ([(3, "Red")], []),
                ([(3, "red")], []),
                ([(4, "Red")], []),
                ([(3, "Red")], [7]),
                ([], [7]),
                ([], [8]),
                ([], [3, 7]),
                ([(3, "Red"), (4, "Red")], []),
            )
        ]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertTrue(all(keys))

    def test_stable(self):
        """Stored keys are compared with new ones for years."""
        self.assertEqual(specification_key([(3, "Red")], [7]), "2d4c04c7b4bada14")


class SpecificationCommon(SupplyCommon):
    """A bicycle whose colour is typed in; frame and tube are made below it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike, cls.frame, cls.tube = (
            cls._create_product(name, "make_to_order")
            for name in ("Bike", "Frame", "Tube")
        )
        cls.steel = cls._create_part("Steel", "make_to_order")
        cls._create_bom(cls.bike, [(cls.frame, 1)])
        cls._create_bom(cls.frame, [(cls.tube, 2)])
        cls._create_bom(cls.tube, [(cls.steel, 3)])
        cls.colour = cls._add_attribute(cls.bike, "Colour", ["Typed"], is_custom=True)
        cls.saddle = cls._add_attribute(cls.bike, "Saddle", ["Leather", "Gel"])

    @classmethod
    def _add_attribute(cls, product, name, values, is_custom=False):
        """An attribute that makes no variant; returns the values of the product."""
        attribute = cls.env["product.attribute"].create(
            {
                "name": name,
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": value, "is_custom": is_custom})
                    for value in values
                ],
            }
        )
        line = cls.env["product.template.attribute.line"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "attribute_id": attribute.id,
                "value_ids": [Command.set(attribute.value_ids.ids)],
            }
        )
        return line.product_template_value_ids

    def _typed(self, text):
        """Values of an order line on which a colour was typed in."""
        return {
            "product_no_variant_attribute_value_ids": [Command.set(self.colour.ids)],
            "product_custom_attribute_value_ids": [
                Command.create(
                    {
                        "custom_product_template_attribute_value_id": self.colour.id,
                        "custom_value": text,
                    }
                )
            ],
        }

    def _chosen(self, option):
        return {"product_no_variant_attribute_value_ids": [Command.set(option.ids)]}

    def _create_two_colours(self, **kwargs):
        return self._create_order(
            (self.bike, 2, self._typed("Red")),
            (self.bike, 3, self._typed("Blue")),
            **kwargs,
        )

    def _add_line(self, order, product, quantity, **vals):
        vals.update(product_id=product.id, product_uom_qty=quantity)
        order.write({"order_line": [Command.create(vals)]})

    def _get_text(self, production, user=None):
        production = production.with_user(user or self.env.user)
        production.invalidate_recordset(["specification"])
        return str(production.specification or "")


@tagged("post_install", "-at_install")
class TestSpecification(SpecificationCommon):
    def _check_two_colours(self, order):
        red, blue = order.order_line
        for product, factor in ((self.bike, 1), (self.frame, 1), (self.tube, 2)):
            productions = self._get_productions(product)
            self.assertEqual(len(productions), 2, product.name)
            for line, own, other in ((red, "Red", "Blue"), (blue, "Blue", "Red")):
                production = productions.filtered(
                    lambda p, line=line: p.demand_line_id == line
                )
                self.assertEqual(production.product_qty, line.product_uom_qty * factor)
                self.assertIn(own, self._get_text(production))
                self.assertNotIn(other, self._get_text(production))
        deliveries = order.picking_ids.move_ids
        self.assertEqual(len(deliveries), 2)
        self.assertEqual(len(set(deliveries.mapped("specification_key"))), 2)

    def test_two_colours_at_each_level(self):
        order = self._create_two_colours()
        self._check_two_colours(order)

    def test_two_colours_on_core_routes(self):
        products = self.bike | self.frame | self.tube
        products.supply_policy = "inherit"
        products.route_ids = self.mto_route
        self._check_two_colours(self._create_two_colours())

    def test_two_colours_in_three_steps(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._create_two_colours()
        for product in (self.bike, self.frame, self.tube):
            productions = self._get_productions(product)
            self.assertEqual(len(productions), 2, product.name)
            picked = productions.move_raw_ids.move_orig_ids
            self.assertEqual(len(set(picked.mapped("specification_key"))), 2)
        self.assertEqual(len(order.picking_ids.move_ids), 2)

    def test_raise_enlarges_only_its_own(self):
        order = self._create_two_colours()
        red, blue = order.order_line
        red.product_uom_qty = 5
        for product, factor in ((self.bike, 1), (self.frame, 1), (self.tube, 2)):
            quantities = {red: 0, blue: 0}
            for production in self._get_productions(product):
                quantities[production.demand_line_id] += production.product_qty
            self.assertEqual(quantities, {red: 5 * factor, blue: 3 * factor})

    def test_reduction_finds_its_delivery(self):
        """Also when the colour was typed anew since."""
        order = self._create_two_colours()
        red, blue = order.order_line
        red.product_custom_attribute_value_ids.custom_value = "Green"
        red.product_uom_qty = 1
        self.assertEqual(
            {
                move.sale_line_id: move.product_uom_qty
                for move in order.picking_ids.move_ids
            },
            {red: 1, blue: 3},
        )
        self.assertFalse(order.picking_ids.filtered("return_id"))
        self.assertEqual(len(order.picking_ids.move_ids), 2)

    def test_options_that_make_no_variant(self):
        leather, gel = self.saddle
        self._create_order(
            (self.bike, 1, self._chosen(leather)),
            (self.bike, 1, self._chosen(gel)),
            (self.bike, 1, self._chosen(gel)),
        )
        productions = self._get_productions(self.frame)
        self.assertEqual(sorted(productions.mapped("product_qty")), [1, 2])
        self.assertIn("Gel", self._get_text(productions[1]))

    def test_nothing_to_choose_is_no_specification(self):
        only = self._add_attribute(self.frame, "Brand", ["Ours"])
        order = self._create_order((self.frame, 1, self._chosen(only)))
        self._add_line(order, self.frame, 1)
        self.assertFalse(any(order.picking_ids.move_ids.mapped("specification_key")))
        self.assertEqual(len(self._get_productions(self.frame)), 1)
        self.assertFalse(self._get_text(self._get_productions(self.frame)))

    def test_notes_reach_the_bottom(self):
        order = self._create_order(
            (self.bike, 1),
            (self.steel, 1),
            confirm=False,
        )
        line, other = order.order_line
        line.sequence, other.sequence = 1, 9
        line.name += "\nFor a left-handed rider"
        notes = (
            ("Pack in a crate", 2, "line_note"),
            ("Spare parts", 8, "line_section"),
        )
        order.order_line = [
            Command.create({"name": name, "sequence": sequence, "display_type": kind})
            for name, sequence, kind in (*notes, ("Of the parts", 10, "line_note"))
        ]
        order.action_confirm()
        for product in (self.bike, self.frame, self.tube):
            text = self._get_text(self._get_productions(product))
            self.assertIn("For a left-handed rider", text)
            self.assertIn("Pack in a crate", text)
            self.assertNotIn("Of the parts", text)

    def test_notes_of_lines_that_share_an_order(self):
        """Notes do not part goods: a shared order shows the notes of all its lines."""
        order = self._create_order((self.frame, 1), confirm=False)
        order.order_line.name += "\nFirst remark"
        order.action_confirm()
        remark = {"name": f"{self.frame.display_name}\nSecond remark"}
        self._add_line(order, self.frame, 2, **remark)
        production = self._get_productions(self.frame)
        self.assertEqual(production.product_qty, 3)
        text = self._get_text(production)
        self.assertIn("First remark", text)
        # Odoo enlarges the order without a link; with the link the remark is there.
        order.picking_ids.move_ids.created_production_id = production
        self.assertIn("Second remark", self._get_text(production))

    def test_text_is_escaped(self):
        self._create_order((self.bike, 1, self._typed("<script>x</script>")))
        text = self._get_text(self._get_productions(self.bike))
        self.assertNotIn("<script>", text)
        self.assertIn("&lt;script&gt;", text)

    def test_backorder_and_split_keep_it(self):
        self._create_order((self.bike, 4, self._typed("Red")))
        production = self._get_productions(self.bike)
        key = production.specification_key
        parts = production._split_productions({production: [1, 3]})
        self.assertEqual(len(parts), 2)
        for part in parts:
            self.assertEqual(part.specification_key, key)
            self.assertIn("Red", self._get_text(part))
            self.assertEqual(part.move_raw_ids.specification_key, key)
        delivery = production.sale_line_id.order_id.picking_ids.move_ids
        split = self.env["stock.move"].create(delivery._split(1))
        self.assertEqual(split.specification_key, key)

    def test_merge_of_orders(self):
        self._create_two_colours()
        red, blue = self._get_productions(self.bike)
        with self.assertRaisesRegex(UserError, "different specifications"):
            (red | blue).action_merge()
        self._create_order((self.bike, 1, self._typed("Red")))
        also_red = self._get_productions(self.bike) - red - blue
        action = (red | also_red).action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assertEqual(merged.product_qty, 3)
        self.assertEqual(merged.specification_key, red.specification_key)
        self.assertEqual(merged.demand_line_id, red.demand_line_id)
        self.assertEqual(merged.move_raw_ids.specification_key, red.specification_key)
        self.assertEqual(self._get_text(merged).count("Red"), 2)

    def test_added_component_belongs_to_the_order(self):
        self._create_order((self.bike, 1, self._typed("Red")))
        production = self._get_productions(self.bike)
        bell = self._create_part("Bell", "make_to_order")
        production.move_raw_ids = [
            Command.create({"product_id": bell.id, "product_uom_qty": 1})
        ]
        added = production.move_raw_ids.filtered(lambda m: m.product_id == bell)
        self.assertEqual(added.demand_line_id, production.demand_line_id)
        self.assertEqual(added.specification_key, production.specification_key)

    def test_bought_to_specification(self):
        """Two colours are two purchase lines, and a raise finds its own."""
        sign = self._create_part("Sign", "make_to_order")
        self.colour = self._add_attribute(sign, "Colour", ["Typed"], is_custom=True)
        order = self._create_order(
            (sign, 1, self._typed("Red")), (sign, 2, self._typed("Blue")), (sign, 4)
        )
        red, blue, plain = order.order_line

        def quantities():
            lines = self.env["purchase.order.line"].search(
                [("product_id", "=", sign.id)]
            )
            return {line.move_dest_ids.sale_line_id: line.product_qty for line in lines}

        self.assertEqual(quantities(), {red: 1, blue: 2, plain: 4})
        blue.product_uom_qty = 6
        plain.product_uom_qty = 5
        red.product_uom_qty = 0
        self.assertEqual(
            {line: qty for line, qty in quantities().items() if qty},
            {blue: 6, plain: 5},
        )

    def test_bought_components_do_not_differ(self):
        self._create_two_colours()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.steel.id)]
        )
        self.assertEqual(line.product_qty, 30)
        self.assertFalse(line.specification_key)

    def test_requests_of_other_specifications_are_not_merged(self):
        sign = self._create_part("Sign", "make_to_order")
        self.colour = self._add_attribute(sign, "Colour", ["Typed"], is_custom=True)
        self._create_order((sign, 1, self._typed("Red")))
        self._create_order((sign, 1, self._typed("Blue")))
        requests = (
            self.env["purchase.order.line"]
            .search([("product_id", "=", sign.id)])
            .order_id
        )
        self.assertEqual(len(requests), 2)
        with self.assertRaisesRegex(UserError, "different specifications"):
            requests.action_merge()

    def test_search(self):
        self._create_order((self.bike, 1, self._typed("Red")), (self.bike, 1))
        found = self.env["mrp.production"].search(
            [("specification_key", "!=", False), ("product_id", "=", self.bike.id)]
        )
        self.assertEqual(found.product_qty, 1)

    def test_shop_floor_sees_it(self):
        """Also who may read no sales order but his own."""
        order = self._create_two_colours(user=self._create_user("sales"))
        user = self._create_user("shop_floor")
        self._check_sees_colours(user)
        user.group_ids += self.env.ref("sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            order.with_user(user).order_line.read(["name"])
        self._check_sees_colours(user)

    def _check_sees_colours(self, user):
        for product in (self.bike, self.frame, self.tube):
            texts = [self._get_text(p, user) for p in self._get_productions(product)]
            self.assertIn("Red", texts[0])
            self.assertIn("Blue", texts[1])

    def test_printed_order(self):
        self._create_two_colours()
        user = self._create_user("shop_floor")
        # Drawing a barcode needs a graphics library that a server may lack.
        self.patch(self.registry["ir.actions.report"], "barcode", lambda *a, **k: b"")
        report = self.env["ir.actions.report"].with_user(user)
        html = report._render_qweb_html(
            "mrp.report_mrporder", self._get_productions(self.tube)[0].ids
        )[0].decode()
        self.assertIn("Specification", html)
        self.assertIn("Red", html)
        self.assertNotIn("Blue", html)
        plain = self.env["mrp.production"].create(
            {"product_id": self.steel.id, "product_qty": 1}
        )
        html = report._render_qweb_html("mrp.report_mrporder", plain.ids)[0].decode()
        self.assertNotIn("Specification", html)

    def test_queries_do_not_grow(self):
        def count(number):
            order = self._create_order(
                *((self.bike, 1, self._typed(str(index))) for index in range(number))
            )
            productions = self.env["mrp.production"].search(
                [("demand_line_id", "in", order.order_line.ids)]
            )
            self.assertEqual(len(productions), 3 * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            productions.mapped("specification")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(8))


@tagged("post_install", "-at_install")
class TestSpecificationFiles(SpecificationCommon, HttpCase):
    def _create_file(self, name, **vals):
        content = base64.b64encode(b"drawing")
        return self.env["ir.attachment"].create(
            {"name": name, "datas": content, **vals}
        )

    def test_files_are_for_who_reads_the_order(self):
        drawing = self._create_file("drawing.pdf")
        order = self._create_order(
            (self.bike, 1), specification_attachment_ids=[Command.set(drawing.ids)]
        )
        self.assertEqual((drawing.res_model, drawing.res_id), (order._name, order.id))
        quotation = self._create_file(
            "quotation.pdf", res_model="sale.order", res_id=order.id
        )
        sketch = self._create_file(
            "sketch.pdf", res_model="sale.order.line", res_id=order.order_line.id
        )
        production = self._get_productions(self.tube)
        user = self._create_user("shop_floor", password="shop_floor_user")
        text = self._get_text(production, user)
        self.assertIn("drawing.pdf", text)
        self.assertIn("sketch.pdf", text)
        self.assertNotIn("quotation.pdf", text)

        def status(file, login):
            self.authenticate(login, login)
            url = f"/mto_cascade/specification/{production.id}/{file.id}"
            self.assertTrue(file in (quotation, sketch) or url in text)
            return self.url_open(url).status_code

        self._create_user("employee", password="employee_user")
        self.assertEqual(status(drawing, "shop_floor_user"), 200)
        self.assertEqual(status(sketch, "shop_floor_user"), 200)
        self.assertEqual(status(quotation, "shop_floor_user"), 404)
        self.assertEqual(status(drawing, "employee_user"), 403)

    def test_no_file_that_the_user_may_not_read(self):
        secret = self._create_file(
            "secret.pdf", res_model="res.company", res_field="logo", res_id=1
        )
        secret.write({"res_model": "ir.config_parameter", "res_field": False})
        user = self._create_user("sales")
        order = self._create_order((self.bike, 1), user=user, confirm=False)
        with self.assertRaises(AccessError):
            order.with_user(user).specification_attachment_ids = secret
