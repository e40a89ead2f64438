"""Rows of a tree as every renderer shows them: the screen and the spreadsheet.

A tree is a list of rows in the order of reading; a row knows its parent by position.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field


@dataclass
class TreeRow:
    """One row.

    ``cells``: {column name: value}, see ``mto.supply.tree``. ``tone``: '', 'danger',
    'warning', 'success' or 'muted'. ``document``: (model, id) that a click opens.
    ``parent``: position of the parent row, -1 at the top.
    """

    cells: dict
    parent: int = -1
    level: int = 0
    tone: str = ""
    problem: bool = False
    document: tuple[str, int] | None = None
    key: Hashable = None
    has_children: bool = field(default=False, init=False)


def mark_parents(rows: Iterable[TreeRow]) -> list[TreeRow]:
    """Set level and ``has_children`` of all rows from their parents."""
    rows = list(rows)
    for row in rows:
        if row.parent >= 0:
            parent = rows[row.parent]
            parent.has_children = True
            row.level = parent.level + 1
        else:
            row.level = 0
    return rows
