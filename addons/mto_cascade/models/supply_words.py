"""The words in which a supply decision is told, in the language of the reader.

One place for the screen, the log and the API. Codes are stored, sentences are not.
"""

from odoo.tools.misc import formatLang

from ..engine import (
    ALL,
    ASSEMBLIES,
    INHERIT,
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    SOLD_PRODUCT,
    STOCK_BELOW,
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
# What can be chosen for a company.
PRESETS = [
    (ASSEMBLIES, "Assemblies for the order, bought parts from stock first"),
    (ALL, "Everything for the order"),
    (SOLD_PRODUCT, "Only the sold product for the order"),
]


def preset_choices(env):
    """Return each choice of the company with one sentence on what will happen."""
    return [
        (
            ASSEMBLIES,
            env._(
                "Assemblies for the order, bought parts from stock first "
                "(recommended). Each assembly is made for its customer; purchases "
                "only fill what the shelf lacks."
            ),
        ),
        (
            ALL,
            env._(
                "Everything for the order. Every product and part is made or "
                "bought for its customer; nothing waits on a shelf."
            ),
        ),
        (
            SOLD_PRODUCT,
            env._(
                "Only the sold product for the order. Its components come from "
                "the warehouse, which reordering rules refill."
            ),
        ),
    ]


def supply_sentence(env, policy, reason, supply="any"):
    """Return the sentence of a decision.

    :param str policy: one of DEMAND_POLICIES; False when it depends on the order
    :param dict reason: 'code' and data, as the engine returns it
    :param str supply: how the product is replenished (see ``get_supply_decision``), or
        'any' when only the reason may tell
    """
    if supply == "any":
        supply = reason.get("supply") or supply
    if supply == "service":
        return env._("A service: there is nothing to supply.")
    if supply == "kit":
        return env._("A kit: each of its components follows its own policy.")
    if not policy:
        return _dependence(env, reason)
    sentence = _with_reason(env, _headline(env, policy, reason, supply), reason)
    warning = _warning(env, supply)
    return f"{sentence}. {warning}" if warning else sentence


def _headline(env, policy, reason, supply):
    if reason.get("result") == STOCK_BELOW:
        return env._("From here down: stock")
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
        case "specification":
            return env._(
                "%(headline)s: the customer's specification is not in stock", **values
            )
        case "free_stock":
            return env._("%(headline)s: %(name)s used what was free", **values)
        case "served_first":
            return env._("%(headline)s: %(name)s decided who is served first", **values)
        case "order_line_policy":
            return env._("%(headline)s: policy of the line in order %(name)s", **values)
        case "bom_line_policy":
            return env._(
                "%(headline)s: policy of the line in the bill of materials of %(name)s",
                **values,
            )
        case "variant_policy":
            return env._("%(headline)s: policy of the variant", **values)
        case "product_policy":
            return env._("%(headline)s: policy of the product", **values)
        case "rule_policy":
            return _with_rule(env, reason, values)
        case "category_policy":
            return env._("%(headline)s: policy of category %(name)s", **values)
        case "warehouse_policy":
            return env._("%(headline)s: policy of warehouse %(name)s", **values)
        case "preset_policy":
            values["preset"] = _selection_label(
                env, "res.company", "supply_preset", reason.get("preset")
            )
            return env._("%(headline)s: the company's choice, %(preset)s", **values)
        case "mto_route":
            return env._("%(headline)s, from its MTO route (%(route)s)", **values)
        case "stock_first_route":
            return env._("%(headline)s, from its route (%(route)s)", **values)
    return env._("%(headline)s: no policy and no make-to-order route", **values)


def _with_rule(env, reason, values):
    facts = "; ".join(_fact_words(env, fact) for fact in reason.get("facts") or ())
    if not facts:
        return env._("%(headline)s: rule '%(name)s'", **values)
    return env._("%(headline)s: rule '%(name)s' (%(facts)s)", facts=facts, **values)


def _dependence(env, reason):
    unknown = ", ".join(_fact_labels(env)[name] for name in reason.get("unknown") or ())
    if not unknown:
        return env._("Depends on the order: only the sold product is ordered")
    return env._(
        "Depends on the order: rule '%(name)s' asks for %(unknown)s",
        name=reason.get("name") or "",
        unknown=unknown,
    )


def _fact_labels(env):
    return {
        "level": env._("the level"),
        "supply": env._("the way of supply"),
        "category": env._("the product category"),
        "vendor": env._("the vendor"),
        "lead_time": env._("the lead time"),
        "unit_cost": env._("the unit cost"),
        "customer": env._("the customer"),
        "customer_tag": env._("the customer's tags"),
        "quantity": env._("the ordered quantity"),
        "warehouse": env._("the warehouse"),
    }


def _fact_words(env, fact):
    """Why one condition of a rule holds; never a cost."""
    name, value = fact.get("name") or "", fact.get("value")
    match fact["fact"]:
        case "level":
            if fact.get("or_more"):
                return env._("level %(level)s or deeper", level=value)
            return env._("level %(level)s", level=value)
        case "supply":
            return _selection_label(env, "mto.supply.rule", "supply", value).lower()
        case "category":
            return env._("category %(name)s", name=name)
        case "vendor":
            return env._("vendor %(name)s", name=name)
        case "lead_time":
            days = {"days": value, "least": fact.get("at_least")}
            if fact.get("supply") == "make":
                return env._(
                    "manufacturing lead time %(days)s days, at least %(least)s", **days
                )
            return env._("vendor lead time %(days)s days, at least %(least)s", **days)
        case "customer":
            return env._("customer %(name)s", name=name)
        case "customer_tag":
            return env._("customer tag %(name)s", name=name)
        case "quantity":
            return env._("ordered quantity %(quantity)s", quantity=_number(value))
        case "warehouse":
            return env._("warehouse %(name)s", name=name)
    return env._("unit cost")


def wanted_words(rule, fact, shows_cost=False):
    """Return what one condition of a cascade rule asks for.

    :param rule: a record of ``mto.supply.rule``
    :param str fact: name of the condition, as ``engine.Condition`` has it
    :param bool shows_cost: whether the reader may see a cost
    """
    env = rule.env
    secret = rule.sudo()  # vendors and customers are named to readers of the rule
    match fact:
        case "level":
            return _level_condition(env, rule) or env._("any level")
        case "supply":
            if rule.supply:
                return _selection_label(env, rule._name, "supply", rule.supply)
            return env._("can be made or bought")
        case "category":
            return rule.category_id.display_name
        case "vendor":
            return secret.vendor_id.display_name
        case "lead_time":
            return env._("at least %(days)s days", days=rule.lead_time_min)
        case "unit_cost":
            return _cost_condition(env, rule, shows_cost)
        case "customer":
            return secret.partner_id.display_name
        case "customer_tag":
            return rule.partner_tag_id.display_name
        case "quantity":
            return _quantity_condition(env, rule)
    return secret.warehouse_id.name


def found_words(env, fact, facts, cost=""):
    """Return what a demand has where a condition asks for ``fact``.

    :param facts: ``engine.Facts`` of the demand
    :param str cost: the unit cost as the reader may see it
    """
    if fact in facts.unknown:
        return env._("not known before there is an order")
    match fact:
        case "level":
            first, last = facts.levels
            if first == last:
                return env._("level %(level)s", level=first)
            return env._("level %(level)s or deeper", level=first)
        case "supply":
            return supply_kind_label(env, facts.supply)
        case "lead_time":
            return env._("%(days)s days", days=facts.lead_time)
        case "unit_cost":
            return cost or env._("not shown")
        case "quantity":
            return _number(facts.quantity)
    return ", ".join(getattr(facts, fact).values()) or env._("none")


def fact_label(env, fact):
    """Return the name of a fact that rules ask for."""
    label = _fact_labels(env)[fact]
    return label[:1].upper() + label[1:]


def policy_label(env, policy):
    """Return the label of a policy; of none, that it depends on the order."""
    labels = dict(env["mto.supply.rule"]._fields["result"]._description_selection(env))
    return labels.get(policy) or env._("Depends on the order")


def supply_kind_label(env, supply):
    """Return how a product is replenished, in a word or two."""
    return {
        "make": env._("Made"),
        "buy": env._("Bought"),
        "subcontract": env._("Subcontracted"),
        "transfer": env._("Brought from another location"),
        "dropship": env._("Shipped by the vendor"),
        "kit": env._("Kit"),
        "service": env._("Service"),
        "none": env._("No bill of materials, no vendor"),
        "no_rule": env._("No rule replenishes it"),
    }[supply]


def rule_sentence(rule, shows_cost=False):
    """Return what a cascade rule says.

    :param rule: a record of ``mto.supply.rule``
    :param bool shows_cost: whether the reader may see a cost
    """
    env = rule.env
    conditions = [
        words
        for words in (
            _level_condition(env, rule),
            *_product_conditions(env, rule),
            _cost_condition(env, rule, shows_cost),
            *_order_conditions(env, rule),
        )
        if words
    ] or [env._("any demand of a sales order")]
    result = _headline(env, rule.result, {"result": rule.result}, rule.supply or "any")
    sentence = env._(
        "%(conditions)s: %(result)s", conditions=", ".join(conditions), result=result
    )
    return sentence[:1].upper() + sentence[1:]


def _level_condition(env, rule):
    first, last = rule.level_from or "0", rule.level_to
    if last == "0":
        return env._("the sold product")
    if first == last:
        return env._("level %(level)s", level=first)
    if last:
        return env._("levels %(first)s to %(last)s", first=first, last=last)
    return first != "0" and env._("level %(level)s and deeper", level=first)


def _product_conditions(env, rule):
    if rule.supply:
        yield _selection_label(env, "mto.supply.rule", "supply", rule.supply).lower()
    if rule.category_id:
        yield env._("category %(name)s", name=rule.category_id.display_name)
    if rule.vendor_id:
        yield env._("vendor %(name)s", name=rule.sudo().vendor_id.display_name)
    if rule.lead_time_min:
        yield env._("lead time of at least %(days)s days", days=rule.lead_time_min)


def _cost_condition(env, rule, shows_cost):
    amounts = rule.sudo()  # read here, shown to planners only
    if not amounts.cost_min and not amounts.cost_max:
        return False
    if not shows_cost:
        return env._("unit cost within limits")
    least = formatLang(env, amounts.cost_min, currency_obj=rule.currency_id)
    most = formatLang(env, amounts.cost_max, currency_obj=rule.currency_id)
    return _range_words(
        env, env._("unit cost"), amounts.cost_min and least, amounts.cost_max and most
    )


def _order_conditions(env, rule):
    if rule.partner_id:
        yield env._("customer %(name)s", name=rule.sudo().partner_id.display_name)
    if rule.partner_tag_id:
        yield env._("customer tag %(name)s", name=rule.partner_tag_id.display_name)
    if rule.quantity_min or rule.quantity_max:
        yield _quantity_condition(env, rule)
    if rule.warehouse_id:
        yield env._("warehouse %(name)s", name=rule.sudo().warehouse_id.name)


def _quantity_condition(env, rule):
    return _range_words(
        env,
        env._("ordered quantity"),
        rule.quantity_min and _number(rule.quantity_min),
        rule.quantity_max and _number(rule.quantity_max),
    )


def _range_words(env, what, least, most):
    values = {"what": what, "least": least, "most": most}
    if not most:
        return env._("%(what)s of at least %(least)s", **values)
    if not least:
        return env._("%(what)s of at most %(most)s", **values)
    return env._("%(what)s from %(least)s to %(most)s", **values)


def _selection_label(env, model, field, value):
    return dict(env[model]._fields[field]._description_selection(env)).get(value, "")


def _number(value):
    return f"{value:.10g}"


def _warning(env, supply):
    if supply == "none":
        return env._("No bill of materials and no vendor: cannot be supplied")
    if supply == "no_rule":
        return env._("No rule replenishes it in this warehouse: cannot be supplied")
    return ""
