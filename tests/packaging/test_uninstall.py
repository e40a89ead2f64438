"""A module taken out in the middle of an order leaves a factory that finishes it.

With all modules a cargo bike order is confirmed and half produced; then module after
module is uninstalled, and stock Odoo produces, delivers and invoices the rest.
"""

import json

from stack import modules, odoo

RESULT = "RESULT="

# What a shift does, again and again, with every document that can go on.
FACTORY = '''
def buy():
    env["purchase.order"].search([("state", "=", "draft")]).button_confirm()


def transfer():
    """Validate the transfers that are ready; return how many there were."""
    pickings = env["stock.picking"].search([
        ("state", "in", ("confirmed", "assigned")),
        ("picking_type_code", "!=", "outgoing"),
    ])
    if pickings:
        pickings.action_assign()
    ready = pickings.filtered(lambda picking: picking.state == "assigned")
    for picking in ready:
        validate(picking)
    return len(ready)


def validate(picking):
    picking.move_ids.picked = True
    answer = picking.with_context(skip_sms=True, skip_backorder=True).button_validate()
    assert answer is True, answer


def make(production, quantity):
    """Make `quantity` and leave the rest to a backorder."""
    if production.product_id.tracking == "serial":
        for _piece in range(int(quantity)):
            values = production._prepare_stock_lot_values()
            production.lot_producing_ids += env["stock.lot"].create(values)
    production.qty_producing = quantity
    production._set_qty_producing()
    rest = production.ids if quantity < production.product_qty else []
    production.with_context(
        skip_backorder=True, mo_ids_to_backorder=rest
    ).button_mark_done()
    assert production.state == "done", (
        production.display_name, production.product_id.name, production.state,
        production.qty_producing, production.move_raw_ids.mapped("state"))


def make_parts(order):
    """Make what is ready, but not the sold product; return how many there were."""
    productions = env["mrp.production"].search([
        ("state", "in", ("confirmed", "progress", "to_close")),
        ("product_id", "not in", order.order_line.product_id.ids),
        ("bom_id.type", "=", "normal"),
    ])
    productions.action_assign()
    ready = productions.filtered(lambda mo: mo.reservation_state == "assigned")
    for production in ready:
        make(production, production.product_qty)
    return len(ready)


def work(order):
    """Go on until nothing moves any more."""
    for _round in range(30):
        buy()
        if not transfer() + make_parts(order):
            return
    raise AssertionError("the factory never comes to rest")
'''

HALF = (
    FACTORY
    + """
product = env.ref("mto_demo.product_cargo_bike")
order = env["sale.order"].create({
    "partner_id": env["res.partner"].create({"name": "A customer who waits"}).id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 2})],
})
order.action_confirm()
work(order)
production = order.mrp_production_ids.filtered(lambda mo: mo.product_id == product)
production.action_assign()
make(production, 1)
result = {"order": order.id, "made": production.qty_produced}
"""
)

REST = (
    FACTORY
    + """
order = env["sale.order"].browse(%(order)s)
work(order)
product = order.order_line.product_id
rest = env["mrp.production"].search([
    ("product_id", "=", product.id),
    ("reference_ids", "in", order.stock_reference_ids.ids),
    ("state", "not in", ("done", "cancel")),
])
rest.action_assign()
make(rest, rest.product_qty)
order.picking_ids.action_assign()
validate(order.picking_ids)
order._create_invoices().action_post()
result = {
    "made": rest.qty_produced,
    "delivered": order.order_line.qty_delivered,
    "invoiced": order.order_line.qty_invoiced,
    "invoice": order.invoice_ids.state,
    "open": env["mrp.production"].search_count([
        ("reference_ids", "in", order.stock_reference_ids.ids),
        ("state", "not in", ("done", "cancel")),
    ]),
}
"""
)


def run(databases, name, script):
    """Run a script in a shell on the database; return what it put into `result`."""
    output = odoo.run_command(
        databases.server,
        "shell",
        f"--database={name}",
        "--no-http",
        script="\n".join(
            [
                "import json",
                f"source = {script!r}",
                "names = {'env': env}",
                "exec(source, names)",
                "env.cr.commit()",
                f"print('{RESULT}' + json.dumps(names['result']))",
            ]
        ),
    )
    lines = [line for line in output.splitlines() if RESULT in line]
    assert lines, output
    return json.loads(lines[-1].split(RESULT)[1])


def test_half_made_then_without_the_suite(databases, demo_database):
    name = demo_database
    half = run(databases, name, HALF)
    assert half["made"] == 1
    for module in reversed(modules.ours(demo=True)):
        odoo.uninstall(databases.server, name, module)
    installed = databases.server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", database=name
    )
    assert not {row[0] for row in installed} & set(modules.ours(demo=True))
    rest = run(databases, name, REST % half)
    assert rest == {
        "made": 1,
        "delivered": 2,
        "invoiced": 2,
        "invoice": "posted",
        "open": 0,
    }
