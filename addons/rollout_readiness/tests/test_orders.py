from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestOrders(ReadinessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike = cls._product("Bike")
        cls.tube = cls._product("Tube")
        cls.bom = cls._bom(cls.bike, cls.tube)
        cls.env["mrp.routing.workcenter"].create(
            {
                "name": "Weld",
                "bom_id": cls.bom.id,
                "workcenter_id": cls._workcenter().id,
            }
        )
        cls._make_to_order(cls.bike)
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})

    def _order(self, quantity=3):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    (0, 0, {"product_id": self.bike.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        return order

    def _production(self, **values):
        production = self.env["mrp.production"].create(
            {
                "product_id": self.bike.id,
                "bom_id": self.bom.id,
                "date_deadline": fields.Datetime.now() + timedelta(days=9),
                **values,
            }
        )
        production.action_confirm()
        return production

    def test_o02_quantity(self):
        self.assertAbsent("O02")
        line = self._order().order_line
        self.assertTrue(self._get_productions(line))
        self.assertHolds("O02")
        # As core does it where no other module follows the change.
        self._update("sale_order_line", line, product_uom_qty=2)
        self.assertFinds("O02", line)
        self._update("sale_order_line", line, product_uom_qty=3)
        self._update("mrp_production", self._get_productions(line), product_qty=1)
        self.assertFinds("O02", line)

    def _get_productions(self, line):
        return self.env["mrp.production"].search([("sale_line_id", "=", line.id)])

    def _update(self, table, records, **values):
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = %s WHERE id IN %s",
                [value, tuple(records.ids)],
            )
        self.env.invalidate_all()

    def test_o03_cancelled(self):
        self.assertAbsent("O03")
        order = self._order()
        self.assertHolds("O03")
        self._update("sale_order", order, state="cancel")
        self.assertFinds("O03", self._get_productions(order.order_line))

    def test_o04_delayed(self):
        self.assertAbsent("O04")
        self._production()
        self.assertHolds("O04")
        late = self._production(date_deadline=fields.Datetime.now() - timedelta(days=1))
        self.assertFinds("O04", late)

    def test_o05_purchases(self):
        self.assertAbsent("O05")
        ahead = fields.Datetime.now() + timedelta(days=5)
        orders = self.env["purchase.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.tube.id,
                                "product_qty": 1,
                                "price_unit": 3,
                                "date_planned": ahead,
                            },
                        )
                    ],
                }
                for _each in range(2)
            ]
        )
        orders.button_confirm()
        orders.acknowledged = True
        self.assertHolds("O05")
        orders[0].acknowledged = False
        self.assertFinds("O05", orders[0])

    def test_o06_booked(self):
        self.assertAbsent("O06")
        production = self._production()
        production.qty_producing = 1
        production.move_raw_ids.picked = False
        self._update("mrp_production", production, state="progress")
        self.assertHolds("O06")
        old = fields.Datetime.now() - timedelta(days=2)
        self._update("mrp_production", production, write_date=old)
        self.assertFinds("O06", production)
        self._update("mrp_production", production, state="to_close")
        self.assertHolds("O06")

    def test_o07_complete(self):
        self.assertAbsent("O07")
        self._production()
        self.assertHolds("O07")
        nobody = self._production(user_id=False)
        empty = self._production(bom_id=False)
        self.assertFinds("O07", nobody | empty)
