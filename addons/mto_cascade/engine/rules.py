"""Which cascade rule decides a demand of a sales order.

A rule is a list of conditions and a result. The first rule, in the given order, whose
conditions all hold decides. What is not known of a demand is named: a rule that hangs
on it is neither true nor false.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from .policy import DEPENDS_ON_ORDER, MAKE_TO_STOCK
from .presets import SUPPLIED

# The result of a decoupling point: this demand and all below it are served from stock.
STOCK_BELOW = "stock_below"

# Whether a condition or a rule holds for a demand.
HOLDS = "holds"
FAILS = "fails"
UNKNOWN = "unknown"

# What is expensive to know of a demand; asked only when all else of a rule holds.
COSTLY = frozenset({"supply", "vendor", "lead_time", "unit_cost"})


@dataclass(frozen=True)
class Facts:
    """What is known of one demand.

    Named things are {id: name}, with everything a condition may name: a category with
    its parents, a customer with the company it belongs to. ``levels``: first and last
    level the demand can have, the last one None for any. ``lead_time`` in days.
    ``quantity``: of the order line, in the unit of its product. ``unit_cost`` in the
    currency of the company. ``unknown``: names of the facts that nobody knows yet.
    """

    levels: tuple[int, int | None] = (0, 0)
    supply: str = "none"
    category: Mapping[int, str] = field(default_factory=dict, hash=False)
    vendor: Mapping[int, str] = field(default_factory=dict, hash=False)
    lead_time: int = 0
    unit_cost: float = 0.0
    customer: Mapping[int, str] = field(default_factory=dict, hash=False)
    customer_tag: Mapping[int, str] = field(default_factory=dict, hash=False)
    quantity: float = 0.0
    warehouse: Mapping[int, str] = field(default_factory=dict, hash=False)
    unknown: Collection[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A cascade rule; a condition that is None or False does not count."""

    id: int
    name: str
    result: str
    level_from: int | None = None
    level_to: int | None = None
    supply: str | bool = False
    category: int | bool = False
    vendor: int | bool = False
    lead_time: int | bool = False
    cost_from: float | bool = False
    cost_to: float | bool = False
    customer: int | bool = False
    customer_tag: int | bool = False
    quantity_from: float | bool = False
    quantity_to: float | bool = False
    warehouse: int | bool = False

    @property
    def policy(self) -> str:
        """The policy that the result amounts to."""
        return MAKE_TO_STOCK if self.result == STOCK_BELOW else self.result

    @property
    def orders(self) -> bool:
        """Whether goods may be ordered by this rule."""
        return self.policy != MAKE_TO_STOCK

    @property
    def needs(self) -> frozenset[str]:
        """Names of the facts the rule asks for."""
        return frozenset(
            name for name, check in _CHECKS.items() if check(self, _ANY) is not None
        )


