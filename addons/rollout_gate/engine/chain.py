"""A chain of events: each carries the hash of the one before.

Usable without Odoo, on an exported trail: `find_break(rows)` says where it was changed.
"""

import hashlib
import json

START = "0" * 64
HASHED = (
    "programme",
    "seq",
    "at",
    "kind",
    "user_ref",
    "login",
    "res_model",
    "res_id",
    "res_name",
    "payload",
)


def to_json(value):
    """Return one text for one content, whatever the order of its keys."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )


def get_digest(value):
    """Return the SHA-256 of a content."""
    return get_text_digest(to_json(value))


def get_text_digest(text):
    """Return the SHA-256 of a content that is one text already."""
    return hashlib.sha256(text.encode()).hexdigest()


def get_hash(row, previous):
    """Return the hash of an event after the one with hash `previous`."""
    content = [previous, *(row[name] for name in HASHED)]
    return get_digest(content)


def find_break(rows, previous=START, seq=0):
    """Return (seq, reason) of the first event that is not as it was written, or None.

    Rows are dictionaries with the HASHED keys, `previous` and `hash`, by `seq`.

    :return: reason is missing, moved (does not follow the one before) or changed
    """
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            return seq, "missing"
        if row["previous"] != previous:
            return seq, "moved"
        if get_hash(row, previous) != row["hash"]:
            return seq, "changed"
        previous = row["hash"]
    return None
