"""Rows and soak jobs of mto_change: what a change of an order costs."""

from .mto_pegging import confirmed_order
from .registry import Side, row, soak


@row("L3 B3 S2 N43", most=30, limit=None, default=False)
def change_preview(size):
    """Queries to preview cancelling an order of 300 manufacturing orders."""
    return Side("suite", preview, size), Side("suite", preview, "L3 B3 S2 N1")


def preview(bench, size):
    """Preview cancelling one confirmed order."""
    order = confirmed_order(bench, size)
    change = [{"cancel": True}]
    bench.warm_up(lambda: order.preview_change(change))
    bench.measure(lambda: order.preview_change(change))
    return {}


@soak
def changed_lives(bench, seed):
    """Random orders that are changed, cancelled and confirmed again."""
    from odoo.addons.mto_change.tests.lives import live_changes

    live_changes(bench.env, seed, steps=12)
