from odoo import Command
from odoo.tests import tagged

from . import test_topologies
from .dry_run import compare


class Foretold:
    """The orders of a topology are foretold; what becomes of them is tested there."""

    @classmethod
    def _create_order(cls, *lines, confirm=True, **vals):
        order = super()._create_order(*lines, confirm=False, **vals)
        if confirm and (problems := compare(order)):
            raise AssertionError("\n".join(problems))
        return order

    def _finish(self, order):
        """No need to live on."""

    def assert_finished(self, order):
        """It is not."""


@tagged("post_install", "-at_install")
class TestForetoldKits(Foretold, test_topologies.TestKits):
    pass


@tagged("post_install", "-at_install")
class TestForetoldVariants(Foretold, test_topologies.TestVariants):
    pass


@tagged("post_install", "-at_install")
class TestForetoldWarehouses(Foretold, test_topologies.TestWarehouses):
    pass


@tagged("post_install", "-at_install")
class TestForetoldCompanies(test_topologies.TopologyCase):
    """Each company's stock and policies; goods that the other company delivers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other company"})
        cls.env.user.company_ids |= cls.other
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other.id)], limit=1
        )

    def _create_shared_bicycle(self):
        bicycle = self._create_bicycle()
        self.everything = bicycle | self.frame | self.tube | self.wheel | self.steel
        self.everything.bom_ids.company_id = False
        self.everything.seller_ids.company_id = False
        return bicycle

    def _create_order_of(self, company, warehouse, item):
        return (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "partner_id": self.customer.id,
                    "warehouse_id": warehouse.id,
                    "order_line": [
                        Command.create({"product_id": item.id, "product_uom_qty": 5})
                    ],
                }
            )
        )

    def test_policy_of_the_company_of_the_order(self):
        bicycle = self._create_shared_bicycle()
        for item in self.everything:
            item.with_company(self.other).supply_policy = "stock_then_order"
            self._add_stock(item, 1, self.other_warehouse.lot_stock_id)
            self._add_stock(item, 1)
        orders = self._create_order_of(self.company, self.warehouse, bicycle)
        orders |= self._create_order_of(self.other, self.other_warehouse, bicycle)
        self.assertEqual(compare(orders), [])

    def test_supplied_by_the_other_company(self):
        bicycle = self._create_shared_bicycle()
        bicycle.with_company(self.other).supply_policy = "make_to_order"
        self.other_warehouse.resupply_wh_ids = self.warehouse
        bicycle.route_ids = self.other_warehouse.resupply_route_ids
        order = self._create_order_of(self.other, self.other_warehouse, bicycle)
        self.assertEqual(compare(order), [])
