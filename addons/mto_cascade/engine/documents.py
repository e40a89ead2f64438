"""What a confirmation makes: demands, orders, requests, and the tree they hang on."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .factory import Decision, Operation, Product, Recipe, Rule, Served, Vendor
from .policy import STOCK_THEN_ORDER
from .units import HALF_UP, Unit


@dataclass(eq=False)
class Node:
    """A demand in the tree of what will be created; quantities in the product's unit.

    ``supply``: 'manufacture', 'buy', 'subcontract', 'transfer', 'stock', 'kit' or
    'none'. ``to_supply`` is what stock and arrivals do not cover. ``documents`` are the
    keys of the orders and lines that supply it, ``joined`` of those that were there.
    """

    product: Product
    level: int = 0
    parent: "Node | None" = None
    bom_line: int | bool = False
    order_line: Hashable = False
    company: int | bool = False
    warehouse: int | bool = False
    quantity: float = 0.0
    from_stock: float = 0.0
    from_arrivals: float = 0.0
    available: float = 0.0
    to_supply: float = 0.0
    supply: str = "stock"
    decision: Decision = field(default_factory=Decision)
    core_method: str = "make_to_stock"
    rule_id: int | bool = False
    recipe: Recipe | None = None
    documents: dict = field(default_factory=dict)
    joined: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    children: dict = field(default_factory=dict)

    def child(self, key: Hashable, product: Product, level: int, **values) -> "Node":
        """The node below this one with this key; made if it is not there."""
        if key not in self.children:
            self.children[key] = Node(
                product, level, parent=self, company=self.company, **values
            )
        return self.children[key]

    def ancestors(self):
        node = self
        while node.parent:
            node = node.parent
            yield node

    def add_problem(self, code: str, **details) -> None:
        self.problems[code] = details

    def walk(self):
        """This node and all below it, from the top, left to right."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(list(node.children.values())))


@dataclass(eq=False)
class Supply:
    """Goods that will come to ``place``: an order's output, a request, a transfer."""

    key: Hashable
    kind: str
    product: Product
    place: int
    date: datetime
    specification: str = ""
    capacity: float = 0.0
    is_open: bool = False
    demands: list["Move"] = field(default_factory=list)
    document: Any = None


@dataclass(eq=False)
class Move:
    """Goods that are to be moved: a demand on stock, a component, a transfer.

    ``is_known``: a component of an order that was there; its policy is decided.
    """

    id: int
    product: Product
    quantity: float
    unit: Unit
    place_from: int
    place_to: int | bool
    date: datetime
    node: Node
    operation: Operation
    method: str = "make_to_stock"
    rule_method: str = "make_to_stock"
    company: int | bool = False
    warehouse: int | bool = False
    source_warehouse: int | bool = False
    supplier_warehouse: int | bool = False
    leaves_stock: bool = False
    routes: tuple = ()
    package: int | bool = False
    references: frozenset = frozenset()
    served: Served = field(default_factory=Served)
    bom_line: int | bool = False
    sale_line: Hashable = False
    description: str = ""
    never: tuple = ()
    is_below_stock: bool = False
    is_known: bool = False
    policy: str | bool = False
    state: str = "draft"
    reserved: float = 0.0
    links: list[Supply] = field(default_factory=list)
    dests: list["Move"] = field(default_factory=list)

    @property
    def pool(self) -> tuple[int, int]:
        return (self.product.id, self.place_from)

    @property
    def product_quantity(self) -> float:
        return self.unit.convert(self.quantity, self.product.unit, HALF_UP)

    @property
    def unreserved(self) -> float:
        return max(self.product_quantity - self.reserved, 0.0)

    @property
    def takes_from_stock(self) -> bool:
        """Whether it will take goods that lie in stock."""
        if not self.leaves_stock or not self.product.is_stored:
            return False
        has_origins = any(link.kind == "move" for link in self.links)
        return self.method == "make_to_stock" and (
            not has_origins or self.policy == STOCK_THEN_ORDER
        )


