"""How a demand is supplied: plain Python, no Odoo import."""

from .missing import DemandChange, quantities_to_order
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
