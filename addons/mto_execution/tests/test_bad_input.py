from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import ExecutionCommon


class TestBadInput(ExecutionCommon):
    """Input that is wrong or odd: a clear error, or a deviation that is recorded.

    Two people who close at once: ``tests/concurrency``. A locked period:
    ``test_approval``. Stock that would become negative: ``test_launch_policy``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for part in (cls.frame, cls.wheel, cls.brake):
            cls._add_stock(part, 100)

    def _released(self, quantity=10, **vals):
        production = self._make(quantity, **vals)
        production.action_release()
        return production

    def _get_rows(self, production):
        """{what: (planned, actual)} of the last closing."""
        return {
            line.product_id.name or line.operation: (line.planned, line.actual)
            for line in production.closing_ids[:1].line_ids
        }

    def test_negative(self):
        production = self._released(5)
        with self.assertRaises(UserError):
            self._produce(production, -1)
        self.assertEqual(self.bike.qty_available, 0)

    @mute_logger("odoo.sql_db")
    def test_zero(self):
        """Nobody makes nothing; "done" without a quantity means all, as in core."""
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._make(0)
        production = self._released(5)
        dialog = production.workorder_ids.action_dispatch_quantity()
        wizard = self.env[dialog["res_model"]].browse(dialog["res_id"])
        wizard.quantity = 0
        with self.assertRaisesRegex(UserError, "How many"):
            wizard.action_apply()
        production.qty_producing = 0
        production.with_context(skip_consumption=True).button_mark_done()
        production.action_close_order()
        self.assertEqual(self._get_rows(production)["Bicycle"], (5, 5))

    def test_missing_lots(self):
        """Of a component or the product: refused, and nothing is posted."""
        self.brake.tracking = "lot"
        production = self._released(5)
        production.do_unreserve()
        with self.assertRaisesRegex(UserError, "Lot/Serial"):
            self._produce(production)
        self.assertNotEqual(production.state, "done")
        self.brake.tracking = "none"
        self.bike.tracking = "serial"
        serial = self._released(2)
        answer = serial.button_mark_done()
        self.assertEqual(answer["res_model"], "mrp.production.serials")
        self.assertNotEqual(serial.state, "done")
        with self.assertRaisesRegex(UserError, "done"):
            serial.action_close_order()

    def test_other_units(self):
        """A dozen bicycles, a dozen kits for each: recorded in the goods' units."""
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake)
        line.write({"product_uom_id": self.dozen.id, "product_qty": 1})
        production = self._released(1, product_uom_id=self.dozen.id)
        self._produce(production)
        production.action_close_order()
        rows = self._get_rows(production)
        self.assertEqual(rows["Bicycle"], (12, 12))
        self.assertEqual(rows["Wheel"], (24, 24))
        self.assertEqual(rows["Brake kit"], (144, 144))

    def test_no_bill_of_materials(self):
        trailer = self._create_product("Trailer")
        production = self._make(2, trailer, confirm=False)
        with self.assertRaisesRegex(UserError, "It has no components"):
            production.action_release()
        production.move_raw_ids = [
            Command.create({"product_id": self.wheel.id, "product_uom_qty": 4})
        ]
        production.action_release()
        self._produce(production)
        production.action_close_order()
        self.assertEqual(
            self._get_rows(production), {"Trailer": (2, 2), "Wheel": (4, 4)}
        )

    def test_over_production(self):
        production = self._released(5)
        self._produce(production, 8)
        production.action_close_order()
        output = production.closing_ids.line_ids.filtered(lambda x: x.kind == "output")
        self.assertEqual((output.difference, output.percent), (3, 60))

    def test_component_added_in_the_middle(self):
        bell = self._create_part("Bell", on_hand=10)
        production = self._released(5)
        production.action_start()
        production.move_raw_ids = [
            Command.create({"product_id": bell.id, "product_uom_qty": 5})
        ]
        self._produce(production)
        production.action_close_order()
        self.assertEqual(self._get_rows(production)["Bell"], (0, 5))

    def test_bill_of_materials_deleted_after_release(self):
        """Refused while it is used; afterwards what was recorded stays."""
        production = self._released(5)
        with self.assertRaisesRegex(UserError, "running manufacturing orders"):
            self.bom.unlink()
        self._produce(production)
        production.action_close_order()
        before = self._get_rows(production)
        self.bom.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._get_rows(production), before)
        self.assertEqual(before["Assemble"], (150, 150))

    def test_double_click(self):
        """Released, started in part, and closed once, however often it is clicked."""
        self.env["stock.quant"]._update_available_quantity(self.brake, self.stock, -100)
        production = self._make(20)
        for _click in range(2):
            production.action_release()
        self.assertEqual(len(production.plan_ids), 1)
        action = production.action_launch_start()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        for _click in range(2):
            wizard.action_apply()
        orders = production.production_group_id.production_ids
        self.assertEqual(sorted(orders.mapped("product_qty")), [6, 14])
        self._produce(production)
        for _click in range(2):
            production.action_close_order()
        self.assertEqual(len(production.closing_ids), 1)
