"""Rows and soak jobs of mto_change: what a change of an order costs."""

from .mto_batch_confirm import change, changing, raise_lines
from .mto_pegging import confirmed_order
from .registry import Side, row, soak
from .structures import Structure


@row("L3 B3 S2 N43", most=30, limit=None, default=False)
@row("L3 B3 S2 N10", most=30, limit=None)
def change_preview(size):
    """Queries to preview cancelling an order of so many lines, against one line."""
    single = str(Structure.parse(size)).partition(" N")[0] + " N1"
    return Side("suite", preview, size), Side("suite", preview, single)


@row("L3 B3 S2 N43", most=1.0, of="seconds", default=False)
def change_preview_seconds(size):
    """Seconds to preview cancelling an order of 300 manufacturing orders."""
    return Side("suite", preview, size), Side("suite", preview, "L3 B3 S2 N1")


@row("L3 B3 S2 N43", limit=1.10, most=78, default=False)
@row("L3 B3 S2 N10", limit=1.10, most=78)
def change_preview_raised(size):
    """Queries to preview raising each of so many lines, against one line.

    At most 30, and for the dates of what is needed more 30 and 6 for each level.
    """
    single = str(Structure.parse(size)).partition(" N")[0] + " N1"
    return Side("suite", preview_raised, size), Side("suite", preview_raised, single)


@row("L3 B3 S2 N43", most=5.0, of="seconds", default=False)
def change_cancel(size):
    """Seconds to cancel an order of 300 manufacturing orders with all below."""
    return Side("suite", cancel, size), Side("suite", cancel, "L3 B3 S2 N1")


@row("L6 B3 S3 N1", limit=1 / 8, of="seconds", same=True, default=False)
@row("L4 B3 S3 N1", limit=1 / 3, of="seconds", same=True, default=False)
def change_raised(size):
    """Raise a line over 364 manufacturing orders, against stock Odoo."""
    return (
        Side("suite", raise_followed, size),
        changing("stock", size, raise_lines),
    )


def preview(bench, size):
    """Preview cancelling one confirmed order."""
    return preview_of(bench, size, lambda order: [{"cancel": True}])


def preview_raised(bench, size):
    """Preview raising each line of one confirmed order."""
    return preview_of(
        bench,
        size,
        lambda order: [
            {"line_id": line.id, "quantity": line.product_uom_qty + 1}
            for line in order.order_line
        ],
    )


def preview_of(bench, size, make_changes):
    # Every client says in which language.
    order = confirmed_order(bench, size).with_context(lang="en_US")
    changes = make_changes(order)
    bench.warm_up(lambda: order.preview_change(changes))
    bench.measure(lambda: order.preview_change(changes))
    return {}


def cancel(bench, size):
    """Cancel one confirmed order where changes reach the factory."""
    bench.env.company.order_change_rules = True
    order = confirmed_order(bench, size)
    bench.warm_up(order.action_cancel)
    bench.measure(order.action_cancel)
    left = order.stock_reference_ids.production_ids.filtered(
        lambda production: production.state != "cancel"
    )
    if left:
        bench.problem(f"{len(left)} manufacturing orders are not cancelled")
    return {}


def raise_followed(bench, size):
    """Do what the other side does, where changes reach the factory."""
    bench.env.company.order_change_rules = True
    return change(bench, size, raise_lines.__name__)


@soak
def changed_lives(bench, seed):
    """Random orders that are changed, cancelled and confirmed again."""
    from odoo.addons.mto_change.tests.lives import live_changes

    live_changes(bench.env, seed, steps=12)


@soak
def factory_lives(bench, seed):
    """The same in a factory where orders come short, and goods are lost or refused."""
    from odoo.addons.mto_change.tests.factory_lives import live_factory

    live_factory(bench.env, seed, steps=14)
