from odoo.tests import BaseCase, tagged

from ..engine import CoreAnswer, PolicySource, decide


@tagged("post_install", "-at_install")
class TestPolicyEngine(BaseCase):
    def test_strongest_source_decides(self):
        decision = decide(
            [
                PolicySource("product", "make_to_stock", 7),
                PolicySource("category", "make_to_order", 3, "Bicycles"),
            ]
        )
        self.assertEqual(decision.policy, "make_to_stock")
        self.assertEqual(decision.procure_method, "make_to_stock")
        self.assertEqual(decision.reason["code"], "product_policy")

    def test_inherit_passes_on(self):
        """Both an explicit 'inherit' and nothing at all pass to the next source."""
        decision = decide(
            [
                PolicySource("product", "inherit", 7),
                PolicySource("category", False, 4, "City"),
                PolicySource("category", "make_to_order", 3, "Bicycles"),
            ]
        )
        self.assertEqual(decision.procure_method, "make_to_order")
        self.assertEqual(
            decision.reason,
            {"code": "category_policy", "record_id": 3, "name": "Bicycles"},
        )

    def test_stock_first_stays_a_demand_on_stock(self):
        decision = decide([PolicySource("product", "stock_then_order")])
        self.assertEqual(decision.policy, "stock_then_order")
        self.assertEqual(decision.procure_method, "make_to_stock")

    def test_core_answers_when_all_inherit(self):
        decision = decide([], CoreAnswer("make_to_order", "Replenish on Order"))
        self.assertFalse(decision.by_policy)
        self.assertFalse(decision.procure_method, "core's method is kept")
        self.assertEqual(decision.policy, "make_to_order")
        self.assertEqual(
            decision.reason, {"code": "mto_route", "route": "Replenish on Order"}
        )
        stock_first = decide([], CoreAnswer("mts_else_mto", "Stock or order"))
        self.assertEqual(stock_first.policy, "stock_then_order")
        self.assertEqual(decide([], CoreAnswer()).reason["code"], "no_policy")
        self.assertFalse(decide([]).policy)
