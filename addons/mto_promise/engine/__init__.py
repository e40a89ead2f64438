"""When a product can be had: plain Python, no Odoo import."""

from .answer import Item, Promiser, promise_all
from .goods import TINY, Ledger, Source, free_sources
from .promise import (
    ARRIVAL,
    BEYOND_CALENDAR,
    BLOCKING,
    BUY,
    DEFAULT_DELAY,
    DELIVERY,
    LOOP,
    MANUFACTURE,
    NO_HOURS,
    NO_PRODUCE_DELAY,
    NO_SUPPLY,
    NO_VALID_PRICE,
    NO_VENDOR_DELAY,
    NOBODY_ORDERS,
    NOT_CONFIRMED,
    OVERDUE,
    STOCK,
    SUBCONTRACT,
    TRANSFER,
    Limiting,
    Part,
    PathStep,
    Promise,
    PromiseDemand,
    Remark,
)
from .schedule import Need, Order, Outcome, Scheduler
from .structure import KIT, Node, Operation, Structure
from .workdays import AlwaysOpen, BeyondCalendar, Hours, WorkCalendar
