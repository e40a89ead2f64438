"""Two people start, or change, the same waiting order on real worker processes."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

TIMES = 6


@pytest.fixture
def people(demo_site):
    """Sessions of the one who sells and the one who plans."""
    return demo_site.session("sales"), demo_site.session("planner")


def make_held_order(site, sales, quantity=3, price=100, **values):
    """A confirmed order of bicycles that waits to be started; returns its id."""
    product = site.query(
        "SELECT res_id FROM ir_model_data WHERE module = 'mto_demo' AND name = %s",
        ["product_trailer"],
    )[0][0]
    partner = sales.call("res.partner", "search", [], limit=1)
    later = datetime.datetime.now() + datetime.timedelta(days=60)
    line = {
        "product_id": product,
        "product_uom_qty": quantity,
        "price_unit": price,
        **values,
    }
    order = sales.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": partner[0],
                "commitment_date": later.strftime("%Y-%m-%d %H:%M:%S"),
                "start_later": True,
                "start_later_reason": "Deposit",
                "order_line": [[0, 0, line]],
            }
        ],
    )[0]
    sales.call("sale.order", "action_confirm", [order])
    return order


def at_the_same_moment(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call, *args) for call, *args in calls]:
            future.result()


def delivered(site, order):
    """Quantities on the delivery moves of each line of the order."""
    return site.query(
        """
        SELECT line.product_uom_qty, COALESCE(SUM(move.product_uom_qty), 0), COUNT(move)
          FROM sale_order_line line
          LEFT JOIN stock_move move ON move.sale_line_id = line.id
               AND move.picking_id IS NOT NULL AND move.state != 'cancel'
         WHERE line.order_id = %s GROUP BY line.id ORDER BY line.id
        """,
        [order],
    )


def test_both_press_start(demo_site, people):
    """The order is started once."""
    for _time in range(TIMES):
        order = make_held_order(demo_site, people[0])
        at_the_same_moment(
            *[(who.call, "sale.order", "action_start", [order]) for who in people]
        )
        [(ordered, quantity, moves)] = delivered(demo_site, order)
        assert (float(ordered), float(quantity), moves) == (3.0, 3.0, 1)


@pytest.mark.parametrize("price", [100, 0])
def test_changed_while_it_is_started(demo_site, people, price):
    """A quantity raised and a line added at that moment are delivered."""
    sales, planner = people
    for _time in range(TIMES):
        order = make_held_order(demo_site, sales, price=price)
        read = demo_site.query(
            "SELECT id, product_id FROM sale_order_line WHERE order_id = %s", [order]
        )
        line, product = read[0]
        added = {"product_id": product, "product_uom_qty": 2, "price_unit": price}
        changes = {
            "order_line": [[1, line, {"product_uom_qty": 7}], [0, 0, added]],
        }
        at_the_same_moment(
            (planner.call, "sale.order", "action_start", [order]),
            (sales.call, "sale.order", "write", [order], changes),
        )
        quantities = delivered(demo_site, order)
        assert [float(row[0]) for row in quantities] == [7.0, 2.0]
        assert [float(row[1]) for row in quantities] == [7.0, 2.0]
