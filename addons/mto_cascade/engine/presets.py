"""What a company chooses first: one policy for all demands of its sales orders."""

from .policy import (
    DEPENDS_ON_ORDER,
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    STOCK_THEN_ORDER,
)

ALL = "all"
ASSEMBLIES = "assemblies"
SOLD_PRODUCT = "sold_product"

# Ways of supply under which something can be ordered at all.
SUPPLIED = ("make", "buy", "subcontract", "transfer", "kit")


def preset_policy(
    preset: str | bool,
    levels: tuple[int, int | None],
    supply: str,
    is_assembly: bool = False,
    is_stored: bool = True,
) -> str | bool:
    """Return the policy of a demand under a preset, or False where it says nothing.

    ``levels``: first and last level the demand can have below the sold product, the
    last one None for any. ``supply``: how the product is replenished. ``is_assembly``:
    it has a bill of materials, wherever it is brought from. ``is_stored``: its stock is
    kept, so that something can be known to be missing.
    """
    if preset == SOLD_PRODUCT and levels[0] > 0:
        return MAKE_TO_STOCK
    if supply not in SUPPLIED:
        return False
    if preset == ALL:
        return MAKE_TO_ORDER
    if preset == SOLD_PRODUCT:
        return MAKE_TO_ORDER if levels == (0, 0) else DEPENDS_ON_ORDER
    if preset == ASSEMBLIES:
        return _assemblies_policy(supply, is_assembly, is_stored)
    return False


def _assemblies_policy(supply: str, is_assembly: bool, is_stored: bool) -> str | bool:
    if supply == "kit":
        return False
    if supply in ("make", "subcontract") or (supply == "transfer" and is_assembly):
        return MAKE_TO_ORDER
    return STOCK_THEN_ORDER if is_stored else False
