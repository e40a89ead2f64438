"""How far a sold line is, in the words of its customer."""

from dataclasses import dataclass

CONFIRMED, MAKING, READY, DELIVERED = "confirmed", "making", "ready", "delivered"
STEPS = (CONFIRMED, MAKING, READY, DELIVERED)


@dataclass(frozen=True)
class LineFacts:
    """What is known of a line; quantities in its unit.

    ``is_reserved``: what is still to be delivered lies ready for it, all of it;
    ``is_started``: something that is made for it, at any level, has begun.
    """

    ordered: float
    delivered: float
    is_reserved: bool
    is_started: bool


def get_step(facts):
    """Return the last of ``STEPS`` that the line has reached.

    A line is only as far as what is still missing of it: delivered in part and the
    rest in production is in production.
    """
    if facts.ordered - facts.delivered < 1e-6:
        return DELIVERED
    if facts.is_reserved:
        return READY
    return MAKING if facts.is_started else CONFIRMED
