"""How a product comes about: the graph that is scheduled.

A node is a product at the place where it is needed, with the way it is supplied. Nodes
are shared: a component that is used a thousand times is one node.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from math import ceil, inf

from .promise import (
    BUY,
    LOOP,
    MANUFACTURE,
    NO_SUPPLY,
    SUBCONTRACT,
    TRANSFER,
    Remark,
)

KIT = "kit"
# Odoo starts an order without a lead time an hour before its goods are needed.
LEAST_MINUTES = 60.0


@dataclass(frozen=True)
class Operation:
    """Work on one order; minutes, as Odoo computes them.

    ``capacity``: how many are made in one cycle, in the unit of the product.
    ``after``: numbers of the operations of the same order that come before it.
    ``batch``: largest quantity of one order, 0 for any.
    ``calendar``: key of the working hours of the work centre.
    """

    calendar: Hashable
    cycle: float = 0.0
    fixed: float = 0.0
    capacity: float = 1.0
    after: tuple[int, ...] = ()
    batch: float = 0.0

    def get_minutes(self, quantity: float) -> float:
        """Return how long it takes for a quantity.

        Source: ``mrp.workorder._get_duration_expected`` of Odoo.

        >>> Operation("shop", cycle=30, fixed=15, capacity=4).get_minutes(10)
        105
        """
        orders = 1
        if 0 < self.batch < quantity:
            # Odoo makes each order as large as the batch, the last one too.
            orders, quantity = _count(quantity, self.batch), self.batch
        cycles = _count(quantity, self.capacity or 1.0)
        return orders * (self.fixed + cycles * self.cycle)


def _count(quantity, size):
    return ceil(round(quantity / size, 9))


@dataclass
class Node:
    """A product where it is needed; see the top of this file.

    ``pool``: goods it is taken from before anything is ordered, None where it is
    ordered in any case. ``supply``: what happens then: one of BUY, MANUFACTURE,
    SUBCONTRACT, TRANSFER, KIT, or False where nothing can. ``components``: [(key of a
    node, quantity for one)].
    Days: ``order_days`` until a purchase is ordered, ``vendor_days`` until it comes
    (``choose_days``: for a quantity, where that matters), ``produce_days`` to make it,
    ``receipt_days`` from the receipt to stock, ``transit_days`` from there to where it
    is needed. ``calendar``, ``vendor_calendar``: keys of working hours.
    ``vendor_id``: who it is bought from, False where the quantity decides that.
    ``remarks``: what is missing or assumed if it is ordered.
    """

    product_id: int
    supply: str | bool = False
    pool: Hashable | None = None
    components: list[tuple[Hashable, float]] = field(default_factory=list)
    order_days: float = 0.0
    vendor_days: float = 0.0
    choose_days: Callable[[float], float] | None = None
    produce_days: float = 0.0
    operations: tuple[Operation, ...] = ()
    receipt_days: float = 0.0
    transit_days: float = 0.0
    calendar: Hashable | None = None
    vendor_calendar: Hashable | None = None
    vendor_id: int | bool = False
    remarks: list[Remark] = field(default_factory=list)

    def get_vendor_days(self, quantity: float) -> float:
        """Return how long the vendor needs for a quantity."""
        return self.choose_days(quantity) if self.choose_days else self.vendor_days

    def get_days(self) -> float:
        """Return about how many days its supply takes once its components are there."""
        if self.supply == MANUFACTURE:
            minutes = sum(operation.get_minutes(1.0) for operation in self.operations)
            return max(self.produce_days, minutes / 480) + self.receipt_days
        if self.supply in (BUY, SUBCONTRACT):
            made = self.produce_days if self.supply == SUBCONTRACT else 0.0
            return self.order_days + max(self.vendor_days, made) + self.receipt_days
        return self.receipt_days if self.supply == TRANSFER else 0.0


class Structure:
    """Nodes in an order in which each comes before its components.

    Where a structure leads back to itself, that component is cut: the node says so if
    it has to be ordered. Nothing is recursive: structures are as deep as they are.
    """

    def __init__(self, nodes: Mapping[Hashable, Node]):
        self.nodes = nodes
        self.cut: set[tuple] = set()
        self._orders: dict = {}
        self._days: dict = {}

    def get_order(self, root: Hashable) -> list:
        """Return the keys of all nodes below one, each before its components."""
        if root not in self._orders:
            self._orders[root] = list(reversed(self._visit(root)))
        return self._orders[root]

    def _visit(self, root):
        """Keys of all nodes below, components first; cuts what leads back."""
        finished, open_keys, done = [], {root}, set()
        stack = [(root, iter(self.nodes[root].components))]
        while stack:
            key, components = stack[-1]
            for child, _quantity in components:
                if child in open_keys:
                    self.cut.add((key, child))
                elif child not in done:
                    open_keys.add(child)
                    stack.append((child, iter(self.nodes[child].components)))
                    break
            else:
                stack.pop()
                open_keys.discard(key)
                done.add(key)
                finished.append(key)
        return finished

    def get_components(self, key: Hashable) -> list[tuple[Hashable, float]]:
        """Return the components of a node that do not lead back to it."""
        components = self.nodes[key].components
        if not self.cut:
            return components
        return [one for one in components if (key, one[0]) not in self.cut]

    def get_days(self, root: Hashable) -> dict:
        """Return {key: about how many days each takes if nothing is there}.

        Of all nodes below ``root``, each with its components; infinite where something
        cannot be ordered.
        """
        if root not in self._days:
            days = {}
            for key in reversed(self.get_order(root)):
                below = [
                    days[child] + self.nodes[child].transit_days
                    for child, _quantity in self.get_components(key)
                ]
                own = self.nodes[key].get_days()
                if any(remark.is_blocking for remark in self.get_remarks(key)):
                    own = inf
                days[key] = own + max(below, default=0.0)
            self._days[root] = days
        return self._days[root]

    def get_remarks(self, key: Hashable) -> list[Remark]:
        """Return what is missing or assumed of a node if it is ordered."""
        node = self.nodes[key]
        remarks = list(node.remarks)
        if any((key, child) in self.cut for child, _quantity in node.components):
            remarks.append(Remark(LOOP, node.product_id))
        if not node.supply and not any(remark.is_blocking for remark in remarks):
            remarks.append(Remark(NO_SUPPLY, node.product_id))
        return remarks
