"""Public methods as an integration calls them: XML-RPC, JSON-2, a read-only cursor.

Each read-only method of the suite is listed once in `CALLS`. Whatever it returns must
pass through both protocols unchanged, and with the same answer.
"""

import json
import urllib.error
import urllib.request
import xmlrpc.client

import pytest

from stack import odoo

# model, method, name of the record in the demonstration; behind the name of an order
# line or a programme stands one of BEHIND_LINE
CALLS = [
    ("product.product", "get_supply_decision", "product_bicycle"),
    ("sale.order.line", "get_supply_decision", "order_line_quoted_cargo_bike"),
    ("mrp.bom.line", "get_supply_decision", "bom_line_bicycle_frame"),
    ("stock.move", "get_supply_decision", "order_line_bicycle_bicycle.move_ids"),
    ("sale.order", "get_pegging", "order_cargo"),
    ("sale.order", "get_supply_changes", "order_cargo"),
    ("mto.customer.order", "get_serve_first_offers", "order_cargo"),
    ("sale.order", "preview_change", "order_cargo"),
    ("mrp.production", "get_demand", "order_line_bicycle_bicycle.productions"),
    ("purchase.order", "get_demand", "order_line_bicycle_bicycle.purchases"),
    ("stock.picking", "get_demand", "order_line_bicycle_bicycle.pickings"),
    ("product.product", "get_demand", "product_bicycle"),
    ("product.template", "get_demand", "order_line_bicycle_bicycle.templates"),
    ("stock.quant", "get_demand", "order_line_bicycle_bicycle.quants"),
    ("mrp.workorder", "get_demand", "order_line_bicycle_bicycle.work_orders"),
    ("product.product", "get_supply_path", "product_bicycle"),
    ("mrp.bom", "get_supply_path", "bom_bicycle"),
    ("mrp.bom", "preview_change", "bom_bicycle"),
    ("mrp.production", "get_launch_check", "order_line_bicycle_bicycle.productions"),
    ("mrp.production", "get_variance", "order_line_bicycle_bicycle.productions"),
    ("sale.order.line", "get_order_result", "order_line_bicycle_bicycle"),
    ("sale.order", "preview_cascade", "order_quoted"),
    ("product.product", "get_supply_problems", "product_bicycle"),
    ("sale.order", "get_supply_problems", "order_quoted"),
    ("sale.order", "get_promise", "order_quoted"),
    ("product.product", "get_promise", "product_bicycle"),
    ("operation.exception", "get_open", None),
    ("operation.exception", "get_actions", "exception_late"),
    ("operation.exception.review", "get_review", "exception_review"),
    ("rollout.gate", "get_status", "programme_two_plant.gates"),
    ("rollout.programme", "get_dashboard", "programme_two_plant"),
    ("rollout.audit.head", "get_head", "programme_two_plant.heads"),
    ("mto.demo", "get_bicycle_table", None),
    ("readiness.check", "get_readiness", None),
]

# The first record of an order line, or of a programme.
BEHIND_LINE = {
    "gates": "SELECT min(id) FROM rollout_gate WHERE programme_id = %s",
    "heads": "SELECT min(id) FROM rollout_audit_head WHERE programme_id = %s",
    "move_ids": "SELECT min(id) FROM stock_move WHERE sale_line_id = %s",
    "pickings": "SELECT min(picking_id) FROM stock_move WHERE sale_line_id = %s",
    "productions": "SELECT min(id) FROM mrp_production WHERE demand_line_id = %s",
    "purchases": """SELECT min(bought.order_id)
        FROM stock_move demand
        JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = demand.id
        JOIN purchase_order_line bought ON bought.id = rel.created_purchase_line_id
        WHERE demand.demand_line_id = %s""",
    "templates": """SELECT product.product_tmpl_id
        FROM sale_order_line line
        JOIN product_product product ON product.id = line.product_id
        WHERE line.id = %s""",
    "quants": """SELECT min(quant.id)
        FROM stock_move demand
        JOIN stock_quant quant ON quant.product_id = demand.product_id
        WHERE demand.demand_line_id = %s""",
    "work_orders": """SELECT min(work_order.id)
        FROM mrp_production production
        JOIN mrp_workorder work_order ON work_order.production_id = production.id
        WHERE production.demand_line_id = %s""",
}

MAKE_KEY = """
user = env.ref("base.user_admin")
env = env(user=user)
key = env["res.users.apikeys"]._generate("rpc", "test", None)
print("KEY=" + key)
env.cr.commit()
"""


def arguments(site, name):
    """Return the ids to call a method on, or none for a method of the model."""
    if not name:
        return []
    name, _dot, behind = name.partition(".")
    found = site.query(
        "SELECT res_id FROM ir_model_data WHERE module = 'mto_demo' AND name = %s",
        [name],
    )[0]
    if behind:
        found = site.query(BEHIND_LINE[behind], found)[0]
    return list(found)


@pytest.fixture(scope="module")
def api_key(demo_site):
    """A bearer key of the administrator, made the way Odoo makes them."""
    output = odoo.run_command(
        demo_site.databases.server,
        "shell",
        f"--database={demo_site.name}",
        "--no-http",
        script=MAKE_KEY,
    )
    return next(
        line.split("KEY=")[1].strip() for line in output.splitlines() if "KEY=" in line
    )


def over_xmlrpc(site, model, method, ids):
    proxy = xmlrpc.client.ServerProxy(f"{site.url}/xmlrpc/2/common")
    uid = proxy.authenticate(site.name, "admin", "admin", {})
    objects = xmlrpc.client.ServerProxy(f"{site.url}/xmlrpc/2/object")
    positional = [ids] if ids else []
    return objects.execute_kw(site.name, uid, "admin", model, method, positional)


def over_json2(site, key, model, method, ids):
    request = urllib.request.Request(
        f"{site.url}/json/2/{model}/{method}",
        json.dumps({"ids": ids} if ids else {}).encode(),
        {"Authorization": f"bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize(("model", "method", "name"), CALLS)
def test_same_answer_everywhere(demo_site, api_key, model, method, name):
    ids = arguments(demo_site, name)
    before = over_xmlrpc(demo_site, model, method, ids)
    answer = over_json2(demo_site, api_key, model, method, ids)
    assert answer
    # What counts from now may move on a minute between two calls, not between three.
    assert before == answer or over_xmlrpc(demo_site, model, method, ids) == answer
    if ids:
        assert [(row["id"], row["model"]) for row in answer] == [(ids[0], model)]


@pytest.mark.parametrize(("model", "method", "name"), CALLS)
def test_needs_no_write(demo_site, model, method, name):
    """The method runs on a cursor that PostgreSQL itself keeps from writing."""
    ids = arguments(demo_site, name)
    script = f"""
env.cr.execute("SET TRANSACTION READ ONLY")
method = getattr(env["{model}"].browse({ids}), "{method}")
assert method(), "no answer"
assert getattr(type(env["{model}"]).{method}, "_readonly", False), "not @api.readonly"
print("READ ONLY")
"""
    output = odoo.run_command(
        demo_site.databases.server,
        "shell",
        f"--database={demo_site.name}",
        "--no-http",
        script=script,
    )
    assert "READ ONLY" in output


def test_a_wrong_key_is_refused(demo_site):
    with pytest.raises(urllib.error.HTTPError) as refused:
        over_json2(demo_site, "0" * 40, "product.product", "get_supply_decision", [1])
    assert refused.value.code == 401
