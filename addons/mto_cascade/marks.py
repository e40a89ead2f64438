"""What our modules say to each other in a context, and nobody outside can say.

Who links supply later, or applies a change, asks others to leave that to him. A key of
a context is anybody's to send, its value here is not: over RPC it is a plain number.
"""

LINKING_LATER = "mto_cascade_link_later"
EXACT_QUANTITY = "mto_cascade_exact_quantity"
ENLARGED_FOR = "mto_cascade_enlarged_for"


class _Ours:
    """A value of a context that equals no plain one.

    Odoo takes an environment that it has where the contexts are equal, and would take
    the caller's for ours.
    """

    __slots__ = ()

    def __eq__(self, other):
        return isinstance(other, _Ours) and super().__eq__(other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((_Ours, super().__hash__()))


class Mark(_Ours, float):
    """A quantity, or 1 for yes, that only code gives."""


class MarkedIds(_Ours, tuple):
    """Ids that only code gives."""

    __slots__ = ()


MARK = Mark(1)


def get_marked_ids(env, key):
    """Return the ids that our modules put in the context, none from a caller."""
    ids = env.context.get(key)
    return ids if isinstance(ids, MarkedIds) else MarkedIds()


def is_marked(env, key):
    """Tell whether the context has the key, from our modules and not from a caller."""
    return isinstance(env.context.get(key), Mark)
