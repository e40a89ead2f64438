"""What Odoo does when demand falls, row by row, and what happens here instead.

A row of the table is an event; its columns are the delivery, the order for the product,
the order for its component, the purchase, and who is told.
"""

from odoo.tests import Form, tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestCoreTable(ChangeCommon):
    """A top of a child, made of two parts each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part = cls._create_part("Part", "make_to_order")
        cls.child = cls._create_product("Child", "make_to_order")
        cls.top = cls._create_product("Top", "make_to_order")
        cls._create_bom(cls.child, [(cls.part, 2)])
        cls._create_bom(cls.top, [(cls.child, 1)])

    def setUp(self):
        super().setUp()
        self.order = self._create_order((self.top, 4))
        self.line = self.order.order_line
        self.made = self._get_productions(self.top)
        self.below = self._get_productions(self.child)

    def _read(self):
        """(delivered, made, made below, bought)"""
        return (
            sum(self._get_deliveries(self.order).mapped("product_uom_qty")),
            self._get_made(self.top),
            self._get_made(self.child),
            self._get_purchased(self.part),
        )

    def _get_told(self):
        """(open issues, activities that belong to nobody)"""
        issues = self.env["operation.exception"].search([("state", "=", "open")])
        self.assertTrue(all(issues.mapped("owner_id")))
        nobody = self.env["mail.activity"].search(
            [
                ("user_id", "=", False),
                ("res_model", "in", ("mrp.production", "purchase.order", "sale.order")),
            ]
        )
        return issues, nobody

    def assertNobodyNeedsToKnow(self):
        issues, nobody = self._get_told()
        self.assertFalse(issues | issues.browse())
        self.assertFalse(nobody)

    def test_lowered_in_the_form(self):
        """Odoo: the orders and the purchase stay, and nobody is asked."""
        with Form(self.order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 1
        self.assertEqual(self._read(), (1, 1, 1, 2))
        self.assertNobodyNeedsToKnow()
        self.assertServed(self.top, self.child, self.part)

    def test_lowered_by_code(self):
        """Odoo: as before, and silent."""
        self.line.product_uom_qty = 1
        self.assertEqual(self._read(), (1, 1, 1, 2))
        self.assertNobodyNeedsToKnow()
        self.assertServed(self.top, self.child, self.part)

    def test_cancelled(self):
        """Odoo: only the delivery is cancelled."""
        self.order.action_cancel()
        self.assertEqual(self._read(), (0, 0, 0, 0))
        self.assertEqual((self.made.state, self.below.state), ("cancel", "cancel"))
        self.assertNobodyNeedsToKnow()

    def test_production_lowered_by_hand(self):
        """Odoo: the component's order stays; the delivery waits for ever."""
        self.env["change.production.qty"].create(
            {"mo_id": self.made.id, "product_qty": 1}
        ).change_prod_qty()
        self.assertEqual(self._read(), (4, 1, 1, 2))
        issues, nobody = self._get_told()
        self.assertEqual((issues.type_id.code, len(nobody)), ("shortage", 0))
        issues.action_run("change_order_again")
        self.assertEqual(self._read(), (4, 4, 4, 8))
        self.assertServed(self.top, self.child, self.part)

    def test_production_cancelled(self):
        """Odoo: the delivery is taken from stock, the component is made for nobody."""
        self.made.action_cancel()
        self.assertEqual(self._read(), (4, 0, 0, 0))
        self.assertEqual(
            self._get_deliveries(self.order).procure_method, "make_to_order"
        )
        issues, nobody = self._get_told()
        self.assertEqual((issues.res_id, len(nobody)), (self.order.id, 0))
        issues.action_run("change_order_again")
        self.assertEqual(self._read(), (4, 4, 4, 8))

    def test_component_production_cancelled(self):
        """Odoo: the order goes on and takes its component from stock."""
        self.below.action_cancel()
        self.assertEqual(self._read(), (4, 4, 0, 0))
        self.assertEqual(self.made.move_raw_ids.procure_method, "make_to_order")
        issues, nobody = self._get_told()
        self.assertEqual((issues.res_id, len(nobody)), (self.made.id, 0))
        issues.action_run("change_order_again")
        self.assertEqual(self._read(), (4, 4, 4, 8))

    def test_confirmed_purchase_cancelled(self):
        """Odoo: the component is taken from stock, and the order hears nothing."""
        line = self._buy(self.part)
        line.order_id.button_cancel()
        self.assertEqual(self._read(), (4, 4, 4, 0))
        self.assertEqual(self.below.move_raw_ids.procure_method, "make_to_order")
        issues, nobody = self._get_told()
        self.assertEqual((issues.res_id, len(nobody)), (self.below.id, 0))
        self.assertIn(self.order.name, issues.impact_ids.mapped("res_name"))
        issues.action_run("change_order_again")
        self.assertEqual(self._read(), (4, 4, 4, 8))
