"""The graph that is scheduled, loaded a level at a time for all demands at once.

As ``mto.supply.check`` walks: the resolver says how each need is supplied, the policies
decide, and equal needs are one node. Other than there, what stock may cover is followed
too: how much of it is there is known to the engine alone. What is taken from stock has
its replenishment as the only component, which no sales order decides.
"""

from dataclasses import dataclass, field, replace

from odoo import models, tools

from odoo.addons.mto_cascade.engine import MAKE_TO_ORDER, MAKE_TO_STOCK
from odoo.addons.mto_cascade.models.mto_supply_check import PathItem
from odoo.addons.mto_cascade.models.mto_supply_resolver import WITH_COMPONENTS

from ..engine import (
    BUY,
    DEFAULT_DELAY,
    KIT,
    LOOP,
    MANUFACTURE,
    NO_PRODUCE_DELAY,
    NO_SUPPLY,
    NO_VALID_PRICE,
    NO_VENDOR_DELAY,
    NOBODY_ORDERS,
    SUBCONTRACT,
    TRANSFER,
    Node,
    Remark,
)

# How an item is supplied: from stock only, from stock and then by an order, by an
# order, or it is there without anybody keeping its stock.
FROM_STOCK = "stock"
STOCK_FIRST = "first"
ORDERED = "order"
THERE = "there"
# What a person can order although no rule does.
BY_HAND = ("no_rule", "no_bom", "no_vendor", "no_valid_price")
ORDERPOINT_FIELDS = ["product_id", "warehouse_id", "route_id", "trigger"]
TAKES_TIME = (BUY, MANUFACTURE, SUBCONTRACT)
# How many transfers follow each other between a receipt and stock, at most.
MOST_PUSHES = 5


@dataclass(eq=False)
class PromiseMemory:
    """What one batch knows; ``path`` is the memory of ``mto.supply.check``.

    ``keys``: {item: key of its node}. ``steps``: {item: how it is supplied}, ``ways``:
    one of the words above, ``below``: [(item, bom line id or False)]. ``by_hand``:
    items that no rule orders. ``restocked``: {item: reordering rule, or False} of what
    fills stock. ``pools``: {(product id, location id): company id} of what is taken
    from it. ``operations``: the memory of ``mto.promise.operation``.
    """

    path: object
    keys: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    steps: dict = field(default_factory=dict)
    ways: dict = field(default_factory=dict)
    below: dict = field(default_factory=dict)
    by_hand: set = field(default_factory=set)
    restocked: dict = field(default_factory=dict)
    pools: dict = field(default_factory=dict)
    orderpoints: dict = field(default_factory=dict)
    asked: set = field(default_factory=set)
    factors: dict = field(default_factory=dict)
    operations: object = None

    @property
    def resolver(self):
        """The memory of ``mto.supply.resolver``."""
        return self.path.resolver


