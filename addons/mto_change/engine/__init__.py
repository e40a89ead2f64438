"""What a change of an order means for its supply: plain Python, no Odoo import."""

from .fingerprint import get_differences, make_fingerprint, read_fingerprint
from .impact import (
    BY_ITSELF,
    DECIDE,
    LEAVE,
    OTHER,
    PRODUCTION,
    REQUEST,
    TINY,
    TRANSFER,
    Impact,
    Node,
    Reduction,
)
from .redating import DatedNode, Redating, redate
