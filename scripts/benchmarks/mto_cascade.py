"""Rows and soak jobs of mto_cascade: what deciding by policy costs."""

import random

from .documents import differences, documents
from .registry import Side, row, soak
from .structures import (
    FROM_STOCK,
    MTO,
    MTS_ELSE_MTO,
    POLICY,
    STOCK_FIRST,
    Factory,
    Structure,
)

ORDERS = (
    "L3 B3 S2 N10",
    "L2 B3 S2 N50",
    "L1 B3 S0 N50",
    "L3 B3 S2 N10 shared",
    "L4 B3 S3 N1",
)
SMALL = Structure.parse("L2 B2 S1 N1")
# Every table in which an installation must leave the orders as they are.
ORDER_TABLES = (
    "sale_order",
    "sale_order_line",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "mrp_production",
    "mrp_workorder",
    "purchase_order",
    "purchase_order_line",
)


def number_in(size):
    """Return the number that a size such as "500 moves" starts with."""
    return int(size.split(" ")[0])


# -- confirming an order ------------------------------------------------------


@row(*ORDERS, limit=1.10, same=True)
def confirm_policy(size):
    """Confirm an order: our policies, against stock Odoo with MTO routes."""
    return confirming("suite", size, POLICY), confirming("stock", size, MTO)


@row(*ORDERS, limit=1.10, same=True)
def confirm_unconfigured(size):
    """Confirm an order with MTO routes: our modules unconfigured, against stock."""
    return confirming("suite", size, MTO), confirming("stock", size, MTO)


@row("L3 B3 S2 N4", "L3 B3 S2 N10", limit=1.10, same=True)
def confirm_stock_first(size):
    """Confirm on empty stock: stock first by policy, against stock Odoo's MTO routes.

    All is missing, so all is ordered and linked, as by core's MTO routes.
    """
    return confirming("suite", size, STOCK_FIRST), confirming("stock", size, MTO)


@row("L3 B3 S2 N4", same=True)
def confirm_stock_first_links(size):
    """Confirm on empty stock: stock first, against MTS else MTO without links."""
    return (
        confirming("suite", size, STOCK_FIRST),
        confirming("stock", size, MTS_ELSE_MTO),
    )


def confirming(template, size, supply):
    """Return the side that confirms an order of this size."""
    return Side(template, confirm, str(Structure.parse(size)), supply)


def confirm(bench, size, supply):
    """Confirm one order of a structure."""
    structure = Structure.parse(size)
    factory = Factory(bench.env, supply)
    order = factory.order(factory.build(structure), structure.lines)
    small = factory.order(factory.build(SMALL, "W"))
    bench.keep()
    bench.warm_up(small.action_confirm)
    bench.measure(order.action_confirm)
    return documents(bench.env)


# -- what will be created -----------------------------------------------------


@row("L5 B6 S1 N50", most=60)
def preview(size):
    """Say what an order will create, on 5 levels, against a tenth of the lines."""
    return previewing(size), previewing("L5 B6 S1 N5")


@row("L5 B6 S1 N5", limit=0.05, of="seconds")
@row("L5 B6 S1 N50", limit=0.05, of="seconds", default=False)
def preview_time(size):
    """Say what an order will create, against confirming it in stock Odoo."""
    return previewing(size), confirming("stock", size, MTO)


def previewing(size):
    """Return the side that says what an order of this size will create."""
    return Side("suite", foretell, str(Structure.parse(size)))


def foretell(bench, size):
    """Preview one quotation of a structure; returns how many documents it tells."""
    structure = Structure.parse(size)
    factory = Factory(bench.env, POLICY)
    order = factory.order(factory.build(structure), structure.lines)
    small = factory.order(factory.build(SMALL, "W"))
    bench.keep()
    bench.warm_up(small.preview_cascade)
    bench.measure(order.preview_cascade)
    [answer] = order.preview_cascade()
    return answer["documents"]


# -- deciding -----------------------------------------------------------------


