import json
from datetime import timedelta

from odoo import Command, http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ExecutionCommon


class TestHoles(ExecutionCommon):
    """What stock Odoo lets pass, row by row: each is refused, kept or recorded.

    Refused before the start and at the end: here and in ``test_launch_policy``. Kept
    through splits, backorders, merges and changes: ``test_plan``. Frozen after closing:
    ``test_close``; what is not there is here.
    """

    def _block(self):
        self.company.launch_policy = "block"

    # Nothing blocks

    def test_no_components_at_all(self):
        """Core finishes it under every consumption, even "Blocked": -6, -12, -18."""
        bare = self._create_product("Trailer")
        part = self._create_part("Axle")
        bom = self._create_bom(bare, [(part, 2)])
        for consumption in ("flexible", "warning", "strict"):
            with self.subTest(consumption):
                bom.consumption = consumption
                self.company.launch_policy = "inform"
                before = part.qty_available
                self._produce(self._make(3, bare))
                self.assertEqual(part.qty_available, before - 6, "core closed the hole")
                self._block()
                production = self._make(3, bare)
                with self.assertRaises(UserError):
                    self._produce(production)
                with self.assertRaises(UserError):
                    production.action_start()
                self.assertEqual(production.state, "confirmed")

    def test_step_before_its_turn(self):
        """Core tells that a step waits for another, and starts it all the same."""
        self._add_stock(self.brake, 10)
        self.bom.allow_operation_dependencies = True
        paint = self.bom.operation_ids.copy({"name": "Paint", "bom_id": self.bom.id})
        paint.blocked_by_operation_ids = self.bom.operation_ids - paint
        production = self._make(2)
        second = production.workorder_ids.filtered(lambda w: w.name == "Paint")
        self._block()
        with self.assertRaisesRegex(UserError, "Paint waits for Assemble"):
            second.button_start()
        first = production.workorder_ids - second
        first.button_start()
        first.button_finish()
        second.button_start()
        self.assertEqual(second.state, "progress")

    # Consumption

    def test_strict_consumption_that_is_skipped(self):
        """The context key that skips core's question hides nothing: it is recorded."""
        self._add_stock(self.brake, 50)
        self.bom.consumption = "strict"
        floor = self._create_user("shop_floor")
        production = self._make(10)
        production.action_start()
        production.qty_producing = 10
        production._set_qty_producing()
        move = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        move.write({"quantity": 15, "picked": True})
        production.with_user(floor).with_context(
            skip_consumption=True
        ).button_mark_done()
        self.assertIn("15 in place of 10", production.alert_message)
        production.action_close_order()
        line = production.closing_ids.line_ids.filtered(
            lambda x: x.product_id == self.brake
        )
        self.assertEqual((line.planned, line.actual, line.percent), (10, 15, 50))

    # The plan is destroyed

    def _kept(self, production):
        plan = production.plan_ids
        lines = {
            line.product_id.name or line.name: (line.quantity, line.cost)
            for line in plan.line_ids
        }
        return plan.quantity, plan.date_start, plan.date_finished, lines

    def test_plan_of_each_row(self):
        self._add_stock(self.brake, 100)
        bell = self._create_part("Bell", on_hand=10)
        hour = timedelta(hours=1)
        rows = {
            "component quantity": lambda p: p.move_raw_ids[0].write(
                {"product_uom_qty": 77}
            ),
            "component taken out": lambda p: p.move_raw_ids[0]._action_cancel(),
            "component added": lambda p: self.env["stock.move"].create(
                p._get_move_raw_values(bell, 3, self.unit)
            ),
            "component not picked": lambda p: self._produce_without(p, self.brake),
            "bill of materials": lambda p: self.bom.bom_line_ids.write(
                {"product_qty": 9}
            ),
            "output": lambda p: self.env["change.production.qty"]
            .create({"mo_id": p.id, "product_qty": 25})
            .change_prod_qty(),
            "expected minutes": lambda p: p.workorder_ids.write(
                {"duration_expected": 7}
            ),
            "step is dragged": lambda p: p.workorder_ids.write(
                {
                    "date_start": p.date_start + 30 * hour,
                    "date_finished": p.date_start + 33 * hour,
                }
            ),
            "work starts": lambda p: p.workorder_ids.button_start(),
            "no time recorded": self._produce,
            "end": lambda p: self._produce(p),
            "prices": lambda p: self.frame.write({"standard_price": 999}),
            "cost per hour": lambda p: self.bench.write({"costs_hour": 1}),
        }
        production = self._make()
        production.action_release()
        before = self._kept(production)
        for name, disturb in rows.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                disturb(production)
                self.env.flush_all()
                self.assertEqual(self._kept(production), before)
                savepoint.rollback()
                self.env.invalidate_all()

    def _produce_without(self, production, product):
        """Core sets what is not picked to 0 when the order is finished."""
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        move = production.move_raw_ids.filtered(lambda m: m.product_id == product)
        move.picked = False
        production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(move.quantity, 0)

    def test_deadline_survives(self):
        production = self._make()
        production.action_release()
        deadline = production.date_deadline
        production.date_deadline = self.env.cr.now() + timedelta(days=50)
        self.assertEqual(production.plan_ids.date_deadline, deadline)

    # After the end

    def _closed(self):
        self._add_stock(self.brake, 50)
        production = self._make(10)
        production.action_release()
        self._produce(production)
        production.action_close_order()
        return production

    def test_unlocked_is_closed_all_the_same(self):
        """Any user of manufacturing may unlock an order; the lock is of the view."""
        production = self._closed()
        floor = production.with_user(self._create_user("shop_floor"))
        floor.action_toggle_is_locked()
        self.assertFalse(production.is_locked)
        for vals in (
            {"qty_producing": 3},
            {"product_qty": 3},
            {"date_finished": self.env.cr.now()},
            {
                "move_raw_ids": [
                    Command.update(production.move_raw_ids[0].id, {"quantity": 1})
                ]
            },
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                floor.write(vals)
        with self.assertRaises(UserError):
            production.move_raw_ids[0].move_line_ids.unlink()
        for method in ("action_cancel", "unlink", "button_mark_done"):
            with self.assertRaises(UserError, msg=method):
                getattr(production, method)()

    def test_line_that_is_done_at_once(self):
        """On an order that is done, core creates a component directly as done."""
        production = self._closed()
        vals = production._get_move_raw_values(self.frame, 1, self.unit)
        with self.assertRaisesRegex(UserError, "is closed"):
            self.env["stock.move"].create({**vals, "state": "done", "quantity": 1})


@tagged("post_install", "-at_install")
class TestClosedFromOutside(HttpCase, ExecutionCommon):
    """A closed order: the administrator tries to change it, and it is exported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 50)
        cls.production = cls._make(10)
        cls.production.action_release()
        cls._produce(cls.production)
        cls.production.action_close_order()

    def test_administrator_by_rpc(self):
        production = self.production
        admin = new_test_user(
            self.env,
            login="mto_execution_admin",
            groups="base.group_system,mrp.group_mrp_manager,stock.group_stock_manager",
        )
        raw = production.move_raw_ids[0]
        tries = [
            ("mrp.production", "write", [production.ids, {"qty_producing": 1}]),
            ("mrp.production", "write", [production.ids, {"closed_on": False}]),
            ("mrp.production", "web_save", [production.ids, {"product_qty": 1}, {}]),
            (
                "mrp.production",
                "load",
                [[".id", "product_qty"], [[str(production.id), "1"]]],
            ),
            ("mrp.production", "unlink", [production.ids]),
            ("mrp.production", "action_cancel", [production.ids]),
            ("stock.move", "write", [raw.ids, {"quantity": 1}]),
            ("stock.move.line", "write", [raw.move_line_ids.ids, {"quantity": 1}]),
            ("mrp.workorder", "write", [production.workorder_ids.ids, {"duration": 1}]),
            (
                "mto.production.closing",
                "write",
                [production.closing_ids.ids, {"number": 9}],
            ),
            ("mto.production.closing", "unlink", [production.closing_ids.ids]),
            (
                "mto.production.plan",
                "write",
                [production.plan_ids.ids, {"quantity": 9}],
            ),
        ]
        facts = (production.qty_produced, raw.quantity, production.closed_on)
        login = (self.env.cr.dbname, admin.id, admin.login)
        for model, method, arguments in tries:
            with self.subTest(model=model, method=method):
                try:
                    answer = self.xmlrpc_object.execute_kw(
                        *login,
                        model,
                        method,
                        arguments,
                        {"context": {"skip_consumption": True, "is_closed": False}},
                    )
                except Exception as error:
                    self.assertIn("Fault", type(error).__name__)
                else:
                    self.assertEqual(method, "load", answer)
                    self.assertFalse(answer["ids"])
        self.env.invalidate_all()
        self.assertEqual(
            (production.qty_produced, raw.quantity, production.closed_on), facts
        )

    DIMENSIONS = [
        "finished_product_id",
        "bom_id",
        "product_id",
        "operation",
        "workcenter_id",
        "reason_id",
        "closed_on:month",
        "customer_order_id",
    ]

    def _export(self, user, names, groupby=()):
        self.authenticate(user.login, user.login)
        lines = self.env["mto.production.closing.line"]
        data = {
            "model": lines._name,
            "fields": [
                {"name": name, "label": name, "type": lines._fields[name].type}
                for name in names
            ],
            "ids": False,
            "domain": [("finished_product_id", "=", self.bike.id)],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {},
        }
        token = http.Request.csrf_token(self)
        return self.url_open(
            "/web/export/xlsx", data={"data": json.dumps(data), "csrf_token": token}
        )

    def test_variance_as_xlsx(self):
        """By each dimension; cost for its group only."""
        user = new_test_user(
            self.env,
            login="mto_execution_export",
            groups="mrp.group_mrp_user,base.group_allow_export",
        )
        for dimension in self.DIMENSIONS:
            with self.subTest(dimension):
                answer = self._export(user, ["planned", "actual"], [dimension])
                self.assertEqual(answer.status_code, 200)
                self.assertTrue(answer.content.startswith(b"PK"), "no workbook")
        with mute_logger("odoo.http"):
            refused = self._export(user, ["actual_cost"])
        self.assertFalse(refused.content.startswith(b"PK"), "cost is exported")
        user.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        answer = self._export(user, ["actual_cost"])
        self.assertTrue(answer.content.startswith(b"PK"))
