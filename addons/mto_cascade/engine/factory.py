"""What a confirmation knows of the factory: products, rules, recipes, vendors, stock.

Records of a database stand behind their ids; nothing here reads them.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .availability import Arrival
from .units import UP, Unit


@dataclass(frozen=True)
class Product:
    """``is_stored``: its stock is kept. ``in_pieces``: tracked piece by piece."""

    id: int
    name: str
    unit: Unit
    is_goods: bool = True
    is_stored: bool = True
    in_pieces: bool = False


@dataclass(frozen=True)
class Operation:
    """A kind of operation: when its goods are reserved, and between which places.

    ``days_before``: reserved that many days before the date; None: at confirmation
    where ``at_confirmation``, otherwise by hand.
    """

    id: int
    at_confirmation: bool = True
    days_before: int | None = None
    place_from: int | bool = False
    place_to: int | bool = False
    warehouse: int | bool = False

    def reserves(self, date: datetime, today) -> bool:
        """Whether a move of ``date`` is reserved when it is confirmed ``today``."""
        if self.days_before is not None:
            return (date - timedelta(days=self.days_before)).date() <= today
        return self.at_confirmation


class RuleKey(NamedTuple):
    """What decides which rule supplies a need.

    ``of_order``: an order line asks, and the rule must be of its company; other needs
    get rules of the company of the place, of any where it has none.
    """

    product: int
    place: int
    warehouse: int | bool
    company: int
    routes: tuple = ()
    package: int | bool = False
    of_order: bool = False


@dataclass(frozen=True)
class Rule:
    """How a need at a place is supplied.

    ``action``: 'pull', 'buy', 'manufacture' or another one that nothing is known of.
    Of a pull: ``method`` as Odoo names it, the places it moves between, the warehouse
    of the first and whether the goods leave its stock. ``supplier_warehouse`` is the
    one that the route resupplies from.
    """

    id: int
    action: str
    method: str = "make_to_stock"
    name: str = ""
    operation: Operation | None = None
    place_from: int | bool = False
    place_to: int | bool = False
    delay: float = 0
    warehouse: int | bool = False
    supplier_warehouse: int | bool = False
    leaves_stock: bool = False
    source_warehouse: int | bool = False
    company: int | bool = False
    cancels_on: bool = False
    is_subcontracted: bool = False


@dataclass(frozen=True)
class ComponentRule:
    """How a component gets to where it is used, as far as no policy decides."""

    method: str = "make_to_stock"
    rule_id: int | bool = False
    leaves_stock: bool = False
    source_warehouse: int | bool = False


@dataclass(frozen=True)
class Ingredient:
    """A line of a bill of materials, through kits: what one batch of it takes.

    ``factors`` are applied one after the other, as Odoo does: floats do not forgive
    another order. ``note`` is what Odoo writes on the goods of a kit.
    """

    line: int
    product: Product
    unit: Unit
    factors: tuple = ()
    note: str = ""

    def quantity(self, times: float) -> float:
        """What so many times the bill of materials take, rounded up."""
        for is_division, factor in self.factors:
            times = times / factor if is_division else times * factor
        return self.unit.round(times, UP)


@dataclass(frozen=True)
class Recipe:
    """A bill of materials; ``batch`` is the size of a batch in its unit, or 0."""

    id: int
    name: str
    unit: Unit
    quantity: float = 1.0
    batch: float = 0.0
    days: float = 0
    ingredients: tuple[Ingredient, ...] = ()
    operation: Operation | None = None
    place_used: int | bool = False
    has_operations: bool = False

    def times(self, quantity: float, unit: Unit) -> float:
        """How often the bill of materials makes ``quantity``."""
        return unit.convert_exactly(quantity, self.unit) / self.quantity


@dataclass(frozen=True)
class Vendor:
    """The price at which a vendor is asked; ``price`` is opaque.

    ``wants_one_order``: 'default' (per sales order), 'all', 'day', 'week'; with
    ``weekday`` the day on which a vendor who wants one order per week delivers.
    """

    price: Any
    partner: int
    unit: Unit
    delay: int = 0
    currency: int | bool = False
    buyer: int | bool = False
    wants_one_order: str = "default"
    weekday: str = "default"


@dataclass
class Stock:
    """Goods of a product at a place: see ``availability.Pool``."""

    on_hand: float = 0.0
    committed: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)


@dataclass(frozen=True)
class Decision:
    """The policy of a demand, False where core's method is kept; ``why`` is opaque."""

    policy: str | bool = False
    why: Any = None


@dataclass(frozen=True)
class Served:
    """Whom a demand is for: the order line at the top, and how deep below it."""

    line: Hashable = False
    level: int = 0
    specification: str = ""

    def below(self) -> "Served":
        return Served(self.line, self.level + bool(self.line), self.specification)


@dataclass(frozen=True)
class Reordering:
    """A reordering rule that is triggered at once: ``forecast`` is what it counts.

    It counts what comes to and leaves its ``places`` until ``horizon``.
    ``round_quantity`` is what it makes of a quantity to order.
    """

    id: int
    minimum: float
    maximum: float
    forecast: float
    horizon: datetime
    places: frozenset
    round_quantity: Callable

    def quantity(self, forecast: float, unit: Unit) -> float:
        """What it orders at a forecast."""
        if not unit.is_more(self.minimum, forecast):
            return 0.0
        return self.round_quantity(max(self.minimum, self.maximum) - forecast)


UNKNOWN = object()


class Answers:
    """Answers to the questions of the game; keeps those that nobody could answer.

    A question is (topic, key). ``vendors`` answers at once, see ``VendorBook``;
    ``today`` is the date of the confirmation; ``keeps_units``: whether deliveries are
    written in the unit of the order line.
    """

    def __init__(self, vendors=None, today=None, keeps_units=False):
        self.known: dict[tuple[str, Hashable], Any] = {}
        self.asked: dict[str, dict[Hashable, Any]] = {}
        self.vendors = vendors
        self.today = today
        self.keeps_units = keeps_units

    def tell(self, topic: str, key: Hashable, answer: Any) -> None:
        self.known[topic, key] = answer

    def ask(self, topic: str, key: Hashable, about: Any = None) -> Any:
        """Return the answer, or UNKNOWN after noting the question."""
        answer = self.known.get((topic, key), UNKNOWN)
        if answer is UNKNOWN:
            self.asked.setdefault(topic, {}).setdefault(key, about)
        return answer

    def take_asked(self) -> dict[str, dict[Hashable, Any]]:
        asked, self.asked = self.asked, {}
        return asked


@dataclass(frozen=True)
class VendorBook:
    """Whom to buy from, and how much.

    ``choose(need, rule)`` returns a ``Vendor`` or None. ``offer(need, required,
    ordered_on)`` returns (quantity, unit) of a new line for what a policy requires, in
    the unit of the product. ``change(line, need)`` returns (required, quantity, unit)
    of a line that the need joins. ``merge_key(need)`` says which needs share a line.
    ``delay(need)`` is the lead time in days that Odoo orders ahead by.
    """

    choose: Callable
    offer: Callable
    change: Callable
    merge_key: Callable
    delay: Callable
