"""An order is changed while somebody works on what supplies it, on real workers."""

from concurrent.futures import ThreadPoolExecutor

import pytest

TIMES = 4


@pytest.fixture
def people(demo_site):
    """Sessions of the one who sells and the one who plans."""
    return demo_site.session("sales"), demo_site.session("planner")


def make_order(site, sales, quantity=5):
    """A confirmed order of trailers; returns (order, line, manufacturing order)."""
    product = site.query(
        "SELECT res_id FROM ir_model_data WHERE module = 'mto_demo' AND name = %s",
        ["product_trailer"],
    )[0][0]
    partner = sales.call("res.partner", "search", [], limit=1)
    line = {"product_id": product, "product_uom_qty": quantity}
    order = sales.call(
        "sale.order",
        "create",
        [{"partner_id": partner[0], "order_line": [[0, 0, line]]}],
    )[0]
    sales.call("sale.order", "action_confirm", [order])
    [(line_id,)] = site.query(
        "SELECT id FROM sale_order_line WHERE order_id = %s", [order]
    )
    found = site.query(
        "SELECT id FROM mrp_production WHERE sale_line_id = %s", [line_id]
    )
    return order, line_id, found[0][0] if found else False


def attempt(call, *args, **kwargs):
    """(answer, None) or (None, the error's words)."""
    try:
        return call(*args, **kwargs), None
    except Exception as error:
        return None, str(error)


def at_the_same_moment(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(attempt, call, *args) for call, *args in calls]
        return [future.result() for future in futures]


def state(site, order, production):
    """(ordered, delivered by open moves, to make, state of the order to make it)"""
    [(ordered, moved)] = site.query(
        """
        SELECT line.product_uom_qty, COALESCE(SUM(move.product_uom_qty), 0)
          FROM sale_order_line line
          LEFT JOIN stock_move move ON move.sale_line_id = line.id
               AND move.picking_id IS NOT NULL AND move.state != 'cancel'
         WHERE line.order_id = %s GROUP BY line.id
        """,
        [order],
    )
    [(made, status)] = site.query(
        "SELECT product_qty, state FROM mrp_production WHERE id = %s", [production]
    )
    return float(ordered), float(moved), float(made), status


def test_started_while_it_is_lowered(demo_site, people):
    """The shop floor starts the order that a change reduces: one of them is first."""
    sales, planner = people
    for _time in range(TIMES):
        order, line, production = make_order(demo_site, sales)
        changes = [{"line_id": line, "quantity": 2}]
        [preview] = sales.call("sale.order", "preview_change", [order], changes)
        (answer, problem), (_started, other) = at_the_same_moment(
            (
                sales.call,
                "sale.order",
                "apply_change",
                [order],
                changes,
                preview["fingerprint"],
            ),
            (planner.call, "mrp.production", "action_start", [production]),
        )
        assert other is None
        ordered, moved, made, _status = state(demo_site, order, production)
        assert ordered == moved
        if answer:
            assert (ordered, made) == (2.0, 2.0)
        else:
            # Refused with the name of what was started; nothing was saved.
            assert "changed meanwhile" in problem
            assert (ordered, made) == (5.0, 5.0)


def requested(site, production):
    """{(order, line): (quantity, what its receipts bring)} of what is bought for it."""
    rows = site.query(
        """
        SELECT line.order_id, line.id, line.product_qty,
               (SELECT SUM(receipt.product_uom_qty) FROM stock_move receipt
                 WHERE receipt.purchase_line_id = line.id
                   AND receipt.state != 'cancel')
          FROM purchase_order_line line
          JOIN stock_move_created_purchase_line_rel link
            ON link.created_purchase_line_id = line.id
          JOIN stock_move component ON component.id = link.move_id
         WHERE component.raw_material_production_id = %s
        """,
        [production],
    )
    return {
        (order, line): (float(asked), None if brought is None else float(brought))
        for order, line, asked, brought in rows
    }


def test_bought_while_it_is_lowered(demo_site, people):
    """The buyer confirms the request that a change reduces: one of them is first."""
    sales, _planner = people
    buyer = demo_site.session("purchasing")
    for _time in range(TIMES):
        order, line, production = make_order(demo_site, sales, 40)
        before = requested(demo_site, production)
        assert before
        changes = [{"line_id": line, "quantity": 30}]
        [preview] = sales.call("sale.order", "preview_change", [order], changes)
        purchases = sorted({purchase for purchase, _line in before})
        (answer, problem), (_confirmed, other) = at_the_same_moment(
            (
                sales.call,
                "sale.order",
                "apply_change",
                [order],
                changes,
                preview["fingerprint"],
            ),
            (buyer.call, "purchase.order", "button_confirm", purchases),
        )
        assert other is None
        less = 10 if answer else 0
        for key, (asked, brought) in requested(demo_site, production).items():
            # Receipts bring what was asked for when the buyer confirmed, once.
            assert asked == brought == before[key][0] - less
        ordered, moved, made, _status = state(demo_site, order, production)
        assert ordered == moved == made == 40 - less
        if not answer:
            assert "changed meanwhile" in problem


def test_two_people_change_one_order(demo_site, people):
    """The second sees that the first was there; nothing is lost or done twice."""
    sales, _planner = people
    for _time in range(TIMES):
        order, line, production = make_order(demo_site, sales)
        calls = []
        for quantity in (2, 3):
            changes = [{"line_id": line, "quantity": quantity}]
            [preview] = sales.call("sale.order", "preview_change", [order], changes)
            session = demo_site.session("sales")
            calls.append(
                (
                    session.call,
                    "sale.order",
                    "apply_change",
                    [order],
                    changes,
                    preview["fingerprint"],
                )
            )
        results = at_the_same_moment(*calls)
        problems = [problem for _answer, problem in results if problem]
        assert len(problems) == 1
        assert "changed meanwhile" in problems[0]
        ordered, moved, made, _status = state(demo_site, order, production)
        assert ordered in (2.0, 3.0)
        assert ordered == moved == made
