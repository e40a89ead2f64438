"""The life of a gate: what may follow what, what blocks, how ready it is."""

from dataclasses import dataclass

STATES = (
    "locked",
    "open",
    "in_review",
    "approved",
    "approved_with_conditions",
    "rejected",
)
SIGNED = ("approved", "approved_with_conditions")
NEXT = {
    "locked": ("open",),
    "open": ("in_review", "locked"),
    "in_review": ("approved", "approved_with_conditions", "rejected", "open"),
    "approved": ("open",),
    "approved_with_conditions": ("open",),
    "rejected": ("open",),
}
# A blocker or a critical item holds the gate; the others become conditions.
HOLDING = ("blocker", "critical")
DONE = ("passed", "na")


@dataclass
class Item:
    key: object
    name: str
    state: str
    severity: str
    side: str
    owner: str = ""
    waived: bool = False

    @property
    def is_met(self):
        return self.state in DONE or (self.waived and self.severity != "blocker")


@dataclass
class Function:
    """Whose signature is needed: how many for which function, who may give them."""

    key: object
    name: str
    quorum: int
    signers: int = 0
    seats: str = ""


@dataclass
class Gate:
    state: str
    items: list
    functions: list
    predecessors: list  # (name, state, owner)
    min_signers: int = 1
    persons: int = 0  # different persons who signed in this round
    unstable: tuple = ()  # measures of the wave before


@dataclass
class Block:
    kind: str  # predecessor, stability, item, condition, signature or persons
    name: str
    owner: str
    detail: str = ""
    key: object = None


def may_go(before, after):
    return after in NEXT.get(before, ())


def is_signed(state):
    return state in SIGNED


def get_entry_blocks(gate):
    """Return what keeps a gate locked."""
    blocks = [
        Block("predecessor", name, owner, state)
        for name, state, owner in gate.predecessors
        if not is_signed(state)
    ]
    return blocks + [Block("stability", measure, "") for measure in gate.unstable]


def get_item_blocks(gate):
    """Return the items that hold the gate."""
    return [
        Block("item", item.name, item.owner, item.state, item.key)
        for item in gate.items
        if item.severity in HOLDING and not item.is_met
    ]


def get_conditions(gate):
    """Return the lesser items that are not met: the gate is signed with conditions."""
    return [
        Block("condition", item.name, item.owner, item.state, item.key)
        for item in gate.items
        if not item.is_met and item.severity not in HOLDING
    ]


def get_signature_blocks(gate):
    """Return the functions whose signatures are missing, else persons who are."""
    blocks = [
        Block(
            "signature",
            function.name,
            function.seats,
            f"{function.signers}/{function.quorum}",
            function.key,
        )
        for function in gate.functions
        if function.signers < function.quorum
    ]
    if not blocks and gate.persons < gate.min_signers:
        blocks.append(Block("persons", f"{gate.persons}/{gate.min_signers}", ""))
    return blocks


def get_blocks(gate):
    """Return everything between a gate and its approval, in the order of work."""
    if is_signed(gate.state):
        return []
    return [
        *get_entry_blocks(gate),
        *get_item_blocks(gate),
        *get_signature_blocks(gate),
    ]


def get_readiness(items, side):
    """Return the share of items met on one side in percent; False without items.

    No items is no readiness: an empty list never shows green.
    """
    mine = [item for item in items if item.side == side]
    if not mine:
        return False
    return round(100 * sum(item.is_met for item in mine) / len(mine))


def get_outcome(gate, decisions):
    """Return where the signatures of this round bring the gate, or None to wait.

    :param decisions: approve, condition or reject, one for each signature
    """
    if "reject" in decisions:
        return "rejected"
    if not gate.functions or get_signature_blocks(gate):
        return None
    if "condition" in decisions or get_conditions(gate) or _has_waivers(gate):
        return "approved_with_conditions"
    return "approved"


def _has_waivers(gate):
    return any(item.waived and item.state not in DONE for item in gate.items)
