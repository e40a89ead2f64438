from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class RecurringCommon(ExecutionCommon):
    """Orders that are closed with deviations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for part in (cls.frame, cls.wheel, cls.brake):
            cls._add_stock(part, 1000)
        cls.planner = cls._create_user("planner")

    @classmethod
    def _close(cls, quantity=10, brakes=None, minutes=None, scrapped=0):
        """A closed order that took so many brake kits and minutes."""
        production = cls._make(quantity)
        production.action_release()
        production.qty_producing = quantity
        production._set_qty_producing()
        move = production.move_raw_ids.filtered(lambda m: m.product_id == cls.brake)
        if brakes is not None:
            move.quantity = brakes
        production.move_raw_ids.picked = True
        if minutes is not None:
            production.workorder_ids.duration = minutes
        if scrapped:
            cls.env["stock.scrap"].create(
                {
                    "product_id": cls.brake.id,
                    "scrap_qty": scrapped,
                    "production_id": production.id,
                }
            ).do_scrap()
        production.with_context(skip_consumption=True).button_mark_done()
        production.action_close_order()
        return production

    def _look(self):
        self.env["mto.recurring.deviation"].with_user(self.planner).action_look_again()
        return self.env["mto.recurring.deviation"].search(
            [("bom_id", "=", self.bom.id), ("state", "=", "open")]
        )


class TestDiagnoses(RecurringCommon):
    """What deviates again and again becomes a suggestion; a person applies it."""

    def test_bill_of_materials(self):
        """11 brake kits for 10 bicycles, three times of four: 1.075 a piece."""
        for brakes in (11, 11, 10, 11):
            self._close(brakes=brakes)
        found = self._look()
        self.assertEqual((found.diagnosis, found.product_id), ("bom", self.brake))
        self.assertEqual((found.times, found.looked_at), (3, 4))
        self.assertEqual(
            (found.mean, found.spread, found.current, found.suggested),
            (1.075, 0.043, 1, 1.075),
        )
        self.assertIn("3 of the last 4", found.message)
        found.with_user(self.planner).action_apply()
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake)
        self.assertEqual(line.product_qty, 1.08, "rounded as quantities are")
        self.assertEqual((found.state, found.decided_by_id), ("applied", self.planner))
        trace = self.bom.message_ids[0].body
        self.assertIn("Changed from 1 to 1.075", trace)
        self.assertIn("3 of the last 4", trace)
        self.assertFalse(self._look(), "what was planned before says nothing any more")

    def test_four_diagnoses(self):
        for brakes, scrapped, minutes in ((10, 2, 400), (10, 1, 420), (10, 2, 410)):
            production = self._close(10, brakes, minutes, scrapped)
            self.assertEqual(
                sum(production.closing_ids.line_ids.mapped("scrapped")), scrapped
            )
        # The orders were planned for today and ended three days later.
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mto_production_closing
                  SET planned_end = actual_end - interval '3 days'
                WHERE bom_id = %s""",
            [self.bom.id],
        )
        self.env.invalidate_all()
        found = {each.diagnosis: each for each in self._look()}
        self.assertEqual(set(found), {"fragile", "step", "deadline"})
        self.assertEqual(found["fragile"].product_id, self.brake)
        self.assertEqual(found["step"].operation_id, self.bom.operation_ids)
        self.assertEqual(found["step"].suggested, 41)
        self.assertEqual(found["deadline"].suggested, 3)
        (found["step"] | found["deadline"]).with_user(self.planner).action_apply()
        self.assertEqual(self.bom.operation_ids.time_cycle_manual, 41)
        self.assertEqual(self.bom.produce_delay, 3)

    def test_what_nobody_planned_joins(self):
        bell = self._create_part("Bell", on_hand=100)
        for _turn in range(3):
            production = self._make(5)
            production.action_release()
            production._substitute(
                self.env["product.product"], bell, 0, 5, "Customers want one"
            )
            self._produce(production)
            production.action_close_order()
        found = self._look().filtered(lambda each: each.product_id == bell)
        self.assertEqual((found.current, found.suggested), (0, 1))
        found.action_apply()
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == bell)
        self.assertEqual(line.product_qty, 1)


class TestRecurring(RecurringCommon):
    """Three orders took 12 brake kits for 10 bicycles; a person decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closed = [cls._close(brakes=12) for _turn in range(3)]

    def test_dismissed(self):
        found = self._look()
        found.with_user(self.planner).action_dismiss()
        self.assertEqual(found.state, "dismissed")
        self.assertIn("Kept as it is", self.bom.message_ids[0].body)
        self.assertFalse(self._look())
        with self.assertRaisesRegex(UserError, "meanwhile"):
            found.action_apply()

    def test_changed_meanwhile(self):
        found = self._look()
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake)
        line.product_qty = 2
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            found.action_apply()
        self.assertFalse(self._look(), "older orders followed another quantity")

    def test_reopened_orders_do_not_count(self):
        self.assertTrue(self._look())
        admin = self.env.ref("base.user_admin")
        self.closed[0].with_user(admin).action_reopen_order("Counted wrongly")
        self.assertFalse(self._look())

    def test_rights(self):
        found = self._look()
        floor = found.with_user(self._create_user("shop_floor"))
        floor.read(["suggested"])
        for method in ("action_apply", "action_dismiss", "action_look_again"):
            with self.assertRaises(AccessError):
                getattr(floor, method)()
        with self.assertRaises(AccessError):
            found.with_user(self.planner).write({"suggested": 9})

    def test_cron(self):
        self.env["mto.recurring.deviation"]._cron_look()
        self.assertTrue(
            self.env["mto.recurring.deviation"].search([("bom_id", "=", self.bom.id)])
        )
