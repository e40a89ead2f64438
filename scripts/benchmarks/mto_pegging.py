"""Rows of mto_pegging: what following an order costs."""

from . import browser
from .registry import Side, row
from .structures import POLICY, Factory, Structure


@row("L3 B3 S2 N43", limit=1.10, most=25, default=False)
@row("L3 B3 S2 N10", limit=1.10, most=25)
def pegging_flat(size):
    """Queries to follow an order down to the last part: this many lines, against one.

    At most 25, however many documents.
    """
    single = str(Structure.parse(size)).partition(" N")[0] + " N1"
    return Side("suite", follow, size), Side("suite", follow, single)


@row("L3 B3 S2 N43", most=1.0, of="seconds", default=False)
def pegging_big(size):
    """Seconds to follow an order of 300 manufacturing orders, against one of 7."""
    return Side("suite", follow, size), Side("suite", follow, "L3 B3 S2 N1")


@row("200 orders", limit=1.5, of="seconds", default=False)
def pegging_open(size):
    """Follow an order of 10 lines among so many open ones like it, against alone."""
    count = int(size.split(" ")[0])
    return Side("suite", follow_among, count), Side("suite", follow_among, 1)


@row("200 orders", limit=1.0, default=False)
def pegging_open_queries(size):
    """Queries of the same."""
    return pegging_open(size)


@row("L3 B3 S2 N10", limit=0.05, of="seconds")
def pegging_overview(size):
    """Show the supply of an order, against core's overview of its top orders."""
    return Side("suite", show, size), Side("suite", show_overviews, size)


@row("3000 rows", most=2.0, of="seconds", default=False)
def pegging_painted(size):
    """Seconds in which a browser unfolds a tree and paints all rows, against 66."""
    count = int(size.split(" ")[0])
    return Side("suite", paint, count), Side("suite", paint, PAINTED_PER_LINE)


@row("50 orders", most=0.2, of="seconds")
def demand_of_purchase(size):
    """Seconds to tell whom a purchase line of so many orders serves, against one."""
    count = int(size.split(" ")[0])
    return Side("suite", ask_purchase, count), Side("suite", ask_purchase, 1)


@row("2000 demands", limit=2.0, of="seconds")
def pegging_soft(size):
    """Follow an order with what is expected, among so many demands against none."""
    count = int(size.split(" ")[0])
    return Side("suite", follow_expected, count), Side("suite", follow_expected, 0)


@row("2000 demands", limit=1.10, most=40)
def pegging_soft_queries(size):
    """Queries of the same."""
    return pegging_soft(size)


@row("2000 orders", most=60, of="seconds")
def integrity(size):
    """Check orders of ten manufacturing orders each, this many against 20."""
    count = int(size.split(" ")[0])
    return Side("suite", check_orders, count), Side("suite", check_orders, 20)


def follow(bench, size):
    """Follow one confirmed order."""
    order = confirmed_order(bench, size)
    bench.warm_up(order.get_pegging)
    bench.measure(order.get_pegging)
    return {}


def follow_among(bench, count):
    """Follow one of so many open orders, of 70 manufacturing orders each."""
    order = confirmed_order(bench, "L3 B3 S2 N10")
    if count > 1:
        copy_orders(bench.env, order, count - 1)
    bench.env.cr.execute("ANALYZE")
    bench.keep()
    bench.warm_up(order.get_pegging)
    bench.measure(order.get_pegging)
    made = bench.env["mrp.production"].search_count([])
    if made < count * 70:
        bench.problem(f"{made} manufacturing orders are too few")
    return {}


