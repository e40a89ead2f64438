import random

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, Form, tagged

from ..engine import (
    FAILS,
    HOLDS,
    UNKNOWN,
    Facts,
    Rule,
    find_rule,
    find_shadows,
    try_rule,
)
from .common import SupplyCommon

PARENTS = {"category": {1: [1], 2: [1, 2], 3: [1, 2, 3]}, "customer": {2: [1]}}
RESULTS = ("make_to_order", "make_to_stock", "stock_then_order", "stock_below")


def _random_rule(random_, id_):
    """A rule with few conditions, of values that often meet."""
    choices = {
        "level_from": (0, 1, 2),
        "level_to": (1, 2, 3),
        "supply": ("make", "buy"),
        "category": (1, 2, 3),
        "vendor": (1, 2),
        "lead_time": (5, 10),
        "cost_from": (5.0, 10.0),
        "cost_to": (10.0, 20.0),
        "customer": (1, 2),
        "customer_tag": (1, 2),
        "quantity_from": (5.0, 10.0),
        "quantity_to": (10.0, 20.0),
        "warehouse": (1, 2),
    }
    names = random_.sample(sorted(choices), random_.choice((0, 1, 1, 2, 3)))
    return Rule(
        id_,
        f"Rule {id_}",
        random_.choice(RESULTS),
        **{name: random_.choice(choices[name]) for name in names},
    )


def _random_facts(random_, unknown=()):
    level = random_.choice((0, 1, 2, 3))
    return Facts(
        levels=(level, level),
        supply=random_.choice(("make", "buy", "none", "kit")),
        category=dict.fromkeys(PARENTS["category"][random_.choice((1, 2, 3))], "C"),
        vendor={random_.choice((1, 2)): "V"},
        lead_time=random_.choice((0, 5, 10, 15)),
        unit_cost=random_.choice((1.0, 5.0, 10.0, 20.0, 30.0)),
        customer=random_.choice(({1: "A"}, {1: "A", 2: "B"}, {})),
        customer_tag={random_.choice((1, 2)): "T"},
        quantity=random_.choice((1.0, 5.0, 10.0, 20.0, 30.0)),
        warehouse={random_.choice((1, 2)): "W"},
        unknown=unknown,
    )


@tagged("post_install", "-at_install")
class TestTrialEngine(BaseCase):
    def test_all_conditions_are_tried(self):
        rule = Rule(1, "R", "make_to_order", level_from=3, lead_time=20, customer=9)
        facts = Facts((2, 2), "buy", lead_time=21, unknown=frozenset({"customer"}))
        trial = try_rule(rule, facts)
        self.assertEqual(
            [(c.fact, c.outcome) for c in trial.conditions],
            [
                ("level", FAILS),
                ("customer", UNKNOWN),
                ("supply", HOLDS),
                ("lead_time", HOLDS),
            ],
        )
        self.assertEqual(trial.outcome, FAILS)

    def test_trial_agrees_with_the_decision(self):
        random_ = random.Random(4)
        outcomes = set()
        for _turn in range(3000):
            rule = _random_rule(random_, 1)
            facts = _random_facts(
                random_, random_.choice(((), ("customer", "quantity")))
            )
            match = find_rule([rule], facts)
            outcome = try_rule(rule, facts).outcome
            expected = (UNKNOWN if match.unknown else HOLDS) if match else FAILS
            self.assertEqual(outcome, expected, (rule, facts))
            outcomes.add(outcome)
        self.assertEqual(outcomes, {HOLDS, FAILS, UNKNOWN})

    def test_a_shadowed_rule_never_decides(self):
        random_ = random.Random(5)
        found = 0
        for _turn in range(600):
            rules = [_random_rule(random_, n) for n in range(6)]
            shadows = find_shadows(rules, PARENTS)
            found += len(shadows)
            for _demand in range(60):
                match = find_rule(rules, _random_facts(random_))
                if match:
                    self.assertNotIn(match.rule.id, shadows, rules)
        self.assertGreater(found, 300)

    def test_shadow_needs_every_condition(self):
        wide = Rule(1, "Wide", "make_to_stock", level_from=1, category=1)
        narrow = Rule(2, "Narrow", "make_to_order", level_from=2, category=3)
        self.assertEqual(find_shadows([wide, narrow], PARENTS), {2: wide})
        self.assertFalse(find_shadows([wide, narrow]))
        self.assertFalse(find_shadows([narrow, wide], PARENTS))
        other = Rule(2, "Other", "make_to_order", level_from=0, category=3)
        self.assertFalse(find_shadows([wide, other], PARENTS))

    def test_rule_that_orders_leaves_what_nothing_supplies(self):
        """It is passed over for those, so a rule for all may still hold."""
        first = Rule(1, "Order", "make_to_order")
        self.assertFalse(find_shadows([first, Rule(2, "Rest", "make_to_stock")]))
        self.assertTrue(find_shadows([first, Rule(2, "Rest", "stock_then_order")]))


