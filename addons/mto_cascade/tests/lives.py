"""Random structures and the lives of random orders, and what must hold of them.

Everything follows from the seed: a failure is repeated by ``live(env, seed)``. Used by
the tests and by a soak job that plays thousands of lives.
"""

import random
from collections import defaultdict

from odoo import Command, fields
from odoo.fields import Domain

OPEN = Domain("state", "not in", ("draft", "done", "cancel"))
ORDERED = ("make_to_order", "stock_then_order", "route")
PLENTY = 1000000.0
# Core rounds reservations to hundredths of the unit of a demand, here of a dozen.
ROUNDED = 0.25


class LifeError(AssertionError):
    """What did not hold, with the seed and the steps that led to it."""


def live(env, seed, steps=9, life_class=None):
    """Play the life of one seed; leaves nothing behind.

    :param env: with all rights
    :param int seed: decides structures, orders and steps
    :param int steps: how many steps after the first order
    :param life_class: a subclass of ``Life`` to be lived
    :return: [names of the steps that were done]
    :raise LifeError: when something did not hold
    """
    savepoint = env.cr.savepoint()
    life = None
    try:
        life = (life_class or Life)(env, seed)
        life.play(steps)
    except LifeError:
        raise
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise LifeError(
            life.tell(problem) if life else f"seed {seed}: {problem}"
        ) from error
    finally:
        savepoint.close(rollback=True)
        env.registry.clear_all_caches()
    return life.done


def run_lives(env, seeds, steps=9):
    """Play several lives.

    :return: {seed: what did not hold}, empty when all is well
    """
    problems = {}
    for seed in seeds:
        try:
            live(env, seed, steps)
        except LifeError as error:
            problems[seed] = str(error)
    return problems


class Structure:
    """Sold products, sub-assemblies and parts of a random factory."""

    def __init__(self, env, chance):
        self.env = env
        self.chance = chance
        self.dozen = env.ref("uom.product_uom_dozen")
        self.route = env.ref("stock.route_warehouse0_mto")
        self.route.active = True
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.ways = {}
        self.vendors = env["res.partner"].create(
            [
                {
                    "name": f"Vendor {number}",
                    "group_rfq": chance.choice(("default", "default", "all")),
                }
                for number in range(2)
            ]
        )
        self.batched = env["product.product"]
        self.levels = [self._make_parts(chance.randint(2, 3))]
        for level in range(1, chance.randint(2, 4)):
            self.levels.append(self._make_assemblies(level, chance.randint(1, 2)))
        self.sold = self.levels[-1] | chance.choice(list(self._get_below()))
        self.products = env["product.product"].union(*self.levels)
        # Read now: no query can be made after an error of the database.
        self.told = [
            (
                f"{product.name}={way} of {product.qty_available:g}",
                ", ".join(
                    f"{line.product_qty:g} {line.product_uom_id.name} "
                    f"{line.product_id.name}"
                    for line in product.bom_ids.bom_line_ids
                )
                or "bought",
            )
            for product, way in self.ways.items()
        ]

    def _make_product(self, name, **vals):
        chance = self.chance
        way = chance.choice((*ORDERED, *ORDERED, "make_to_stock", "plain"))
        policy = way if way not in ("route", "plain") else "inherit"
        product = self.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "supply_policy": policy,
                "route_ids": self.route.ids if way == "route" else [],
                **vals,
            }
        )
        self.ways[product] = way
        if way in ("make_to_stock", "plain"):
            self.add_stock(product, PLENTY)
        elif chance.random() < 0.5:
            self.add_stock(product, chance.randint(1, 8))
        return product

    def add_stock(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(
            product, self.warehouse.lot_stock_id, quantity
        )

    def _make_parts(self, count):
        parts = self.env["product.product"]
        for number in range(count):
            seller = {
                "partner_id": self.chance.choice(self.vendors).id,
                "delay": self.chance.choice((0, 2, 12)),
                "price": 10,
            }
            parts |= self._make_product(
                f"Part {number}", seller_ids=[Command.create(seller)]
            )
        return parts

    def _get_below(self):
        return self.env["product.product"].union(*self.levels[:-1])

    def _make_assemblies(self, level, count):
        below = self.env["product.product"].union(*self.levels)
        made = self.env["product.product"]
        for number in range(count):
            product = self._make_product(f"Level {level} {number}")
            made |= product
            kit = level < 3 and self.chance.random() < 0.12
            components = self.chance.sample(
                list(below), k=min(len(below), self.chance.randint(1, 3))
            )
            if not set(components) & set(self.levels[-1]):
                components[0] = self.chance.choice(self.levels[-1])
            self._make_bom(product, components, kit)
        return made

    def _make_bom(self, product, components, kit):
        chance = self.chance
        vals = {}
        if kit:
            vals["type"] = "phantom"
            self.ways[product] = "kit"
        elif chance.random() < 0.15:
            vals.update(enable_batch_size=True, batch_size=chance.randint(2, 3))
            self.batched |= product
        lines = []
        for component in components:
            in_dozens = chance.random() < 0.1
            lines.append(
                Command.create(
                    {
                        "product_id": component.id,
                        "product_qty": 1 if in_dozens else chance.randint(1, 3),
                        "product_uom_id": (
                            self.dozen.id if in_dozens else component.uom_id.id
                        ),
                    }
                )
            )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "produce_delay": chance.choice((0, 1, 3)),
                "bom_line_ids": lines,
                **vals,
            }
        )


