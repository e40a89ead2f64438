from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.rollout_gate.tests.common import LockCommon


@tagged("post_install", "-at_install")
class TestLocks(LockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Frame", "is_storable": True}
        )
        cls.receipt = cls._create_receipt()

    @classmethod
    def _create_receipt(cls, warehouse=None):
        kind = (warehouse or cls.warehouse).in_type_id
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": kind.default_location_dest_id.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "location_id": cls.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": kind.default_location_dest_id.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 1, "picked": True})
        return picking

    def test_without_a_lock(self):
        self.receipt.button_validate()
        self.assertEqual(self.receipt.state, "done")

    def test_refused_until_live(self):
        self._lock()
        self._assert_passes_when_live(self.receipt.button_validate)
        self.assertEqual(self.receipt.state, "done")

    def test_refused_past_the_method(self):
        self._lock()
        self._assert_waits(self.receipt.write, {"state": "done"})

    def test_warehouses_stay_while_the_lock_is_on(self):
        """To take its warehouse away is no way out of a lock."""
        self._lock()
        self._assert_refused(
            "Switch it off", self.site.write, {"warehouse_ids": self.warehouse.ids}
        )

    def test_a_site_of_one_warehouse(self):
        """The other plant of the company works on."""
        other = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "2ND", "company_id": self.company.id}
        )
        free = self._create_receipt(other)
        self.site.warehouse_ids = self.warehouse
        self._lock()
        self._assert_waits(self.receipt.button_validate)
        free.button_validate()
        self.assertEqual(free.state, "done")
        shown = dict(self.env["rollout.lock"].search([])._get_open_documents())
        self.assertNotIn(free, shown["Transfer"])
        self.assertIn(self.receipt, shown["Transfer"])

    def test_warehouses_are_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaises(ValidationError):
            self.site.sudo().warehouse_ids = theirs[:1]

    def test_a_site_that_moved_goods(self):
        """Only the steering committee stops a plant that works."""
        self.receipt.button_validate()
        lock = self._create_lock()
        with self.assertRaisesRegex(UserError, "moved goods in the last 30 days"):
            lock.switch(True, "Stop")
        decision = self.env["rollout.decision"].with_user(self.users["manager"])
        decision = decision.create(
            {
                "name": "Stop the plant",
                "programme_id": self.programme.id,
                "kind": "override",
                "text": "Until the count is right",
            }
        )
        lock.decision_id = decision
        with self.assertRaisesRegex(UserError, "moved goods in the last 30 days"):
            lock.switch(True, "Stop")
        self.as_("steering", decision).action_decide()
        lock.switch(True, "Stop")
        self.assertEqual(lock.state, "on")

    def test_goods_of_another_warehouse_or_long_ago(self):
        self.receipt.button_validate()
        self.site.warehouse_ids = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "2ND", "company_id": self.company.id}
        )
        lock = self._create_lock().sudo()
        self.assertFalse(lock._has_moved_goods())
        self.site.warehouse_ids = self.warehouse
        self.assertTrue(lock._has_moved_goods())
        self.receipt.move_ids.date = "2020-01-01"
        self.assertFalse(lock._has_moved_goods())

    def test_design_of_supply(self):
        self._freeze()
        rule = self.warehouse.delivery_route_id.rule_ids[:1]
        self._assert_frozen(self.warehouse.write, {"name": "Other"})
        self._assert_frozen(self.warehouse.delivery_route_id.write, {"name": "Other"})
        self._assert_frozen(rule.unlink)
        self._assert_frozen(
            self.env["stock.warehouse"].create,
            {"name": "Third", "code": "3RD", "company_id": self.company.id},
        )
        self._assert_changes_when_approved("supply", rule.write, {"delay": 3})

    def test_design_before_the_sign_off_and_of_others(self):
        gate = self._gate(self.programme, "G2")
        self._lock(kind="design", site_id=False, gate_id=gate.id)
        self.warehouse.name = "Before"
        shared = self.env["stock.route"].create({"name": "Any", "company_id": False})
        gate.sudo().state = "approved"
        self.env["rollout.lock"]._forget()
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        theirs[:1].name = "Theirs"
        self._assert_frozen(self.warehouse.write, {"name": "After"})
        shared.warehouse_ids = theirs
        link = {"warehouse_ids": [(4, self.warehouse.id)]}
        self._assert_frozen(shared.write, link)
