from odoo import Command, fields
from odoo.tools import mute_logger

from .common import PeggingCommon


class TestDemandColumns(PeggingCommon):
    """Customer orders in the lists of documents, at every level."""

    def _get_bolts(self):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )

    def test_every_level_shows_its_order(self):
        order = self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        self.assertEqual(wheels.customer_order_ids.mapped("name"), [order.name])
        self.assertEqual(wheels.customer_ids, self.customer)
        self.assertEqual(wheels.customer_quantity, 4)
        self.assertEqual(
            wheels.customer_promise_date,
            order.order_line._get_promise_date().replace(microsecond=0),
        )
        self.assertEqual(self._get_bolts().customer_quantity, 18)
        self.assertEqual(
            order.picking_ids.customer_order_ids.mapped("name"), [order.name]
        )

    def test_found_and_grouped(self):
        orders = self._create_order((self.bike, 1)) | self._create_order((self.bike, 2))
        other = self.env["mrp.production"].create({"product_id": self.wheel.id})
        self._refresh()
        Production = self.env["mrp.production"]
        mine = [("product_id", "in", (self.bike | self.wheel).ids)]
        found = Production.search(
            [*mine, ("customer_order_ids", "ilike", orders[1].name)]
        )
        self.assertEqual(sum(found.mapped("customer_quantity")), 6)
        found = Production.search([*mine, ("customer_ids", "in", self.customer.ids)])
        self.assertEqual(len(found), 4)
        self.assertEqual(
            Production.search([*mine, ("customer_order_ids", "=", False)]), other
        )
        self.assertNotIn(
            other, Production.search([*mine, ("customer_order_ids", "!=", False)])
        )
        groups = Production._read_group(
            mine, ["customer_order_ids"], ["customer_quantity:sum", "__count"]
        )
        self.assertEqual(
            {group.name: (total, count) for group, total, count in groups},
            {orders[0].name: (3, 2), orders[1].name: (6, 2), False: (0, 1)},
        )
        weeks = Production._read_group(
            mine, ["customer_promise_date:week"], ["customer_quantity:sum"]
        )
        self.assertEqual(sum(total or 0 for _week, total in weeks), 9)
        ordered = Production.search(mine, order="customer_quantity desc")
        self.assertEqual(ordered.filtered("customer_quantity")[:1].customer_quantity, 4)

    def test_work_orders_tell_the_order_of_their_production(self):
        center = self.env["mrp.workcenter"].create({"name": "Truing"})
        operation = {"name": "True the wheel", "workcenter_id": center.id}
        self.wheel.bom_ids.operation_ids = [Command.create(operation)]
        order = self._create_order((self.bike, 2))
        self._refresh()
        workorder = self._get_productions(self.wheel).workorder_ids
        self.assertEqual(workorder.customer_order_ids.mapped("name"), [order.name])
        self.assertEqual(workorder.customer_quantity, 4)
        found = workorder.search([("customer_ids", "in", self.customer.ids)])
        self.assertIn(workorder, found)
        groups = workorder._read_group(
            [("id", "=", workorder.id)], ["customer_ids"], ["customer_quantity:sum"]
        )
        self.assertEqual(groups, [(self.customer, 4)])

    def test_search_by_date_and_quantity(self):
        order = self._create_order(
            (self.bike, 2), commitment_date=fields.Datetime.to_datetime("2031-05-06")
        )
        self._refresh()
        mine = self._get_productions(self.bike | self.wheel)
        self.assertEqual(len(mine), 2)
        for domain, count in (
            ([("customer_promise_date", ">=", "2031-05-01")], 2),
            ([("customer_promise_date", ">", "2031-06-01")], 0),
            ([("customer_promise_date", "=", False)], 0),
            ([("customer_quantity", ">", 2)], 1),
            ([("customer_quantity", "=", 0)], 0),
            ([("customer_order_ids", "not in", order.ids)], 0),
            ([("customer_order_ids", "!=", False)], 2),
            ([("customer_order_ids.partner_id", "=", self.customer.id)], 2),
        ):
            with self.subTest(domain=domain):
                found = mine.search([("id", "in", mine.ids), *domain])
                self.assertEqual(len(found), count)

    @mute_logger("odoo.addons.mto_pegging.models.mto_demand_change")
    def test_wrong_row_is_found(self):
        self._create_order((self.bike, 2))
        self._refresh()
        wheels = self._get_productions(self.wheel)
        row = self.env["mto.demand.line"].search([("production_id", "=", wheels.id)])
        row.quantity = 3
        self.env["mto.demand.change"]._cron_compare()
        self._refresh()
        self.assertEqual(wheels.customer_quantity, 4)
