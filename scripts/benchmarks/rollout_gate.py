"""Rows of rollout_gate: many against few, and what a screen may cost."""

from .registry import Side, row


def make_programme(bench, sites):
    """Return a running programme with the gates of the two-plant template."""
    env = bench.env
    scores = ("maturity", "data_quality", "supply_complexity", "capacity_for_change")
    template = env.ref("rollout_gate.template_two_plant")
    programme = env["rollout.programme"].create(
        {"name": "Rollout", "template_id": template.id}
    )
    env["rollout.site"].create(
        [
            {
                "name": f"Plant {number:02}",
                "programme_id": programme.id,
                **dict.fromkeys(scores, "3"),
            }
            for number in range(sites)
        ]
    )
    # Who runs the rows may not give a seat to themselves.
    signer = env["res.users"].create({"name": "Signer", "login": "signer"})
    env["rollout.member"].create(
        [
            {
                "programme_id": programme.id,
                "function_id": function.id,
                "user_id": signer.id,
            }
            for function in template.gate_ids.function_ids.function_id
        ]
    )
    programme.action_start()
    # As in the middle of a rollout: much is open at once.
    programme.sudo().gate_ids.filtered("site_id").state = "open"
    bench.keep()
    return programme


@row("40", limit=1.3)
def rollout_dashboard(size):
    """The overview of a programme of 40 sites, against one of four."""
    return Side("suite", dashboard, int(size)), Side("suite", dashboard, 4)


@row("40", most=1, of="seconds", default=False)
def rollout_dashboard_seconds(size):
    """The overview of a programme of 40 sites, in seconds."""
    return Side("suite", dashboard, int(size)), Side("suite", dashboard, 4)


def dashboard(bench, sites):
    programme = make_programme(bench, sites)
    bench.warm_up(programme.get_dashboard)
    bench.measure(programme.get_dashboard)


@row("60", limit=1.05)
def rollout_gate_open(size):
    """Open a gate with 60 items, against one with five."""
    return Side("suite", open_gate, int(size)), Side("suite", open_gate, 5)


@row("60", most=0.5, of="seconds", default=False)
def rollout_gate_open_seconds(size):
    """Open a gate with 60 items, in seconds."""
    return Side("suite", open_gate, int(size)), Side("suite", open_gate, 5)


def open_gate(bench, items):
    programme = make_programme(bench, 1)
    gate = programme.gate_ids.filtered("site_id")[0]
    missing = items - len(gate.item_ids)
    bench.env["rollout.gate.item"].create(
        [{"gate_id": gate.id, "name": f"Item {n}"} for n in range(missing)]
    )
    bench.keep()
    names = ("name", "severity", "owner_id", "state", "is_waived", "is_mine")
    specification = {
        "item_ids": {"fields": {name: {} for name in names}},
        "function_ids": {"fields": {"signed": {}, "seats": {}}},
        **{name: {} for name in ("blocks", "business_readiness", "can_sign")},
    }
    bench.warm_up(lambda: gate.web_read(specification))
    bench.measure(lambda: gate.web_read(specification))


@row("20", limit=1.05)
def rollout_lock_confirm(size):
    """Confirm orders of a live site while another is locked, against no lock."""
    return (
        Side("suite", confirm_orders, int(size), 1),
        Side("suite", confirm_orders, int(size), 0),
    )


def confirm_orders(bench, orders, locked):
    env = bench.env
    programme = make_programme(bench, 2)
    working, waiting = programme.site_ids
    working._go("live")
    if locked:
        # As a person would have switched it on.
        env["rollout.lock"].sudo().create(
            {
                "programme_id": programme.id,
                "site_id": waiting.id,
                "state": "on",
                "database": env["rollout.lock"]._get_database(),
            }
        )
    product = env["product.product"].create({"name": "Painting", "type": "service"})
    partner = env["res.partner"].create({"name": "Customer"})
    line = {"product_id": product.id}
    waiting.warehouse_ids = env["stock.warehouse"].create(
        {"name": "Second", "code": "2ND"}
    )
    quotations = env["sale.order"].create(
        [{"partner_id": partner.id, "order_line": [(0, 0, line)]}] * orders
    )
    bench.keep()

    def confirm():
        for quotation in quotations:
            quotation.action_confirm()

    bench.warm_up(confirm)
    bench.measure(confirm)
