"""What this module says to itself in a context, and nobody outside can say.

A change that is being applied skips the rules and is not kept a second time. A key of a
context is anybody's to send, its value here is not: over RPC it is a plain number.
"""


class Mark(float):
    """A value of a context that only code gives: a quantity, or 1 for yes."""


MARK = Mark(1)


def is_marked(env, key):
    """Tell whether the context has the key, from this module and not from a caller."""
    return isinstance(env.context.get(key), Mark)
