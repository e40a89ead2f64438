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


def make_products(env, boms):
    """Products by the thousand, past the ORM: what is measured only reads.

    A twentieth are bought; a bill takes five products of a higher number, so that
    nothing leads back to itself.
    """
    count = boms + max(6, boms // 19)
    company = env.company
    unit = env.ref("uom.product_uom_unit").id
    category = env.ref("product.product_category_goods", False) or env[
        "product.category"
    ].search([], limit=1)
    env.cr.execute(
        """
        INSERT INTO product_template (name, type, is_storable, uom_id, categ_id, active,
                                      sale_ok, purchase_ok, tracking, service_type,
                                      company_id)
        SELECT jsonb_build_object('en_US', 'Part ' || n), 'consu', true, %(unit)s,
               %(category)s, true, true, true, 'none', 'manual', %(company)s
          FROM generate_series(1, %(count)s) n ORDER BY n
        RETURNING id
        """,
        {
            "unit": unit,
            "category": category.id,
            "company": company.id,
            "count": count,
        },
    )
    templates = [row_id for [row_id] in env.cr.fetchall()]
    env.cr.execute(
        """
        INSERT INTO product_product (product_tmpl_id, active, default_code,
                                     combination_indices)
        SELECT id, true, 'P' || id, '' FROM unnest(%s) id ORDER BY id RETURNING id
        """,
        [templates],
    )
    products = [row_id for [row_id] in env.cr.fetchall()]
    env.cr.execute(
        """
        INSERT INTO mrp_bom (product_tmpl_id, product_qty, product_uom_id, type, active,
                             company_id, ready_to_produce, consumption, produce_delay)
        SELECT id, 1, %s, 'normal', true, %s, 'all_available', 'warning', 1
          FROM unnest(%s) id ORDER BY id RETURNING id
        """,
        [unit, company.id, templates[:boms]],
    )
    made = [row_id for [row_id] in env.cr.fetchall()]
    lines = [
        (bom, products[min(number + step, count - 1)])
        for number, bom in enumerate(made)
        for step in (1, 2, 3, 4, 5)
    ]
    env.cr.execute_values(
        """INSERT INTO mrp_bom_line (bom_id, product_id, product_qty, product_uom_id,
                                     company_id) VALUES %s""",
        [(bom, product, 1, unit, company.id) for bom, product in lines],
    )
    vendor = env["res.partner"].create({"name": "Vendor"})
    env["product.supplierinfo"].create(
        [
            {"partner_id": vendor.id, "product_tmpl_id": template, "price": 1}
            for template in templates[boms:]
        ]
    )
    env.registry.clear_cache()
    env.invalidate_all()
    env.cr.execute("ANALYZE")