@row("500 moves", limit=1.10)
def decide_flat(size):
    """Decide draft moves of all policies: this many, against a tenth of it."""
    count = number_in(size)
    return Side("suite", decide, count), Side("suite", decide, max(1, count // 10))


def decide(bench, count):
    """Decide as many draft moves; returns how many got which policy."""
    policies = (POLICY, STOCK_FIRST, "make_to_stock", FROM_STOCK)
    moves = bench.env["stock.move"]
    for number, policy in enumerate(policies):
        share = len(range(number, count, len(policies)))
        moves |= draft_demands(bench.env, policy, share)
    bench.keep()
    bench.measure(moves._decide_supply)
    groups = moves.grouped("supply_policy")
    return {str(policy or FROM_STOCK): len(found) for policy, found in groups.items()}


def draft_demands(env, policy, count):
    """Make drafts that would be deliveries, each of a product of its own."""
    factory = Factory(env, policy)
    products = factory.products(count, f"{policy} ")
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    stock = warehouse.lot_stock_id
    rule = warehouse.delivery_route_id.rule_ids.filtered(
        lambda rule: rule.location_src_id == stock
    )[:1]
    return env["stock.move"].create(
        [
            {
                "product_id": product.id,
                "product_uom_qty": 5,
                "location_id": stock.id,
                "location_dest_id": factory.customer.property_stock_customer.id,
                "rule_id": rule.id,
                "picking_type_id": warehouse.out_type_id.id,
                "warehouse_id": warehouse.id,
            }
            for product in products
        ]
    )


# -- complete paths -----------------------------------------------------------


@row("20000 products", most=10, of="seconds", default=False)
def complete_paths(size):
    """Complete paths of this many products, all made, in one batch; against a tenth."""
    count = number_in(size)
    return Side("suite", find_paths, count), Side("suite", find_paths, count // 10)


@row("200 products", limit=0.05)
def complete_paths_in_batch(size):
    """Complete paths of this many products: in one batch, against one by one."""
    count = number_in(size)
    return Side("suite", find_paths, count), Side("suite", find_paths, count, True)


def find_paths(bench, count, one_by_one=False):
    """Check products on 5 levels; return how many are incomplete, of how many."""
    products = build_levels(bench.env, count)
    warehouse = products._get_supply_warehouse()
    bench.keep()
    bench.warm_up(lambda: products[:1]._find_supply_problems(warehouse))
    answers = []

    def find():
        for asked in products if one_by_one else [products]:
            if one_by_one:
                # As if each were asked for in a call of its own.
                bench.env.invalidate_all()
            answers.extend(asked._find_supply_problems(warehouse).values())

    bench.measure(find)
    incomplete = sum(bool(answer["problems"]) for answer in answers)
    return {"products": len(answers), "incomplete": incomplete}


def build_levels(env, count, levels=5):
    """Make so many products to order, each of 2 others a level deeper and of 3 parts.

    There is a part for every 10 products; of 100 parts one has no vendor.
    """
    factory = Factory(env, POLICY)
    sold = factory.products(count, "A")
    parts = factory.products(max(count // 10, 3), "P")
    env["product.supplierinfo"].create(
        [
            {
                "product_tmpl_id": part.product_tmpl_id.id,
                "partner_id": factory.vendors[number % len(factory.vendors)].id,
                "delay": 2,
            }
            for number, part in enumerate(parts)
            if number % 100 != 50
        ]
    )
    width = count // levels

    def components(number):
        level, place = divmod(number, width)
        found = [parts[(number * 3 + turn) % len(parts)] for turn in range(3)]
        if level < levels - 1:
            below = [(place * 2 + turn) % width for turn in range(2)]
            found += [sold[(level + 1) * width + other] for other in below]
        return found

    boms = env["mrp.bom"].create(
        [
            {"product_tmpl_id": product.product_tmpl_id.id, "produce_delay": 1}
            for product in sold
        ]
    )
    env.flush_all()
    # Odoo looks for loops below each line that it creates, which takes hours here.
    env.cr.executemany(
        "INSERT INTO mrp_bom_line (bom_id, product_id, product_tmpl_id, product_uom_id,"
        " company_id, product_qty, sequence) VALUES (%s, %s, %s, %s, %s, 1, 1)",
        [
            (
                bom.id,
                component.id,
                component.product_tmpl_id.id,
                component.uom_id.id,
                bom.company_id.id,
            )
            for number, bom in enumerate(boms)
            for component in components(number)
        ],
    )
    env.invalidate_all()
    return sold


# -- installing on a database that is at work ---------------------------------


@row("2000 orders", most=120, of="seconds", default=False)
def install(size):
    """Install on confirmed orders (a tenth of them make to order), against none."""
    count = number_in(size)
    return Side("stock", install_on, count), Side("stock", install_on, 0)


def install_on(bench, count):
    """Install mto_cascade on so many open orders; not a value of theirs may change."""
    made_to_order = count // 10
    quiet = bench.env(
        context={"tracking_disable": True, "mail_create_nosubscribe": True}
    )
    if count:
        confirm_made_to_order(quiet, made_to_order)
        confirm_from_stock(quiet, count - made_to_order)
    bench.keep()
    columns = {table: table_columns(bench.env.cr, table) for table in ORDER_TABLES}
    before = contents(bench.env.cr, columns)
    module = bench.env["ir.module.module"].search([("name", "=", "mto_cascade")])
    bench.keep()
    bench.measure(module.button_immediate_install)
    bench.env.cr.rollback()
    after = contents(bench.env.cr, columns)
    for table in ORDER_TABLES:
        if before[table] != after[table]:
            bench.problem(f"installing changed {table}")
    return {table: rows for table, (rows, _digest) in after.items()}


def confirm_made_to_order(env, count):
    """Confirm orders of one line each, from 20 structures."""
    factory = Factory(env, MTO)
    products = factory.build(Structure.parse(f"L2 B2 S1 N{min(count, 20) or 1}"))
    sold = [products[number % len(products)] for number in range(count)]
    env["sale.order"].create(
        [factory.order_values(product) for product in sold]
    ).action_confirm()


def confirm_from_stock(env, count):
    """Confirm orders of one line each, of 20 products that are partly there."""
    factory = Factory(env, FROM_STOCK)
    products = factory.products(20)
    factory.add_stock(products, 100)
    sold = [products[number % len(products)] for number in range(count)]
    values = [factory.order_values(product) for product in sold]
    for start in range(0, count, 300):
        env["sale.order"].create(values[start : start + 300]).action_confirm()
        env.cr.commit()
        env.invalidate_all()


def table_columns(cr, table):
    """Return the columns of a table but those that say who wrote it last."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND column_name NOT IN ('write_date', 'write_uid') ORDER BY 1",
        [table],
    )
    return [name for (name,) in cr.fetchall()]


def contents(cr, columns):
    """Return {table: (number of rows, digest of these columns in all of them)}."""
    from odoo.tools import SQL

    result = {}
    for table, names in columns.items():
        cr.execute(
            SQL(
                "SELECT count(*), md5(string_agg(ROW(%s)::text, '/' ORDER BY id))"
                " FROM %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL.identifier(table),
            )
        )
        result[table] = cr.fetchone()
    return result


# -- random structures --------------------------------------------------------


@soak
def same_documents(bench, seed):
    """Random structures: policies lead to the documents of core's MTO routes."""
    chance = random.Random(seed)
    components = chance.randint(1, 3)
    kind = chance.choice(["", " shared", " leafpool"])
    size = (
        f"L{chance.randint(1, 3)} B{components} S{chance.randint(0, components)}"
        f" N{chance.randint(1, 4)}{kind}"
    )
    found = [confirmed(bench, size, supply) for supply in (POLICY, MTO)]
    if lines := differences(*found):
        raise AssertionError(f"{size}: {'; '.join(lines)}")


def confirmed(bench, size, supply):
    """Return the documents of an order of this size, and roll it back."""
    structure = Structure.parse(size)
    factory = Factory(bench.env, supply)
    factory.order(factory.build(structure), structure.lines).action_confirm()
    found = documents(bench.env)
    bench.env.cr.rollback()
    return found


@soak
def supplied_lives(bench, seed):
    """Random orders and their lives: nothing stranded, doubled or promised twice."""
    from odoo.addons.mto_cascade.tests.lives import live

    live(bench.env, seed, steps=14)


@soak
def foretold_orders(bench, seed):
    """Random orders: what was foretold is what confirming them then makes."""
    from odoo.addons.mto_cascade.tests.dry_run import compare_structure

    compare_structure(bench.env, seed)
