"""Two planners give away the same share at the same moment, on real workers."""

from concurrent.futures import ThreadPoolExecutor

from .test_stock_first import make_product, new_order

TIMES = 5


def get_exchange(session, order):
    """The offer of what somebody else has reserved, all of it."""
    answer = session.call("mto.customer.order", "get_serve_first_offers", [order])
    [offer] = answer[0]["offers"]
    assert offer["quantity"] == 5
    return {**offer, "quantity": 5}


def serve_first(session, order, exchange):
    """Return whether it was done."""
    try:
        session.call(
            "mto.customer.order", "apply_serve_first", [order], [exchange], "Rush"
        )
    except Exception as error:
        assert "can no longer be given" in str(error), error
        return False
    return True


def test_one_of_two_gets_it(demo_site):
    """The second one waits, looks again, and is told that nothing is left."""
    planner, admin = demo_site.session("planner"), demo_site.session("admin")
    for _time in range(TIMES):
        product, _partner = make_product(
            demo_site, admin, supply_policy="make_to_stock"
        )
        holder, *rushes = [new_order(admin, product) for _number in range(3)]
        admin.call("sale.order", "action_confirm", [holder])
        pickings = admin.call(
            "stock.picking", "search", [["move_ids.product_id", "=", product]]
        )
        admin.call("stock.picking", "action_assign", pickings)
        for rush in rushes:
            admin.call("sale.order", "action_confirm", [rush])
        people = (planner, admin)
        exchanges = [
            get_exchange(session, rush)
            for session, rush in zip(people, rushes, strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            done = [
                pool.submit(serve_first, *work)
                for work in zip(people, rushes, exchanges, strict=True)
            ]
            found = [future.result() for future in done]
        assert sorted(found) == [False, True]
        reserved = demo_site.query(
            "SELECT line.order_id, move.quantity FROM stock_move move"
            " JOIN sale_order_line line ON line.id = move.sale_line_id"
            " WHERE move.product_id = %s AND move.quantity > 0",
            [product],
        )
        winner = rushes[found.index(True)]
        assert [(order, float(qty)) for order, qty in reserved] == [(winner, 5.0)]
        decided = demo_site.query(
            "SELECT order_id, quantity FROM mto_peg_override WHERE product_id = %s",
            [product],
        )
        assert [(order, float(qty)) for order, qty in decided] == [(winner, 5.0)]
