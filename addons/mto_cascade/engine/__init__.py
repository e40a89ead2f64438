"""How a demand is supplied: plain Python, no Odoo import."""

from .availability import Arrival, Pool, Request, Share, share
from .flow import Flow, Network
from .ordering import (
    VendorTerms,
    changed_order,
    quantity_to_order,
    surplus,
    whole_steps,
)
from .paths import (
    DEPTH_LIMIT,
    LOOP,
    PathFinding,
    PathGraph,
    PathNode,
    PathProblem,
    PathReport,
)
from .policy import (
    DEPENDS_ON_ORDER,
    INHERIT,
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    POLICIES,
    STOCK_THEN_ORDER,
    CoreAnswer,
    PolicySource,
    SupplyDecision,
    decide,
    decide_for_specification,
    takes_from_stock,
)
from .presets import ALL, ASSEMBLIES, SOLD_PRODUCT, SUPPLIED, preset_policy
from .rules import (
    COSTLY,
    FAILS,
    HOLDS,
    STOCK_BELOW,
    UNKNOWN,
    Facts,
    Rule,
    RuleMatch,
    RuleTrial,
    find_rule,
    find_shadows,
    try_rule,
)
from .specification import specification_key
from .start import start_moment