@dataclass(frozen=True)
class RuleMatch:
    """A rule that holds, the facts it holds for, and the facts it hangs on."""

    rule: Rule
    facts: tuple[dict, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def policy(self) -> str:
        """The policy, or DEPENDS_ON_ORDER."""
        return DEPENDS_ON_ORDER if self.unknown else self.rule.policy


@dataclass(frozen=True)
class Condition:
    """One condition of a rule, tried on a demand: HOLDS, FAILS or UNKNOWN."""

    fact: str
    outcome: str


@dataclass(frozen=True)
class RuleTrial:
    """A rule tried on a demand, with all its conditions, also after one that fails."""

    rule: Rule
    conditions: tuple[Condition, ...] = ()

    @property
    def outcome(self) -> str:
        """HOLDS, FAILS, or UNKNOWN when it hangs on what nobody knows yet."""
        outcomes = {condition.outcome for condition in self.conditions}
        return next((o for o in (FAILS, UNKNOWN) if o in outcomes), HOLDS)


def try_rule(rule: Rule, facts: Facts) -> RuleTrial:
    """Try every condition of ``rule``; ``find_rule`` stops at the first that fails."""
    return RuleTrial(
        rule,
        tuple(
            Condition(name, _judge(name, answer, facts))
            for name, check in _CHECKS.items()
            if (answer := check(rule, facts)) is not None
        ),
    )


def find_shadows(
    rules: Iterable[Rule],
    parents: Mapping[str, Mapping[int, Collection[int]]] | None = None,
) -> dict[int, Rule]:
    """Return {id of a rule that never holds: the earlier rule that takes its demands}.

    ``parents``: by fact, what else is named whenever something is named: {'category':
    {id: ids of the category and all above it}}. What is missing there stands alone.
    """
    earlier: list[Rule] = []
    result = {}
    for rule in rules:
        shadow = next((r for r in earlier if _covers(r, rule, parents or {})), None)
        if shadow:
            result[rule.id] = shadow
        else:
            earlier.append(rule)
    return result


def find_rule(rules: Iterable[Rule], facts: Facts) -> RuleMatch | None:
    """Return the first rule that holds or may hold for ``facts``.

    A rule that would order what nothing can supply is passed over.
    """
    for rule in rules:
        if match := _match(rule, facts):
            return match
    return None


def _match(rule: Rule, facts: Facts) -> RuleMatch | None:
    held, unknown = [], []
    for name, check in _CHECKS.items():
        answer = check(rule, facts)
        if answer is None:
            continue
        outcome = _judge(name, answer, facts)
        if outcome == FAILS:
            return None
        if outcome == UNKNOWN:
            unknown.append(name)
        else:
            held.append({"fact": name, **answer})
    return RuleMatch(
        rule,
        tuple(fact for fact in held if not fact.get("silent")),
        tuple(unknown),
    )


def _judge(name: str, answer, facts: Facts) -> str:
    if answer is _UNKNOWN or name in facts.unknown:
        return UNKNOWN
    return FAILS if answer is False else HOLDS


# Each check answers None (no such condition), False (does not hold), _UNKNOWN, or the
# data that tells why it holds.
_UNKNOWN = object()


def _check_level(rule: Rule, facts: Facts):
    if rule.level_from is None and rule.level_to is None:
        return None
    wanted_from = rule.level_from or 0
    wanted_to = float("inf") if rule.level_to is None else rule.level_to
    first, last = facts.levels
    last = float("inf") if last is None else last
    if first > wanted_to or last < wanted_from:
        return False
    if first < wanted_from or last > wanted_to:
        return _UNKNOWN
    return {"value": first} if first == last else {"value": first, "or_more": True}


def _check_supply(rule: Rule, facts: Facts):
    if rule.supply:
        return facts.supply == rule.supply and {"value": facts.supply}
    if rule.orders:
        return facts.supply in SUPPLIED and {"silent": True}
    return None


def _check_named(name: str) -> Callable:
    def check(rule: Rule, facts: Facts):
        wanted = getattr(rule, name)
        if not wanted:
            return None
        known = getattr(facts, name)
        return wanted in known and {"name": known[wanted]}

    return check


def _check_lead_time(rule: Rule, facts: Facts):
    if not rule.lead_time:
        return None
    return facts.lead_time >= rule.lead_time and {
        "value": facts.lead_time,
        "at_least": rule.lead_time,
        "supply": facts.supply,
    }


def _check_cost(rule: Rule, facts: Facts):
    if not rule.cost_from and not rule.cost_to:
        return None
    # Without figures: the reason is read by people who may not see a cost.
    return _is_between(facts.unit_cost, rule.cost_from, rule.cost_to) and {}


def _check_quantity(rule: Rule, facts: Facts):
    if not rule.quantity_from and not rule.quantity_to:
        return None
    return _is_between(facts.quantity, rule.quantity_from, rule.quantity_to) and {
        "value": facts.quantity
    }


def _is_between(value: float, lowest: float | bool, highest: float | bool) -> bool:
    return (not lowest or value >= lowest) and (not highest or value <= highest)


_ANY = Facts()
_CHECKS = {
    "level": _check_level,
    "category": _check_named("category"),
    "customer": _check_named("customer"),
    "customer_tag": _check_named("customer_tag"),
    "quantity": _check_quantity,
    "warehouse": _check_named("warehouse"),
    "supply": _check_supply,
    "vendor": _check_named("vendor"),
    "lead_time": _check_lead_time,
    "unit_cost": _check_cost,
}


# Whether all that the later rule holds for, the first one holds for as well: each of
# its conditions follows from one of the later rule.


def _covers(first: Rule, later: Rule, parents: Mapping) -> bool:
    return (
        _covers_levels(first, later)
        and _covers_supply(first, later)
        and all(
            _covers_named(first, later, name, parents.get(name, {}))
            for name in ("category", "vendor", "customer", "customer_tag", "warehouse")
        )
        and (later.lead_time or 0) >= (first.lead_time or 0)
        and _covers_range(first, later, "cost")
        and _covers_range(first, later, "quantity")
    )


def _covers_levels(first: Rule, later: Rule) -> bool:
    if (first.level_from or 0) > (later.level_from or 0):
        return False
    if first.level_to is None:
        return True
    return later.level_to is not None and later.level_to <= first.level_to


def _covers_supply(first: Rule, later: Rule) -> bool:
    if first.supply:
        return later.supply == first.supply
    return not first.orders or bool(later.supply) or later.orders


def _covers_named(first: Rule, later: Rule, name: str, parents: Mapping) -> bool:
    wanted, known = getattr(first, name), getattr(later, name)
    return not wanted or wanted == known or wanted in parents.get(known, ())


def _covers_range(first: Rule, later: Rule, name: str) -> bool:
    lowest, highest = getattr(first, f"{name}_from"), getattr(first, f"{name}_to")
    later_highest = getattr(later, f"{name}_to")
    return (getattr(later, f"{name}_from") or 0) >= (lowest or 0) and (
        not highest or bool(later_highest and later_highest <= highest)
    )
