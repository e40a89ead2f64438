from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ExecutionCommon


class TestSubstitutes(ExecutionCommon):
    """Another component: from the list, or approved; always recorded, with cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.disc = cls._create_part("Disc brake", on_hand=50, standard_price=35)
        cls.rim = cls._create_part("Rim brake", on_hand=50, standard_price=15)
        cls.line = cls.bom.bom_line_ids.filtered(lambda x: x.product_id == cls.brake)
        cls.line.substitute_ids = [
            Command.create({"product_id": cls.disc.id, "quantity": 2})
        ]
        cls.floor = cls._create_user("shop_floor")
        cls.chief = cls._create_user("planner")
        cls.chief.group_ids += cls.env.ref("mto_execution.group_substitute")

    def test_what_is_missing_is_proposed(self):
        """6 of 20 brake kits; all of them where none is missing."""
        for made, proposed in ((20, 6), (4, 4)):
            production = self._make(made)
            move = production.move_raw_ids.filtered(
                lambda m: m.product_id == self.brake
            )
            action = move.with_user(self.floor).action_open_replace()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(wizard.planned_quantity, proposed)
            self.assertEqual(wizard.quantity, 2 * proposed)
            production.action_cancel()

    def _replace(self, production, user, product, quantity=6, reason=False):
        move = production.move_raw_ids.filtered(
            lambda m: m.product_id == self.brake and m.state != "cancel"
        )
        action = move.with_user(user).action_open_replace()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.write(
            {
                "planned_quantity": quantity,
                "product_id": product.id,
                "reason": reason,
            }
        )
        wizard.action_apply()
        return wizard

    def _needs(self, production):
        return {
            move.product_id.name: move.product_uom_qty
            for move in production.move_raw_ids
            if move.state != "cancel"
        }

    def test_approved_substitute_fills_the_gap(self):
        """6 of 20 brake kits are missing: 12 disc brakes take their place."""
        production = self._make()
        wizard = self._replace(production, self.floor, self.disc)
        self.assertTrue(wizard.is_listed)
        self.assertEqual(wizard.quantity, 12)
        self.assertEqual(
            self._needs(production),
            {"Frame": 20, "Wheel": 40, "Brake kit": 14, "Disc brake": 12},
        )
        self.assertTrue(self._check(production)["can_launch"])
        record = production.substitution_ids
        self.assertEqual((record.state, record.is_listed), ("approved", True))
        self.assertEqual((record.planned_cost, record.cost), (120, 420))
        self.assertIn("Disc brake", production.message_ids[0].body)
        self._produce(production)
        parts = {
            row["product"]: row for row in production.get_variance()[0]["components"]
        }
        self.assertEqual(parts["Brake kit"]["planned"], 20)
        self.assertEqual(parts["Brake kit"]["actual"], 14)
        self.assertFalse(parts["Disc brake"]["is_planned"])
        self.assertEqual(self.disc.qty_available, 38)

    def test_all_of_it(self):
        production = self._make(4)
        self._replace(production, self.floor, self.disc, 4)
        self.assertEqual(
            self._needs(production), {"Frame": 4, "Wheel": 8, "Disc brake": 8}
        )

    def test_anything_else_waits_for_an_approval(self):
        production = self._make()
        with self.assertRaisesRegex(UserError, "Say why"):
            self._replace(production, self.floor, self.rim)
        wizard = self._replace(production, self.floor, self.rim, reason="It fits")
        self.assertTrue(wizard.needs_approval)
        record = production.substitution_ids
        self.assertEqual(record.state, "requested")
        self.assertNotIn("Rim brake", self._needs(production))
        issue = self.env["operation.exception"].search(
            [("key", "=", f"substitution-{record.id}")]
        )
        self.assertIn("It fits", str(issue.description))
        with self.assertRaises(AccessError):
            record.with_user(self.floor).action_approve()
        record.with_user(self.chief).action_approve()
        self.assertEqual(self._needs(production)["Rim brake"], 6)
        self.assertEqual((record.state, record.decided_by_id), ("approved", self.chief))
        self.assertEqual(issue.state, "closed")
        with self.assertRaisesRegex(UserError, "decided already"):
            record.with_user(self.chief).action_refuse()

    def test_refused(self):
        production = self._make()
        self._replace(production, self.floor, self.rim, reason="It fits")
        production.substitution_ids.with_user(self.chief).action_refuse()
        self.assertEqual(production.substitution_ids.state, "refused")
        self.assertEqual(self._needs(production)["Brake kit"], 20)

    def test_who_may_approve_takes_it_at_once(self):
        production = self._make()
        self._replace(production, self.chief, self.rim, reason="It fits")
        self.assertEqual(self._needs(production)["Rim brake"], 6)

    def test_added_by_hand_needs_an_approval_where_asked(self):
        self.company.substitute_approval_required = True
        production = self._make(5)
        production.action_release()
        self.env["stock.move"].create(
            production._get_move_raw_values(self.rim, 5, self.unit)
        )
        production.action_assign()
        with self.assertRaisesRegex(UserError, "nobody approved Rim brake"):
            self._produce(production)
        with self.assertRaises(AccessError):
            production.with_user(self.floor).action_approve_components("It fits")
        with self.assertRaisesRegex(UserError, "Say why"):
            production.with_user(self.chief).action_approve_components(" ")
        production.with_user(self.chief).action_approve_components("It fits")
        self._produce(production)
        self.assertEqual(production.state, "done")
        self.assertEqual(production.substitution_ids.product_id, self.rim)
        self.assertEqual(production.substitution_ids.cost, 75)

    def test_off_after_install(self):
        production = self._make(5)
        production.action_release()
        self.env["stock.move"].create(
            production._get_move_raw_values(self.rim, 5, self.unit)
        )
        self._produce(production)
        self.assertEqual(production.state, "done")

    def test_bad_input(self):
        production = self._make(5)
        with self.assertRaisesRegex(UserError, "positive"):
            self._replace(production, self.floor, self.disc, 0)
        with self.assertRaisesRegex(UserError, "Less of Brake kit"):
            self._replace(production, self.floor, self.disc, 9)
        with self.assertRaisesRegex(UserError, "Choose what"):
            self._replace(production, self.floor, self.brake)
        with self.assertRaises(ValidationError):
            self.line.substitute_ids = [Command.create({"product_id": self.brake.id})]

    def test_cost_is_for_its_group(self):
        production = self._make()
        self._replace(production, self.floor, self.disc)
        record = production.substitution_ids.with_user(self.floor)
        record.read(["quantity"])
        with self.assertRaises(AccessError):
            record.read(["cost"])
        with self.assertRaises(AccessError):
            record.write({"state": "approved"})

    def test_substitutes_go_with_the_copy(self):
        copy = self.bom.copy()
        self.assertEqual(copy.bom_line_ids.substitute_ids.product_id, self.disc)
