"""What changed in the supply of an order: two states compared."""

from dataclasses import dataclass

ADDED, REMOVED, QUANTITY, DATE = "added", "removed", "quantity", "date"


@dataclass(frozen=True)
class Change:
    """One difference. ``before`` and ``after`` are rows, None where there is none.

    A row is a dictionary with at least ``quantity`` and ``date``.
    """

    kind: str
    key: str
    before: dict | None
    after: dict | None


def get_changes(before, after):
    """Differences of two states, {key: row}, in the order of ``before``, new ones last.

    A row of which quantity and date differ has two changes.
    """
    changes = []
    for key, row in before.items():
        changes += _compare(key, row, after.get(key))
    return changes + [
        Change(ADDED, key, None, row) for key, row in after.items() if key not in before
    ]


def _compare(key, before, after):
    if after is None:
        return [Change(REMOVED, key, before, None)]
    changes = []
    if abs(before["quantity"] - after["quantity"]) > 1e-6:
        changes.append(Change(QUANTITY, key, before, after))
    if before["date"] != after["date"]:
        changes.append(Change(DATE, key, before, after))
    return changes


def get_delta(before, after):
    """What has to be stored to come from one state to the next.

    :return: {key: new row, None where it is gone}; empty if nothing differs
    """
    delta = {key: row for key, row in after.items() if before.get(key) != row}
    return delta | {key: None for key in before if key not in after}


def replay(deltas):
    """The state after the deltas, the first of which starts from nothing."""
    state = {}
    for delta in deltas:
        for key, row in delta.items():
            if row is None:
                state.pop(key, None)
            else:
                state[key] = row
    return state