class PromiseStructure(models.AbstractModel):
    _name = "mto.promise.structure"
    _description = "Structure of What Is Promised"

    def _new_memory(self, companies):
        """A memory for one batch."""
        return PromiseMemory(self.env["mto.supply.check"]._new_memory(companies))

    def _build(self, items, memory):
        """Add the nodes of all items and of all that is below them to the memory.

        Needs sudo: vendors, bills of materials and rules are read.

        :param items: ``PathItem``s of ``mto.supply.check``
        """
        todo = list(dict.fromkeys(items))
        while todo:
            for item in todo:
                memory.keys[item] = len(memory.keys)
            self._walk(todo, memory)
            found = dict.fromkeys(
                child for item in todo for child, _line in memory.below[item]
            )
            todo = [item for item in found if item not in memory.keys]
        bom_ids = {step.bom_id for step in memory.steps.values() if step.bom_id}
        boms = self.env["mrp.bom"].browse(bom_ids)
        memory.operations = self.env["mto.promise.operation"]._load(boms)
        for item, key in memory.keys.items():
            memory.nodes[key] = self._make_node(item, memory)

    # One level

    def _walk(self, items, memory):
        """Find how the items are supplied and what is below them."""
        Resolver = self.env["mto.supply.resolver"]
        resolver = memory.resolver
        steps = Resolver._resolve([item.need for item in items], resolver)
        memory.steps.update((item, steps[item.need]) for item in items)
        self._order_by_hand(items, memory)
        self._decide(items, memory)
        if any(memory.ways[item] == FROM_STOCK for item in items):
            self._load_orderpoints(memory)
        ordered = [i for i in items if memory.ways[i] in (STOCK_FIRST, ORDERED)]
        components = Resolver._get_components(
            (
                memory.steps[item]
                for item in ordered
                if memory.steps[item].supply in WITH_COMPONENTS
            ),
            resolver,
        )
        for item in items:
            memory.below[item] = list(self._get_below(item, components, memory))

    def _get_below(self, item, components, memory):
        """Yield (item, id of the line of the bill of materials or False)."""
        step, way = memory.steps[item], memory.ways[item]
        if way == FROM_STOCK:
            if restock := self._get_restock(item, step, memory):
                yield restock, False
        elif way == THERE:
            return
        elif step.supply == "transfer":
            yield item._replace(need=step.replenishment), False
        elif step in components:
            Check = self.env["mto.supply.check"]
            found = components[step]
            levels = 0 if step.supply == "kit" else 1
            below = Check._get_items_below(item, found, levels, memory.path)
            for child, component in zip(below, found, strict=True):
                child = child._replace(is_restock=item.is_restock)
                yield child, component.bom_line_id

    def _get_restock(self, item, step, memory):
        """What fills the stock that an item is taken from: a need of that stock."""
        if not step.replenishment:
            return False
        warehouse_id = step.source_warehouse_id
        orderpoint = memory.orderpoints.get((item.need.product_id, warehouse_id))
        routes = tuple(orderpoint.route_id.ids) if orderpoint else ()
        need = step.replenishment._replace(route_ids=routes)
        restock = PathItem(need, memory.path.deepest, is_restock=True)
        memory.restocked[restock] = orderpoint or False
        return restock

    def _decide(self, items, memory):
        """Fill ``memory.ways``: core's answer, or that of the policies."""
        Check = self.env["mto.supply.check"]
        demands = {}
        for item in items:
            step = memory.steps[item]
            if step.is_demand:
                demands[item] = Check._prepare_demand(item, step, memory.path)
                demands[item].of_order = not item.is_restock
        decisions = self.env["mto.supply.policy"]._get_decisions(list(demands.values()))
        for item in items:
            decision = decisions.get(demands.get(item))
            memory.ways[item] = self._get_way(item, decision, memory)
            if memory.ways[item] in (FROM_STOCK, STOCK_FIRST):
                step = memory.steps[item]
                company_id = (step.replenishment or item.need).company_id
                pool = (item.need.product_id, step.source_id)
                memory.pools[pool] = company_id

    def _get_way(self, item, decision, memory):
        step = memory.steps[item]
        goods = memory.resolver.goods[item.need.company_id, item.need.product_id]
        method = step.procure_method
        if decision and decision.by_policy:
            method = decision.policy
        if step.supply == "service":
            return THERE
        if method == MAKE_TO_ORDER or not step.moves:
            return ORDERED
        if method != MAKE_TO_STOCK:
            return STOCK_FIRST if goods.is_storable else ORDERED
        if not goods.is_storable or not step.source_warehouse_id:
            # Nobody counts it, or a subcontractor has it.
            return THERE
        return FROM_STOCK

    def _load_orderpoints(self, memory):
        """Read the reordering rules of all products that were loaded since."""
        ids = {
            id_ for products in memory.resolver.products.values() for id_ in products
        }
        if not (ids := ids - memory.asked):
            return
        memory.asked |= ids
        # Of all companies: another one may supply the place.
        for orderpoint in self.env["stock.warehouse.orderpoint"].search_fetch(
            [("product_id", "in", list(ids))], ORDERPOINT_FIELDS
        ):
            key = (orderpoint.product_id.id, orderpoint.warehouse_id.id)
            memory.orderpoints[key] = orderpoint

    # What a person can order

    def _order_by_hand(self, items, memory):
        """What no rule orders a person can, if it has a bill or a vendor."""
        lacking = {}
        for item in items:
            if memory.steps[item].problem in BY_HAND:
                lacking.setdefault(item.need.company_id, []).append(item)
        for company_id, group in lacking.items():
            boms = self._find_boms(company_id, group, memory)
            for item in group:
                product = memory.resolver.products[company_id][item.need.product_id]
                bom_id = boms.get(product.id)
                values = self._prepare_made(bom_id, memory) if bom_id else {}
                values = values or self._prepare_bought(product)
                if values:
                    memory.by_hand.add(item)
                    step = memory.steps[item]._replace(**values)
                    memory.steps[item] = step

    def _find_boms(self, company_id, items, memory):
        made = {
            item.need.product_id
            for item in items
            if memory.resolver.signatures[company_id, item.need.product_id][2]
        }
        if not made:
            return {}
        Resolver = self.env["mto.supply.resolver"]._in_company(company_id)
        return Resolver._find_normal_boms(False, list(made))

    def _prepare_made(self, bom_id, memory):
        bom = self.env["mto.supply.resolver"]._browse_bom(bom_id, memory.resolver)
        return {"supply": MANUFACTURE, "bom_id": bom_id, "delay": bom.produce_delay}

    def _prepare_bought(self, product):
        price = product._select_seller(quantity=None) or product._prepare_sellers()[:1]
        return price and {
            "supply": BUY,
            "vendor_line_id": price.id,
            "delay": price.delay,
        }

    # Nodes

    def _make_node(self, item, memory):
        step, way = memory.steps[item], memory.ways[item]
        node = Node(
            item.need.product_id,
            self._get_supply(step, way),
            components=self._get_components(item, memory),
            calendar=self.env["mto.promise.calendar"]._get_company_key(
                item.need.company_id
            ),
        )
        self._fill_transit(node, item, step, memory)
        if way in (FROM_STOCK, STOCK_FIRST):
            node.pool = (item.need.product_id, step.source_id)
        if way in (ORDERED, STOCK_FIRST):
            self._fill_order(node, item, step, memory)
        return node

    def _get_supply(self, step, way):
        if way == THERE:
            return KIT
        if way == FROM_STOCK:
            return bool(step.replenishment) and TRANSFER
        return step.supply

    def _get_components(self, item, memory):
        """[(key, quantity for one)]; several lines of one component are added."""
        step = memory.steps[item]
        quantities = {}
        for child, line_id in memory.below[item]:
            quantity = self._get_ratio(step, line_id, memory) if line_id else 1.0
            key = memory.keys[child]
            quantities[key] = quantities.get(key, 0.0) + quantity
        return list(quantities.items())

    def _get_ratio(self, step, line_id, memory):
        """How much of a component one piece takes, both in units of the products."""
        line = self.env["mrp.bom.line"].browse(line_id)
        bom = self.env["mto.supply.resolver"]._browse_bom(step.bom_id, memory.resolver)
        goods = memory.resolver.goods
        company_id = step.need.company_id
        made = goods[company_id, step.need.product_id].unit_id
        used = goods[company_id, line.product_id.id].unit_id
        quantity = line.product_qty * self._get_factor(
            line.product_uom_id, used, memory
        )
        made = bom.product_qty * self._get_factor(bom.product_uom_id, made, memory)
        return quantity / (made or 1.0)

    def _get_factor(self, unit, other_id, memory):
        """How many of another unit one of ``unit`` is."""
        if unit.id == other_id:
            return 1.0
        key = (unit.id, other_id)
        if key not in memory.factors:
            other = self.env["uom.uom"].browse(other_id)
            memory.factors[key] = unit._compute_quantity(
                1.0, other, round=False, raise_if_failure=False
            )
        return memory.factors[key]

    def _fill_order(self, node, item, step, memory):
        """Days and remarks of what is ordered anew."""
        if step.supply in (BUY, SUBCONTRACT):
            self._fill_purchase(node, item, step, memory)
        if step.supply in (MANUFACTURE, SUBCONTRACT):
            self._fill_production(node, item, step, memory)
        if step.supply == KIT and (item.level or item.is_restock):
            # Its work is done on the order that it is a component of.
            node.operations = self._get_operations(item, step, memory)
        if step.supply in TAKES_TIME:
            node.receipt_days = self._get_push_days(
                item, step.picking_type_id, self._get_place(step), memory
            )
        if not step.supply:
            code = LOOP if step.problem == LOOP else NO_SUPPLY
            node.remarks.append(
                Remark(code, node.product_id, "product.product", node.product_id)
            )
        elif self._is_by_hand(item, step, memory):
            node.remarks.append(self._prepare_hand_remark(item, step))

    def _is_by_hand(self, item, step, memory):
        """Whether nothing orders it by itself."""
        orderpoint = memory.restocked.get(item)
        if item in memory.restocked and step.supply != TRANSFER:
            return not orderpoint or orderpoint.trigger != "auto"
        return item in memory.by_hand

    def _prepare_hand_remark(self, item, step):
        product_id = item.need.product_id
        if step.problem == "no_valid_price":
            vendor_line = ("product.supplierinfo", step.vendor_line_id)
            return Remark(NO_VALID_PRICE, product_id, *vendor_line)
        return Remark(NOBODY_ORDERS, product_id, "product.product", product_id)

    def _fill_purchase(self, node, item, step, memory):
        price = self.env["product.supplierinfo"].browse(step.vendor_line_id)
        company = self.env["res.company"].browse(item.need.company_id)
        node.order_days = company.days_to_purchase
        node.vendor_days = max(step.delay, 0.0)
        Calendar = self.env["mto.promise.calendar"]
        node.vendor_calendar = Calendar._get_vendor_key(price.partner_id)
        product = memory.resolver.products[company.id][item.need.product_id]
        if not node.vendor_days:
            node.vendor_days = self._get_assumed_days(
                node,
                product,
                "vendor",
                Remark(NO_VENDOR_DELAY, product.id, *_key(price)),
            )
        if len(product.product_tmpl_id.seller_ids) > 1:
            node.choose_days = self._make_choice(product, price, node, memory)
        if len(product.product_tmpl_id.seller_ids.partner_id) == 1:
            node.vendor_id = price.partner_id.id

    def _get_assumed_days(self, node, product, kind, missing):
        """Days by the category, which is told; 0 where nobody says anything."""
        days = product.categ_id._get_assumed_days(kind)
        if days:
            missing = replace(missing, code=DEFAULT_DELAY, data=(days,))
        node.remarks.append(missing)
        return days

    def _make_choice(self, product, price, node, memory):
        """A function of a quantity: the days of the vendor whom core would choose.

        At least those of the smallest quantity, by which core dates the order.
        """
        known = {}

        def choose(quantity):
            if quantity not in known:
                chosen = product._select_seller(
                    quantity=quantity,
                    date=memory.resolver.today,
                    uom_id=product.uom_id,
                )
                known[quantity] = max(node.vendor_days, (chosen or price).delay)
            return known[quantity]

        return choose

    def _fill_production(self, node, item, step, memory):
        bom = self.env["mto.supply.resolver"]._browse_bom(step.bom_id, memory.resolver)
        node.produce_days = max(bom.produce_delay, 0.0)
        if step.supply != MANUFACTURE:
            return
        node.operations = self._get_operations(item, step, memory)
        if not node.produce_days and not node.operations:
            product = memory.resolver.products[item.need.company_id][node.product_id]
            node.produce_days = self._get_assumed_days(
                node,
                product,
                "produce",
                Remark(NO_PRODUCE_DELAY, product.id, *_key(bom)),
            )

    def _get_operations(self, item, step, memory):
        bom = self.env["mto.supply.resolver"]._browse_bom(step.bom_id, memory.resolver)
        goods = memory.resolver.goods[item.need.company_id, item.need.product_id]
        factor = self._get_factor(bom.product_uom_id, goods.unit_id, memory)
        product = memory.resolver.products[item.need.company_id][item.need.product_id]
        return self.env["mto.promise.operation"]._get_operations(
            bom, product, factor, memory.operations, item.need.option_ids
        )

    # Transfers

    def _fill_transit(self, node, item, step, memory):
        for move in step.moves:
            days, picking_type_id = self._get_rule_facts(move.rule_id)
            node.transit_days += days + self._get_push_days(
                item, picking_type_id, move.destination_id, memory
            )

    def _get_place(self, step):
        """Where what is ordered has to be: where its moves begin."""
        return step.source_id or step.need.location_id

    @tools.ormcache("rule_id")
    def _get_rule_facts(self, rule_id):
        """(days, operation type id); the cache is cleared where a rule changes."""
        rule = self.env["stock.rule"].browse(rule_id or ())
        return rule.delay, rule.picking_type_id.id

    def _get_push_days(self, item, picking_type_id, location_id, memory):
        """Days from where transfers of a type arrive to where goods have to be."""
        company_id = item.need.company_id
        signature = memory.resolver.signatures[company_id, item.need.product_id]
        product = memory.resolver.products[company_id][item.need.product_id]
        return self._find_push_days(
            signature, picking_type_id or False, location_id, product
        )

    @tools.ormcache("signature", "picking_type_id", "location_id")
    def _find_push_days(self, signature, picking_type_id, location_id, product):
        """As ``stock.move._push_apply`` goes on from a receipt, without its domains."""
        picking_type = self.env["stock.picking.type"].browse(picking_type_id or ())
        target = self.env["stock.location"].browse(location_id)
        place = picking_type.default_location_dest_id
        days = 0.0
        for _number in range(MOST_PUSHES):
            if not place or place._child_of(target) or place.usage == "customer":
                break
            rule = self.env["stock.rule"]._get_push_rule(
                product, place, {"warehouse_id": picking_type.warehouse_id}
            )
            if not rule:
                break
            days += rule.delay
            place = rule.location_dest_id
        return days


def _key(record):
    return record._name, record.id
