import random
from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged
from odoo.tools import float_round

from ..engine.availability import Arrival
from ..engine.confirmation import Confirmation
from ..engine.documents import Need, Node
from ..engine.factory import (
    Answers,
    ComponentRule,
    Decision,
    Ingredient,
    Operation,
    Product,
    Recipe,
    Rule,
    Served,
    Stock,
    Vendor,
    VendorBook,
)
from ..engine.units import DOWN, HALF_UP, UP, Unit, round_to

UNIT = Unit(1, "Units")
CUSTOMER, STOCK, PRODUCTION = 1, 2, 3
COMPANY = 1
NOW = datetime(2026, 1, 31, 8)
OPERATION = Operation(1, place_from=STOCK, place_to=STOCK, warehouse=1)


class Known(dict):
    """Answers every question of the game, from a few tables."""

    def __init__(self):
        super().__init__()
        self.bills = {}
        self.policies = {}
        self.stock = {}

    def get(self, question, default=None):
        topic, key = question
        return getattr(self, f"get_{topic}")(key)

    def get_kit(self, key):
        return None

    def get_rule(self, key):
        if key.place == CUSTOMER:
            return Rule(
                1,
                "pull",
                operation=OPERATION,
                place_from=STOCK,
                place_to=CUSTOMER,
                leaves_stock=True,
                source_warehouse=1,
            )
        action = "manufacture" if key.product in self.bills else "buy"
        return Rule(2 if action == "buy" else 3, action, operation=OPERATION)

    def get_component(self, key):
        return ComponentRule(leaves_stock=True, source_warehouse=1)

    def get_decision(self, key):
        return Decision(self.policies.get(key[0], "make_to_order"), "why")

    def get_recipe(self, key):
        return self.bills.get(key[1])

    def get_reordering(self, key):
        return None

    def get_purchases(self, key):
        return []

    def get_stock(self, key):
        return self.stock.get(key[0], Stock())


