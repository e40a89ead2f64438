"""Rows of mto_batch_confirm: a cascade level by level, against core's way.

The limits are the floors of speed: one by so many times. Only the quick rows are
measured without being named.
"""

import contextlib

from .documents import documents
from .mto_cascade import SMALL, confirm_made_to_order, confirming
from .registry import Side, row
from .structures import FROM_STOCK, MTO, POLICY, Factory, Structure

MOST_QUERIES = 12  # per manufacturing order


def batch_against_stock(size):
    """Return the two sides of a confirmation: batch alone, and stock Odoo."""
    return confirming("batch", size, MTO), confirming("stock", size, MTO)


@row("L3 B3 S2 N10", limit=1 / 7, of="seconds", same=True)
def batch_70(size):
    """Confirm 70 orders level by level, against stock Odoo."""
    return batch_against_stock(size)


@row("L4 B3 S3 N1", limit=1 / 5, of="seconds", same=True)
def batch_40(size):
    """Confirm one line of 40 orders level by level, against stock Odoo."""
    return batch_against_stock(size)


@row("L3 B3 S2 N50", limit=1 / 10, of="seconds", same=True, default=False)
def batch_350(size):
    """Confirm 350 orders level by level, against stock Odoo."""
    return batch_against_stock(size)


@row("L1 B3 S0 N200", limit=1 / 5, of="seconds", same=True, default=False)
def batch_single_level(size):
    """Confirm 200 lines of one order each, against stock Odoo."""
    return batch_against_stock(size)


@row("L3 B3 S2 N10 leafpool", limit=1 / 7, of="seconds", same=True)
def batch_shared_parts(size):
    """Confirm orders that share bought parts, against stock Odoo."""
    return batch_against_stock(size)


@row("L3 B3 S2 N50 shared", limit=1 / 12, of="seconds", same=True, default=False)
def batch_shared(size):
    """Confirm lines of the same product with mto_cascade, against stock Odoo."""
    return confirming("suite", size, POLICY), confirming("stock", size, MTO)


@row("L3 B3 S2 N10 leafpool", limit=1 / 5, of="seconds", same=True, default=False)
def batch_stock_first(size):
    """Confirm with the recommended preset, parts partly in stock: against in turn."""
    structure = str(Structure.parse(size))
    return (
        Side("suite", confirm_from_stock, structure),
        Side("suite", confirm_from_stock, structure, True),
    )


def confirm_from_stock(bench, size, in_turn=False):
    """Confirm with assemblies for the order and parts from stock, some of them there.

    :param in_turn: without mto_batch_confirm, order by order
    """
    from odoo.addons.mto_batch_confirm.tests.comparator import core_way

    bench.env.company.supply_preset = "assemblies"
    structure = Structure.parse(size)
    factory = Factory(bench.env, FROM_STOCK)
    sold = factory.build(structure)
    parts = bench.env["product.product"].search([("seller_ids", "!=", False)])
    factory.add_stock(parts[::3], 3)
    factory.add_stock(parts[1::3], 1000)
    order = factory.order(sold, structure.lines)
    small = factory.order(factory.build(SMALL, "W"))
    bench.keep()
    with core_way() if in_turn else contextlib.nullcontext():
        bench.warm_up(small.action_confirm)
        bench.measure(order.action_confirm)
    return documents(bench.env)


@row("L3 B3 S2 N10", limit=1 / 3, of="seconds", same=True, default=False)
@row("L6 B3 S3 N1", limit=1 / 8, of="seconds", same=True, default=False)
def batch_raised(size):
    """Raise the quantity of each line of an order, against stock Odoo."""
    return changing("batch", size, raise_lines), changing("stock", size, raise_lines)


@row("L3 B3 S2 N10", limit=1.1, of="seconds", same=True, default=False)
def batch_cancelled(size):
    """Cancel an order with all that core cancels with it, against stock Odoo."""
    return changing("batch", size, cancel), changing("stock", size, cancel)


def changing(template, size, function):
    """Return the side that changes a confirmed order of this size."""
    structure = str(Structure.parse(size))
    return Side(template, change, structure, function.__name__)


def change(bench, size, name):
    """Confirm orders of a structure, then change them by a function of this name."""
    structure = Structure.parse(size)
    factory = Factory(bench.env, MTO)
    order = factory.order(factory.build(structure), structure.lines)
    small = factory.order(factory.build(SMALL, "W"))
    (order | small).action_confirm()
    bench.keep()
    function = {"raise_lines": raise_lines, "cancel": cancel}[name]
    bench.warm_up(lambda: function(small))
    bench.measure(lambda: function(order))
    return documents(bench.env)


def raise_lines(order):
    """Raise all quantities, as one who edits the lines and saves the order."""
    from odoo import Command

    order.write(
        {
            "order_line": [
                Command.update(line.id, {"product_uom_qty": 5})
                for line in order.order_line
            ]
        }
    )


def cancel(order):
    order._action_cancel()


@row("L3 B3 S2 N50", limit=1.5, of="memory", default=False)
def batch_memory(size):
    """Peak memory of a confirmation level by level, against stock Odoo's."""
    return batch_against_stock(size)


@row("L3 B3 S2 N50", most=350 * MOST_QUERIES, default=False)
def batch_queries(size):
    """Statements of 350 orders: at most 12 each."""
    return batch_against_stock(size)


@row("L3 B3 S2 N200", limit=20 * 1.3, of="seconds", default=False)
def batch_growth(size):
    """Confirm 1,400 orders, against 70: twenty times as many."""
    tenth = Structure.parse(size)
    small = size.replace(f"N{tenth.lines}", f"N{tenth.lines // 20}")
    return confirming("batch", size, MTO), confirming("batch", small, MTO)


@row("2000 orders", limit=1.15, of="seconds", default=False)
def batch_open_orders(size):
    """Confirm 70 orders among so many open ones, against none."""
    count = int(size.split(" ")[0])
    return (
        Side("batch", confirm_among, count),
        Side("batch", confirm_among, 0),
    )


def confirm_among(bench, count):
    """Confirm an order of 70 manufacturing orders beside open orders of one line."""
    quiet = bench.env(
        context={"tracking_disable": True, "mail_create_nosubscribe": True}
    )
    for _part in range(0, count, 100):
        confirm_made_to_order(quiet, 100)
        quiet.cr.commit()
        quiet.invalidate_all()
    factory = Factory(bench.env, MTO)
    structure = Structure.parse("L3 B3 S2 N10")
    order = factory.order(factory.build(structure, "M"))
    small = factory.order(factory.build(SMALL, "W"))
    bench.keep()
    bench.warm_up(small.action_confirm)
    bench.measure(order.action_confirm)
    return documents(bench.env) if not count else {}


@row("L3 B3 S2 N10", limit=1 / 2, of="seconds", same=True, default=False)
def batch_override(size):
    """Confirm beside an override that takes one order at a time, against stock Odoo."""
    structure = str(Structure.parse(size))
    return (
        Side("batch", confirm_with_override, structure),
        Side("stock", confirm_with_override, structure),
    )


def confirm_with_override(bench, size):
    """Confirm where another module's `action_confirm` takes single orders only."""
    from odoo.addons.mrp.models.mrp_production import MrpProduction

    from .mto_cascade import confirm

    original = MrpProduction.action_confirm

    def action_confirm(self):
        self.ensure_one()
        return original(self)

    MrpProduction.action_confirm = action_confirm
    try:
        return confirm(bench, size, MTO)
    finally:
        MrpProduction.action_confirm = original
