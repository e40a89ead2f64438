"""Rows of rollout_readiness: what all structural checks cost on a large database."""

from .registry import Side, row

FAMILIES = "FMBP"
# What one check may take, whatever the others do.
SLOWEST = 10


@row("1900", limit=1.1)
def readiness_structural(size):
    """All structural checks on 1,900 bills of materials, against a tenth."""
    return sides(size)


@row("19000", most=30, of="seconds", default=False)
def readiness_structural_seconds(size):
    """All structural checks on 19,000 bills of materials, in seconds."""
    return sides(size)


@row("19000", most=500, of="memory", default=False)
def readiness_structural_memory(size):
    """All structural checks on 19,000 bills of materials, in MB of the process."""
    return sides(size)


def sides(size):
    boms = int(size)
    return Side("suite", structural, boms), Side("suite", structural, boms // 10)


def structural(bench, boms):
    """Run the checks of routes, items, bills of materials and vendors."""
    make_products(bench.env, boms)
    checks = bench.env["readiness.check"].search([])
    codes = [code for code in checks.mapped("code") if code[0] in FAMILIES]
    bench.keep()
    run = bench.env["readiness.check"].run_checks
    bench.warm_up(lambda: run(["P06"]))
    rows = []
    bench.measure(lambda: rows.extend(run(codes)))
    for each in rows:
        if each["status"] == "error" or each["seconds"] > SLOWEST:
            bench.problem(f"{each['code']}: {each['message']} ({each['seconds']} s)")


@row("10000", limit=1.1)
def readiness_moves(size):
    """All checks on 10,000 stock moves, against a tenth."""
    return moved(size)


@row("1000000", most=60, of="seconds", default=False)
def readiness_moves_seconds(size):
    """All checks on a million stock moves, in seconds."""
    return moved(size)


def moved(size):
    moves = int(size)
    return Side("suite", all_checks, moves), Side("suite", all_checks, moves // 10)


def all_checks(bench, moves):
    """Run every check where so many moves are done, of twenty products."""
    make_moves(bench.env, moves)
    bench.keep()
    run = bench.env["readiness.check"].run_checks
    bench.warm_up(lambda: run(["P06"]))
    rows = []
    bench.measure(lambda: rows.extend(run()))
    for each in rows:
        if each["status"] == "error":
            bench.problem(f"{each['code']}: {each['message']} ({each['seconds']} s)")


def make_moves(env, count):
    """Receipts by the thousand, past the ORM: what is measured only reads."""
    vendors = env.ref("stock.stock_location_suppliers")
    stock = env.ref("stock.warehouse0").lot_stock_id
    products = env["product.product"].create(
        [
            {"name": f"Part {number}", "type": "consu", "is_storable": True}
            for number in range(20)
        ]
    )
    for product in products:
        move = env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "location_id": vendors.id,
                "location_dest_id": stock.id,
            }
        )
        move._action_confirm()
        move.quantity = 1
        move.picked = True
        move._action_done()
        env.flush_all()
        copy(move, count // 20)
    env.invalidate_all()
    env.cr.execute("ANALYZE stock_move")


def copy(record, times):
    """Copy a row so often."""
    cr, table = record.env.cr, record._table
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND column_name <> 'id'""",
        [table],
    )
    names = ", ".join(f'"{name}"' for [name] in cr.fetchall())
    cr.execute(
        f"""INSERT INTO {table} ({names})
            SELECT {names} FROM {table}, generate_series(1, %s) WHERE id = %s""",
        [times, record.id],
    )


def make_products(env, boms):
    """Products by the thousand, past the ORM: what is measured only reads.

    A twentieth are bought; a bill takes five products that come after its own, so that
    nothing leads back to itself.
    """
    count = boms + max(6, boms // 19)
    product, part = env["product.product"].create(
        [{"name": "Product", "type": "consu", "is_storable": True}, {"name": "Part"}]
    )
    bom = env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "bom_line_ids": [(0, 0, {"product_id": part.id})],
        }
    )
    vendor = env["res.partner"].create({"name": "Vendor"})
    price = env["product.supplierinfo"].create(
        {"partner_id": vendor.id, "product_tmpl_id": product.product_tmpl_id.id}
    )
    env.flush_all()
    templates = multiply(product.product_tmpl_id, [{"sequence": 1}] * count)
    products = multiply(
        product,
        [
            {"product_tmpl_id": template, "default_code": f"P{template}"}
            for template in templates
        ],
    )
    made = multiply(bom, [{"product_tmpl_id": each} for each in templates[:boms]])
    multiply(
        bom.bom_line_ids,
        [
            {"bom_id": each, "product_id": products[min(number + step, count - 1)]}
            for number, each in enumerate(made)
            for step in (1, 2, 3, 4, 5)
        ],
    )
    multiply(price, [{"product_tmpl_id": each} for each in templates[boms:]])
    env.registry.clear_cache()
    env.invalidate_all()
    bench_tables = "product_template, product_product, mrp_bom, mrp_bom_line"
    env.cr.execute(f"ANALYZE {bench_tables}")


def multiply(record, changes):
    """Copy a row as often as there are changes; return the ids of the copies."""
    cr, table = record.env.cr, record._table
    names = list(changes[0])
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = %s AND column_name <> ALL(%s)""",
        [table, ["id", *names]],
    )
    others = [f'"{name}"' for [name] in cr.fetchall()]
    rows = cr.execute_values(
        f"""INSERT INTO {table} ({", ".join(names + others)})
            SELECT {", ".join(f"v.{name}" for name in names)},
                   {", ".join(f"m.{name}" for name in others)}
              FROM (VALUES %s) v({", ".join(names)})
              JOIN {table} m ON m.id = {record.id}
            RETURNING id""",
        [tuple(change[name] for name in names) for change in changes],
        page_size=5000,
        fetch=True,
    )
    return sorted(row_id for [row_id] in rows)
