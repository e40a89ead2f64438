"""Which policy supplies a demand, and why.

The caller lists the places where a policy can be set, strongest first. The first one
that does not inherit decides. If all inherit, the answer of Odoo's own rule search
stands and is only named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MAKE_TO_ORDER = "make_to_order"
MAKE_TO_STOCK = "make_to_stock"
STOCK_THEN_ORDER = "stock_then_order"
INHERIT = "inherit"

POLICIES = (MAKE_TO_ORDER, MAKE_TO_STOCK, STOCK_THEN_ORDER)

# What a place answers that decides, but differently from order to order. Only where a
# product or a bill of materials is asked; a demand knows its order.
DEPENDS_ON_ORDER = "depends_on_order"

# Odoo's supply method of a rule -> the policy it amounts to, and the reason code.
_CORE_POLICIES = {
    "make_to_order": (MAKE_TO_ORDER, "mto_route"),
    "mts_else_mto": (STOCK_THEN_ORDER, "stock_first_route"),
    "make_to_stock": (MAKE_TO_STOCK, "no_policy"),
}


@dataclass(frozen=True)
class PolicySource:
    """A place where a policy can be set.

    ``level`` names the kind of place ('product', 'category'); ``policy`` is what is set
    there, False or 'inherit' for nothing; ``record_id`` and ``name`` say which one;
    ``details`` is what else its sentence needs, as JSON can keep it.
    """

    level: str
    policy: str | bool
    record_id: int | bool = False
    name: str = ""
    details: Mapping = field(default_factory=dict, hash=False)

    @property
    def decides(self) -> bool:
        return self.policy in POLICIES or self.policy == DEPENDS_ON_ORDER


@dataclass(frozen=True)
class CoreAnswer:
    """What Odoo's own rule search says: supply method of the rule and its route."""

    procure_method: str = "make_to_stock"
    route_name: str = ""


@dataclass(frozen=True)
class SupplyDecision:
    """How a demand is supplied.

    ``policy``: one of POLICIES, or False when Odoo decides and was not asked, and when
    it depends on the order.
    ``level``: where it comes from: a level of the sources, 'specification' or 'core'.
    ``reason``: {'code': ..., and the data its sentence needs}.
    """

    policy: str | bool
    level: str
    reason: dict = field(default_factory=dict, hash=False)

    @property
    def by_policy(self) -> bool:
        """Whether a policy decided, not Odoo's own rule search."""
        return self.level != "core"

    @property
    def procure_method(self) -> str | bool:
        """Procurement method of the demand; False when Odoo's own is kept.

        A demand served from stock first stays a demand on stock: only the missing
        quantity is ordered.
        """
        if not self.by_policy or not self.policy:
            return False
        return "make_to_order" if self.policy == MAKE_TO_ORDER else "make_to_stock"


def decide(
    sources: Iterable[PolicySource], core: CoreAnswer | None = None
) -> SupplyDecision:
    """Return the decision of the first source that does not inherit, else Odoo's."""
    for source in sources:
        if source.decides:
            return _decide_by(source)
    if core is None:
        return SupplyDecision(False, "core", {})
    policy, code = _CORE_POLICIES[core.procure_method]
    return SupplyDecision(
        policy, "core", {"code": code, "route": core.route_name or False}
    )


def takes_from_stock(decision: SupplyDecision) -> bool:
    """Whether a policy lets the demand be served with goods that are not its own."""
    return decision.by_policy and decision.policy in (MAKE_TO_STOCK, STOCK_THEN_ORDER)


def decide_for_specification() -> SupplyDecision:
    """Goods of a specification are never taken from stock, whatever was decided."""
    return SupplyDecision(
        MAKE_TO_ORDER,
        "specification",
        {"code": "specification", "record_id": False, "name": ""},
    )


def _decide_by(source: PolicySource) -> SupplyDecision:
    depends = source.policy == DEPENDS_ON_ORDER
    return SupplyDecision(
        False if depends else source.policy,
        source.level,
        {
            "code": DEPENDS_ON_ORDER if depends else f"{source.level}_policy",
            "record_id": source.record_id,
            "name": source.name,
            **source.details,
        },
    )
