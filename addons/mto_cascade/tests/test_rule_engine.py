from odoo.tests import BaseCase, tagged

from ..engine import (
    COSTLY,
    DEPENDS_ON_ORDER,
    Facts,
    PolicySource,
    Rule,
    decide,
    decide_for_specification,
    find_rule,
    preset_policy,
    takes_from_stock,
)

FACTS = Facts(
    levels=(2, 2),
    supply="buy",
    category={1: "All", 5: "Frames"},
    vendor={7: "Tube Works"},
    lead_time=21,
    unit_cost=40.0,
    customer={9: "Rent a Bike"},
    customer_tag={3: "Rental"},
    quantity=12.0,
    warehouse={1: "Plant"},
)


@tagged("post_install", "-at_install")
class TestRuleEngine(BaseCase):
    def _find(self, facts=FACTS, **conditions):
        return find_rule([Rule(1, "Rule", "stock_then_order", **conditions)], facts)

    def test_each_condition_holds_and_does_not(self):
        """Per condition: a value that holds for the facts, one that does not."""
        for name, holds, fails in (
            ("level_from", 2, 3),
            ("level_to", 2, 1),
            ("supply", "buy", "make"),
            ("category", 1, 2),
            ("vendor", 7, 8),
            ("lead_time", 21, 22),
            ("cost_from", 40.0, 40.01),
            ("cost_to", 40.0, 39.99),
            ("customer", 9, 10),
            ("customer_tag", 3, 4),
            ("quantity_from", 12.0, 13.0),
            ("quantity_to", 12.0, 11.0),
            ("warehouse", 1, 2),
        ):
            with self.subTest(condition=name):
                self.assertTrue(self._find(**{name: holds}))
                self.assertFalse(self._find(**{name: fails}))

    def test_all_conditions_must_hold(self):
        self.assertTrue(self._find(supply="buy", lead_time=20))
        self.assertFalse(self._find(supply="make", lead_time=20))

    def test_level_0_is_a_condition(self):
        sold = Facts(levels=(0, 0), supply="make")
        self.assertTrue(self._find(sold, level_from=0, level_to=0))
        self.assertFalse(self._find(level_to=0))

    def test_first_in_order_decides(self):
        rules = [
            Rule(1, "Never", "make_to_order", supply="make"),
            Rule(2, "First", "stock_then_order", level_from=1),
            Rule(3, "Second", "make_to_stock"),
        ]
        self.assertEqual(find_rule(rules, FACTS).rule.name, "First")
        self.assertIsNone(find_rule(rules[:1], FACTS))
        self.assertIsNone(find_rule([], FACTS))

    def test_tells_why(self):
        match = self._find(level_from=2, supply="buy", lead_time=20, cost_from=10)
        self.assertEqual(
            match.facts,
            (
                {"fact": "level", "value": 2},
                {"fact": "supply", "value": "buy"},
                {"fact": "lead_time", "value": 21, "at_least": 20, "supply": "buy"},
                {"fact": "unit_cost"},
            ),
            "a cost is never told",
        )

    def test_what_cannot_be_supplied_is_left(self):
        orphan = Facts(supply="none")
        for result in ("make_to_order", "stock_then_order"):
            self.assertIsNone(find_rule([Rule(1, "All", result)], orphan))
        for result in ("make_to_stock", "stock_below"):
            match = find_rule([Rule(1, "All", result)], orphan)
            self.assertEqual(match.policy, "make_to_stock")

    def test_unknown_facts(self):
        """A rule that hangs on the customer is neither true nor false."""
        facts = Facts(supply="buy", unknown=frozenset({"customer"}))
        match = self._find(facts, customer=9)
        self.assertEqual(match.policy, DEPENDS_ON_ORDER)
        self.assertEqual(match.unknown, ("customer",))
        self.assertFalse(self._find(facts, customer=9, supply="make"), "never holds")
        self.assertEqual(self._find(facts, supply="buy").policy, "stock_then_order")

    def test_any_level_below(self):
        component = Facts(levels=(1, None), supply="buy")
        self.assertEqual(self._find(component, level_from=1).policy, "stock_then_order")
        self.assertEqual(self._find(component, level_from=2).unknown, ("level",))
        self.assertEqual(self._find(component, level_to=3).unknown, ("level",))
        self.assertFalse(self._find(component, level_to=0))

    def test_a_rule_names_what_it_asks(self):
        rule = Rule(1, "Rule", "make_to_stock", lead_time=3, customer=4)
        self.assertEqual(rule.needs, {"lead_time", "customer"})
        ordering = Rule(1, "Rule", "make_to_order", level_from=0)
        self.assertEqual(ordering.needs & COSTLY, {"supply"})


@tagged("post_install", "-at_install")
class TestPresets(BaseCase):
    def test_table(self):
        order, stock, first = "make_to_order", "make_to_stock", "stock_then_order"
        for preset, level, expected in (
            # Of what is made, bought, subcontracted, and of what nothing supplies.
            ("all", 0, (order, order, order, False)),
            ("all", 3, (order, order, order, False)),
            ("assemblies", 0, (order, first, order, False)),
            ("assemblies", 3, (order, first, order, False)),
            ("sold_product", 0, (order, order, order, False)),
            ("sold_product", 1, (stock, stock, stock, stock)),
            (False, 0, (False, False, False, False)),
        ):
            found = tuple(
                preset_policy(preset, (level, level), supply)
                for supply in ("make", "buy", "subcontract", "none")
            )
            self.assertEqual(found, expected, (preset, level))

    def test_brought_from_another_warehouse(self):
        for is_assembly, expected in (
            (True, "make_to_order"),
            (False, "stock_then_order"),
        ):
            policy = preset_policy("assemblies", (0, 0), "transfer", is_assembly)
            self.assertEqual(policy, expected)

    def test_stock_that_is_not_kept(self):
        """Nobody knows what is missing of the glue: it is not bought each time."""
        self.assertFalse(preset_policy("assemblies", (1, 1), "buy", is_stored=False))
        self.assertEqual(
            preset_policy("all", (1, 1), "buy", is_stored=False), "make_to_order"
        )

    def test_level_not_known(self):
        """The line of a kit serves the sold product or a component."""
        self.assertEqual(
            preset_policy("sold_product", (0, None), "make"), DEPENDS_ON_ORDER
        )
        self.assertEqual(
            preset_policy("sold_product", (1, None), "make"), "make_to_stock"
        )


@tagged("post_install", "-at_install")
class TestSpecificationEngine(BaseCase):
    def test_only_what_a_policy_takes_from_stock(self):
        for policy, expected in (
            ("make_to_stock", True),
            ("stock_then_order", True),
            ("make_to_order", False),
        ):
            decision = decide([PolicySource("product", policy)])
            self.assertEqual(takes_from_stock(decision), expected)
        self.assertFalse(takes_from_stock(decide([])), "core's answer stands")
        self.assertEqual(decide_for_specification().procure_method, "make_to_order")

    def test_depends_on_the_order(self):
        decision = decide([PolicySource("rule", DEPENDS_ON_ORDER, 4, "Rental")])
        self.assertTrue(decision.by_policy)
        self.assertFalse(decision.policy)
        self.assertFalse(decision.procure_method)
        self.assertEqual(decision.reason["code"], "depends_on_order")
