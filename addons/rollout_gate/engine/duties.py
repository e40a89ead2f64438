"""Who may do what: separated duties, in one place."""

from dataclasses import dataclass, field

# Which body decides what.
MANDATES = {
    "scope": "steering",
    "policy": "steering",
    "investment": "steering",
    "override": "steering",
    "standard": "design_authority",
    "definition": "design_authority",
    "customization": "design_authority",
    "deviation": "design_authority",
}

# Duties that one person should not hold together; the first of each pair wins.
CONFLICTS = (
    ("configurator", "process_owner"),
    ("configurator", "design_authority"),
    ("configurator", "steering"),
    ("auditor", "contributor"),
    ("auditor", "process_owner"),
    ("auditor", "manager"),
    ("auditor", "design_authority"),
    ("auditor", "steering"),
    ("manager", "steering"),
    ("manager", "design_authority"),
)
SIGNING = {"process_owner", "manager", "design_authority", "steering"}
NEVER_SIGN = ("configurator", "auditor")

# How long a waiver may last, in days, and who approves it. A blocker has none.
WAIVER_DAYS = {"critical": 30, "major": 60, "minor": 90}
WAIVER_GROUPS = {
    "critical": ("steering",),
    "major": ("design_authority", "steering"),
    "minor": ("design_authority", "steering"),
}


@dataclass
class Person:
    key: object
    duties: set = field(default_factory=set)
    is_superuser: bool = False


def get_conflicts(duties):
    """Return the pairs of duties in a set that should be in two hands."""
    return [pair for pair in CONFLICTS if set(pair) <= set(duties)]


def refuse_signature(person, preparers, has_seat):
    """Return why a person may not sign a gate, or None.

    :return: superuser, configurator, auditor, no_duty, no_seat, prepared or None
    """
    if person.is_superuser:
        return "superuser"
    for duty in NEVER_SIGN:
        if duty in person.duties:
            return duty
    if not person.duties & SIGNING:
        return "no_duty"
    if not has_seat:
        return "no_seat"
    if person.key in preparers:
        return "prepared"
    return None


def refuse_functions(functions, signed_before, several_functions):
    """Return why a person may not sign for these functions, or None.

    :param functions: keys of what they sign for now
    :param signed_before: keys of what they signed for in this round
    :return: twice, several or None
    """
    if set(functions) & set(signed_before):
        return "twice"
    if not several_functions and len(set(functions) | set(signed_before)) > 1:
        return "several"
    return None


def refuse_waiver(person, severity, requester, involved):
    """Return why a person may not approve a waiver, or None.

    :param involved: keys of who owns, did or verified the item
    :return: superuser, blocker, own, involved, no_duty or None
    """
    if person.is_superuser:
        return "superuser"
    if severity not in WAIVER_GROUPS:
        return "blocker"
    if person.key == requester:
        return "own"
    if person.key in involved:
        return "involved"
    if not person.duties & set(WAIVER_GROUPS[severity]):
        return "no_duty"
    return None


def refuse_switch(person, on):
    """Return why a person may not switch a lock, or None.

    Switching on is for the programme manager and the steering committee; taking a lock
    away is for the steering committee.

    :return: superuser, configurator, auditor, no_duty or None
    """
    if person.is_superuser:
        return "superuser"
    for duty in NEVER_SIGN:
        if duty in person.duties:
            return duty
    allowed = {"manager", "steering"} if on else {"steering"}
    return None if person.duties & allowed else "no_duty"
