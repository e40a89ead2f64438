"""Units of measure: what converting and rounding make of a quantity.

The same figures as Odoo's ``uom.uom``, without a database.
"""

from dataclasses import dataclass
from math import copysign, log2, trunc

UP = "UP"
DOWN = "DOWN"
HALF_UP = "HALF-UP"


@dataclass(frozen=True)
class Unit:
    """A unit that holds ``factor`` of its reference unit, written with ``digits``."""

    id: int = 0
    name: str = ""
    factor: float = 1.0
    digits: int = 2

    def convert(self, quantity: float, unit: "Unit", method: str = UP) -> float:
        """Return ``quantity`` of this unit in ``unit``, rounded by ``method``."""
        return unit.round(self.convert_exactly(quantity, unit), method)

    def convert_exactly(self, quantity: float, unit: "Unit") -> float:
        """The same, not rounded."""
        if unit.id == self.id:
            return quantity
        return quantity * self.factor / unit.factor

    def round(self, quantity: float, method: str = HALF_UP) -> float:
        return round_to(quantity, self.digits, method)

    def is_more(self, quantity: float, other: float) -> bool:
        """Whether ``quantity`` is more than ``other`` after rounding."""
        return self.round(quantity) > self.round(other)

    def is_zero(self, quantity: float) -> bool:
        return self.round(quantity) == 0


def round_to(quantity: float, digits: int, method: str = HALF_UP) -> float:
    """Return ``quantity`` rounded to a number of digits, tolerant of float noise."""
    if not quantity:
        return 0.0
    scale = float(10**digits)
    value = quantity * scale
    noise = 2 ** (log2(abs(value)) - 50)
    if method == UP:
        return trunc(value + copysign(1 - noise, value)) / scale
    if method == DOWN:
        return trunc(value + copysign(noise, value)) / scale
    return round(value + copysign(noise, value)) / scale
