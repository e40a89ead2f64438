"""What is asked when somebody wants to know when a product can be had, and the answer.

Quantities are in the unit of the product, moments are naive and in UTC. None stands for
"there is none": no wish, no date.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

# How a step of a path is done.
STOCK = "stock"
ARRIVAL = "arrival"
BUY = "buy"
MANUFACTURE = "manufacture"
SUBCONTRACT = "subcontract"
TRANSFER = "transfer"
DELIVERY = "delivery"

# What may be missing or assumed. The first ones leave a line without a date.
LOOP = "loop"
NO_SUPPLY = "no_supply"
NO_HOURS = "no_hours"
BEYOND_CALENDAR = "beyond_calendar"
BLOCKING = (LOOP, NO_SUPPLY, NO_HOURS, BEYOND_CALENDAR)
NO_VENDOR_DELAY = "no_vendor_delay"
NO_PRODUCE_DELAY = "no_produce_delay"
NO_VALID_PRICE = "no_valid_price"
NOBODY_ORDERS = "nobody_orders"
NOT_CONFIRMED = "not_confirmed"
OVERDUE = "overdue"
DEFAULT_DELAY = "default_delay"


@dataclass(frozen=True)
class PromiseDemand:
    """A product that somebody wants at a customer's.

    ``wanted``: the moment it is wanted, None for as early as possible.
    ``line_id``: the order line it is asked for, False without an order.
    ``start``: when the order begins to be worked on, None for now.
    ``group``: demands with the same one share one stock.
    """

    key: Hashable
    product_id: int
    quantity: float
    warehouse_id: int
    company_id: int
    wanted: datetime | None = None
    line_id: int | bool = False
    start: datetime | None = None
    group: Hashable | None = None


@dataclass(frozen=True)
class Remark:
    """Something that nobody entered, or that is assumed, about a product.

    ``code``: one of the codes above. ``model``, ``record_id``: where it is entered.
    ``data``: what its sentence needs.
    """

    code: str
    product_id: int
    model: str | bool = False
    record_id: int | bool = False
    data: tuple = ()

    @property
    def is_blocking(self) -> bool:
        """Whether no date can be told because of it."""
        return self.code in BLOCKING


@dataclass(frozen=True)
class PathStep:
    """A step of the critical path; steps follow each other, the first one begins first.

    ``supply``: one of the ways above. ``document``: (model, id) of the open document
    that brings it, False where there is none yet. ``days``: from start to end.
    ``vendor_id``: of what is bought anew, False where it is not known.
    """

    product_id: int
    supply: str
    start: datetime
    end: datetime
    quantity: float
    document: tuple | bool = False
    vendor_id: int | bool = False

    @property
    def days(self) -> float:
        """Days and parts of days between start and end."""
        return (self.end - self.start).total_seconds() / 86400


@dataclass(frozen=True)
class Limiting:
    """The component that is waited for: the longest step of the critical path.

    ``needed`` = ``on_hand`` (free in stock) + ``arriving`` (in open supply that comes
    before it) + ``missing`` (what is waited for). ``supply``: how that comes,
    ``document``: (model, id) of the open document that brings it, or False.
    ``available``: when it is there, ``days``: how long it takes. ``vendor_id``: as of
    the step.
    """

    product_id: int
    needed: float
    on_hand: float
    arriving: float
    missing: float
    supply: str
    available: datetime
    days: float
    document: tuple | bool = False
    vendor_id: int | bool = False


@dataclass(frozen=True)
class Part:
    """A quantity that can be delivered at a moment."""

    quantity: float
    moment: datetime


@dataclass
class Promise:
    """When a demand can be met, and why not earlier.

    ``feasible``: the earliest moment at which all of it can be at the customer's; None
    where something blocks it. ``not_before``: the same as far as it is known, also
    where it is blocked. Where something is ``missing``, it can be later than told.
    ``order_by``: the latest moment to order for the wanted one; None where nothing is
    wanted or it is too late. ``slack_days``: days from now until then; where it is too
    late the days between wanted and earliest, negative; None where nothing is wanted.
    ``quantity_on_wanted``: what can be there on the wanted moment, all without a wish.
    ``parts``: one, or two where a part can be delivered before the rest.
    ``limiting``: ``Limiting``, None where nothing has to be waited for.
    ``path``: ``PathStep``s from what begins first to the customer.
    """

    demand: PromiseDemand
    feasible: datetime | None = None
    not_before: datetime | None = None
    order_by: datetime | None = None
    slack_days: float | None = None
    quantity_on_wanted: float = 0.0
    parts: list[Part] = field(default_factory=list)
    limiting: Limiting | None = None
    path: list[PathStep] = field(default_factory=list)
    assumed: list[Remark] = field(default_factory=list)
    missing: list[Remark] = field(default_factory=list)
    is_late: bool = False

    @property
    def wanted(self) -> datetime | None:
        """The moment it is wanted, as asked."""
        return self.demand.wanted

    @property
    def quantity(self) -> float:
        """The quantity that was asked for."""
        return self.demand.quantity
