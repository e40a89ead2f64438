from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import ExecutionCommon


class CloseCommon(ExecutionCommon):
    """Orders that are done as planned, and closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls._add_stock(cls.frame, 100)
        cls._add_stock(cls.wheel, 100)
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids += cls.env.ref("mto_cascade.group_supply_cost")

    @classmethod
    def _done(cls, quantity=10, **vals):
        production = cls._make(quantity, **vals)
        production.action_release()
        return cls._produce(production)


class TestClose(CloseCommon):
    """Closing asks what has to be asked, or nothing."""

    def test_only_what_is_done(self):
        with self.assertRaisesRegex(UserError, "done"):
            self._make().action_close_order()

    def test_closes_by_itself_within_tolerance(self):
        self.company.auto_close = True
        self.assertEqual(self._done().execution_status, "closed")

    def test_people_see_the_rest(self):
        self.company.auto_close = True
        production = self._make(10)
        production.action_release()
        production.workorder_ids.duration = 300 * 1.2
        self._produce(production)
        self.assertEqual(production.execution_status, "done")
        self._run_cron()
        self.assertEqual(production.execution_status, "done")
        self.company.tolerance_time = 20
        self._run_cron()
        self.assertEqual(production.execution_status, "closed")

    def test_off_after_install(self):
        self.assertEqual(self._done().execution_status, "done")

    def test_reason_for_a_deviation(self):
        self.company.deviation_reason_required = True
        production = self._make(10)
        production.action_release()
        production.qty_producing = 10
        production._set_qty_producing()
        brakes = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        brakes.quantity = 12
        production.move_raw_ids.picked = True
        production.with_context(skip_consumption=True).button_mark_done()
        action = production.action_close_order()
        self.assertFalse(production.closed_on)
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.subject, "Brake kit")
        self.assertEqual(wizard.line_ids.percent, 20)
        with self.assertRaisesRegex(UserError, "Choose a reason"):
            wizard.action_close()
        reason = self.env.ref("operation_exception.reason_cause_quality")
        wizard.line_ids.write({"reason_id": reason.id, "note": "Two were bent"})
        wizard.action_close()
        line = production.closing_ids.line_ids.filtered("reason_id")
        self.assertEqual((line.product_id, line.reason_id), (self.brake, reason))
        self.assertEqual(line.note, "Two were bent")

    def test_no_dialog_within_tolerance(self):
        self.company.deviation_reason_required = True
        production = self._done()
        self.assertIs(production.action_close_order(), True)


class TestClosed(CloseCommon):
    """One order of 10 that is closed: its record, and what it refuses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.production = cls._done()
        cls.production.action_close_order()

    def test_record(self):
        production = self.production
        self.assertEqual(production.execution_status, "closed")
        closing = production.closing_ids
        self.assertEqual((closing.number, closing.is_planned), (1, True))
        rows = {
            (line.kind, line.product_id.name or line.operation): (
                line.planned,
                line.actual,
            )
            for line in closing.line_ids
        }
        self.assertEqual(
            rows,
            {
                ("output", "Bicycle"): (10, 10),
                ("component", "Frame"): (10, 10),
                ("component", "Wheel"): (20, 20),
                ("component", "Brake kit"): (10, 10),
                ("operation", "Assemble"): (300, 300),
            },
        )
        self.assertEqual(closing.planned_cost, 10 * 90 + 300)

    def test_cost_stays_when_prices_change(self):
        """Core prices an order that is done again, with what costs today."""
        closing = self.production.closing_ids
        before = (closing.planned_cost, closing.actual_cost)
        self.frame.standard_price = 1000
        self.bench.costs_hour = 1
        closing.invalidate_recordset()
        self.assertEqual((closing.planned_cost, closing.actual_cost), before)

    def test_facts_are_refused_to_everybody(self):
        production = self.production
        raw = production.move_raw_ids[0]
        finished = production.move_finished_ids
        workorder = production.workorder_ids
        time = workorder.time_ids[:1]
        tries = [
            (production, {"product_qty": 9}),
            (production, {"qty_producing": 9}),
            (production, {"date_finished": "2026-01-01 00:00:00"}),
            (production, {"state": "confirmed"}),
            (production, {"extra_cost": 5}),
            (production, {"move_raw_ids": [Command.update(raw.id, {"quantity": 1})]}),
            (raw, {"quantity": 1}),
            (raw, {"product_uom_qty": 1}),
            (raw, {"date": "2026-01-01 00:00:00"}),
            (raw, {"product_id": self.wheel.id}),
            (raw, {"raw_material_production_id": False}),
            (finished, {"quantity": 1}),
            (raw.move_line_ids, {"quantity": 1}),
            (raw.move_line_ids, {"date": "2026-01-01 00:00:00"}),
            (workorder, {"duration": 1}),
            (workorder, {"duration_expected": 1}),
            (workorder, {"costs_hour": 1}),
            (workorder, {"date_start": "2026-01-01 00:00:00"}),
            (workorder, {"qty_produced": 1}),
            (time, {"date_end": "2026-01-01 00:00:00"}),
            (time, {"duration": 1}),
        ]
        for records, vals in tries:
            self.assertTrue(records, vals)
            for env in (self.env, self.env(user=self.admin)):
                with self.assertRaises(UserError, msg=f"{records} {vals}"):
                    records.with_env(env).write(vals)

    def test_nothing_is_added_or_taken_away(self):
        production = self.production
        raw = production.move_raw_ids[0]
        workorder = production.workorder_ids
        creates = [
            (
                "stock.move",
                {
                    "product_id": self.wheel.id,
                    "product_uom_qty": 1,
                    "raw_material_production_id": production.id,
                },
            ),
            (
                "stock.move.line",
                {"move_id": raw.id, "product_id": self.frame.id, "quantity": 1},
            ),
            (
                "mrp.workorder",
                {
                    "name": "More",
                    "production_id": production.id,
                    "workcenter_id": self.bench.id,
                    "product_uom_id": self.unit.id,
                },
            ),
            (
                "mrp.workcenter.productivity",
                {
                    "workorder_id": workorder.id,
                    "workcenter_id": self.bench.id,
                    "loss_id": workorder.time_ids[:1].loss_id.id,
                    "date_start": "2026-01-01 00:00:00",
                    "date_end": "2026-01-01 01:00:00",
                },
            ),
        ]
        for model, vals in creates:
            with self.assertRaisesRegex(UserError, "is closed", msg=model):
                self.env[model].create(vals)
        for records in (raw.move_line_ids, workorder, workorder.time_ids, production):
            with self.assertRaises(UserError, msg=str(records)):
                records.unlink()

    def test_import_is_refused(self):
        production = self.production
        result = self.env["mrp.production"].load(
            [".id", "qty_producing"], [[str(production.id), "3"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("is closed", result["messages"][0]["message"])

    def test_scrap_for_a_closed_order_is_refused(self):
        production = self.production
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.frame.id,
                "scrap_qty": 1,
                "production_id": production.id,
            }
        )
        with self.assertRaisesRegex(UserError, "is closed"):
            scrap.do_scrap()
        self.assertEqual(scrap.state, "draft")

    def test_the_record_stays(self):
        """For the administrator, the superuser, and who tries to delete it."""
        production = self.production
        closing = production.closing_ids
        for records, vals in (
            (closing, {"closed_on": "2026-01-01 00:00:00"}),
            (closing.line_ids, {"actual": 1}),
        ):
            with self.assertRaises(UserError):
                records.with_user(self.admin).write(vals)
            with self.assertRaises(UserError):
                records.with_user(self.admin).unlink()
            with self.assertRaisesRegex(UserError, "stays as it is"):
                records.sudo().write(vals)
            with self.assertRaisesRegex(UserError, "stays as it is"):
                records.sudo().unlink()
        with self.assertRaises(AccessError):
            closing.with_user(self.admin).create(
                {
                    "production_id": production.id,
                    "number": 2,
                    "company_id": self.company.id,
                    "product_id": self.bike.id,
                }
            )

    def test_core_goes_on(self):
        """Unbuild, return, lots and names: other fields, other records."""
        production = self.production
        production.is_locked = False
        production.priority = "1"
        production.message_post(body="A note")
        self.env["mrp.unbuild"].create(
            {
                "product_id": self.bike.id,
                "mo_id": production.id,
                "product_qty": 1,
                "product_uom_id": self.unit.id,
            }
        ).action_unbuild()
        self.assertEqual(self.bike.qty_available, 9)
        self.bike.standard_price = 7
        production.move_finished_ids.value_manual = 5
        self.env.flush_all()
        other = self._done(2)
        self.assertEqual(other.state, "done")

    def test_reopen(self):
        production = self.production
        planner = self._create_user("planner")
        with self.assertRaises(AccessError):
            production.with_user(planner).action_reopen_order("A mistake")
        admin = production.with_user(self.admin)
        with self.assertRaisesRegex(UserError, "Say why"):
            admin.action_reopen_order("")
        admin.action_reopen_order("Counted wrongly")
        self.assertEqual(production.execution_status, "done")
        self.assertIn("Counted wrongly", production.message_ids[0].body)
        production.move_raw_ids[0].quantity = 9
        production.action_close_order()
        self.assertEqual(production.closing_ids.mapped("number"), [2, 1])
        lines = self.env["mto.production.closing.line"].search(
            [("production_id", "=", production.id), ("is_reopened", "=", False)]
        )
        self.assertEqual(lines.closing_id.number, 2)
        self.assertEqual(lines.filtered(lambda x: x.product_id == self.frame).actual, 9)

    def test_report(self):
        found = self.env["mto.production.closing.line"].formatted_read_group(
            [("kind", "=", "component")],
            ["finished_product_id", "product_id", "closed_on:month"],
            ["planned:sum", "difference:sum", "percent:avg"],
        )
        self.assertEqual(len(found), 3)

    def test_cost_of_a_record_is_for_its_group(self):
        lines = self.production.closing_ids.line_ids
        user = self._create_user("planner")
        lines.with_user(user).read(["planned", "actual"])
        with self.assertRaises(AccessError):
            lines.with_user(user).read(["actual_cost"])
