"""Structures of all kinds, confirmed in core's way and level by level."""

from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import TransactionCase

from ..models.stock_rule import StockRule
from .comparator import core_way, differences, snapshot

NOW = "2027-05-12 09:00:00"


class BatchCommon(TransactionCase):
    """A warehouse, vendors, work centres, and a comparison of the two ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.vendors = cls.env["res.partner"].create(
            [{"name": f"Vendor {number}"} for number in range(2)]
        )
        cls.centres = cls.env["mrp.workcenter"].create(
            [{"name": f"Centre {number}"} for number in range(2)]
        )
        cls.mto = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto.active = True

    @classmethod
    def _product(cls, name, mto=True, on_hand=0, **vals):
        if mto:
            vals.setdefault("route_ids", cls.mto.ids)
        product = cls.env["product.product"].create(
            {"name": name, "is_storable": True, **vals}
        )
        if on_hand:
            cls._stock(product, on_hand)
        return product

    @classmethod
    def _part(cls, name, vendor=0, delay=2, **vals):
        seller = {
            "partner_id": cls.vendors[vendor].id,
            "delay": delay,
            "price": 10.0,
        }
        return cls._product(name, seller_ids=[Command.create(seller)], **vals)

    @classmethod
    def _assembly(cls, name, components, bom=None, operations=1, **vals):
        """A product with a bill of materials of (product, quantity) each."""
        product = cls._product(name, **vals)
        cls._bom(product, components, operations, **(bom or {}))
        return product

    @classmethod
    def _bom(cls, product, components, operations=1, **vals):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "produce_delay": 1,
                "bom_line_ids": [
                    Command.create(
                        {"product_id": component.id, "product_qty": quantity, **extra}
                    )
                    for component, quantity, extra in (
                        (*line, {}) if len(line) == 2 else line for line in components
                    )
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": f"Operation {number}",
                            "workcenter_id": cls.centres[number % 2].id,
                            "time_cycle_manual": 10 + number,
                            "time_mode": "manual",
                        }
                    )
                    for number in range(operations)
                ],
                **vals,
            }
        )

    @classmethod
    def _stock(cls, product, quantity, location=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.warehouse.lot_stock_id, quantity
        )

    @classmethod
    def _order(cls, *lines, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line[0].id,
                            "product_uom_qty": line[1],
                            **(line[2] if len(line) > 2 else {}),
                        }
                    )
                    for line in lines
                ],
                **vals,
            }
        )

    @contextmanager
    def _watched(self):
        """Give a list of what walks went level by level."""
        walks, run_cascade = [], StockRule._run_cascade

        def watch(rule, cascade, procurements):
            walks.append(run_cascade(rule, cascade, procurements))
            return walks[-1]

        with patch.object(StockRule, "_run_cascade", watch):
            yield walks

    @contextmanager
    def _thrown_away(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.cr.precommit.clear()

    def _result_of(self, function, changes=True):
        self.env.invalidate_all()
        function()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return snapshot(self.env, changes=changes)

    def _assert_identical(self, function, changes=True):
        """Do the same twice, in core's way and level by level; return the latter.

        :param changes: with the notes that tell changes of fields
        """
        with freeze_time(NOW):
            with self._thrown_away(), core_way():
                core = self._result_of(function, changes)
            with self._thrown_away():
                batch = self._result_of(function, changes)
        found = differences(batch, core)
        self.assertFalse(found, "\n".join(found))
        return batch
