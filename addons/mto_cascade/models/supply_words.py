"""The words in which a supply decision is told, in the language of the reader.

One place for the screen, the log and the API. Codes are stored, sentences are not.
"""

from ..engine import (
    INHERIT,
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    STOCK_THEN_ORDER,
)

# Policies a demand can be decided by.
DEMAND_POLICIES = [
    (MAKE_TO_ORDER, "Make to order"),
    (MAKE_TO_STOCK, "Make to stock"),
    (STOCK_THEN_ORDER, "Stock first, then order"),
]
# What can be chosen on a product or a category.
SUPPLY_POLICIES = [(INHERIT, "Inherit"), *DEMAND_POLICIES]


def supply_sentence(env, policy, reason, supply="any"):
    """Return the sentence of a decision.

    :param str policy: one of DEMAND_POLICIES
    :param dict reason: 'code' and data, as the engine returns it
    :param str supply: how the product is replenished (see ``get_supply_decision``), or
        'any' when it is not known
    """
    if supply == "service":
        return env._("A service: there is nothing to supply.")
    if supply == "kit":
        return env._("A kit: each of its components follows its own policy.")
    sentence = _with_reason(env, _headline(env, policy, supply), reason)
    warning = _warning(env, supply)
    return f"{sentence}. {warning}" if warning else sentence


def _headline(env, policy, supply):
    if policy == MAKE_TO_STOCK:
        return env._("From stock")
    if policy == MAKE_TO_ORDER:
        return {
            "make": env._("Made for the order"),
            "buy": env._("Bought for the order"),
            "subcontract": env._("Subcontracted for the order"),
            "transfer": env._("Brought from another location for the order"),
        }.get(supply, env._("Made or bought for the order"))
    return {
        "make": env._("From stock first; what is missing is made"),
        "buy": env._("From stock first; what is missing is bought"),
        "subcontract": env._("From stock first; what is missing is subcontracted"),
        "transfer": env._(
            "From stock first; what is missing is brought from another location"
        ),
    }.get(supply, env._("From stock first; what is missing is ordered"))


def _with_reason(env, headline, reason):
    values = {
        "headline": headline,
        "name": reason.get("name") or "",
        "route": reason.get("route") or "",
    }
    match reason.get("code"):
        case "product_policy":
            return env._("%(headline)s: policy of the product", **values)
        case "category_policy":
            return env._("%(headline)s: policy of category %(name)s", **values)
        case "mto_route":
            return env._("%(headline)s, from its MTO route (%(route)s)", **values)
        case "stock_first_route":
            return env._("%(headline)s, from its route (%(route)s)", **values)
    return env._("%(headline)s: no policy and no make-to-order route", **values)


def _warning(env, supply):
    if supply == "none":
        return env._("No bill of materials and no vendor: cannot be supplied")
    if supply == "no_rule":
        return env._("No rule replenishes it in this warehouse: cannot be supplied")
    return ""
