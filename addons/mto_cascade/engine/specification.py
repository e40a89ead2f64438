"""Which goods differ although they are one product."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable


def specification_key(typed: Iterable[tuple[int, str]], chosen: Iterable[int]) -> str:
    """Return a stable key of what was typed in and chosen, empty if nothing was.

    ``typed`` are (option, text) pairs, ``chosen`` options that make no variant. Neither
    their order nor blanks around a text make goods differ; another spelling does.
    """
    texts = sorted((option, text) for option, raw in typed if (text := _clean(raw)))
    options = sorted(set(chosen))
    if not texts and not options:
        return ""
    content = json.dumps([texts, options], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())
