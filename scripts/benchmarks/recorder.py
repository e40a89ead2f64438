"""Where the queries of a measured call come from: to see why a row is over."""

import re
import sys
from collections import Counter

_VERB = re.compile(r"\s*(\w+)")
# They only pass a call on.
_PASSING = {"_compute_field_value"}
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE)


class Recorder:
    """Counts statements by verb and table, and by the method that caused them."""

    def __init__(self, own_folder):
        self.own_folder = str(own_folder)
        self.statements = Counter()
        self.methods = Counter()

    def hook(self, _cursor, query, _values, _start, _seconds):
        """Count one statement; Odoo calls it after each (see `Cursor.execute`)."""
        self.statements[kind(str(query))] += 1
        self.methods[self._method(sys._getframe(1))] += 1

    def _method(self, frame):
        """Return the innermost method of an add-on, and ours that it was called from.

        The one of ours is left out where it only passes core's call on by super().
        """
        innermost, names = None, set()
        while frame:
            file, name = frame.f_code.co_filename, frame.f_code.co_name
            own = file.startswith(self.own_folder)
            if name not in _PASSING and (own or "/odoo/addons/" in file):
                innermost = innermost or _words(file, name)
                if own and name not in names:
                    ours = _words(file, name)
                    return ours if ours == innermost else f"{innermost} < {ours}"
                names.add(name)
            frame = frame.f_back
        return innermost or "Odoo's ORM"

    def dump(self):
        """Return the counts as plain dictionaries."""
        return {"statements": dict(self.statements), "methods": dict(self.methods)}


def kind(query):
    """Return a statement's verb and table, such as 'SELECT stock_move'."""
    verb = _VERB.match(query)
    table = _TABLE.search(query)
    return " ".join(
        part for part in (verb and verb[1].upper(), table and table[1]) if part
    )


def growth(ours, against, count=12):
    """Return the (name, ours, against) whose counts differ most, most first."""
    names = {*ours, *against}
    rows = [(name, ours.get(name, 0), against.get(name, 0)) for name in names]
    changed = [entry for entry in rows if entry[1] != entry[2]]
    changed.sort(key=lambda entry: (-abs(entry[1] - entry[2]), entry[0]))
    return changed[:count]


def _words(file, name):
    module, _slash, path = file.split("/addons/")[-1].partition("/")
    return f"{module} {path.rpartition('/')[2].removesuffix('.py')}.{name}"