def make_answers(pack=1):
    answers = Answers(
        VendorBook(
            choose=lambda need, rule: Vendor("price", 7, UNIT),
            offer=lambda need, required, day: (-(-required // pack) * pack, UNIT),
            change=lambda line, need, change, shaped: (
                line.required + change,
                -(-(line.required + change) // pack) * pack,
                UNIT,
            ),
            merge_key=lambda need: need.product.id,
            delay=lambda need: 0,
        ),
        today=NOW.date(),
    )
    answers.known = Known()
    return answers


@tagged("post_install", "-at_install")
class TestConfirmationEngine(BaseCase):
    """The game of a confirmation, without a database."""

    def setUp(self):
        super().setUp()
        self.answers = make_answers()
        self.known = self.answers.known

    def _product(self, number):
        return Product(number, f"P{number}", UNIT)

    def _bill(self, product, *components, **values):
        self.known.bills[product] = Recipe(
            product * 10,
            "",
            UNIT,
            ingredients=tuple(
                Ingredient(
                    product * 100 + number,
                    self._product(component),
                    UNIT,
                    ((False, quantity),),
                )
                for number, (component, quantity) in enumerate(components)
            ),
            operation=OPERATION,
            place_used=PRODUCTION,
            **values,
        )

    def _need(self, product, quantity, line="line"):
        node = Node(self._product(product))
        node.quantity = quantity
        return Need(
            node.product,
            quantity,
            UNIT,
            CUSTOMER,
            NOW + timedelta(days=9),
            node,
            COMPANY,
            warehouse=1,
            references=frozenset([("new", line)]),
            served=Served(line),
        )

    def _confirm(self, *needs):
        game = Confirmation(self.answers)
        return [
            (delta.supply.product.id, delta.quantity, delta.is_new)
            for delta in game.confirm(list(needs))
        ]

    def test_levels(self):
        self._bill(1, (2, 2), (3, 1))
        self._bill(2, (3, 3))
        need = self._need(1, 5)
        self.assertEqual(
            sorted(self._confirm(need)), [(1, 5, True), (2, 10, True), (3, 35, True)]
        )
        self.assertEqual(
            [(node.product.id, node.level) for node in need.node.walk()],
            [(1, 0), (2, 1), (3, 2), (3, 1)],
        )

    def test_batches(self):
        self._bill(1, (3, 1), batch=2)
        self.assertEqual(
            self._confirm(self._need(1, 5)),
            [(1, 2, True), (1, 2, True), (1, 2, True), (3, 6, True)],
        )

    def test_stock_first_claims_depth_first(self):
        """What the assembly takes, the line of the part that is sold alone misses."""
        self._bill(1, (3, 2))
        self.known.policies[3] = "stock_then_order"
        self.known.stock[3] = Stock(on_hand=5, committed=1)
        first, second = self._need(1, 1), self._need(3, 4)
        self.assertEqual(
            sorted(self._confirm(second, first)), [(1, 1, True), (3, 2, True)]
        )
        [part] = first.node.children.values()
        self.assertEqual((part.from_stock, part.to_supply), (2, 0))
        self.assertEqual((second.node.from_stock, second.node.to_supply), (2, 2))

    def test_arrivals(self):
        self.known.policies[3] = "stock_then_order"
        self.known.stock[3] = Stock(arrivals=[Arrival(("line", 5), 3, NOW)])
        need = self._need(3, 4)
        self.assertEqual(self._confirm(need), [(3, 1, True)])
        self.assertEqual(need.node.joined, {("line", 5): 3})

    def test_joined_order(self):
        """The second assembly enlarges the order that the first one has made."""
        self._bill(1, (2, 1))
        self._bill(4, (2, 2))
        self._bill(2, (3, 1))
        deltas = self._confirm(self._need(1, 1), self._need(4, 1))
        self.assertEqual(
            deltas, [(1, 1, True), (4, 1, True), (2, 3, True), (3, 3, True)]
        )

    def test_orders_in_sequence(self):
        self.known.policies[3] = "stock_then_order"
        self.known.stock[3] = Stock(on_hand=5)
        game = Confirmation(self.answers)
        self.assertEqual(game.confirm([self._need(3, 4, "first")]), [])
        [delta] = game.confirm([self._need(3, 4, "second")])
        self.assertEqual((delta.quantity, delta.is_new), (3, True))

    def test_loop(self):
        self._bill(1, (2, 1))
        self._bill(2, (1, 1))
        need = self._need(1, 1)
        self._confirm(need)
        problems = [node.problems for node in need.node.walk() if node.problems]
        self.assertEqual([list(found) for found in problems], [["loop"]])

    def test_depth(self):
        """Deep structures are no recursion; for ever is not deep but wrong."""
        for product in range(1, 400):
            self._bill(product, (product + 1, 1))
        need = self._need(1, 1)
        self.assertEqual(len(self._confirm(need)), 100)
        *_rest, last = need.node.walk()
        self.assertIn("depth_limit", last.problems)

    def test_unknown_stops_the_branch(self):
        """A question nobody could answer is noted; the rest is played."""
        answers = make_answers()
        answers.known = {}
        game = Confirmation(answers)
        self.assertEqual(game.confirm([self._need(1, 1)]), [])
        self.assertEqual(list(answers.take_asked()), ["kit"])
        self.assertEqual(answers.take_asked(), {})

    def test_rounds_as_odoo(self):
        chance = random.Random(1)
        for _number in range(2000):
            value = (
                chance.choice((1, -1)) * chance.random() * 10 ** chance.randint(-3, 6)
            )
            value = chance.choice((value, round(value, 2), round(value, 2) + 0.005))
            for method in (UP, DOWN, HALF_UP):
                self.assertEqual(
                    round_to(value, 2, method),
                    float_round(value, precision_digits=2, rounding_method=method),
                    (value, method),
                )

    def test_converts(self):
        dozen = Unit(2, "Dozens", 12.0)
        self.assertEqual(UNIT.convert(7, dozen), 0.59)
        self.assertEqual(UNIT.convert(7, dozen, HALF_UP), 0.58)
        self.assertEqual(dozen.convert(0.5, UNIT), 6)
        self.assertEqual(Operation(1).reserves(NOW, date(2026, 1, 31)), True)