def follow_expected(bench, competing):
    """Follow an order whose parts come from stock, with so many demands for them."""
    factory = Factory(bench.env, POLICY)
    structure = Structure.parse("L3 B3 S2 N10")
    order = factory.order(factory.build(structure), structure.lines)
    parts = bench.env["product.product"].search([("seller_ids", "!=", False)])
    parts.supply_policy = "make_to_stock"
    order.action_confirm()
    customers = bench.env.ref("stock.stock_location_customers")
    stock = order.warehouse_id.lot_stock_id
    bench.env["stock.move"].create(
        [
            {
                "product_id": parts[number % len(parts)].id,
                "product_uom_qty": 1,
                "location_id": stock.id,
                "location_dest_id": customers.id,
            }
            for number in range(competing)
        ]
    )._action_confirm(merge=False)
    # Not reserved: it came after the demands.
    factory.add_stock(parts, 1000)
    bench.keep()
    bench.warm_up(lambda: order.get_pegging(soft=True))
    bench.measure(lambda: order.get_pegging(soft=True))
    found = order.get_pegging(soft=True)[0]
    if found["unsupplied"] or all(peg["hard"] for peg in found["pegs"]):
        bench.problem("the parts are not expected from stock")
    return {}


def show(bench, size):
    """The rows of "Supply of this order"."""
    order = confirmed_order(bench, size)
    report = bench.env["mto.order.supply"]
    bench.warm_up(lambda: report.get_tree(order.ids))
    bench.measure(lambda: report.get_tree(order.ids))
    return {}


def show_overviews(bench, size):
    """Odoo's own overview, of each manufacturing order of the first level."""
    order = confirmed_order(bench, size)
    report = bench.env["report.mrp.report_mo_overview"]
    productions = order.mrp_production_ids

    def overviews():
        for production in productions:
            report.get_report_values(production.id)

    bench.warm_up(lambda: report.get_report_values(productions[:1].id))
    bench.measure(overviews)
    return {}


# Rows of a line of the order that is painted: 63 components, and what they are for.
PAINTED_PER_LINE = 66

# The click that unfolds the last level, and all rows on the screen. A frame is drawn
# before the second callback.
_UNFOLD = """
(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const count = () => document.querySelectorAll("tr[data-position]").length;
    [...document.querySelectorAll(".o_mto_level")].at(-1).click();
    while (count() < %s) {
        await frame();
    }
    await frame();
    await frame();
    return count();
})()"""


