"""Which policy supplies a demand, and why.

The caller lists the places where a policy can be set, strongest first. The first one
that does not inherit decides. If all inherit, the answer of Odoo's own rule search
stands and is only named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

MAKE_TO_ORDER = "make_to_order"
MAKE_TO_STOCK = "make_to_stock"
STOCK_THEN_ORDER = "stock_then_order"
INHERIT = "inherit"

POLICIES = (MAKE_TO_ORDER, MAKE_TO_STOCK, STOCK_THEN_ORDER)

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
    there, False or 'inherit' for nothing; ``record_id`` and ``name`` say which one.
    """

    level: str
    policy: str | bool
    record_id: int | bool = False
    name: str = ""


@dataclass(frozen=True)
class CoreAnswer:
    """What Odoo's own rule search says: supply method of the rule and its route."""

    procure_method: str = "make_to_stock"
    route_name: str = ""


@dataclass(frozen=True)
class SupplyDecision:
    """How a demand is supplied.

    ``policy``: one of POLICIES, or False when Odoo decides and was not asked.
    ``level``: where it comes from: a level of the sources, or 'core'.
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
        if not self.by_policy:
            return False
        return "make_to_order" if self.policy == MAKE_TO_ORDER else "make_to_stock"


def decide(
    sources: Iterable[PolicySource], core: CoreAnswer | None = None
) -> SupplyDecision:
    """Return the decision of the first source that does not inherit, else Odoo's."""
    for source in sources:
        if source.policy in POLICIES:
            return SupplyDecision(source.policy, source.level, _source_reason(source))
    if core is None:
        return SupplyDecision(False, "core", {})
    policy, code = _CORE_POLICIES[core.procure_method]
    return SupplyDecision(
        policy, "core", {"code": code, "route": core.route_name or False}
    )


def _source_reason(source: PolicySource) -> dict:
    return {
        "code": f"{source.level}_policy",
        "record_id": source.record_id,
        "name": source.name,
    }
