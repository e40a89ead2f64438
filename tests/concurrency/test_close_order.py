"""Two people close the same manufacturing order on real worker processes."""

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def people(demo_site):
    """Sessions of two who may close."""
    return demo_site.session("planner"), demo_site.session("shop")


def at_the_same_moment(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call, *args) for call, *args in calls]:
            future.result()


def done_orders(site):
    return [
        res_id
        for (res_id,) in site.query(
            "SELECT id FROM mrp_production WHERE state = 'done' AND closed_on IS NULL"
        )
    ]


def test_both_close(demo_site, people):
    """The order is closed once, and there is one record of it."""
    orders = done_orders(demo_site)
    assert orders
    for order in orders:
        at_the_same_moment(
            *[
                (who.call, "mrp.production", "action_close_order", [order])
                for who in people
            ]
        )
    closings = demo_site.query(
        "SELECT production_id, COUNT(*) FROM mto_production_closing"
        " WHERE production_id = ANY(%s) GROUP BY production_id",
        [orders],
    )
    assert sorted(closings) == [(order, 1) for order in sorted(orders)]
