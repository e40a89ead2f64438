from itertools import product as combinations

from odoo import Command, fields
from odoo.tests import tagged

from ..models.mto_supply_check import get_serious
from .resolving import ResolverCase
from .test_topologies import DELIVERY_STEPS, MANUFACTURE_STEPS


@tagged("post_install", "-at_install")
class TestResolver(ResolverCase):
    """The resolver says what a confirmation does: rules, bills, vendors."""

    def test_steps(self):
        for delivery, manufacture in combinations(DELIVERY_STEPS, MANUFACTURE_STEPS):
            with self.subTest(delivery=delivery, manufacture=manufacture):
                self.warehouse.write(
                    {"delivery_steps": delivery, "manufacture_steps": manufacture}
                )
                moves, productions, purchases = self.assert_resolved(
                    (self._create_bicycle(), 5)
                )
                self.assertEqual(len(productions), 3)
                self.assertEqual(len(purchases), 2)
                in_steps = manufacture != "mrp_one_step"
                self.assertEqual(len(moves), 1 + (8 if in_steps else 4))

    def test_mto_routes(self):
        """Where no policy decides, core's answer says how far it goes."""
        self._create_bicycle("inherit")
        made_to_order = self.bicycle | self.frame | self.steel
        made_to_order.route_ids = self.mto_route
        found = self.assert_resolved((self.bicycle, 2), by_policy=False)
        self.assertEqual(
            {product_id for product_id, _bom in found[1]},
            set((self.bicycle | self.frame).ids),
        )
        self.assertFalse(found[2])

    def test_route_of_the_line(self):
        self._create_bicycle("inherit")
        found = self.assert_resolved(
            (self.bicycle, 2, {"route_ids": self.mto_route.ids}), by_policy=False
        )
        self.assertEqual(len(found[1]), 1)

    def test_kits(self):
        for kit in range(3):
            with self.subTest(kit=kit):
                self._create_bicycle()
                assemblies = (self.bicycle, self.frame, self.tube)
                assemblies[kit].bom_ids.type = "phantom"
                found = self.assert_resolved((self.bicycle, 5))
                self.assertEqual(len(found[1]), 2)

    def test_nested_kits(self):
        self.warehouse.write(
            {"delivery_steps": "pick_pack_ship", "manufacture_steps": "pbm_sam"}
        )
        self._create_bicycle()
        (self.bicycle | self.frame).bom_ids.type = "phantom"
        found = self.assert_resolved((self.bicycle, 5))
        self.assertEqual({id_ for id_, _bom in found[1]}, set(self.tube.ids))

    def test_variants(self):
        template = self._create_coloured(
            "Bicycle", "red", "blue", policy="make_to_order"
        )
        red, blue = template.product_variant_ids
        bom = self._create_bom(red, [])
        paints = [self._create_part(name, "make_to_order") for name in ("R", "B")]
        for paint, value in zip(
            paints, template.attribute_line_ids.product_template_value_ids, strict=True
        ):
            bom.bom_line_ids = [
                Command.create(
                    {
                        "product_id": paint.id,
                        "product_qty": 1,
                        "bom_product_template_attribute_value_ids": value.ids,
                    }
                )
            ]
        for variant, paint in zip((red, blue), paints, strict=True):
            found = self.assert_resolved((variant, 1))
            self.assertEqual({id_ for id_, _vendor in found[2]}, set(paint.ids))

    def _create_resupplied_warehouse(self):
        """A shop that gets its goods from the factory's warehouse."""
        return self.env["stock.warehouse"].create(
            {
                "name": "Shop",
                "code": "SHOP",
                "resupply_wh_ids": [Command.set(self.warehouse.ids)],
                "manufacture_to_resupply": False,
                "buy_to_resupply": False,
            }
        )

    def test_resupply(self):
        shop = self._create_resupplied_warehouse()
        self._create_bicycle()
        self.bicycle.route_ids = shop.resupply_route_ids
        order = self._create_order(
            (self.bicycle, 2), confirm=False, warehouse_id=shop.id
        )
        step = self.resolve(order.order_line._prepare_supply_need())
        self.assertEqual(step.source_id, shop.lot_stock_id.id)
        self.assertEqual(step.supply, "transfer")
        step = self.resolve(step.replenishment)
        self.assertEqual(step.source_id, self.stock.id)
        self.assertEqual(step.supply, "manufacture")
        expected = self.follow(order)
        order.action_confirm()
        self.assertEqual(self.get_documents(order), expected)

    def _create_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        return self.env["stock.warehouse"].search([("company_id", "=", company.id)])

    def _create_route_between(self, supplier):
        """Brings goods through a transit that belongs to no company."""
        transit = self.env["stock.location"].create(
            {"name": "Between", "usage": "transit", "company_id": False}
        )
        return self.env["stock.route"].create(
            {
                "name": "From the other company",
                "company_id": False,
                "product_selectable": True,
                "supplier_wh_id": supplier.id,
                "rule_ids": [
                    Command.create(
                        {
                            "name": f"{source.name} to {dest.name}",
                            "action": "pull",
                            "procure_method": "make_to_order",
                            "location_src_id": source.id,
                            "location_dest_id": dest.id,
                            "picking_type_id": operation.id,
                            "company_id": operation.company_id.id,
                        }
                    )
                    for source, dest, operation in (
                        (transit, self.stock, self.warehouse.in_type_id),
                        (supplier.lot_stock_id, transit, supplier.out_type_id),
                    )
                ],
            }
        )

    def test_transit_between_companies(self):
        """Its place has no company: core asks for the rules of all, and so do we."""
        supplier = self._create_other_company()
        bike = self._create_product("Bike")
        part = self._create_part("Part")
        part.seller_ids.company_id = False
        self._create_bom(bike, [(part, 2)], company_id=False)
        bike.route_ids = self.mto_route | self._create_route_between(supplier)
        order = self._create_order((bike, 2), confirm=False)
        [problem] = get_serious(order.get_supply_problems()[0])
        self.assertEqual(
            (problem["path"], problem["code"]), (["Bike", "Part"], "not_replenished")
        )
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": part.id,
                "location_id": supplier.lot_stock_id.id,
                "trigger": "manual",
                "company_id": supplier.company_id.id,
            }
        )
        self.assertFalse(get_serious(order.get_supply_problems()[0]))
        found = self.assert_resolved((bike, 2), by_policy=False)
        self.assertEqual({id_ for id_, _bom in found[1]}, set(bike.ids))
        made = self.env["mrp.production"].search([("product_id", "=", bike.id)])
        self.assertEqual(made.company_id, supplier.company_id)

    def test_bom_of_the_operation_type(self):
        """As core: first a bill of materials of the operation type or of any."""
        self._create_bicycle()
        other = self.warehouse.manu_type_id.copy({"name": "Other"})
        self.frame.bom_ids.picking_type_id = other
        self.assert_resolved((self.bicycle, 1))
        second = self._create_bom(self.frame, [(self.wheel, 1)], sequence=50)
        found = self.assert_resolved((self.bicycle, 1))
        self.assertIn((self.frame.id, second.id), found[1])

    def test_bom_of_the_need(self):
        self._create_bicycle()
        second = self._create_bom(self.bicycle, [(self.wheel, 1)], sequence=50)
        need = self.get_need(self.bicycle)
        step = self.resolve(need._replace(bom_id=second.id))
        self.assertEqual(step.bom_id, second.id)

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = self._create_user(
            "sales_manager", company_ids=company.ids, company_id=company.id
        )
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        self._create_bicycle()
        (self.bicycle | self.tube).bom_ids.company_id = False
        need = self.get_need(self.bicycle, company, warehouse)
        memory = self.resolver._new_memory()
        resolver = self.resolver.with_user(user).sudo()
        step = resolver._resolve([need], memory)[need]
        self.assertEqual(step.source_id, warehouse.lot_stock_id.id)
        self.assertEqual(step.supply, "manufacture")
        components = resolver._get_components([step], memory)[step]
        frame = next(
            component.need
            for component in components
            if component.need.product_id == self.frame.id
        )
        self.assertEqual(resolver._resolve([frame], memory)[frame].problem, "no_bom")

    # What cannot be supplied

    def get_need(self, product, company=None, warehouse=None):
        return product._prepare_supply_needs(
            company or self.company, warehouse or self.warehouse
        )[0]

    def _get_problem(self, product):
        need = self.get_need(product)
        return self.resolve(need).problem

    def test_problems(self):
        part = self._create_part("Part", "make_to_order")
        self.assertFalse(self._get_problem(part))
        part.seller_ids.date_end = fields.Date.subtract(fields.Date.today(), days=1)
        self.assertEqual(self._get_problem(part), "no_valid_price")
        part.seller_ids.partner_id.active = False
        self.assertEqual(self._get_problem(part), "no_vendor")
        part.seller_ids.unlink()
        self.assertEqual(self._get_problem(part), "no_rule")

    def test_date_of_prices(self):
        part = self._create_part("Part", "make_to_order")
        day = fields.Date.add(fields.Date.today(), days=30)
        part.seller_ids.date_start = day
        need = self.get_need(part)
        self.assertEqual(self.resolve(need).problem, "no_valid_price")
        self.assertEqual(self.resolve(need._replace(date=day)).supply, "buy")

    def test_date_of_components(self):
        """They are needed so much earlier as making takes."""
        self._create_bicycle()
        self.bicycle.bom_ids.produce_delay = 10
        day = fields.Date.add(fields.Date.today(), days=30)
        need = self.get_need(self.bicycle)
        for needed, date in (
            (False, False),
            (day, fields.Date.subtract(day, days=10)),
            (fields.Date.add(fields.Date.today(), days=5), False),
        ):
            memory = self.resolver._new_memory()
            step = self.resolve(need._replace(date=needed), memory)
            for component in self.resolver._get_components([step], memory)[step]:
                self.assertEqual(component.need.date, date)

    def test_archived_supplies_nothing(self):
        """Also where a list shows what is archived; rules are asked anew."""
        self._create_bicycle()
        need = self.get_need(self.bicycle)
        self.assertEqual(self.resolve(need).supply, "manufacture")
        self.warehouse.manufacture_pull_id.active = False
        self.assertEqual(self.resolve(need).problem, "no_rule")
        self.resolver = self.resolver.with_context(active_test=False)
        self.assertEqual(self.resolve(need).problem, "no_rule")
        self.env.registry.clear_cache()
        self.assertEqual(self.resolve(need).problem, "no_rule")
        self.warehouse.manufacture_pull_id.active = True
        self.assertEqual(self.resolve(need).supply, "manufacture")

    def test_service(self):
        service = self._create_product("Advice", type="service", is_storable=False)
        need = self.get_need(service)
        self.assertEqual(self.resolve(need).supply, "service")

    # What it costs

    def test_flat(self):
        """No query per product, per line or per need."""

        def count(number):
            sold = self.env["product.product"]
            for index in range(number):
                sold |= self._create_bicycle(name=f"Bicycle {index}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            memory = self.resolver._new_memory()
            needs = sold._prepare_supply_needs(self.company, self.warehouse)
            while needs:
                steps = self.resolver._resolve(needs, memory)
                below = self.resolver._get_components(steps.values(), memory)
                needs = [c.need for found in below.values() for c in found]
            return self.env.cr.sql_log_count - before

        count(1)  # what is kept in the registry's cache is asked once
        self.assertEqual(count(2), count(20))
