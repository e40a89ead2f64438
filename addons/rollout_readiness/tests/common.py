"""A company of its own, in which a check is tried; modules with checks import it.

.. code-block:: python

    @tagged("post_install", "-at_install")
    class TestMyCheck(ReadinessCommon):
        def test_m99(self):
            self.assertAbsent("M99")
            good = self._product("Good")
            self.assertHolds("M99")
            bad = self._product("Bad", weight=0)
            self.assertFinds("M99", bad)
"""

from odoo.tests import TransactionCase


class ReadinessCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._create_company()
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.company = cls.company.with_env(cls.env)
        cls.Checks = cls.env["readiness.check"]
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls._hide_others()
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.kg = cls.env.ref("uom.product_uom_kgm")

    @classmethod
    def _create_company(cls):
        company = cls.env["res.company"].create({"name": "Ready"})
        cls.env.user.company_ids |= company
        return company

    @classmethod
    def _hide_others(cls):
        """What all companies share is looked at too: none of it is there."""
        cls.env["product.template"].search([]).write({"company_id": 1})

    # Records

    @classmethod
    def _product(cls, name="Frame", **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "default_code": name,
                "standard_price": 5,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _bom(cls, product, *components, **values):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": component.id, "product_qty": 1})
                    for component in components
                ],
                **values,
            }
        )

    @classmethod
    def _workcenter(cls, **values):
        return cls.env["mrp.workcenter"].create(
            {
                "name": "Welding",
                "company_id": cls.company.id,
                "resource_calendar_id": cls.company.resource_calendar_id.id,
                "costs_hour": 40,
                **values,
            }
        )

    @classmethod
    def _vendor(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Steel Works",
                "email": "steel@example.com",
                "country_id": cls.env.ref("base.de").id,
                "property_supplier_payment_term_id": cls.env["account.payment.term"]
                .create({"name": "30 days"})
                .id,
                **values,
            }
        )

    @classmethod
    def _price(cls, product, vendor=None, **values):
        return cls.env["product.supplierinfo"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "partner_id": (vendor or cls._vendor()).id,
                "company_id": cls.company.id,
                "price": 3,
                "delay": 4,
                **values,
            }
        )

    @classmethod
    def _put(cls, product, quantity=1, location=None, **values):
        """Quantities as they are, by no movement."""
        return cls.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": (location or cls.stock).id,
                "quantity": quantity,
                **values,
            }
        )

    @classmethod
    def _make_to_order(cls, product):
        """Replenish on order, by core's route."""
        route = cls.env.ref("stock.route_warehouse0_mto")
        route.active = True
        product.route_ids |= route

    @classmethod
    def _move_orders(cls, table, column, records, days):
        """Let records be older, as time does."""
        cls.env.flush_all()
        cls.env.cr.execute(
            f"UPDATE {table} SET {column} = {column} - interval '{days} days'"
            " WHERE id IN %s",
            [tuple(records.ids)],
        )
        cls.env.invalidate_all()

    # What checks say

    def _run(self, code, **place):
        [row] = self.Checks.run_checks([code], self.company.id, **place)
        self.assertNotEqual(row["status"], "error", row["message"])
        return row

    def assertHolds(self, code):
        row = self._run(code)
        self.assertEqual(row["status"], "pass", row["message"])
        self.assertGreater(row["population"], 0)
        return row

    def assertFinds(self, code, records, status=None):
        """Exactly these are at fault."""
        row = self._run(code)
        self.assertEqual(row["offender_model"], records._name)
        self.assertEqual(row["sample_ids"], sorted(records.ids), row["message"])
        self.assertEqual(row["offenders"], len(records))
        if row["severity"] == "minor":
            status = status or "warn"
        self.assertEqual(row["status"], status or "fail")
        return row

    def assertEmpty(self, code):
        """Nothing to look at where there should be something: not passed."""
        row = self._run(code)
        self.assertEqual((row["status"], row["population"]), ("fail", 0))
        self.assertTrue(row["message"].startswith("There are no"), row["message"])
        return row

    def assertAbsent(self, code):
        row = self._run(code)
        self.assertEqual(row["status"], "not_applicable", row["message"])
        self.assertTrue(row["message"].startswith("Not applicable, because"))
        return row
