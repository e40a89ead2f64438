"""What a preview was computed from, as a text that can be compared piece by piece."""

import base64
import json
import zlib
from collections.abc import Mapping


def make_fingerprint(facts: Mapping[str, list]) -> str:
    """``facts``: {name of a document: list of what was read of it}."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def read_fingerprint(fingerprint: str) -> dict:
    """The facts of a fingerprint.

    :raise ValueError: where the text is none
    """
    try:
        # Never more than a big order needs: the text comes from outside.
        unpack = zlib.decompressobj()
        text = unpack.decompress(base64.urlsafe_b64decode(fingerprint), 10_000_000)
        facts = json.loads(text)
    except (ValueError, zlib.error, TypeError, AttributeError) as error:
        raise ValueError("This is not a fingerprint.") from error
    if not isinstance(facts, dict):
        raise ValueError("This is not a fingerprint.")
    return facts


def get_differences(before: Mapping, after: Mapping) -> list[str]:
    """Names whose facts differ, sorted."""
    names = before.keys() | after.keys()
    return sorted(name for name in names if before.get(name) != after.get(name))
