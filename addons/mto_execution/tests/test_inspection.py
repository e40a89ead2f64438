from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ExecutionCommon


class TestInspection(ExecutionCommon):
    """Receipt, step and finished goods: pass, fail, measure; hold an order or a lot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls.floor = cls._create_user("shop_floor")
        cls.warehouse_user = cls._create_user("warehouse")
        cls.chief = cls._create_user("planner")
        cls.chief.group_ids += cls.env.ref("mto_execution.group_substitute")

    def _add_point(self, occasion, **vals):
        return self.env["mto.inspection.point"].create(
            {"name": "Look", "occasion": occasion, **vals}
        )

    def _receive(self, product, quantity, lot=None):
        purchase = self._buy(product, quantity)
        picking = purchase.picking_ids
        if lot:
            picking.move_line_ids.lot_name = lot
        picking.move_ids.picked = True
        picking.with_user(self.warehouse_user).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def _get_inspections(self, point):
        return self.env["mto.inspection"].search([("point_id", "=", point.id)])

    # Finished goods

    def test_finished_goods_wait(self):
        point = self._add_point("finished", product_ids=self.bike.ids)
        production = self._make(5)
        production.with_user(self.floor).action_start()
        inspection = production.inspection_ids
        self.assertEqual((inspection.point_id, inspection.state), (point, "open"))
        with self.assertRaisesRegex(UserError, "open or failed"):
            self._produce(production)
        inspection.with_user(self.floor).action_pass()
        self.assertEqual(inspection.checked_by_id, self.floor)
        self._produce(production)
        self.assertEqual(production.state, "done")
        with self.assertRaisesRegex(UserError, "already"):
            inspection.action_fail("Late")

    def test_without_start(self):
        """Who finishes an order at once cannot go around it."""
        self._add_point("finished", category_id=self.bike.categ_id.id)
        production = self._make(5)
        with self.assertRaisesRegex(UserError, "open or failed"):
            self._produce(production)

    def test_produced_with_one_click(self):
        """What is to be inspected is shown; a refusal would take it back."""
        self._add_point("finished")
        production = self._make(5)
        action = production.with_user(self.floor).button_mark_done()
        inspection = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(inspection.production_id, production)
        self.assertNotEqual(production.state, "done")
        inspection.with_user(self.floor).action_pass()
        production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(production.state, "done")

    def test_failed_holds_the_order(self):
        self._add_point("finished")
        production = self._make(5)
        production.action_start()
        inspection = production.inspection_ids
        with self.assertRaisesRegex(UserError, "Say what is wrong"):
            inspection.with_user(self.floor).action_fail()
        inspection.with_user(self.floor).action_fail("Scratches")
        self.assertEqual(production.execution_status, "hold")
        self.assertIn("Scratches", production.hold_ids.reason)
        issue = self.env["operation.exception"].search(
            [("key", "=", f"inspection-{inspection.id}")]
        )
        self.assertTrue(issue.owner_id)
        with self.assertRaises(AccessError):
            inspection.with_user(self.floor).action_accept("Only a little")
        inspection.with_user(self.chief).action_accept("Only a little")
        self.assertEqual(issue.state, "closed")
        production.action_resume()
        self._produce(production)
        self.assertEqual(production.state, "done")

    # A step

    def test_step_is_measured(self):
        self._add_point(
            "operation",
            operation="Assemble",
            test="measure",
            minimum=4.5,
            maximum=5.5,
            unit="Nm",
        )
        self._add_point("operation", operation="Paint")
        production = self._make(5)
        workorder = production.workorder_ids
        workorder.button_start()
        inspection = workorder.inspection_ids
        self.assertEqual(len(inspection), 1)
        with self.assertRaisesRegex(UserError, "open or failed"):
            workorder.button_finish()
        with self.assertRaisesRegex(UserError, "what was measured"):
            inspection.action_pass()
        inspection.action_measure(6.1)
        self.assertEqual((inspection.state, inspection.value), ("failed", 6.1))
        self.assertTrue(production.is_on_hold)
        production.action_resume()
        inspection.action_measure(5.5)
        self.assertEqual(inspection.state, "passed")
        workorder.button_finish()
        self.assertEqual(workorder.state, "done")

    def test_next_of_the_step(self):
        """On the dispatch list: of the step, then of the product; not other steps'."""
        look = self._add_point("finished")
        paint = self._add_point("operation", operation="Assemble")
        production = self._make(5)
        production.workorder_ids.copy({"production_id": production.id, "name": "Paint"})
        step = production.workorder_ids.filtered(lambda w: w.name == "Assemble")
        step.button_start()
        other = production.workorder_ids - step
        self.assertEqual(
            (step.inspection_open_count, other.inspection_open_count), (2, 1)
        )
        for point in (paint, look):
            action = step.with_user(self.floor).action_inspect()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(wizard.inspection_id.point_id, point)
            wizard.with_user(self.floor).action_pass()
        self.assertEqual(step.inspection_open_count, 0)

    def test_dialog(self):
        self._add_point("operation")
        production = self._make(5)
        production.workorder_ids.button_start()
        inspection = production.inspection_ids.with_user(self.floor)
        action = inspection.action_open_result()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.with_user(self.floor).action_pass()
        self.assertEqual(inspection.state, "passed")

    # A receipt

    def test_lot_is_held(self):
        self.brake.tracking = "lot"
        point = self._add_point("receipt", product_ids=self.brake.ids)
        self._receive(self.brake, 6, "B1")
        inspection = self._get_inspections(point)
        lot = inspection.lot_id
        self.assertEqual((lot.name, inspection.quantity), ("B1", 6))
        self.assertTrue(lot.is_held)
        self.assertIn(lot, self.env["stock.lot"].search([("is_held", "=", True)]))
        production = self._make(6)
        moves = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        moves.move_line_ids.unlink()
        production.qty_producing = 6
        production._set_qty_producing()
        moves.move_line_ids = [
            Command.create(
                {"product_id": self.brake.id, "lot_id": lot.id, "quantity": 6}
            )
        ]
        production.move_raw_ids.picked = True
        finish = production.with_context(skip_consumption=True).button_mark_done
        with self.assertRaisesRegex(UserError, "holds Brake kit B1"):
            finish()
        inspection.with_user(self.warehouse_user).action_pass("All good")
        self.assertFalse(lot.is_held)
        finish()
        self.assertEqual(production.state, "done")

    def test_failed_receipt_holds_who_waits_for_it(self):
        self.bike.supply_policy = self.brake.supply_policy = "make_to_order"
        point = self._add_point("receipt", product_ids=self.brake.ids)
        self._create_order((self.bike, 3))
        production = self._get_productions(self.bike)
        purchase = (
            self.env["purchase.order.line"]
            .search([("product_id", "=", self.brake.id)])
            .order_id
        )
        purchase.button_confirm()
        purchase.picking_ids.button_validate()
        self._get_inspections(point).with_user(self.warehouse_user).action_fail("Rust")
        self.assertTrue(production.is_on_hold)
        self.assertIn("Rust", production.hold_ids.reason)

    # Everything else

    def test_nothing_without_points(self):
        production = self._produce(self._make(5))
        self.assertFalse(production.inspection_ids)

    def test_does_not_hold_where_it_only_looks(self):
        self._add_point("finished", holds=False)
        production = self._produce(self._make(5))
        self.assertEqual(production.state, "done")
        production.inspection_ids.action_fail("Dust")
        self.assertFalse(production.is_on_hold)

    def test_backorder_is_looked_at_again(self):
        self._add_point("finished")
        production = self._make(5)
        production.action_start()
        production.inspection_ids.action_pass()
        self._produce(production, 3, backorder=True)
        rest = production.production_group_id.production_ids - production
        rest.action_start()
        self.assertEqual(rest.inspection_ids.state, "open")

    def test_rights(self):
        point = self._add_point("finished")
        production = self._make(5)
        production.action_start()
        inspection = production.inspection_ids
        with self.assertRaises(AccessError):
            inspection.with_user(self.floor).write({"state": "passed"})
        with self.assertRaises(AccessError):
            inspection.with_user(self._create_user("sales")).action_pass()
        with self.assertRaises(AccessError):
            point.with_user(self.floor).write({"holds": False})

    def test_limits(self):
        with self.assertRaises(ValidationError):
            self._add_point("finished", test="measure", minimum=2, maximum=1)

    def test_cancelled_order_is_not_looked_at(self):
        self._add_point("finished")
        production = self._make(5)
        production.action_release()
        inspection = production.inspection_ids
        production.action_cancel()
        self.assertFalse(inspection.exists())