@dataclass(eq=False)
class Need:
    """A procurement: goods wanted at a place. ``node`` shows where it comes from.

    ``orders_ahead``: bought by its vendor's lead time before ``date``. ``of_order``: an
    order line asks, not a demand.
    """

    product: Product
    quantity: float
    unit: Unit
    place: int
    date: datetime
    node: Node
    company: int
    warehouse: int | bool = False
    orders_ahead: bool = False
    routes: tuple = ()
    package: int | bool = False
    references: frozenset = frozenset()
    served: Served = field(default_factory=Served)
    bom_line: int | bool = False
    sale_line: Hashable = False
    description: str = ""
    never: tuple = ()
    dests: list[Move] = field(default_factory=list)
    policy: str | bool = False
    by_policy: bool = False
    is_below_stock: bool = False
    of_order: bool = False
    vendor: Vendor | None = None
    rule: Rule | None = None


@dataclass(eq=False)
class Production:
    """A manufacturing order; ``former`` is what it was for before (in the
    unit of the product, 0 for a new one)."""

    key: Hashable
    id: int | bool
    product: Product
    recipe: Recipe | None
    quantity: float
    unit: Unit
    operation: Operation
    company: int
    references: frozenset
    served: Served
    date: datetime
    output: Supply
    state: str = "draft"
    priority: str = "0"
    sequence: int = 0
    former: float = 0.0
    name: str = ""
    raws: list[Move] = field(default_factory=list)

    @property
    def serves(self) -> list[Served]:
        return [self.served]

    @property
    def product_quantity(self) -> float:
        return self.unit.convert(self.quantity, self.product.unit, HALF_UP)

    @property
    def sort_key(self):
        return (-int(self.priority or 0), self.date, self.sequence)


@dataclass(eq=False)
class PurchaseLine:
    """A line of a request; ``required`` is 0 where no policy ordered."""

    key: Hashable
    id: int | bool
    product: Product
    quantity: float
    unit: Unit
    required: float
    date: datetime
    supply: Supply
    specification: str = ""
    cancels_on: bool = False
    description: str = ""
    former: float = 0.0
    serves: list[Served] = field(default_factory=list)
    order: "Purchase | None" = None
    record: Any = None

    @property
    def product_quantity(self) -> float:
        return self.unit.convert(self.quantity, self.product.unit, HALF_UP)


@dataclass(eq=False)
class Purchase:
    """A request for quotation."""

    key: Hashable
    id: int | bool
    partner: int
    operation: int | bool
    company: int
    buyer: int | bool
    currency: int | bool
    references: frozenset
    date_order: datetime
    sequence: int = 0
    priority: str = "0"
    name: str = ""
    lines: list[PurchaseLine] = field(default_factory=list)

    @property
    def date_planned(self):
        return min((line.date for line in self.lines), default=None)

    @property
    def sort_key(self):
        return (-int(self.priority or 0), -self.sequence)


@dataclass(eq=False)
class Transfer:
    """Goods brought to the stock of a demand from another place."""

    key: Hashable
    product: Product
    quantity: float
    place_from: int
    place_to: int
    served: Served
    operation: Operation
    references: frozenset
    id: bool = False
    name: str = ""
    former: float = 0.0

    @property
    def serves(self) -> list[Served]:
        return [self.served]

    @property
    def product_quantity(self) -> float:
        return self.quantity


@dataclass(frozen=True)
class Delta:
    """A supply that is made or enlarged, by ``quantity`` of the product's unit.

    ``serves``: whom it serves since then.
    """

    supply: Production | PurchaseLine | Transfer
    is_new: bool
    quantity: float
    serves: tuple[Served, ...]


@dataclass(frozen=True)
class Triggered:
    """What a reordering rule orders because of a confirmation, at which forecast."""

    rule: int
    product: Product
    company: int
    quantity: float
    forecast: float
