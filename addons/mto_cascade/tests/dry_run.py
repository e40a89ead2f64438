"""Compares what was foretold with what confirming then does."""

import random
from collections import Counter

from odoo import Command, fields

from .lives import LifeError, Structure


class Documents:
    """What is made and asked for in a database, at one moment."""

    def __init__(self, env):
        self.env = env
        env.flush_all()
        orders = env["mrp.production"].search([("state", "!=", "cancel")])
        lines = env["purchase.order.line"].search([("state", "!=", "cancel")])
        moves = env["stock.move"].search([("state", "!=", "cancel")])
        self.made = {order: order.product_uom_qty for order in orders}
        self.asked = {line: line._get_requested_quantity() for line in lines}
        self.served = {line: line.move_dest_ids for line in lines}
        self.brought = {move: move.product_qty for move in moves if self._brings(move)}

    def _brings(self, move):
        """Whether goods are brought to a demand from another place."""
        return (
            move._is_pulled()
            and move.move_dest_ids
            and move.location_id.usage == "transit"
        )

    def since(self, before):
        """Multiset of what was made or enlarged since then, without reordering rules.

        (model, status, product, quantity, whom it serves)
        """
        found = Counter()
        for order, quantity in self.made.items():
            self._add(found, before.made, order, quantity, self._of_production(order))
        for line, quantity in self.asked.items():
            served = self._of_line(line, before.served.get(line))
            self._add(found, before.asked, line, quantity, served)
        for move, quantity in self.brought.items():
            self._add(found, before.brought, move, quantity, self._of_move(move))
        return found

    def _add(self, found, before, record, quantity, served):
        change = round(quantity - before.get(record, 0.0), 2)
        if record in before and change <= 0 or record.orderpoint_id:
            return
        model = record._name
        if model == "purchase.order.line":
            model = "purchase.order"
        status = "enlarged" if record in before else "new"
        found[model, status, record.product_id.name, change, served] += 1

    def _of_production(self, order):
        return ((order.demand_line_id.id, order.demand_level),)

    def _of_move(self, move):
        return ((move.demand_line_id.id, move.demand_level),)

    def _of_line(self, line, before):
        demands = line.move_dest_ids - (before or line.move_dest_ids.browse())
        if not line.move_dest_ids:
            return ((line.sale_line_id.id, 0),)
        return tuple(sorted({(m.demand_line_id.id, m.demand_level) for m in demands}))


def foretold(answer):
    """The same multiset, of what a preview says."""
    found = Counter()
    for supply in answer["supplies"]:
        served = {(one["order_line_id"], one["level"]) for one in supply["serves"]}
        key = (supply["model"], supply["status"], supply["product"])
        found[(*key, round(supply["quantity"], 2), tuple(sorted(served)))] += 1
    return found


def compare(orders, linked=True):
    """Confirm orders one after the other, as they were foretold together.

    :param bool linked: whether Odoo links all that it orders with whom it serves
    :return: [what differs, in words], empty when nothing does
    """
    problems = []
    answers = orders.preview_cascade()
    for order, answer in zip(orders, answers, strict=True):
        before = Documents(order.env)
        order.action_confirm()
        order.env.invalidate_all()
        done = Documents(order.env).since(before)
        said = foretold(answer)
        if not linked:
            done, said = _without_served(done), _without_served(said)
        problems += [f"{order.name}: not foretold {key}" for key in done - said]
        problems += [f"{order.name}: not done {key}" for key in said - done]
    return problems


def _without_served(found):
    result = Counter()
    for (*key, _served), count in found.items():
        result[(*key,)] += count
    return result


def compare_structure(env, seed):
    """Foretell and confirm random orders of a random factory; leaves nothing behind.

    :raise LifeError: when confirming does something else
    """
    savepoint = env.cr.savepoint()
    try:
        play = RandomOrders(env, seed)
        if problems := compare(play.orders, play.is_linked):
            raise LifeError("\n  ".join([play.tell(), *problems]))
    finally:
        savepoint.close(rollback=True)
        env.registry.clear_all_caches()


class RandomOrders:
    """Quotations on a random factory; everything follows from the seed."""

    def __init__(self, env, seed):
        self.env = env(context=dict(env.context, tracking_disable=True))
        self.seed = seed
        self.chance = random.Random(seed)
        self.structure = Structure(self.env, self.chance)
        self._shape_vendors()
        self._choose_settings()
        self.customer = self.env["res.partner"].create({"name": "Customer"})
        # Some of the stock is promised and some orders are open before.
        for _number in range(self.chance.randint(0, 2)):
            self._create_order().action_confirm()
        self.orders = self.env["sale.order"].browse(
            [self._create_order().id for _number in range(self.chance.randint(1, 3))]
        )

    def _shape_vendors(self):
        """Minimums, packs and requests in common."""
        chance = self.chance
        for price in self.structure.products.seller_ids:
            if chance.random() < 0.4:
                price.min_qty = chance.choice((5, 12, 40))
            if chance.random() < 0.2:
                price.product_uom_id = self.structure.dozen
        for vendor in self.structure.vendors:
            vendor.group_rfq = chance.choice(("default", "all", "day", "week"))

    def _choose_settings(self):
        chance, company = self.chance, self.env.company
        company.supply_preset = chance.choice(
            (False, False, "all", "assemblies", "sold_product")
        )
        warehouse = self.structure.warehouse
        if chance.random() < 0.4:
            warehouse.delivery_steps = chance.choice(("pick_ship", "pick_pack_ship"))
        if chance.random() < 0.5:
            warehouse.manufacture_steps = chance.choice(("pbm", "pbm_sam"))
        for operation in (
            warehouse.out_type_id | warehouse.pick_type_id | warehouse.manu_type_id
        ):
            operation.reservation_method = chance.choice(
                ("at_confirm", "at_confirm", "manual", "by_date")
            )
        # Odoo links nothing that is ordered by this method.
        self.is_linked = chance.random() < 0.7
        if not self.is_linked:
            self.structure.route.rule_ids.procure_method = "mts_else_mto"

    def _create_order(self):
        chance = self.chance
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "commitment_date": fields.Datetime.add(
                    fields.Datetime.now(), days=chance.choice((3, 10, 30))
                ),
                "order_line": [
                    Command.create(self._make_line())
                    for _number in range(chance.randint(1, 3))
                ],
            }
        )

    def _make_line(self):
        chance = self.chance
        line = {
            "product_id": chance.choice(self.structure.sold).id,
            "product_uom_qty": chance.randint(1, 6),
        }
        if chance.random() < 0.15:
            line["supply_policy"] = chance.choice(("make_to_order", "stock_then_order"))
            line["supply_scope"] = chance.choice(("product", "all"))
        if chance.random() < 0.1:
            line["product_uom_id"] = self.structure.dozen.id
        return line

    def tell(self):
        told = [f"{name} from {parts}" for name, parts in self.structure.told]
        lines = [
            f"{line.order_id.name} {line.id}: {line.product_uom_qty:g} "
            f"{line.product_uom_id.name} {line.product_id.name} {line.supply_policy}"
            for line in self.orders.order_line
        ]
        warehouse = self.structure.warehouse
        settings = (
            f"{self.structure.vendors.mapped('group_rfq')} "
            f"{self.env.company.supply_preset} {warehouse.delivery_steps} "
            f"{warehouse.manufacture_steps}"
        )
        return "\n  ".join([f"seed {self.seed}: {settings}", *told, *lines])
