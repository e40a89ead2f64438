"""How a demand is supplied: plain Python, no Odoo import."""

from .availability import Arrival, Pool, Request, Share, share
from .flow import Flow, Network
from .policy import (
    INHERIT,
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    POLICIES,
    STOCK_THEN_ORDER,
    CoreAnswer,
    PolicySource,
    SupplyDecision,
    decide,
)
