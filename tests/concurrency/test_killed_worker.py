"""A worker that is killed in the middle of a confirmation leaves nothing."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .test_batch_confirm import new_bom, new_product

LINES = 12
SECONDS = 60
TABLES = (
    "mrp_production",
    "mrp_workorder",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_reference",
    "purchase_order",
    "purchase_order_line",
    "mail_message",
)


def make_order(admin):
    """Make a quotation of many lines with an order on two levels each."""
    vendor = admin.call("res.partner", "create", [{"name": "Vendor of the hub"}])[0]
    part = new_product(admin, "Spoke", seller_ids=[[0, 0, {"partner_id": vendor}]])
    lines = []
    for number in range(LINES):
        low = new_product(admin, f"Hub {number}", supply_policy="make_to_order")
        top = new_product(admin, f"Wheel {number}", supply_policy="make_to_order")
        new_bom(admin, low, part)
        new_bom(admin, top, low)
        lines.append([0, 0, {"product_id": top, "product_uom_qty": 1}])
    partner = admin.call("res.partner", "search", [], limit=1)[0]
    values = {"partner_id": partner, "order_line": lines}
    return admin.call("sale.order", "create", [values])[0]


def count_rows(site):
    return {
        table: site.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES
    }


def find_writer(site):
    """Whether a transaction has written manufacturing orders and is not over."""
    return site.query(
        "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE relation = 'mrp_production'::regclass AND granted"
        " AND mode = 'RowExclusiveLock' AND datname = current_database()"
    )


def wait_for(condition):
    """Wait until a function returns something true."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_workers(server):
    """Kill the worker processes of a server; it starts new ones."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    for pid in children.read_text().split():
        os.kill(int(pid), signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_killed_in_the_middle(own_site):
    admin = own_site.session("admin")
    order = make_order(admin)
    before = count_rows(own_site)
    with ThreadPoolExecutor(1) as pool:
        confirmation = pool.submit(admin.call, "sale.order", "action_confirm", [order])
        wait_for(lambda: find_writer(own_site))
        kill_workers(own_site.process)
        with pytest.raises(OSError):
            confirmation.result()
    wait_for(lambda: not find_writer(own_site))
    assert count_rows(own_site) == before
    state = "SELECT state FROM sale_order WHERE id = %s"
    assert own_site.query(state, [order]) == [("draft",)]
    # Others work on, and the order can be confirmed.
    own_site.session("admin").call("sale.order", "action_confirm", [order])
    assert own_site.query(state, [order]) == [("sale",)]
    made = count_rows(own_site)["mrp_production"] - before["mrp_production"]
    assert made == 2 * LINES
