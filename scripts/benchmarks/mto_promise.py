"""Rows of mto_promise: what it costs to say when something can be had."""

from datetime import datetime, timedelta

from .mto_pegging import confirmed_order, copy_orders
from .registry import Side, row
from .structures import STOCK_FIRST, Factory, Structure

SMALL = "L2 B2 S1 N1"


@row("L3 B3 S2 N20", limit=1.10, most=48)
def promise_flat(size):
    """Queries for the earliest dates of so many lines, against those of one.

    At most 30, and 6 for each level.
    """
    single = size.partition(" N")[0] + " N1"
    return Side("suite", promise, size), Side("suite", promise, single)


@row("L3 B3 S2 N20", limit=0.05, most=0.5, of="seconds")
def promise_lines(size):
    """Seconds for the earliest dates of a quotation, against core's BoM Overview.

    Which computes the availability of the same products, one after the other.
    """
    return Side("suite", promise, size), Side("suite", overview, size)


@row("L5 B3 S2 N50", most=2.0, of="seconds")
def promise_big(size):
    """Seconds for 50 lines of 5 levels, against one line."""
    single = size.partition(" N")[0] + " N1"
    return Side("suite", promise, size), Side("suite", promise, single)


@row("L3 B3 S2 N20", limit=0.05, most=0.3, of="seconds")
def promise_typed(size):
    """Seconds for the dates of a quotation after a change while it is typed.

    Against core's BoM Overview of the same products.
    """
    return Side("suite", promise_typing, size), Side("suite", overview, size)


@row("L3 B3 S2 N20", limit=1.10, most=30)
def promise_typed_flat(size):
    """Queries for the dates of so many lines after a change, against those of one."""
    single = size.partition(" N")[0] + " N1"
    return Side("suite", promise_typing, size), Side("suite", promise_typing, single)


@row("L3 B3 S2 N20", limit=1.10)
def stocking_flat(size):
    """Queries to tell which parts to stock for so many products, against one."""
    single = size.partition(" N")[0] + " N1"
    return Side("suite", stocking, size), Side("suite", stocking, single)


def promise_typing(bench, size):
    """Ask for the dates as the screen does, with a quantity that is not saved."""
    order = make_quotation(bench, size)
    lines = [
        {"key": str(line.id), "id": line.id, "product_uom_qty": 2}
        for line in order.order_line
    ]

    # The browser says in which language and time zone it shows them.
    orders = order.browse().with_context(lang="en_US", tz="UTC")

    def ask():
        return orders.read_typed_promise({"id": order.id}, lines)

    bench.warm_up(ask)
    bench.measure(ask)
    if len(ask()["answers"]) != len(lines):
        bench.problem("a line has no answer")
    return {}


def stocking(bench, size):
    """Load the structure of all products and find the cheapest set of parts."""
    order = make_quotation(bench, size)
    products = order.order_line.product_id
    bench.env["product.product"].search([]).standard_price = 1
    bench.keep()
    Structure_ = bench.env["mto.lead.structure"]

    def choose():
        lead = Structure_._get_structure(products, order.warehouse_id, {})
        waits = lead.structure.get_waits()
        targets = {root: 0.5 * waits[root] for root in lead.roots.values()}
        return lead.structure.choose(targets)

    bench.warm_up(choose)
    bench.measure(choose)
    if not choose().parts:
        bench.problem("no part is to be stocked")
    return {}


def promise(bench, size):
    """Say when the lines of a quotation can be had, and why not before.

    Some of the parts are on hand, and the customer wants it earlier than it can be.
    """
    order = make_quotation(bench, size)
    bench.warm_up(lambda: make_quotation(bench, SMALL).get_promise())
    bench.measure(order.get_promise)
    lines = order.get_promise()[0]["lines"]
    if len(lines) != len(order.order_line):
        bench.problem(f"{len(lines)} of {len(order.order_line)} lines were answered")
    if not all(line["feasible_date"] and line["critical_path"] for line in lines):
        bench.problem("a line has no date")
    return {}


def overview(bench, size):
    """Core's overview of each product that the quotation sells, as it is opened."""
    order = make_quotation(bench, size)
    warehouse = order.warehouse_id
    report = bench.env["report.mrp.report_bom_structure"].with_context(
        minimized=True, warehouse_id=warehouse.id
    )
    lines = [(line.product_id, line.product_uom_qty) for line in order.order_line]

    def open_all(asked):
        for product, quantity in asked:
            data = report._get_bom_data(
                product.bom_ids, warehouse, product=product, line_qty=quantity
            )
            if "availability_delay" not in data:
                bench.problem("the overview tells no availability")

    bench.warm_up(lambda: open_all(lines[:1]))
    bench.measure(lambda: open_all(lines))
    return {}


def make_quotation(bench, size):
    """Make a quotation that is wanted today, of products that use stock first."""
    factory = Factory(bench.env, STOCK_FIRST)
    structure = Structure.parse(size)
    order = factory.order(factory.build(structure, size), structure.lines)
    order.commitment_date = order.date_order
    parts = bench.env["product.product"].search([("seller_ids", "!=", False)])
    factory.add_stock(parts[::2], 1)
    bench.keep()
    return order


# After the confirmation


@row("2000 orders", most=1.0, of="seconds", default=False)
@row("100 orders", limit=1.5)
def purchase_moved(size):
    """Follow a purchase that its vendor moved, among so many open orders or one."""
    count = int(size.split(" ")[0])
    return Side("suite", move_purchase, count), Side("suite", move_purchase, 1)


@row("2000 orders", most=120, of="seconds", default=False)
def promises_nightly(size):
    """Seconds to project all open orders again, as every night, against 20."""
    count = int(size.split(" ")[0])
    return Side("suite", project_nightly, count), Side("suite", project_nightly, 20)


def make_open_orders(bench, count):
    """So many open orders of seven manufacturing orders and eight parts; followed."""
    order = confirmed_order(bench, "L2 B2 S1 N1")
    copy_orders(bench.env, order, count - 1)
    bench.env.cr.execute("ANALYZE")
    bench.env["mto.demand.change"]._mark_all()
    bench.keep()
    follow_changes(bench)
    bench.env.company.promise_open_issues = True
    bench.keep()


def move_purchase(bench, count):
    """The vendor of one order comes two weeks later: the order and its issue know."""
    make_open_orders(bench, count)
    line = bench.env["purchase.order.line"].search([], order="id desc", limit=1)
    days = iter(range(60, 600, 15))

    def move():
        line.date_planned = datetime.now().replace(microsecond=0) + timedelta(
            days=next(days)
        )
        follow_changes(bench)

    bench.warm_up(move)
    bench.measure(move)
    issues = bench.env["operation.exception"].search_count(
        [("type_id.code", "=", "late_promise"), ("res_model", "=", "sale.order")]
    )
    if not issues:
        bench.problem("the late order is no open issue")
    return {}


def project_nightly(bench, count):
    """Mark everything and follow it to the end, batch by batch."""
    make_open_orders(bench, count)
    queue = bench.env["mto.demand.change"].sudo()
    bench.warm_up(lambda: queue._follow(1))

    def compare():
        queue._cron_compare()
        follow_changes(bench)

    bench.measure(compare)
    kept = bench.env["mto.order.progress"].search_count([])
    if kept < count:
        bench.problem(f"{kept} of {count} orders are projected")
    return {}


def follow_changes(bench):
    bench.env.flush_all()
    bench.env.cr.flush()
    while bench.env["mto.demand.change"].sudo()._follow(200):
        bench.keep()