@tagged("post_install", "-at_install")
class TestRuleTest(SupplyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fork = cls._create_part("Fork", delay=21)
        cls.bell = cls._create_part("Bell", "make_to_stock", delay=2)
        cls.frame = cls._create_product("Frame")
        cls._create_bom(cls.frame, [(cls.fork, 1)])
        cls.bike = cls._create_product("Bike")
        cls.bom = cls._create_bom(cls.bike, [(cls.frame, 1), (cls.bell, 1)])
        cls.rental = cls.env["res.partner.category"].create({"name": "Rental"})

    @classmethod
    def _create_rule(cls, name, result="make_to_order", **vals):
        return cls.env["mto.supply.rule"].create(
            {"name": name, "result": result, **vals}
        )

    def _test(self, rule=None, **vals):
        vals = vals or {"product_id": self.bike.id}
        return self.env["mto.supply.rule.test"].create(
            {"rule_id": rule and rule.id, **vals}
        )

    def _get_told(self, test):
        return {demand["product"]: demand for demand in test._get_demands()}

    def test_which_rule_holds_and_why_not_the_earlier(self):
        self._create_rule("Deep", level_from="2", lead_time_min=30, sequence=1)
        self._create_rule("Long", "stock_then_order", lead_time_min=20, sequence=2)
        demands = self._get_told(self._test())
        fork = demands["Fork"]
        self.assertEqual((fork["level"], fork["rule"]), (2, "Long"))
        deep, long = fork["trials"]
        self.assertEqual((deep["outcome"], deep["asked"]), ("fails", True))
        self.assertEqual(
            deep["conditions"],
            [
                {
                    "label": "The level",
                    "wanted": "level 2 and deeper",
                    "found": "level 2",
                    "outcome": "holds",
                },
                {
                    "label": "The way of supply",
                    "wanted": "can be made or bought",
                    "found": "Bought",
                    "outcome": "holds",
                },
                {
                    "label": "The lead time",
                    "wanted": "at least 30 days",
                    "found": "21 days",
                    "outcome": "fails",
                },
            ],
        )
        self.assertTrue(long["decides"])
        self.assertFalse(demands["Bike"]["rule"])
        self.assertTrue(demands["Bell"]["stronger"])
        self.assertFalse(demands["Bell"]["trials"][0]["asked"])

    def test_answer_is_that_of_the_order(self):
        """What the test says of an order is what confirming it decides."""
        self.customer.category_id = self.rental
        self._create_rule("Rental", partner_tag_id=self.rental.id, quantity_min=2)
        self._create_rule("Rest", "stock_then_order")
        for quantity in (1, 2):
            order = self._create_order((self.bike, quantity), confirm=False)
            test = self._test(subject="order", order_id=order.id)
            told = {d["product"]: d["rule"] for d in test._get_demands()}
            order.action_confirm()
            for product in (self.bike, self.frame, self.fork):
                move = self._get_demands(product)[-1]
                self.assertEqual(move.supply_rule_id.name, told[product.name])
        self.assertEqual(told["Fork"], "Rental")

    def test_product_may_depend_on_the_order(self):
        self._create_rule("Rental", partner_tag_id=self.rental.id)
        demand = self._get_told(self._test())["Frame"]
        self.assertEqual((demand["rule"], demand["outcome"]), ("Rental", "unknown"))
        self.assertEqual(
            demand["trials"][0]["conditions"][0]["found"],
            "not known before there is an order",
        )

    def test_below_stock_nothing_is_ordered(self):
        self._create_rule("Frames", "stock_below", level_from="1", supply="make")
        demands = self._get_told(self._test(subject="bom", bom_id=self.bom.id))
        self.assertEqual(demands["Fork"]["not_needed"], "Frame")
        self.assertFalse(demands["Frame"]["not_needed"])

    def test_archived_rule_is_tried(self):
        rule = self._create_rule("Old", active=False)
        demand = self._get_told(self._test(rule))["Frame"]
        self.assertTrue(demand["trials"][-1]["tested"])
        self.assertEqual(demand["outcome"], "holds")

    def test_dialog(self):
        self._create_rule("First <b>", lead_time_min=20)
        rule = self._create_rule("Second", sequence=20)
        action = rule.action_test()
        Test = self.env[action["res_model"]].with_context(**action["context"])
        with Form(Test) as form:
            self.assertFalse(form.result)
            form.product_id = self.bike
            words = html.fromstring(form.result).text_content()
        self.assertIn("Does rule Second hold?", words)
        self.assertIn("Rule 'First <b>' before it decides", words)
        self.assertIn("at least 20 days", words)

    def test_empty_subjects(self):
        for subject in ("product", "bom", "order"):
            self.assertFalse(self._test(subject=subject).result)
        template = self.env["product.template"].create(
            {"name": "No Variant", "type": "consu"}
        )
        bom = self.env["mrp.bom"].create({"product_tmpl_id": template.id})
        template.product_variant_ids.active = False
        self.assertFalse(self._test(subject="bom", bom_id=bom.id).result)

    def test_component_below_itself_ends(self):
        """Odoo refuses such a loop for one BoM type; two types together pass."""
        wheel = self._create_product("Wheel")
        hub = self._create_product("Hub")
        self._create_bom(wheel, [(hub, 1)])
        bom = self._create_bom(hub, [(self.bell, 1)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s",
            (wheel.id, bom.id),
        )
        self.env.invalidate_all()
        names = [d["product"] for d in self._test(product_id=wheel.id)._get_demands()]
        self.assertEqual(names, ["Wheel", "Hub", "Wheel"])

    def test_who_may_test(self):
        self._create_rule("Dear", cost_min=40)
        self.frame.standard_price = 50
        planner = self._create_user("planner")
        Test = self.env["mto.supply.rule.test"]
        test = Test.with_user(planner).create({"product_id": self.bike.id})
        [frame] = [d for d in test._get_demands() if d["product"] == "Frame"]
        self.assertIn("50", frame["trials"][0]["conditions"][-1]["found"])
        for role in ("sales", "shop_floor", "employee"):
            with self.assertRaises(AccessError):
                Test.with_user(self._create_user(role)).create({})
        other = self.env["res.company"].create({"name": "Other Plant"})
        order = self._create_order((self.bike, 1), confirm=False, company_id=other.id)
        test = Test.with_user(planner).create(
            {"subject": "order", "order_id": order.id}
        )
        with self.assertRaises(AccessError):
            test._get_demands()

    def test_warning_of_a_rule_that_never_holds(self):
        parts = self._create_category("Parts")
        forks = self._create_category("Forks", None, parts)
        first = self._create_rule("First", category_id=parts.id, sequence=1)
        later = self._create_rule("Later", category_id=forks.id, sequence=2)
        self.assertFalse(first.warning)
        self.assertEqual(
            later.warning,
            "Never holds: rule 'First' before it takes all its demands.",
        )
        later.sequence = 0
        self.assertFalse((first | later).filtered("warning"))
        later.sequence = 2
        first.active = False
        self.assertFalse(later.warning)
        first.active = True
        other = self.env["res.company"].create({"name": "Other Plant"})
        first.company_id = other
        self.assertFalse(later.warning)
        first.company_id = self.company
        later.company_id = False
        self.assertFalse(later.warning, "It holds in the other company.")
        first.company_id = False
        later.company_id = self.company
        self.assertTrue(later.warning)

    def test_import_and_export(self):
        parts = self._create_category("Parts")
        Rule = self.env["mto.supply.rule"]
        columns = ["name", "sequence", "level_from", "category_id", "result"]
        result = Rule.load(
            columns,
            [
                ["Imported", "3", "2", "Parts", "Stock first, then order"],
                ["Second", "4", "0, the sold product", "Parts", "make_to_stock"],
            ],
        )
        self.assertFalse(result["messages"])
        rules = Rule.browse(result["ids"])
        self.assertEqual(rules.category_id, parts)
        self.assertEqual(rules.mapped("result"), ["stock_then_order", "make_to_stock"])
        [row, _second] = rules.export_data([*columns, "summary"])["datas"]
        self.assertEqual(row[0], "Imported")
        self.assertEqual(row[4], "Stock first, then order")
        self.assertIn("Level 2 and deeper", row[5])
        bad = Rule.load(columns, [["Bad", "3", "12", "Parts", "make_to_order"]])
        self.assertIn("12", bad["messages"][0]["message"])
        self.assertFalse(bad["ids"])
