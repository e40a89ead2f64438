from odoo.tests import Form, tagged

from odoo.addons.rollout_gate.tests.common import LockCommon
from odoo.addons.stock.models.stock_rule import ProcurementException


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        names = ("Bicycle", "Frame")
        cls.bicycle, cls.frame = cls.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in names]
        )
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.bicycle.product_tmpl_id.id,
                "company_id": cls.company.id,
                "bom_line_ids": [(0, 0, {"product_id": cls.frame.id})],
            }
        )
        cls.production = cls._create_production()

    @classmethod
    def _create_production(cls):
        return cls.env["mrp.production"].create(
            {
                "product_id": cls.bicycle.id,
                "product_qty": 1,
                "picking_type_id": cls.warehouse.manu_type_id.id,
                "bom_id": cls.bom.id,
            }
        )

    def test_without_a_lock(self):
        self.production.action_confirm()
        self.assertEqual(self.production.state, "confirmed")

    def test_refused_until_live(self):
        self._lock()
        self._assert_passes_when_live(self.production.action_confirm)
        self.assertEqual(self.production.state, "confirmed")

    def test_confirmed_before_the_lock(self):
        self.production.action_confirm()
        self.production.qty_producing = 1
        self.production._set_qty_producing()
        self._lock()
        self._assert_waits(self.production.button_mark_done)
        self._assert_waits(self.production.write, {"state": "done"})

    def test_the_scheduler_goes_on_without_it(self):
        """What waits is told; the procurement of another plant is not stopped."""
        other = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "2ND", "company_id": self.company.id}
        )
        self.site.warehouse_ids = self.warehouse
        self._lock()
        with self.assertRaises(ProcurementException) as refused:
            self._procure(self.warehouse)
        [(_procurement, message)] = refused.exception.procurement_exceptions
        self.assertIn("G6 Go-live", message)
        before = self.env["mrp.production"].search_count([])
        self._procure(other)
        self.assertEqual(self.env["mrp.production"].search_count([]), before + 1)

    def _procure(self, warehouse):
        Rule = self.env["stock.rule"]
        Rule.run(
            [
                Rule.Procurement(
                    self.bicycle,
                    1,
                    self.bicycle.uom_id,
                    warehouse.lot_stock_id,
                    "Need",
                    "Need",
                    self.company,
                    {
                        "warehouse_id": warehouse,
                        "route_ids": warehouse.manufacture_pull_id.route_id,
                    },
                )
            ],
            raise_user_error=False,
        )

    def test_open_documents_are_shown(self):
        shown = dict(self._create_lock()._get_open_documents())
        self.assertIn(self.production, shown["Manufacturing Order"])

    def test_design_of_products(self):
        self._freeze()
        line = self.bom.bom_line_ids
        self._assert_frozen(self.bom.write, {"product_qty": 2})
        self._assert_frozen(line.unlink)
        self._assert_frozen(self.bom.copy)
        self._assert_frozen(
            self.env["mrp.routing.workcenter"].create,
            {
                "name": "Weld",
                "bom_id": self.bom.id,
                "workcenter_id": self.env["mrp.workcenter"].create({"name": "W"}).id,
            },
        )
        template = self.frame.product_tmpl_id
        Bom = self.env["mrp.bom"].with_context(default_product_tmpl_id=template.id)
        self._assert_frozen(Bom.create, {})
        self.bom.message_post(body="Words are free")
        self._assert_changes_when_approved("bom", line.write, {"product_qty": 3})

    def test_by_the_screen(self):
        self._freeze()
        self._approve_change("bom")
        with Form(self.bom) as form:
            form.product_qty = 5
        self.assertEqual(self.bom.product_qty, 5)
