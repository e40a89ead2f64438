"""Two people promise the same goods at the same moment, on real worker processes."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest

TIMES = 10


@pytest.fixture
def people(demo_site):
    """Sessions of the two who confirm; the second one also prepares the goods."""
    return demo_site.session("sales"), demo_site.session("admin")


def make_product(site, admin, on_hand=5, **values):
    """Create a bought product that is taken from stock first; returns its id."""
    partner = admin.call("res.partner", "create", [{"name": "Vendor of the last five"}])
    product = admin.call(
        "product.product",
        "create",
        [
            {
                "name": "The last five",
                "is_storable": True,
                "supply_policy": "stock_then_order",
                "seller_ids": [[0, 0, {"partner_id": partner[0], "price": 1}]],
                **values,
            }
        ],
    )[0]
    if on_hand:
        location = site.query(
            "SELECT lot_stock_id FROM stock_warehouse ORDER BY id LIMIT 1"
        )[0][0]
        counted = {
            "product_id": product,
            "location_id": location,
            "inventory_quantity": on_hand,
        }
        quant = admin.call("stock.quant", "create", [counted])
        admin.call("stock.quant", "action_apply_inventory", quant)
    return product, partner[0]


def new_order(session, product, quantity=5, **values):
    partner = session.call("res.partner", "search", [], limit=1)
    line = {"product_id": product, "product_uom_qty": quantity, **values}
    later = datetime.datetime.now() + datetime.timedelta(days=30)
    return session.call(
        "sale.order",
        "create",
        [
            {
                "partner_id": partner[0],
                "commitment_date": later.strftime("%Y-%m-%d %H:%M:%S"),
                "order_line": [[0, 0, line]],
            }
        ],
    )[0]


def confirm_together(people, orders):
    """Both press the button at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(session.call, "sale.order", "action_confirm", [order])
            for session, order in zip(people, orders, strict=True)
        ]
        for future in done:
            future.result()


def reserved_by(site, orders):
    """Return the reserved quantities of the orders, in their order."""
    found = dict(
        site.query(
            "SELECT l.order_id, SUM(ml.quantity_product_uom)"
            "  FROM stock_move_line ml JOIN stock_move m ON m.id = ml.move_id"
            "  JOIN sale_order_line l ON l.id = m.sale_line_id"
            " WHERE l.order_id = ANY(%s) GROUP BY l.order_id",
            [orders],
        )
    )
    return [float(found.get(order, 0)) for order in orders]


def in_stock(site, product):
    """Return (on hand, reserved) in the warehouses."""
    rows = site.query(
        "SELECT SUM(q.quantity), SUM(q.reserved_quantity) FROM stock_quant q"
        "  JOIN stock_location l ON l.id = q.location_id"
        " WHERE q.product_id = %s AND l.usage = 'internal'",
        [product],
    )
    return tuple(float(quantity or 0) for quantity in rows[0])


def purchased(site, product):
    rows = site.query(
        "SELECT SUM(product_qty) FROM purchase_order_line WHERE product_id = %s",
        [product],
    )
    return float(rows[0][0] or 0)


def test_the_last_five(demo_site, people):
    """5 are reserved once, and the other 5 ordered once."""
    for _time in range(TIMES):
        product, _vendor = make_product(demo_site, people[1])
        orders = [new_order(session, product) for session in people]
        confirm_together(people, orders)
        assert sum(reserved_by(demo_site, orders)) == 5
        assert in_stock(demo_site, product) == (5, 5)
        assert purchased(demo_site, product) == 5


def test_an_order_from_stock_and_one_from_stock_first(demo_site, people):
    """Whoever comes second gets nothing; only the one that may order orders."""
    for _time in range(TIMES):
        product, _vendor = make_product(demo_site, people[1])
        orders = [
            new_order(people[0], product, supply_policy="make_to_stock"),
            new_order(people[1], product),
        ]
        confirm_together(people, orders)
        plain, stock_first = reserved_by(demo_site, orders)
        assert sorted((plain, stock_first)) == [0, 5]
        assert in_stock(demo_site, product) == (5, 5)
        assert purchased(demo_site, product) == 5 - stock_first


def test_the_same_arrival(demo_site, people):
    """5 that arrive for nobody are promised once, and the other 5 ordered."""
    admin = people[1]
    for _time in range(TIMES):
        product, vendor = make_product(demo_site, admin, on_hand=0)
        tomorrow = datetime.datetime.now() + datetime.timedelta(days=1)
        line = {
            "product_id": product,
            "product_qty": 5,
            "date_planned": tomorrow.strftime("%Y-%m-%d %H:%M:%S"),
        }
        arriving = admin.call(
            "purchase.order",
            "create",
            [{"partner_id": vendor, "order_line": [[0, 0, line]]}],
        )[0]
        orders = [new_order(session, product) for session in people]
        confirm_together(people, orders)
        assert purchased(demo_site, product) == 10
        linked = demo_site.query(
            "SELECT COUNT(*) FROM stock_move_created_purchase_line_rel r"
            "  JOIN purchase_order_line l ON l.id = r.created_purchase_line_id"
            " WHERE l.order_id = %s",
            [arriving],
        )
        assert linked[0][0] == 1
