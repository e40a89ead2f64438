"""Rows of mto_execution: what asking, closing and comparing cost."""

from .mto_pegging import confirmed_order
from .registry import Side, row
from .structures import FROM_STOCK, Factory, Structure


@row("500 orders", most=30, limit=1.5)
@row("50 orders", most=30, limit=1.5)
def launch_check(size):
    """Queries to ask whether so many orders can start, against one. At most 30."""
    count = int(size.split(" ")[0])
    return Side("suite", check, count), Side("suite", check, 1)


@row("500 orders", most=2.0, of="seconds", default=False)
def launch_check_seconds(size):
    """Seconds of the same: under 2 for 500 orders."""
    count = int(size.split(" ")[0])
    return Side("suite", check, count), Side("suite", check, 1)


@row("100 orders", limit=1.10, default=False)
@row("20 orders", limit=1.10)
def finish(size):
    """Queries to finish so many orders, against core: at most 10 % more."""
    count = int(size.split(" ")[0])
    return Side("suite", finish_orders, count), Side("stock", finish_orders, count)


@row("100000 lines", most=2.0, of="seconds", default=False)
@row("2000 lines", limit=1.10)
def variance_report(size):
    """Add up plan against actual over so many lines, against ten."""
    count = int(size.split(" ")[0])
    return Side("suite", report, count), Side("suite", report, 10)


@row("50 lines", limit=1.5)
def order_result(size):
    """Queries to tell cost and margin of so many order lines, against one."""
    count = int(size.split(" ")[0])
    return Side("suite", results, count), Side("suite", results, 1)


@row("200 orders", limit=1.5)
def production_alerts(size):
    """Queries to tell what deviates of so many orders that are done, against one."""
    count = int(size.split(" ")[0])
    return Side("suite", alerts, count), Side("suite", alerts, 1)


def make_orders(bench, count):
    """So many confirmed manufacturing orders of three parts each, all of them short."""
    factory = Factory(bench.env, FROM_STOCK)
    product = factory.build(Structure.parse("L1 B3 S0 N1"))
    productions = bench.env["mrp.production"].create(
        [{"product_id": product.id, "product_qty": 1} for _number in range(count)]
    )
    productions.action_confirm()
    bench.keep()
    return productions


def check(bench, count):
    """Ask all of them at once."""
    productions = make_orders(bench, count)
    bench.warm_up(productions.get_launch_check)
    bench.measure(productions.get_launch_check)
    answers = productions.get_launch_check()
    if len(answers) != count or not all(answer["missing"] for answer in answers):
        bench.problem("the parts are not told as missing")
    return {}


def finish_orders(bench, count):
    """Produce all of them, as the button of the list does."""
    productions = make_orders(bench, count)
    productions.qty_producing = 1
    for production in productions:
        production._set_qty_producing()
    bench.keep()
    bench.measure(
        productions.with_context(
            skip_consumption=True, skip_backorder=True
        ).button_mark_done
    )
    if set(productions.mapped("state")) != {"done"}:
        bench.problem("the orders are not done")
    return {}


def report(bench, count):
    """The pivot of plan against actual over copies of one closing."""
    productions = make_orders(bench, 1)
    productions.qty_producing = 1
    productions._set_qty_producing()
    productions.with_context(skip_consumption=True).button_mark_done()
    productions.action_close_order()
    bench.env.flush_all()
    lines = bench.env["mto.production.closing.line"]
    names = ", ".join(
        f'"{name}"'
        for name, field in lines._fields.items()
        if field.store and field.column_type and name != "id"
    )
    bench.env.cr.execute(
        f"""INSERT INTO mto_production_closing_line ({names})
            SELECT {names} FROM mto_production_closing_line,
                generate_series(1, {count} / (
                    SELECT COUNT(*) FROM mto_production_closing_line)::integer)"""
    )
    bench.env.cr.execute("ANALYZE mto_production_closing_line")
    bench.keep()

    def pivot():
        lines.formatted_read_group(
            [("is_reopened", "=", False)],
            ["finished_product_id", "product_id", "closed_on:month"],
            ["planned:sum", "actual:sum", "difference:sum", "cost_difference:sum"],
        )

    bench.warm_up(pivot)
    bench.measure(pivot)
    return {}


def results(bench, count):
    """Ask for the result of all lines of an order with three levels below each."""
    lines = confirmed_order(bench, f"L3 B3 S2 N{count}").order_line
    bench.keep()
    # As over RPC: lines reached from an order are read together with the order's only
    # as long as the order is in the cache.
    lines = lines.browse(lines.ids)
    bench.measure(lines.get_order_result)
    if len(lines.get_order_result()) != count:
        bench.problem("not all lines are told")
    return {}


def alerts(bench, count):
    """Ask all of them what deviates; each made one of two."""
    productions = make_orders(bench, count)
    productions.action_release()
    productions.sudo().plan_ids.quantity = 2
    productions.qty_producing = 1
    for production in productions:
        production._set_qty_producing()
    productions.with_context(
        skip_consumption=True, skip_backorder=True
    ).button_mark_done()
    bench.keep()
    bench.measure(productions._get_alerts)
    if len(productions._get_alerts()) != count:
        bench.problem("the orders do not deviate")
    return {}
