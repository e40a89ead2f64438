"""What our modules say to each other in a context, and nobody outside can say.

Who links supply later, or applies a change, asks others to leave that to him. A key of
a context is anybody's to send, its value here is not: over RPC it is a plain number.
"""

LINKING_LATER = "mto_cascade_link_later"
EXACT_QUANTITY = "mto_cascade_exact_quantity"
ENLARGED_FOR = "mto_cascade_enlarged_for"


class Mark(float):
    """A value of a context that only code gives: a quantity, or 1 for yes.

    It equals no plain number: Odoo takes an environment that it has where the contexts
    are equal, and would take the caller's for ours.
    """

    def __eq__(self, other):
        return isinstance(other, Mark) and float(self) == float(other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((Mark, float(self)))


MARK = Mark(1)


class MarkedIds(tuple):
    """Ids in a context that only code gives; they equal no plain ones, as a mark."""

    __slots__ = ()

    def __eq__(self, other):
        return isinstance(other, MarkedIds) and tuple(self) == tuple(other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((MarkedIds, tuple(self)))


def get_marked_ids(env, key):
    """Return the ids that our modules put in the context, none from a caller."""
    ids = env.context.get(key)
    return ids if isinstance(ids, MarkedIds) else MarkedIds()


def is_marked(env, key):
    """Tell whether the context has the key, from our modules and not from a caller."""
    return isinstance(env.context.get(key), Mark)
