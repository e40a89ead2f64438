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
    def _made_to_order(cls):
        """Values of a product that is ordered for each demand: by core's route."""
        return {"route_ids": cls.mto.ids}

    @classmethod
    def _product(cls, name, mto=True, on_hand=0, **vals):
        if mto:
            vals = {**cls._made_to_order(), **vals}
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
    def _coloured(cls, name, *colours):
        """Variants of a product: a paint of each one's own, and a part of all.

        The first operation is for the first colour alone.
        """
        attribute = cls.env["product.attribute"].create(
            {
                "name": f"Colour of {name}",
                "value_ids": [Command.create({"name": colour}) for colour in colours],
            }
        )
        line = {"attribute_id": attribute.id, "value_ids": attribute.value_ids.ids}
        template = cls.env["product.template"].create(
            {
                "name": name,
                "is_storable": True,
                "attribute_line_ids": [Command.create(line)],
                **cls._made_to_order(),
            }
        )
        variants = template.product_variant_ids
        bom = cls._bom(variants[0], [(cls._part(f"{name} part"), 1)], operations=2)
        for variant, colour in zip(variants, colours, strict=True):
            values = variant.product_template_attribute_value_ids
            paint = cls._assembly(
                f"{name} {colour}", [(cls._part(f"{name} {colour} base"), 1)]
            )
            bom.bom_line_ids = [
                Command.create(
                    {
                        "product_id": paint.id,
                        "product_qty": 1,
                        "bom_product_template_attribute_value_ids": values.ids,
                    }
                )
            ]
        bom.operation_ids[0].bom_product_template_attribute_value_ids = variants[
            0
        ].product_template_attribute_value_ids
        return variants

    @classmethod
    def _welded(cls, name, components):
        """A product that a subcontractor makes of the components given to him."""
        welded = cls._part(name)
        welded.seller_ids.partner_id = cls.env["res.partner"].create(
            {"name": f"Subcontractor of {name}"}
        )
        cls._bom(
            welded,
            components,
            operations=0,
            type="subcontract",
            subcontractor_ids=welded.seller_ids.partner_id.ids,
        )
        return welded

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

    @classmethod
    def _orders_of_two_companies(cls):
        """An order in each of two companies, of the same product."""
        other = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids |= other
        low = cls._assembly("H", [(cls._part("P"), 2)], operations=0)
        top = cls._assembly("T", [(low, 1)], operations=0)
        (low | top).bom_ids.company_id = False
        orders = cls._order((top, 2))
        with_other = cls.env["sale.order"].with_company(other)
        orders |= with_other.create(
            {
                "partner_id": cls.customer.id,
                "company_id": other.id,
                "order_line": [
                    Command.create({"product_id": top.id, "product_uom_qty": 3})
                ],
            }
        )
        companies = [cls.env.company.id, other.id]
        return orders.with_context(allowed_company_ids=companies)

    @classmethod
    def _second_warehouse(cls):
        """A warehouse that the first one supplies, and that makes in two steps."""
        return cls.env["stock.warehouse"].create(
            {
                "name": "Second",
                "code": "SEC",
                "resupply_wh_ids": [Command.link(cls.warehouse.id)],
                "manufacture_steps": "pbm",
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
        try:
            with self.env.cr.savepoint() as savepoint:
                yield
                savepoint.rollback()
        finally:
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


class RaisedCommon(BatchCommon):
    """Orders that are confirmed, and of which the lines are raised then."""

    def _confirmed(self, *lines, **vals):
        order = self._order(*lines, **vals)
        order.action_confirm()
        return order

    def _raise(self, order, *quantities, user=None):
        """Change the lines of an order, as one who saves the form."""

        def change():
            order.with_user(user or self.env.user).write(
                {
                    "order_line": [
                        Command.update(line.id, {"product_uom_qty": quantity})
                        for line, quantity in zip(
                            order.order_line, quantities, strict=False
                        )
                    ]
                }
            )

        return change

    def _assert_raised(self, lines, *quantities, by_level=True, changes=True, **vals):
        change = self._raise(self._confirmed(*lines), *quantities, **vals)
        self._assert_changed(change, by_level, changes)

    def _assert_changed(self, change, by_level=True, changes=True):
        """The same documents; all that is made more goes level by level, or not all."""
        with self._watched() as walks:
            result = self._assert_identical(change, changes)
        self.assertTrue(walks)
        self.assertEqual(all(walks), by_level, walks)
        return result