def paint(bench, count):
    """Unfold "Supply of this order" in a window that is high enough for all rows."""
    lines = -(-count // PAINTED_PER_LINE)
    order = confirmed_order(bench, f"L3 B9 S2 N{lines}")
    rows = len(bench.env["mto.order.supply"].get_tree(order.ids)["rows"])
    if rows < count:
        bench.problem(f"{rows} rows are too few")
    bench.keep()
    with browser.opened(bench.env) as (page, url):
        page.resize(1440, 400 + rows * 40)
        page.open(
            f"{url}/odoo/sales/{order.id}/order-supply",
            "document.querySelector('tr[data-position]')",
        )
        for _time in range(2):
            page.run("document.querySelector('.o_mto_fold').click()")
            page.run("new Promise(requestAnimationFrame)")
            bench.measure(lambda: page.run(_UNFOLD % rows))
    return {}


def confirmed_order(bench, size):
    structure = Structure.parse(size)
    factory = Factory(bench.env, POLICY)
    order = factory.order(factory.build(structure), structure.lines)
    order.action_confirm()
    bench.keep()
    return order


def make_copies(bench, count):
    """So many orders of ten manufacturing orders each, on two products."""
    order = confirmed_order(bench, "L3 B3 S2 N1")
    more = confirmed_order(bench, "L2 B2 S2 N1")
    copy_orders(bench.env, order | more, count - 1)
    bench.env["mto.demand.change"].sudo()._mark_all()
    bench.env.cr.execute("ANALYZE")
    bench.keep()
    made = bench.env["mrp.production"].search_count([])
    if made < count * 10:
        bench.problem(f"{made} manufacturing orders are too few")


def fill_copies(bench, count):
    """Follow everything, 200 changes at a time, each batch committed."""
    make_copies(bench, count)
    queue = bench.env["mto.demand.change"].sudo()
    waiting = [("has_failed", "=", False)]
    left = [queue.search_count(waiting)]

    def fill():
        while queue._follow(200):
            bench.keep()
            left.append(queue.search_count(waiting))

    bench.measure(fill)
    if left[-1] or sorted(left, reverse=True) != left:
        bench.problem(f"the changes that wait did not become fewer: {left}")
    if queue.search_count([("has_failed", "=", True)]):
        bench.problem("some chains could not be followed")
    return {}


def check_orders(bench, count):
    """Check so many orders, of which one does not fit."""
    make_copies(bench, count)
    bench.env.cr.execute(
        "UPDATE sale_order_line SET product_uom_qty = 3"
        " WHERE id = (SELECT MAX(id) FROM sale_order_line)"
    )
    bench.env.cr.execute("ANALYZE")
    bench.keep()
    issues = bench.env["mto.integrity.issue"]
    bench.measure(issues.action_check_now)
    found = issues.search([("closed_on", "=", False)])
    if found.mapped("kind") != ["ordered_differs"]:
        bench.problem(f"found: {', '.join(found.mapped('message'))}")
    return {}


# What is copied with an order: the columns that name another copied record.
COPIED = {
    "sale_order": {},
    "sale_order_line": {"order_id": "sale_order"},
    "mrp_production": {"demand_line_id": "sale_order_line"},
    "purchase_order": {},
    "purchase_order_line": {"order_id": "purchase_order"},
    "stock_move": {
        "sale_line_id": "sale_order_line",
        "demand_line_id": "sale_order_line",
        "production_id": "mrp_production",
        "raw_material_production_id": "mrp_production",
        "created_production_id": "mrp_production",
    },
    "stock_move_move_rel": {
        "move_orig_id": "stock_move",
        "move_dest_id": "stock_move",
    },
    "stock_move_created_purchase_line_rel": {
        "move_id": "stock_move",
        "created_purchase_line_id": "purchase_order_line",
    },
}


def copy_orders(env, orders, count):
    """Copy all there is, ``count`` times, as rows: confirming takes an hour."""
    env.flush_all()
    for table, links in COPIED.items():
        has_id = not table.endswith("_rel")
        if has_id:
            env.cr.execute(
                f"""CREATE TEMP TABLE copy_{table} AS
                    SELECT id AS old_id, copy,
                        (SELECT MAX(id) FROM {table}) + ROW_NUMBER() OVER (
                            ORDER BY copy, id) AS new_id
                      FROM {table}, generate_series(1, {count}) AS copy"""
            )
            env.cr.execute(f"CREATE UNIQUE INDEX ON copy_{table} (copy, old_id)")
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        columns = [name for (name,) in env.cr.fetchall()]
        values = [copied_value(table, name, links) for name in columns]
        joins = " ".join(
            f"LEFT JOIN copy_{target} AS {name}_copy"
            f" ON {name}_copy.old_id = source.{name} AND {name}_copy.copy = number.copy"
            for name, target in links.items()
        )
        copies = (
            f"JOIN copy_{table} AS number ON number.old_id = source.id"
            if has_id
            else f"CROSS JOIN generate_series(1, {count}) AS number(copy)"
        )
        env.cr.execute(
            f"""INSERT INTO {table} ({", ".join(f'"{name}"' for name in columns)})
                SELECT {", ".join(values)} FROM {table} AS source {copies} {joins}"""
        )
    env.invalidate_all()


def copied_value(table, column, links):
    """Return the SQL of a column of a copied row."""
    if column == "id":
        return "number.new_id"
    if column in links:
        return f"{column}_copy.new_id"
    if (table, column) == ("mrp_production", "name"):
        return "source.name || '-' || number.copy"
    return f'source."{column}"'


def ask_purchase(bench, count):
    """Whom the purchase of a part serves that so many orders share."""
    factory = Factory(bench.env, POLICY)
    factory.vendors.group_rfq = "all"
    product = factory.build(Structure.parse("L1 B1 S0 N1"))
    orders = bench.env["sale.order"].create(
        [factory.order_values(product) for _number in range(count)]
    )
    orders.action_confirm()
    line = bench.env["purchase.order.line"].search([("product_id", "!=", False)])
    bench.keep()
    bench.warm_up(line.get_demand)
    bench.measure(line.get_demand)
    served = sum(len(answer["demand"]) for answer in line.get_demand())
    if served != count:
        bench.problem(f"{served} of {count} orders are told")
    return {}


@row("2000 orders", most=1.0, of="seconds", default=False)
@row("50 orders", limit=1.1)
def open_orders(size):
    """Show "Orders in production", late ones only and grouped, against one order."""
    count = int(size.split(" ")[0])
    return Side("suite", show_open_orders, count), Side("suite", show_open_orders, 1)


@row("50 orders", limit=1.1)
def purchase_proposals(size):
    """Show "To order" of so many orders, against one."""
    count = int(size.split(" ")[0])
    return Side("suite", show_proposals, count), Side("suite", show_proposals, 1)


@row("2000 orders", most=900, of="seconds", default=False)
def first_fill_all(size):
    """Fill the lists of so many orders of ten manufacturing orders, against 20."""
    count = int(size.split(" ")[0])
    return Side("suite", fill_copies, count), Side("suite", fill_copies, 20)


@row("L3 B3 S2 N43", most=30, of="seconds", default=False)
@row("L2 B3 S1 N20", limit=1.5)
def first_fill(size):
    """Tell all documents whom they serve, as after installing, against one order."""
    single = str(Structure.parse(size)).partition(" N")[0] + " N1"
    return Side("suite", fill_columns, size), Side("suite", fill_columns, single)


def confirm_orders(bench, count):
    """So many orders of a product that is made of a bought part; followed."""
    factory = Factory(bench.env, POLICY)
    product = factory.build(Structure.parse("L1 B1 S0 N1"))
    for _number in range(0, count, 100):
        orders = bench.env["sale.order"].create(
            [factory.order_values(product) for _order in range(min(count, 100))]
        )
        orders.action_confirm()
        bench.keep()
    follow_changes(bench)


def follow_changes(bench):
    bench.env.flush_all()
    bench.env.cr.flush()
    while bench.env["mto.demand.change"].sudo()._follow(500):
        bench.keep()


def show_open_orders(bench, count):
    """The first page, what is late, and the groups of a list."""
    if count > 100:
        make_copies(bench, count)
        follow_changes(bench)
    else:
        confirm_orders(bench, count)
    orders = bench.env["mto.open.order"]
    fields = {
        name: {"fields": {"display_name": {}}}
        for name in ("order_id", "partner_id", "product_id", "waits_product_id")
    } | {name: {} for name in ("promise_date", "expected_date", "status", "progress")}

    def show():
        orders.web_search_read([], fields, limit=80)
        orders.web_search_read([("is_late", "=", True)], fields, limit=80)
        orders.formatted_read_group([], ["partner_id"], ["__count", "quantity:sum"])

    bench.warm_up(show)
    bench.measure(show)
    found = orders.search_count([])
    if found < count:
        bench.problem(f"{found} of {count} orders are shown")
    return {}


def show_proposals(bench, count):
    """All rows with the orders and customers they are for."""
    confirm_orders(bench, count)
    rows = bench.env["mto.purchase.proposal"]
    fields = {
        name: {"fields": {"display_name": {}}}
        for name in ("product_id", "partner_id", "customer_order_ids", "customer_ids")
    } | {name: {} for name in ("order_by", "needed_on", "quantity", "minimum_qty")}

    def show():
        rows.web_search_read([], fields, limit=80)

    bench.warm_up(show)
    bench.measure(show)
    return {}


def fill_columns(bench, size):
    """Derive what no queue has followed yet."""
    structure = Structure.parse(size)
    factory = Factory(bench.env, POLICY)
    order = factory.order(factory.build(structure), structure.lines)
    order.action_confirm()
    follow_changes(bench)
    queue = bench.env["mto.demand.change"].sudo()
    bench.env["mto.demand.line"].sudo().search([("id", "!=", False)]).unlink()
    queue._mark_all()
    bench.keep()

    def fill():
        while queue._follow(200):
            bench.keep()

    bench.measure(fill)
    if not bench.env["mto.demand.line"].sudo().search_count([("id", "!=", False)]):
        bench.problem("nothing was filled")
    return {}
