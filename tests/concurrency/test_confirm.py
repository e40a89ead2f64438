"""Two people confirm at the same moment, on real worker processes."""

from concurrent.futures import ThreadPoolExecutor


def _new_order(session, product, quantity):
    partner = session.call(
        "res.partner", "search", [["customer_rank", ">", 0]], limit=1
    )
    partner = partner or session.call("res.partner", "search", [], limit=1)
    line = {"product_id": product, "product_uom_qty": quantity}
    values = {"partner_id": partner[0], "order_line": [[0, 0, line]]}
    return session.call("sale.order", "create", [values])[0]


def test_two_orders_of_the_same_product(demo_site):
    """Each order gets its own manufacturing order of its own quantity."""
    first, second = demo_site.session("sales"), demo_site.session("admin")
    product = demo_site.query(
        "SELECT res_id FROM ir_model_data WHERE module = 'mto_demo' AND name = %s",
        ["product_bicycle"],
    )[0][0]
    orders = [_new_order(first, product, 3), _new_order(second, product, 4)]
    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(session.call, "sale.order", "action_confirm", [order])
            for session, order in zip((first, second), orders, strict=True)
        ]
        for future in done:
            future.result()
    names = dict(
        demo_site.query("SELECT name, id FROM sale_order WHERE id = ANY(%s)", [orders])
    )
    quantities = demo_site.query(
        "SELECT origin, product_qty FROM mrp_production WHERE origin = ANY(%s)",
        [list(names)],
    )
    made = {names[origin]: float(quantity) for origin, quantity in quantities}
    assert made == {orders[0]: 3.0, orders[1]: 4.0}
