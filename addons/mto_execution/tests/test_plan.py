import random

from odoo import Command
from odoo.exceptions import AccessError

from .common import ExecutionCommon


class TestPlan(ExecutionCommon):
    """The plan is kept, divided and compared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 1000)
        cls._add_stock(cls.frame, 1000)
        cls._add_stock(cls.wheel, 1000)

    def _totals(self, productions):
        """{what: planned} over the plans of the orders."""
        totals = {"bikes": sum(productions.plan_ids.mapped("quantity"))}
        for line in productions.plan_ids.line_ids:
            name = line.product_id.name or line.name
            totals[name] = totals.get(name, 0.0) + line.quantity
        return {name: round(value, 6) for name, value in totals.items()}

    PLAN = {"bikes": 20, "Frame": 20, "Wheel": 40, "Brake kit": 20, "Assemble": 600}

    def test_kept_at_each_first_start(self):
        starts = {
            "release": lambda p: p.action_release(),
            "start": lambda p: p.action_start(),
            "work order": lambda p: p.workorder_ids.button_start(),
            "quantity": lambda p: p.write({"qty_producing": 3}),
            "finish": lambda p: self._produce(p),
        }
        for name, start in starts.items():
            with self.subTest(name):
                production = self._make()
                self.assertFalse(production.plan_ids)
                planned = production.date_start
                start(production)
                self.assertEqual(self._totals(production), self.PLAN)
                self.assertEqual(production.plan_ids.date_start, planned)

    def test_cost_is_kept(self):
        production = self._make()
        production.action_release()
        self.frame.standard_price = 1000
        self.bench.costs_hour = 1
        # 20 × (50 + 2 × 10 + 20) and 10 hours at 60.
        self.assertEqual(production.plan_ids.cost, 1800 + 600)

    def test_plan_survives_what_core_overwrites(self):
        production = self._make()
        start = production.date_start
        production.action_release()
        production.workorder_ids.button_start()
        wizard = self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": 25}
        )
        wizard.change_prod_qty()
        self._produce(production, 25)
        self.assertEqual(self._totals(production), self.PLAN)
        self.assertEqual(production.plan_ids.date_start, start)
        variance = production.get_variance()[0]
        self.assertEqual(
            (variance["quantity"]["planned"], variance["quantity"]["actual"]), (20, 25)
        )

    def test_backorder_takes_its_share(self):
        production = self._make()
        production.action_release()
        self._produce(production, 14, backorder=True)
        group = production.production_group_id.production_ids
        rest = group - production
        self.assertEqual(production.plan_ids.quantity, 14)
        self.assertEqual(rest.plan_ids.quantity, 6)
        self.assertTrue(rest.released_on)
        self.assertEqual(self._totals(group), self.PLAN)

    def test_cancelled_rest_stays_a_deviation(self):
        production = self._make()
        production.action_release()
        self._produce(production, 14)
        self.assertEqual(production.plan_ids.quantity, 20)
        self.assertEqual(production.get_variance()[0]["quantity"]["difference"], -6)

    def test_conserved_whatever_happens(self):
        """Split, backorder, merge, changed quantity, unbuild, in any order: the sum
        stays.
        """
        rng = random.Random(20)
        for _turn in range(2):
            productions = self._make()
            productions.action_release()
            for kind in self._get_disturbances(rng):
                with self.subTest(kind):
                    productions = getattr(self, f"_do_{kind}")(productions, rng)
                    self.assertEqual(self._totals(productions), self.PLAN)

    def _get_disturbances(self, rng):
        """All of them, each after what it needs."""
        kinds = ["split", "backorder", "merge", "change", "unbuild"]
        while True:
            rng.shuffle(kinds)
            at = kinds.index
            if at("split") < at("merge") and at("backorder") < at("unbuild"):
                return kinds

    def _choose_part(self, productions, rng):
        """(The largest order that waits, a part of its quantity)."""
        waiting = productions.filtered(lambda p: p.state == "confirmed")
        production = waiting.sorted("product_qty")[-1:]
        return production, rng.randint(1, int(production.product_qty) - 1)

    def _do_split(self, productions, rng):
        production, part = self._choose_part(productions, rng)
        return productions | production._split_productions({production: [part]})

    def _do_backorder(self, productions, rng):
        production, part = self._choose_part(productions, rng)
        self._produce(production, part, backorder=True)
        return productions | production.production_group_id.production_ids

    def _do_merge(self, productions, _rng):
        waiting = productions.filtered(lambda p: p.state == "confirmed")
        self.assertGreater(len(waiting), 1)
        action = waiting.action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        return productions - waiting + merged

    def _do_change(self, productions, rng):
        production = self._choose_part(productions, rng)[0]
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": rng.randint(4, 30)}
        ).change_prod_qty()
        return productions

    def _do_unbuild(self, productions, _rng):
        done = productions.filtered(lambda p: p.state == "done")
        self._unbuild(done[:1])
        return productions

    def _unbuild(self, production):
        self.env["mrp.unbuild"].create(
            {
                "product_id": production.product_id.id,
                "mo_id": production.id,
                "product_qty": 1,
                "product_uom_id": self.unit.id,
            }
        ).action_unbuild()

    def test_component_that_was_not_used(self):
        """Core sets the demand of what was not picked to zero."""
        production = self._make(10)
        production.action_release()
        production.qty_producing = 10
        production._set_qty_producing()
        brakes = production.move_raw_ids.filtered(lambda m: m.product_id == self.brake)
        brakes.write({"quantity": 0, "picked": False})
        production.with_context(skip_consumption=True).button_mark_done()
        lines = production.get_variance()[0]["components"]
        (line,) = [line for line in lines if line["product"] == "Brake kit"]
        self.assertEqual((line["planned"], line["actual"]), (10, 0))

    def test_bill_of_materials_changed_after_release(self):
        production = self._make(10)
        production.action_release()
        self.bom.bom_line_ids[0].product_qty = 3
        self.bom.operation_ids.time_cycle_manual = 1
        self._produce(production)
        lines = production.get_variance()[0]["components"]
        self.assertEqual(lines[0]["planned"], 10)
        self.assertEqual(production.get_variance()[0]["operations"][0]["planned"], 300)

    def test_queries_of_variance_do_not_grow(self):
        counts = []
        for more in (1, 7):
            productions = self.env["mrp.production"].union(
                *[self._make(1) for _number in range(more)]
            )
            productions.action_release()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            productions.get_variance()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5)

    def test_unbuild_leaves_the_plan(self):
        production = self._make(2)
        self._produce(production)
        self.env["mrp.unbuild"].create(
            {
                "product_id": self.bike.id,
                "mo_id": production.id,
                "product_qty": 2,
                "product_uom_id": self.unit.id,
            }
        ).action_unbuild()
        self.assertEqual(production.plan_ids.quantity, 2)

    def test_variance(self):
        """Two brake kits more, a frame replaced, half an hour lost."""
        production = self._make(10)
        production.action_release()
        carbon = self._create_part("Carbon frame", on_hand=5, standard_price=200)
        production.qty_producing = 10
        production._set_qty_producing()
        moves = {move.product_id: move for move in production.move_raw_ids}
        moves[self.brake].quantity = 12
        moves[self.frame].quantity = 9
        production.move_raw_ids = [
            Command.create(
                {
                    "product_id": carbon.id,
                    "product_uom_qty": 0,
                    "quantity": 1,
                    "picked": True,
                }
            )
        ]
        production.workorder_ids.duration = 330
        production.move_raw_ids.picked = True
        production.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(production.state, "done")
        variance = production.get_variance()[0]
        found = {
            line["product"]: (line["planned"], line["actual"], line["is_planned"])
            for line in variance["components"]
        }
        self.assertEqual(
            found,
            {
                "Frame": (10, 9, True),
                "Wheel": (20, 20, True),
                "Brake kit": (10, 12, True),
                "Carbon frame": (0, 1, False),
            },
        )
        (step,) = variance["operations"]
        self.assertEqual((step["name"], step["workcenter"]), ("Assemble", "Assembly"))
        self.assertEqual((step["planned"], step["actual"]), (300, 330))
        # 1 carbon frame for a frame, 2 brake kits, half an hour.
        cost = variance["cost"]
        self.assertEqual(cost["planned"], 10 * 90 + 300)
        self.assertEqual(cost["difference"], 200 - 50 + 40 + 30)

    def test_cost_is_for_its_group(self):
        production = self._make()
        production.action_release()
        user = self._create_user("planner")
        production = production.with_user(user)
        self.assertIs(production.get_variance()[0]["cost"], False)
        with self.assertRaises(AccessError):
            production.plan_ids.read(["cost"])
        with self.assertRaises(AccessError):
            production.plan_ids.line_ids.read(["cost"])
        user.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        self.assertEqual(production.get_variance()[0]["cost"]["planned"], 2400)

    def test_nobody_writes_a_plan(self):
        production = self._make()
        production.action_release()
        admin = self.env.ref("base.user_admin")
        for records, vals in (
            (production.plan_ids, {"quantity": 1}),
            (production.plan_ids.line_ids, {"quantity": 1}),
        ):
            with self.assertRaises(AccessError):
                records.with_user(admin).write(vals)
