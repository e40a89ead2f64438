"""Random lives of orders that are changed, cancelled and confirmed again.

Extends the lives of mto_cascade: the same structures, more that happens to an order,
and what must hold where changes reach the factory.
"""

import random
from collections import defaultdict

from odoo import Command
from odoo.fields import Domain

from odoo.addons.mto_cascade.tests.lives import ROUNDED, Life, LifeError, live
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION

from ..models.mto_change_issue import LOST, SURPLUS


class ChangeLife(Life):
    """Orders that change their mind, in a factory that follows."""

    _leaves_more = (
        *Life._leaves_more,
        "lower_line",
        "cancel",
        "lower_to_zero",
        "cancel_production",
        "cancel_purchase",
    )

    def __init__(self, env, seed):
        super().__init__(env, seed)
        self.env.company.order_change_rules = True

    def _get_acts(self):
        return [
            (self.confirm, 2),
            (self.raise_line, 4),
            (self.lower_line, 5),
            (self.lower_to_zero, 2),
            (self.add_line, 2),
            (self.cancel, 3),
            (self.reconfirm, 5),
            (self.start_production, 2),
            (self.produce_some, 2),
            (self.receive_some, 2),
            (self.deliver_some, 2),
            (self.buy, 2),
            (self.reserve_again, 1),
            (self.cancel_production, 1),
            (self.cancel_purchase, 1),
        ]

    def _do(self, act):
        super()._do(act)
        self.check_deliveries()
        self.check_nothing_spare()
        self.check_warnings()

    # What happens

    def _lower(self, line, quantity):
        self._change(line.order_id, {"line_id": line.id, "quantity": quantity})

    def lower_to_zero(self):
        line = self._choose_line(
            self.orders.order_line.filtered(
                lambda line: line.product_uom_qty and not line.qty_delivered
            )
        )
        if not line or any(m.state == "done" for m in self._get_deliveries(line)):
            return False
        before = line.product_uom_qty
        self._change(line.order_id, {"line_id": line.id, "cancel": True})
        return f"{self._name(line)} {before:g} -> 0"

    def cancel(self):
        order = self._choose_order()
        if not order:
            return False
        self._change(order, {"cancel": True})
        return order.name

    def _change(self, order, change):
        """By hand or through the interface; what was foretold comes true."""
        preview = order.preview_change([change])[0]
        before = self._get_documents()
        if self.chance.random() < 0.5:
            order.apply_change([change], preview["fingerprint"])
        elif "line_id" in change:
            line = self.env["sale.order.line"].browse(change["line_id"])
            line.product_uom_qty = change.get("quantity", 0)
        else:
            order.action_cancel()
        self.env.flush_all()
        foretold = {
            row["node"]: row["quantity_after"]
            for row in preview["documents"]
            if row["model"] in (PRODUCTION, LINE)
        }
        now = self._get_documents()
        for node in before.keys() | now.keys():
            expected = foretold.get(node, before.get(node, 0.0))
            self.check(
                abs(now.get(node, 0.0) - expected) < 0.01,
                f"{node}: {expected:g} were foretold by {order.name} {change}, "
                f"{before.get(node)} became {now.get(node)}",
            )

    def _get_documents(self):
        """{node: quantity} of manufacturing orders and purchase lines."""
        productions = self.env[PRODUCTION].search(
            [("product_id", "in", self.products.ids), ("state", "!=", "cancel")]
        )
        lines = self.env[LINE].search(
            [("product_id", "in", self.products.ids), ("state", "!=", "cancel")]
        )
        return {
            **{f"{PRODUCTION},{mo.id}": self._get_made(mo) for mo in productions},
            **{f"{LINE},{line.id}": line._get_product_quantity() for line in lines},
        }

    def _get_made(self, production):
        """What was closed short brought less than it was made for."""
        if production.state != "done":
            return production.product_uom_qty
        return production.product_uom_id._compute_quantity(
            production.qty_produced, production.product_id.uom_id, round=False
        )

    def cancel_production(self):
        production = self._choose(
            self._get_productions().filtered(lambda mo: mo.state == "confirmed")
        )
        if not production:
            return False
        production.action_cancel()
        return f"{production.name} {production.product_id.name}"

    def cancel_purchase(self):
        purchase = self._choose(
            self.env["purchase.order"]
            .search(
                [
                    ("order_line.product_id", "in", self.products.ids),
                    ("state", "in", ("draft", "purchase")),
                ]
            )
            .filtered(lambda p: "done" not in p.picking_ids.mapped("state"))
        )
        if not purchase:
            return False
        purchase.button_cancel()
        return f"{purchase.name}"

    def reconfirm(self):
        order = self._choose_order("cancel")
        if not order:
            return False
        order.action_draft()
        order.action_confirm()
        return order.name

    def start_production(self):
        production = self._choose(
            self._get_ready_productions().filtered(lambda mo: mo.state == "confirmed")
        )
        if not production:
            return False
        production.action_start()
        return f"{production.name} {production.state} {production.product_id.name}"

    def finish(self):
        for order in self.orders.filtered(lambda o: o.state == "cancel"):
            order.action_draft()
            order.action_confirm()
        self.done.append("all confirmed again")
        lost = self._search_lost()
        for issue in lost:
            issue.action_run("change_order_again")
        if lost:
            self.done.append(f"{len(lost)} ordered again")
        super().finish()

    def make_order(self, *quantities):
        """A confirmed order with a line for each quantity."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.structure.sold[number % 2].id
                            if len(self.structure.sold) > 1
                            else self.structure.sold.id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for number, quantity in enumerate(quantities)
                ],
            }
        )
        order.action_confirm()
        self.orders |= order
        return order

    def count_supply(self):
        """{name of a product: quantity that is made and bought}"""
        result = defaultdict(float)
        for node, quantity in self._get_documents().items():
            model, _comma, res_id = node.partition(",")
            product = self.env[model].browse(int(res_id)).product_id
            result[product.name] += quantity
        return {
            name: round(quantity, 3) for name, quantity in result.items() if quantity
        }

    # What must hold

    def _search_lost(self):
        return self.env["operation.exception"].search(
            [("key", "=like", f"{LOST}%"), ("state", "=", "open")], order="id"
        )

    def _get_demands(self):
        """Who lost its supply is known to a person."""
        demands = super()._get_demands()
        return demands - self.env["mto.change.issue"]._get_lost(demands)

    def _get_served_last(self):
        """Who lost supply, and is known to a person."""
        return Life._get_demands(self) - self._get_demands()

    def _find_stranded(self, demands):
        """Where supply is shared, who lost it is served last."""
        stranded = super()._find_stranded(demands)
        lost = self._get_served_last()
        if not (stranded and lost):
            return stranded
        network = self.env["mto.supply.network"]
        everybody = network._get_neighbours(lost)[0]
        flow = network._load_waiting(lost).solve()
        return {
            move: missing
            for move, missing in stranded.items()
            if move not in everybody or flow.missing(move.id) >= ROUNDED
        }

    def _get_surplus(self):
        """What is lost is known to a person: it counts as supplied."""
        surplus = super()._get_surplus()
        lost = self.env["mto.change.issue"]._get_lost(Life._get_demands(self))
        missing = self.env["mto.change.resupply"]._find_missing(lost)
        for move, quantity in missing.items():
            surplus[move.product_id] += quantity
        return surplus

    def _get_deliveries(self, line):
        return line.move_ids.filtered(
            lambda m: m.state != "cancel"
            and not m.production_id
            and m.location_dest_id.usage == "customer"
        )

    def check_deliveries(self):
        """Deliveries are what is ordered: not less, not doubled, nothing comes back."""
        for line in self.orders.order_line:
            if self.structure.ways.get(line.product_id) == "kit":
                continue
            moves = self._get_deliveries(line)
            total = sum(move._get_demanded_quantity() for move in moves)
            wanted = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id
            )
            if line.state == "cancel":
                wanted = sum(
                    m._get_demanded_quantity() for m in moves if m.state == "done"
                )
            if abs(total - wanted) >= 0.01:
                self.fail(
                    f"{self._name(line)}: {total:g} delivered for {wanted:g}: "
                    f"{[self._tell_move(m) for m in line.move_ids]}"
                )

    def check_nothing_spare(self):
        """Nothing that can be stopped is made or bought beyond open demands."""
        supplies = self._get_changeable()
        network = self.env["mto.supply.network"]
        flow = network._load_open(self.env[MOVE], supplies).solve()
        for record in [*supplies[0], *supplies[1]]:
            key = ("move" if record._name == MOVE else "line", record.id)
            left = flow.left(key)
            batch = record._name == MOVE and record.product_id in self.structure.batched
            if left >= ROUNDED and not batch and not self._is_asked(record):
                self.fail(
                    f"{left:g} {record.product_id.name} too much in "
                    f"{record.display_name}{self._tell_product(record.product_id)}"
                )

    def _is_asked(self, record):
        """Whether a person is to decide: work was begun, and this is the rest."""
        production = record._name == MOVE and record.production_id
        if not (production and production.backorder_sequence > 1):
            return False
        return self.env["mto.change.issue"]._search_open(SURPLUS, production)

    def _get_changeable(self):
        rules = self.env["mto.change"]
        productions = self._get_productions().filtered(
            lambda mo: rules._get_rule(mo) == "by_itself"
        )
        lines = self.env[LINE].search(
            Domain("product_id", "in", self.products.ids)
            & Domain("state", "in", ("draft", "sent", "to approve"))
        )
        outputs = productions.move_finished_ids.filtered(
            lambda m: m.product_id == m.production_id.product_id and m.state != "cancel"
        )
        return outputs, lines

    def check_warnings(self):
        """No warning without a person."""
        nobody = self.env["mail.activity"].search(
            [
                ("user_id", "=", False),
                ("res_model", "in", ("sale.order", PRODUCTION, "purchase.order")),
            ]
        )
        self.check(
            not nobody,
            f"warnings of nobody: {[(a.res_name, a.note) for a in nobody]}",
        )


def live_changes(env, seed, steps=9):
    """Play one life, see ``lives.live``."""
    return live(env, seed, steps, ChangeLife)


def add_up(env, seed, steps=4):
    """Any sequence of changes ends with the supply of one change to the final values.

    :raise LifeError: when it does not
    """
    chance = random.Random(seed)
    path = [(chance.randint(0, 8), chance.randint(0, 8)) for _step in range(steps)]
    cancelled = {step for step in range(steps) if chance.random() < 0.3}
    found = _get_supply_after(env, seed, path, cancelled)
    direct = _get_supply_after(env, seed, path[-1:], set())
    if found != direct:
        raise LifeError(
            f"seed {seed}: {path}, cancelled and confirmed again after {cancelled}: "
            f"{found} instead of {direct}"
        )


def _get_supply_after(env, seed, path, cancelled):
    """{product: what is on its way} of an order that went this way."""
    savepoint = env.cr.savepoint()
    try:
        life = ChangeLife(env, seed)
        if life.structure.batched:
            # The rest of a batch depends on the way.
            return {}
        order = life.make_order(3, 5)
        for step, quantities in enumerate(path):
            for line, quantity in zip(order.order_line, quantities, strict=True):
                line.product_uom_qty = quantity
            if step in cancelled:
                order.action_cancel()
                order.action_draft()
                order.action_confirm()
        env.flush_all()
        env.invalidate_all()
        return life.count_supply()
    finally:
        savepoint.close(rollback=True)
        env.registry.clear_all_caches()
