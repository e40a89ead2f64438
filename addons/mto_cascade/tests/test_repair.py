from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_links import LinksCommon


@tagged("post_install", "-at_install")
class TestRepair(LinksCommon):
    """Demands from before the installation are found, and linked with their supply."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = cls._create_user("planner")

    def _without_links(self):
        """Odoo as it was before: nothing is linked that core does not link."""
        return patch.object(
            self.registry["stock.move"], "_link_supply", lambda self, before=None: None
        )

    def _strand(self, on_hand=0):
        """An order raised from 2 to 5 by core's route; the growth has no link."""
        with self._without_links():
            self.part = self._create_bought("Part", None)
            self.top = self._create_assembly("Top", [(self.part, 2)], None)
            self.order = self._create_order((self.top, 2))
            self.order.order_line.product_uom_qty = 5
        if on_hand:
            self._add_stock(self.top, on_hand)
        return self.order.picking_ids.move_ids.filtered(lambda m: not m.move_orig_ids)

    def _search_stranded(self):
        return self.env["stock.move"].search([("is_stranded", "=", True)])

    def _repair(self, moves=None):
        moves = self.env["stock.move"] if moves is None else moves
        return moves.with_user(self.planner).repair_mto_links()

    def test_linked_with_its_own_supply(self):
        stranded = self._strand()
        self.assertEqual(self._search_stranded(), stranded)
        self.assertEqual(stranded.stranded_qty, 3)
        [answer] = self._repair()
        output = self._get_productions(self.top).move_finished_ids
        self.assertEqual(
            answer,
            {
                "id": stranded.id,
                "model": "stock.move",
                "product_id": self.top.id,
                "missing_before": 3.0,
                "missing_after": 0.0,
                "uom": "Units",
                "status": "linked",
                "supplies": [f"stock.move,{output.id}"],
            },
        )
        self.assertFalse(self._search_stranded())
        self._live_to_the_end(self.order, self.part, self.top)

    def test_supply_has_arrived(self):
        """The goods are on the shelf since long: they are reserved at once."""
        stranded = self._strand()
        with self._without_links():
            self._receive(self.part)
            self._produce(self._get_productions(self.top))
        self.assertEqual(stranded.state, "waiting")
        [answer] = self._repair()
        self.assertEqual(answer["status"], "linked")
        self.assertEqual(stranded.state, "assigned")

    def test_taken_from_stock(self):
        """Nothing can be linked, but the goods are there."""
        stranded = self._strand(on_hand=4)
        self._get_productions(self.top).move_finished_ids.reference_ids = False
        [answer] = self._repair()
        self.assertEqual((answer["status"], answer["missing_after"]), ("from_stock", 0))
        self.assertEqual(stranded.state, "assigned")
        self.assertEqual(stranded.procure_method, "make_to_stock")
        self.assertFalse(self._repair())

    def test_no_supply(self):
        """2 of 3 are there: taken, and the rest is told, each time the same."""
        stranded = self._strand(on_hand=2)
        self._get_productions(self.top).move_finished_ids.reference_ids = False
        [answer] = self._repair()
        self.assertEqual((answer["status"], answer["missing_after"]), ("no_supply", 1))
        self.assertEqual(stranded.quantity, 2)
        [again] = self._repair()
        self.assertEqual((again["missing_before"], again["missing_after"]), (1, 1))
        self.assertEqual(self._search_stranded(), stranded)

    def test_supply_that_was_cancelled(self):
        """A person cancelled the order: the demand is told, and takes what turns up."""
        top = self._create_assembly("Top", [(self._create_bought("Part"), 1)])
        order = self._create_order((top, 2))
        move = order.picking_ids.move_ids
        self.assertFalse(self._search_stranded())
        self._get_productions(top).action_cancel()
        self.assertEqual(self._search_stranded(), move)
        [answer] = self._repair()
        self.assertEqual((answer["status"], answer["missing_after"]), ("no_supply", 2))
        self._add_stock(top, 2)
        [answer] = self._repair()
        self.assertEqual(answer["status"], "from_stock")
        self.assertEqual(move.state, "assigned")

    def test_second_run_changes_nothing(self):
        self._strand()
        self.assertTrue(self._repair())
        with patch.object(self.registry["stock.move"], "write") as write:
            self.assertEqual(self._repair(), [])
        write.assert_not_called()

    def test_goods_of_older_demands_are_left_alone(self):
        stranded = self._strand(on_hand=3)
        self._get_productions(self.top).move_finished_ids.reference_ids = False
        self.top.route_ids = False
        older = self._create_order((self.top, 3))
        self.assertEqual(older.picking_ids.state, "assigned")
        [answer] = self._repair(stranded)
        self.assertEqual(answer["status"], "no_supply")

    def test_chosen_demands_only(self):
        first, second = self._strand(), self._strand()
        [answer] = self._repair(second)
        self.assertEqual(answer["id"], second.id)
        self.assertEqual(self._search_stranded(), first)

    def test_other_company_is_left_alone(self):
        stranded = self._strand()
        other = self.env["res.company"].create({"name": "Other"})
        self.planner.company_ids |= other
        moves = self.env["stock.move"].with_user(self.planner)
        elsewhere = moves.with_context(allowed_company_ids=other.ids)
        self.assertEqual(elsewhere.repair_mto_links(), [])
        self.assertTrue(stranded.is_stranded)

    def test_who_may(self):
        stranded = self._strand()
        for role in ("sales", "shop_floor", "warehouse", "purchasing"):
            moves = stranded.with_user(self._create_user(role))
            with self.assertRaises(AccessError, msg=role):
                moves.repair_mto_links()
            with self.assertRaises(AccessError, msg=role):
                moves.browse().repair_mto_links()
        self.assertTrue(stranded.is_stranded)

    def test_button_tells_how_many(self):
        stranded = self._strand()
        action = stranded.with_user(self.planner).action_repair_mto_links()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("Linked with their supply: 1", action["params"]["message"])
        self.assertIn(
            "Every demand", stranded.action_repair_mto_links()["params"]["message"]
        )

    def test_list_costs_the_same_for_many(self):
        def count(number):
            with self._without_links():
                part = self._create_bought("Part", None)
                for _index in range(number):
                    top = self._create_assembly("Top", [(part, 2)], None)
                    self._create_order((top, 2)).order_line.product_uom_qty = 5
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self._search_stranded()
            found.mapped("stranded_qty")
            return len(found), self.env.cr.sql_log_count - before

        few, queries = count(2)
        many, more = count(10)
        self.assertEqual((few, many), (2, 12))
        self.assertLessEqual(more, queries)
