from odoo.tests import BaseCase, tagged

from ..engine import (
    CoreAnswer,
    DemandChange,
    PolicySource,
    decide,
    quantities_to_order,
)


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


@tagged("post_install", "-at_install")
class TestMissingEngine(BaseCase):
    def _order(self, *changes, before=None, after=None):
        return quantities_to_order(changes, before or {}, after or {})

    def test_exactly_the_missing(self):
        change = DemandChange("kit", "brakes", 0, 20)
        self.assertEqual(self._order(change, after={"brakes": 14}), {"kit": 6})
        self.assertEqual(self._order(change, after={"brakes": 20}), {})
        self.assertEqual(self._order(change, after={}), {"kit": 20})

    def test_reserved_counts_first(self):
        """14 reserved for the demand, nothing free any more: 6."""
        change = DemandChange("kit", "brakes", 0, 20, reserved_after=14)
        self.assertEqual(self._order(change, after={"brakes": 0}), {"kit": 6})

    def test_free_is_shared(self):
        changes = [DemandChange(n, "brakes", 0, 10) for n in ("a", "b", "c")]
        self.assertEqual(self._order(*changes, after={"brakes": 14}), {"b": 6, "c": 10})

    def test_pools_are_apart(self):
        changes = [DemandChange("a", "here", 0, 10), DemandChange("b", "there", 0, 10)]
        self.assertEqual(self._order(*changes, after={"here": 10}), {"b": 10})

    def test_negative_free_is_nothing(self):
        change = DemandChange("a", "brakes", 0, 5)
        self.assertEqual(self._order(change, after={"brakes": -3}), {"a": 5})

    def test_growth_orders_the_difference(self):
        """20 of which 14 from stock and 6 ordered; now 25."""
        change = DemandChange(
            "a", "brakes", 20, 25, reserved_before=14, reserved_after=14
        )
        self.assertEqual(self._order(change), {"a": 5})

    def test_growth_does_not_take_what_the_demand_counted_on(self):
        """10 of 14 free counted on but not reserved; for 16 there are 2 missing."""
        change = DemandChange("a", "b", 10, 16)
        self.assertEqual(
            self._order(change, before={"b": 14}, after={"b": 14}), {"a": 2}
        )

    def test_growth_never_orders_less(self):
        """Much arrived meanwhile: the growth needs nothing, the order stays."""
        change = DemandChange("a", "b", 20, 22, reserved_after=22)
        self.assertEqual(self._order(change), {})

    def test_shrinkage_gives_back_only_what_was_ordered(self):
        def shrink(after):
            change = DemandChange(
                "a", "b", 20, after, reserved_before=14, reserved_after=14
            )
            return self._order(change, before={"b": 0})

        self.assertEqual(shrink(18), {"a": -2})
        self.assertEqual(shrink(10), {"a": -6}, "the other 4 came from stock")
        covered = DemandChange("a", "b", 20, 15)
        self.assertEqual(self._order(covered, before={"b": 20}, after={"b": 20}), {})

    def test_shrinkage_never_orders_more(self):
        """The stock it counted on was taken by somebody else meanwhile."""
        change = DemandChange("a", "b", 20, 18)
        self.assertEqual(self._order(change, before={"b": 20}), {})

    def test_untracked_is_ordered_in_full(self):
        change = DemandChange("a", "b", 0, 5, reserved_after=5, untracked=True)
        self.assertEqual(self._order(change, after={"b": 100}), {"a": 5})

    def test_nothing_changed_orders_nothing(self):
        self.assertEqual(self._order(DemandChange("a", "b", 5, 5)), {})
