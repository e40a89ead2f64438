"""The order of a walk: level by level, told apart in the order of a walk in depth.

Odoo confirms one order, with all that it asks for, before the next. Who comes first
decides who is merged with whom, who takes the stock and who is linked. Each call to
supply something therefore has a rank, a tuple that compares as Odoo's calls follow
each other in time: the rank of an order is that of the call that made it and its place
in it, the rank of a call that of the order that makes it and its place there.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

# After everything below an order: what Odoo does for the order when it comes back up.
LAST = float("inf")


@dataclass
class Call:
    """Demands that one order asks for at once, by one kind of rule."""

    rank: tuple
    demands: list = field(default_factory=list)


@dataclass(frozen=True)
class Claim:
    """A demand that takes from stock what is there, and orders the rest."""

    rank: tuple
    key: Hashable
    product: Hashable


def find_blocked(queued, reach):
    """Return the products that must wait for others.

    A product waits while another one that is in the queue may lead to more of it
    further down: only all demands of a product together tell which one Odoo would have
    met first. Nothing waits for ever: where products need each other in a circle, all
    are ready.

    :param queued: set of products
    :param reach: {product: set of products anywhere below it}
    """
    below = set()
    for product in queued:
        below |= reach.get(product, set())
    blocked = queued & below
    return set() if blocked == queued else blocked


def split_claims(claims, queued, reach):
    """Split claims into those whose turn it is and those that must wait.

    Claims on products that lead to nothing wait for all others: they are served at
    once.

    :param claims: list of `Claim`
    :param queued: set of the products that are asked for in another way
    :return: (list of `Claim`, list of `Claim`), both in the order of their ranks
    """
    claims = sorted(claims, key=lambda claim: (claim.rank, claim.key))
    products = queued | {claim.product for claim in claims}
    blocked = find_blocked(products, reach)
    leading = {product for product in products if reach.get(product)}
    if leading:
        blocked |= products - leading
    return (
        [claim for claim in claims if claim.product not in blocked],
        [claim for claim in claims if claim.product in blocked],
    )


def split_ready(calls, product_of, reach, claimed=()):
    """Split calls into those whose turn it is and those that must wait.

    :param calls: list of `Call`
    :param product_of: function from a demand to a hashable product
    :param reach: {product: set of products anywhere below it}
    :param claimed: products with a `Claim` that waits
    :return: (list of `Call`, list of `Call`), both in the order of their ranks, each
        demand with its place in the original call: (place, demand)
    """
    queued = {product_of(demand) for call in calls for _place, demand in call.demands}
    blocked = find_blocked(queued | set(claimed), reach)
    ready, waiting = [], []
    for call in sorted(calls, key=lambda entry: entry.rank):
        now = [d for d in call.demands if product_of(d[1]) not in blocked]
        later = [d for d in call.demands if product_of(d[1]) in blocked]
        if now:
            ready.append(Call(call.rank, now))
        if later:
            waiting.append(Call(call.rank, later))
    return ready, waiting


def rounds(calls, key_of):
    """Group calls into as few rounds as possible in which no key comes twice.

    Demands of one call stay together in their round or move on with their key: what
    Odoo adds to a line that an earlier call made must not be joined with it beforehand.

    :param calls: list of `Call`
    :param key_of: function from a demand to a hashable key
    :return: list of lists of demands, each in the order of the calls
    """
    found, last = [], {}
    for call in sorted(calls, key=lambda entry: entry.rank):
        number_of = {}
        for _place, demand in call.demands:
            key = key_of(demand)
            number = number_of.setdefault(key, last.get(key, -1) + 1)
            if number == len(found):
                found.append([])
            found[number].append(demand)
        last.update(number_of)
    return found