class Life:
    """The orders of one seed, what happens to them, and what must hold."""

    # After these there may be more than anybody asks for.
    _leaves_more = ("lower_line", "raise_production", "find_goods")

    def __init__(self, env, seed):
        self.env = env(context=dict(env.context, tracking_disable=True))
        self.seed = seed
        self.chance = random.Random(seed)
        self.done = []
        self.structure = Structure(self.env, self.chance)
        self.products = self.structure.products
        self.customer = self.env["res.partner"].create({"name": "Customer"})
        self.orders = self.env["sale.order"]

    def tell(self, problem):
        told = [f"{name} from {parts}" for name, parts in self.structure.told]
        return "\n  ".join([f"seed {self.seed}: {problem}", *told, *self.done])

    def check(self, holds, problem):
        if not holds:
            self.fail(problem)

    def fail(self, problem):
        """For problems that take long to tell."""
        raise LifeError(self.tell(problem))

    # The life

    def play(self, steps):
        self._do(self.confirm)
        acts = self._get_acts()
        for _number in range(steps):
            act = self.chance.choices(
                [act for act, _weight in acts], [weight for _act, weight in acts]
            )[0]
            self._do(act)
        self.finish()

    def _get_acts(self):
        """[(what can happen, how often)]"""
        return [
            (self.confirm, 2),
            (self.raise_line, 4),
            (self.lower_line, 3),
            (self.add_line, 3),
            (self.split, 3),
            (self.merge, 3),
            (self.produce_some, 3),
            (self.receive_some, 3),
            (self.deliver_some, 3),
            (self.raise_production, 2),
            (self.reserve_again, 2),
            (self.buy, 4),
            (self.change_policy, 1),
            (self.find_goods, 1),
        ]

    def _do(self, act):
        before = self._get_surplus()
        told = act()
        if not told:
            return
        self.env.flush_all()
        self.env.invalidate_all()
        self.done.append(f"{act.__name__}: {told}")
        self.check_covered()
        self.check_reserved()
        if act.__name__ not in self._leaves_more:
            self.check_nothing_doubled(before)

    def confirm(self):
        if len(self.orders) >= 3:
            return False
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "commitment_date": fields.Datetime.add(
                    fields.Datetime.now(), days=self.chance.choice((3, 10, 30))
                ),
                "order_line": [
                    Command.create(self._make_line())
                    for _number in range(self.chance.randint(1, 2))
                ],
            }
        )
        order.action_confirm()
        self.orders |= order
        return f"{order.name} {self._tell_lines(order.order_line)}"

    def _make_line(self):
        product = self.chance.choice(self.structure.sold)
        in_dozens = self.chance.random() < 0.1
        return {
            "product_id": product.id,
            "product_uom_qty": 1 if in_dozens else self.chance.randint(1, 6),
            "product_uom_id": (
                self.structure.dozen.id if in_dozens else product.uom_id.id
            ),
        }

    def _tell_lines(self, lines):
        return ", ".join(
            f"{line.product_uom_qty:g} {line.product_uom_id.name} of "
            f"{line.product_id.name}"
            for line in lines
        )

    def _choose_line(self, lines):
        return self._choose(lines.filtered(lambda line: line.state == "sale"))

    def _choose_order(self, state="sale"):
        return self._choose(self.orders.filtered(lambda o: o.state == state))

    def _name(self, line):
        return f"{line.order_id.name} {line.product_id.name}"

    def raise_line(self):
        line = self._choose_line(self.orders.order_line)
        if not line:
            return False
        before = line.product_uom_qty
        line.product_uom_qty += self.chance.randint(1, 4)
        return f"{self._name(line)} {before:g} -> {line.product_uom_qty:g}"

    def lower_line(self):
        line = self._choose_line(
            self.orders.order_line.filtered(
                lambda line: line.product_uom_qty > max(line.qty_delivered, 1)
            )
        )
        if not line:
            return False
        before = line.product_uom_qty
        least = max(int(line.qty_delivered + 0.999), 1)
        if least >= before:
            return False
        self._lower(line, self.chance.randint(least, int(before) - 1 or least))
        return f"{self._name(line)} {before:g} -> {line.product_uom_qty:g}"

    def _lower(self, line, quantity):
        line.product_uom_qty = quantity

    def add_line(self):
        order = self._choose_order()
        if not order:
            return False
        order.order_line = [Command.create(self._make_line())]
        return f"{order.name} {self._tell_lines(order.order_line[-1:])}"

    def split(self):
        production = self._choose(
            self._get_productions().filtered(
                lambda mo: mo.state == "confirmed" and mo.product_qty >= 2
            )
        )
        if not production:
            return False
        quantity = int(production.product_qty)
        first = self.chance.randint(1, quantity - 1)
        production._split_productions({production: [first, quantity - first]})
        return f"{production.product_id.name} {first} + {quantity - first}"

    def merge(self):
        groups = (
            self._get_productions()
            .filtered(lambda mo: mo.state == "confirmed")
            .grouped("bom_id")
        )
        several = [group for group in groups.values() if len(group) > 1]
        if not several:
            return False
        productions = self.chance.choice(several)[:2]
        told = f"{productions.product_id.name} {productions.mapped('product_qty')}"
        productions.action_merge()
        return told

    def produce_some(self):
        production = self._choose(self._get_ready_productions())
        if not production:
            return False
        return self._produce(
            production, self.chance.randint(1, int(production.product_qty))
        )

    def receive_some(self):
        return self._move_some("incoming")

    def deliver_some(self):
        return self._move_some("outgoing")

    def _move_some(self, kind):
        picking = self._choose(self._get_ready_pickings(kind))
        if not picking:
            return False
        told = []
        for move in picking.move_ids.filtered(lambda m: m.quantity):
            quantity = self.chance.uniform(0, move.quantity)
            quantity = max(1, int(quantity)) if quantity < move.quantity else quantity
            move.quantity = min(quantity, move.quantity)
            move.picked = True
            told.append(f"{move.quantity:g} {move.product_id.name}")
        picking._action_done()
        return f"{picking.name} {told}"

    def raise_production(self):
        production = self._choose(
            self._get_productions().filtered(lambda mo: mo.state == "confirmed")
        )
        if not production:
            return False
        before = production.product_qty
        self.env["change.production.qty"].create(
            {
                "mo_id": production.id,
                "product_qty": before + self.chance.randint(1, 3),
            }
        ).change_prod_qty()
        return f"{production.product_id.name} {before:g} -> {production.product_qty:g}"

    def reserve_again(self):
        picking = self._choose(
            self._get_pickings("outgoing").filtered(lambda p: p.state != "draft")
        )
        production = self._choose(self._get_productions())
        if picking:
            picking.do_unreserve()
            if picking.move_ids.filtered(
                lambda m: m.state in ("waiting", "confirmed", "partially_available")
            ):
                picking.action_assign()
        if production:
            production.do_unreserve()
            production.action_assign()
        return f"{picking.name or ''} {production.name or ''}"

    def buy(self):
        purchase = self._choose(self._get_requests())
        if not purchase:
            return False
        purchase.button_confirm()
        return f"{purchase.name}"

    def change_policy(self):
        product = self._choose(
            self.products.filtered(
                lambda p: (
                    self.structure.ways[p] in ("make_to_order", "stock_then_order")
                )
            )
        )
        if not product:
            return False
        way = self.structure.ways[product]
        other = "make_to_order" if way == "stock_then_order" else "stock_then_order"
        product.supply_policy = self.structure.ways[product] = other
        return f"{product.name} {other}"

    def find_goods(self):
        product = self._choose(
            self.products.filtered(lambda p: self.structure.ways[p] != "kit")
        )
        self.structure.add_stock(product, quantity := self.chance.randint(1, 4))
        return f"{quantity} {product.name}"

    # The end

    def finish(self):
        """Receive all, produce from the bottom up, deliver: nothing may be stuck."""
        self._buy_all()
        for picking in self._get_ready_pickings("incoming"):
            self._move_all(picking)
        while ready := self._get_ready_productions():
            for production in ready:
                if production.reservation_state == "assigned":
                    self._produce(production, production.product_qty)
        self._assign(self._get_pickings("outgoing"))
        for picking in self._get_pickings("outgoing"):
            self._move_all(picking)
        self.env.flush_all()
        self.env.invalidate_all()
        self.done.append("finish")
        open_orders = self._get_productions()
        self.check(
            not open_orders,
            f"not made: {open_orders.mapped('display_name')} "
            f"{[self._tell_move(m) for m in open_orders.move_raw_ids]}"
            + "".join(
                self._tell_product(p) for p in open_orders.move_raw_ids.product_id
            ),
        )
        waiting = self.env["stock.move"].search(
            OPEN & Domain("product_id", "in", self.products.ids)
        )
        self.check(
            not waiting,
            f"not moved: {[self._tell_move(move) for move in waiting]}"
            + "".join(self._tell_product(p) for p in waiting.product_id),
        )
        for line in self.orders.order_line:
            off = abs(line.qty_delivered - line.product_uom_qty)
            # Odoo rounds what each delivery brings to a hundredth of a dozen.
            in_dozens = line.product_uom_id != line.product_id.uom_id
            most = 0.005 * len(line.move_ids) if in_dozens else 0.0
            self.check(
                off <= most + 1e-9,
                f"delivered {line.qty_delivered:g} of {self._tell_lines(line)}",
            )

    def _buy_all(self):
        self._get_requests().button_confirm()

    def _move_all(self, picking):
        moves = picking.move_ids.filtered(lambda m: m.quantity)
        if moves:
            moves.picked = True
            picking._action_done()

    def _produce(self, production, quantity):
        told = f"{quantity:g} of {production.product_qty:g}"
        told += f" {production.product_id.name}"
        production.qty_producing = quantity
        production._set_qty_producing()
        rest = production.ids if quantity < production.product_qty else []
        production.with_context(
            skip_consumption=True, skip_backorder=True, mo_ids_to_backorder=rest
        ).button_mark_done()
        self.check(production.state == "done", f"{told} is {production.state}")
        return told

    # Reading

    def _choose(self, records):
        return self.chance.choice(list(records)) if records else records

    def _get_requests(self):
        return self.env["purchase.order"].search(
            [
                ("order_line.product_id", "in", self.products.ids),
                ("state", "=", "draft"),
            ]
        )

    def _get_productions(self):
        return self.env["mrp.production"].search(
            [
                ("product_id", "in", self.products.ids),
                ("state", "not in", ("draft", "done", "cancel")),
            ],
            order="id",
        )

    def _get_ready_productions(self):
        productions = self._get_productions()
        productions.action_assign()
        return productions.filtered(lambda mo: mo.reservation_state == "assigned")

    def _get_pickings(self, kind):
        return self.env["stock.picking"].search(
            [
                ("move_ids.product_id", "in", self.products.ids),
                ("picking_type_code", "=", kind),
                ("state", "not in", ("draft", "done", "cancel")),
            ],
            order="id",
        )

    def _assign(self, pickings):
        for picking in pickings:
            if picking.move_ids.filtered(
                lambda m: m.state in ("waiting", "confirmed", "partially_available")
            ):
                picking.action_assign()

    def _get_ready_pickings(self, kind):
        pickings = self._get_pickings(kind)
        self._assign(pickings)
        return pickings.filtered(lambda p: any(p.move_ids.mapped("quantity")))

    def _tell_move(self, move):
        return (
            f"{move.id} ->{move.move_dest_ids.ids} "
            f"{move.quantity:g}/{move.product_uom_qty:g} {move.product_id.name} "
            f"{move.state} {move.procure_method} {move.supply_policy} "
            f"for {move.raw_material_production_id.name or move.picking_id.name} "
            f"from {move.move_orig_ids.mapped('state')} "
            f"{move.created_purchase_line_ids.mapped('state')}"
        )

    def _tell_product(self, product):
        moves = self.env["stock.move"].search(
            Domain("product_id", "=", product.id) & Domain("state", "!=", "cancel")
        )
        lines = self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)]
        )
        return "".join(
            [
                *(
                    f"\n    {self._tell_move(move)} origins {move.move_orig_ids.ids}"
                    for move in moves
                ),
                *(
                    f"\n    {line.order_id.name} {line.product_qty:g} {line.state} "
                    f"for {line.move_dest_ids.ids}"
                    for line in lines
                ),
            ]
        )

    # What must hold

    def _get_demands(self):
        moves = self.env["stock.move"].search(
            OPEN & Domain("product_id", "in", self.products.ids), order="id"
        )
        return moves.filtered(lambda m: m._leaves_stock() and m.product_uom_qty > 0)

    def check_covered(self):
        network = self.env["mto.supply.network"]
        demands = self._get_demands()
        stranded = self._find_stranded(demands)
        self.check(
            not stranded,
            f"stranded: {[(self._tell_move(m), q) for m, q in stranded.items()]}"
            + "".join(self._tell_product(m.product_id) for m in stranded),
        )
        for move in demands.filtered(lambda m: m.supply_policy == "make_to_order"):
            if move.procure_method != "make_to_order":
                self.fail(
                    f"not made to order any more: {self._tell_move(move)}"
                    f"{self._tell_product(move.product_id)}"
                )
        stock_first = demands.filtered(
            lambda m: m.supply_policy == "stock_then_order" and m.state != "assigned"
        )
        flow = network._load_open(stock_first | self._get_served_last()).solve()
        for move in stock_first:
            missing = flow.missing(move.id)
            # Core rounds what it reserves to the unit of the demand.
            lacks = move.product_id.uom_id._compute_quantity(
                missing, move.product_uom, round=False
            )
            if lacks > move.product_uom.rounding:
                self.fail(
                    f"stock first lacks {missing:g}: {self._tell_move(move)}"
                    f"{self._tell_product(move.product_id)}"
                )

    def _get_served_last(self):
        """Demands that a share of supply reaches after all others."""
        return self.env["stock.move"]

    def _find_stranded(self, demands):
        return self.env["mto.supply.network"]._find_stranded(demands)

    def check_reserved(self):
        """Reservations are backed by lines, and by goods."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
            ]
        )
        lines = self.env["stock.move.line"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
                ("state", "not in", ("draft", "done", "cancel")),
            ]
        )
        # What a subcontractor brings is no goods before it comes.
        lines = lines.filtered(lambda one: not one.move_id._should_bypass_reservation())
        reserved = defaultdict(float)
        for line in lines:
            reserved[line.product_id, line.location_id] += line.quantity_product_uom
        for quant in quants:
            unit = quant.product_id.uom_id
            name = quant.product_id.name
            found = reserved.pop((quant.product_id, quant.location_id), 0.0)
            self.check(
                unit.compare(found, quant.reserved_quantity) == 0,
                f"{name}: lines {found:g}, reserved {quant.reserved_quantity:g}",
            )
            # What a subcontractor used before he was given it is negative there.
            self.check(
                unit.compare(quant.reserved_quantity, max(quant.quantity, 0.0)) <= 0,
                f"{name}: reserved {quant.reserved_quantity:g} of {quant.quantity:g}",
            )
        self.check(not any(reserved.values()), f"lines without goods: {reserved}")

    def _get_surplus(self):
        """Return {product: on hand and open supply, less open demand}."""
        self.env.flush_all()
        surplus = defaultdict(float)
        for product in self.products:
            surplus[product] = product.qty_available
        moves = self.env["stock.move"].search(
            OPEN & Domain("product_id", "in", self.products.ids)
        )
        for move in moves:
            inside = move.location_id.usage == "internal"
            surplus[move.product_id] += (
                -move.product_qty if inside else (move.product_qty)
            )
        lines = self.env["purchase.order.line"].search(
            [
                ("product_id", "in", self.products.ids),
                ("state", "in", ("draft", "sent", "to approve")),
            ]
        )
        for line in lines:
            surplus[line.product_id] += line._get_requested_quantity()
        return surplus

    def check_nothing_doubled(self, before):
        """Nothing is ordered that nobody asked for, but the rest of a batch."""
        batched = self.structure.batched
        for product, surplus in self._get_surplus().items():
            way = self.structure.ways[product]
            if way == "kit":
                continue
            self.check(
                surplus > -ROUNDED or way not in ORDERED,
                f"{product.name}: {-surplus:g} are demanded and not supplied",
            )
            growth = surplus - before[product]
            if growth >= ROUNDED and not batched:
                self.fail(
                    f"{product.name}: {growth:g} more than anybody asked for"
                    f"{self._tell_product(product)}"
                )
