"""Confirmations of cascades at the same moment, on real worker processes."""

from concurrent.futures import ThreadPoolExecutor

from .test_stock_first import (
    confirm_together,
    in_stock,
    make_product,
    new_order,
    purchased,
)

TIMES = 3


def make_structure(admin, part=None):
    """Create two products that share an assembly and a part; returns their ids."""
    vendor = admin.call("res.partner", "create", [{"name": "Vendor of the frame"}])[0]
    part = part or new_product(
        admin, "Tube", seller_ids=[[0, 0, {"partner_id": vendor}]]
    )
    frame = new_product(admin, "Frame of tubes", supply_policy="make_to_order")
    new_bom(admin, frame, part)
    tops = []
    for number in range(2):
        top = new_product(admin, f"Trailer {number}", supply_policy="make_to_order")
        new_bom(admin, top, frame)
        tops.append(top)
    return tops, frame


def new_product(session, name, **values):
    return session.call(
        "product.product", "create", [{"name": name, "is_storable": True, **values}]
    )[0]


def new_bom(session, product, component):
    template = session.call("product.product", "read", [product], ["product_tmpl_id"])
    session.call(
        "mrp.bom",
        "create",
        [
            {
                "product_tmpl_id": template[0]["product_tmpl_id"][0],
                "bom_line_ids": [
                    [0, 0, {"product_id": component, "product_qty": 2}],
                ],
            }
        ],
    )


def test_common_components(demo_site):
    """Each order gets its own cascade, once, whoever comes first."""
    sessions = demo_site.session("sales"), demo_site.session("admin")
    tops, frame = make_structure(sessions[1])
    partner = sessions[1].call("res.partner", "search", [], limit=1)[0]
    for _time in range(TIMES):
        orders = [
            session.call(
                "sale.order",
                "create",
                [
                    {
                        "partner_id": partner,
                        "order_line": [
                            [0, 0, {"product_id": top, "product_uom_qty": 3}]
                        ],
                    }
                ],
            )[0]
            for session, top in zip(sessions, tops, strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            done = [
                pool.submit(session.call, "sale.order", "action_confirm", [order])
                for session, order in zip(sessions, orders, strict=True)
            ]
            for future in done:
                future.result()
        made = demo_site.query(
            "SELECT product_id, product_qty, state FROM mrp_production"
            " WHERE origin IN (SELECT name FROM sale_order WHERE id = ANY(%s))"
            " OR id IN (SELECT mo.id FROM mrp_production mo"
            " JOIN stock_reference_production_rel rel ON rel.production_id = mo.id"
            " JOIN stock_reference ref ON ref.id = rel.reference_id"
            " JOIN sale_order sale ON sale.name = ref.name"
            " WHERE sale.id = ANY(%s))",
            [orders, orders],
        )
        found = sorted((product, float(qty), state) for product, qty, state in made)
        assert found == sorted(
            [(top, 3.0, "confirmed") for top in tops] + 2 * [(frame, 6.0, "confirmed")]
        )


def test_common_stock_and_request(demo_site):
    """Both want the same stock and enlarge the same request: nothing comes twice."""
    sessions = demo_site.session("sales"), demo_site.session("admin")
    part, vendor = make_product(demo_site, sessions[1])
    sessions[1].call("res.partner", "write", [vendor], {"group_rfq": "all"})
    tops, frame = make_structure(sessions[1], part)
    demand = 0
    for _time in range(TIMES):
        orders = [
            new_order(session, top, 3)
            for session, top in zip(sessions, tops, strict=True)
        ]
        confirm_together(sessions, orders)
        # 3 trailers of 2 frames of 2 tubes each.
        demand += 2 * 3 * 2 * 2
        assert in_stock(demo_site, part) == (5, 5)
        assert purchased(demo_site, part) == demand - 5
    made = demo_site.query(
        "SELECT product_qty, state FROM mrp_production WHERE product_id = %s", [frame]
    )
    found = [(float(quantity), state) for quantity, state in made]
    assert found == 2 * TIMES * [(6.0, "confirmed")]
