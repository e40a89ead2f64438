"""How needs are supplied, for thousands of products at once.

A *need* asks for a product at a location (the customer's for what is sold); the need of
a component also says where its manufacturing order takes it from. A *step* answers it:

1. ``moves``: the transfers that Odoo's rules would make for it, from where it is needed
   backwards, as long as each orders the one before (delivery or manufacturing in
   several steps), up to the one that leaves a warehouse's stock. On that last one a
   policy decides (``is_demand``), else ``procure_method`` holds: core's answer.
2. ``supply``: what supplies the place it leaves (``source_id``) if it is ordered:
   'manufacture', 'subcontract' (with ``bom_id``), 'buy' (with ``vendor_line_id``),
   'transfer', 'kit' (its components take its place), 'service' (nothing), or False
   with the code of a ``problem``. The ``replenishment`` is that need as a need of its
   own: resolve it to follow a transfer to the warehouse that it comes from. What
   another company supplies is a transfer too: the replenishment is a need of hers.

``_resolve(needs, memory)`` returns {need: step}, ``_get_components(steps, memory)`` the
needs of the next level. Call both with one memory for all levels::

    memory = self.env["mto.supply.resolver"].sudo()._new_memory()
    steps = resolver._resolve(needs, memory)
    below = resolver._get_components(steps.values(), memory)

Core's choosers (``_get_rule``, ``_search_rule``, ``_bom_find``, ``_select_seller``)
answer, so that other modules' overrides of them count: once per distinct key, on data
that is loaded for all levels with the first call. Needs sudo: whoever asks must not
hand out more than the answer.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models, tools
from odoo.tools import SQL

from .fetching import fetch_lines, keep_lines

# What is read of every product and bill of materials, in one query each.
PRODUCT_FIELDS = ["product_tmpl_id", "active", "default_code", "variant_supply_policy"]
TEMPLATE_FIELDS = [
    "name",
    "type",
    "is_storable",
    "company_id",
    "categ_id",
    "uom_id",
    "purchase_ok",
    "supply_policy",
    "property_stock_production",
]
BOM_FIELDS = [
    "type",
    "product_tmpl_id",
    "product_id",
    "picking_type_id",
    "company_id",
    "produce_delay",
    "product_qty",
    "product_uom_id",
    "allow_operation_dependencies",
    "enable_batch_size",
    "batch_size",
]
LINE_FIELDS = [
    "bom_id",
    "product_id",
    "product_qty",
    "product_uom_id",
    "supply_policy",
]
# What core asks to tell which lines count for a product, in one query each as well.
CHOICE_FIELDS = {
    "product.product": ["product_template_attribute_value_ids"],
    "mrp.bom.line": ["bom_product_template_attribute_value_ids"],
}
# What rules say is kept in Odoo's registry cache until one of these changes: all of a
# rule, and these fields of what rules speak of.
CACHED_FIELDS = {
    "stock.route": {
        "active",
        "sequence",
        "company_id",
        "warehouse_ids",
        "warehouse_selectable",
        "supplier_wh_id",
        "rule_ids",
    },
    "stock.warehouse": {"active", "route_ids", "lot_stock_id", "manu_type_id"},
    "stock.location": {"active", "location_id", "usage", "company_id"},
    "stock.picking.type": {"active", "default_location_src_id", "warehouse_id"},
}
# What makes a rule a transfer.
PULL_ACTIONS = ("pull", "pull_push")
# How a step is supplied when it can be.
WITH_COMPONENTS = ("manufacture", "subcontract", "kit")


class SupplyNeed(NamedTuple):
    """A product that is needed at a location; all fields are ids.

    ``source_id``: the location a manufacturing order takes a component from; False
    where nothing but the need is known.
    ``warehouse_id``: the warehouse core would hand to its rules.
    ``route_ids``: routes chosen for the need itself, by the line of an order.
    ``bom_id``: the bill of materials that an order gives, instead of the one found.
    ``option_ids``: chosen no-variant attribute values.
    ``packaging_id``: unit it is packed in, where its package type has routes.
    ``is_sold``: of a sales order line, not of a component.
    ``of_order``: an order line itself asks, so that rules are those of its company;
    other needs are asked for by transfers and orders, and rules are those of the
    company of the place, of all companies where the place has none.
    ``date``: day after today on which it is needed; False for today.
    """

    product_id: int
    location_id: int
    company_id: int
    warehouse_id: int | bool = False
    route_ids: tuple = ()
    source_id: int | bool = False
    bom_id: int | bool = False
    option_ids: tuple = ()
    packaging_id: int | bool = False
    is_sold: bool = False
    of_order: bool = False
    date: object = False


class SupplyMove(NamedTuple):
    """A transfer that a rule would make; ``rule_id`` is False without a rule."""

    rule_id: int | bool
    source_id: int
    destination_id: int
    procure_method: str


class SupplyStep(NamedTuple):
    """How a need is supplied; see the top of this file.

    ``procure_method``: core's answer for the last move: 'make_to_order',
    'mts_else_mto' or 'make_to_stock'; 'make_to_order' without moves.
    ``source_warehouse_id``: the warehouse that ``source_id`` is in.
    ``supply_rule_id``: the rule that makes, buys or transfers, with its operation type.
    ``delay``: days that making or buying takes.
    ``vendor_line_id``: the price for the smallest quantity on the day of the need.
    ``problem``: why it cannot be ordered: 'no_rule', 'no_bom', 'no_vendor',
    'no_valid_price' or 'loop' (transfers in a circle).
    """

    need: SupplyNeed
    moves: tuple = ()
    is_demand: bool = False
    procure_method: str = "make_to_order"
    source_id: int | bool = False
    source_warehouse_id: int | bool = False
    replenishment: SupplyNeed | bool = False
    supply: str | bool = False
    supply_rule_id: int | bool = False
    picking_type_id: int | bool = False
    bom_id: int | bool = False
    vendor_line_id: int | bool = False
    delay: float = 0.0
    problem: str | bool = False


class SupplyWay(NamedTuple):
    """What rules say of a need, for all products of one signature; ids only.

    ``place``: the need at the source of the last move. ``rule_id``, ``action``,
    ``picking_type_id``: of the rule that supplies it there.
    """

    moves: tuple = ()
    is_demand: bool = False
    place: SupplyNeed | bool = False
    warehouse_id: int | bool = False
    rule_id: int | bool = False
    action: str | bool = False
    picking_type_id: int | bool = False
    problem: str | bool = False


class SupplyGoods(NamedTuple):
    """What every step asks of a product, read once of its record; ids only."""

    type: str
    is_storable: bool
    active: bool
    unit_id: int
    production_id: int


class SupplyLine(NamedTuple):
    """A line of a bill of materials, as ``SupplyGoods``."""

    id: int
    product_id: int
    unit_id: int
    policy: str | bool


class SupplyComponent(NamedTuple):
    """A component of a step: the line of the bill of materials and what it needs.

    ``unit_id``, ``policy``: of the line.
    """

    bom_line_id: int
    need: SupplyNeed
    unit_id: int
    policy: str | bool


@dataclass(eq=False)
class SupplyMemory:
    """What one batch has found so far, for all its levels.

    ``today``: in the time zone of the user. Dictionaries are keyed by company first
    where the answer depends on it.
    """

    today: object
    products: dict = field(default_factory=dict)
    goods: dict = field(default_factory=dict)
    signatures: dict = field(default_factory=dict)
    category_routes: dict = field(default_factory=dict)
    kits: dict = field(default_factory=dict)
    bom_ids: list = field(default_factory=list)
    bills: dict = field(default_factory=dict)
    line_ids: list = field(default_factory=list)
    chosen: set = field(default_factory=set)
    ways: dict = field(default_factory=dict)
    boms: dict = field(default_factory=dict)
    subcontracted: dict = field(default_factory=dict)
    vendors: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    steps: dict = field(default_factory=dict)


class SupplyResolver(models.AbstractModel):
    _name = "mto.supply.resolver"
    _description = "How Needs Are Supplied"

    def _new_memory(self):
        """A memory for one batch."""
        return SupplyMemory(fields.Date.context_today(self))

    def _resolve(self, needs, memory):
        """Return {need: step}, see the top of this file.

        :param needs: ``SupplyNeed``s; equal ones are answered once
        :param memory: of ``_new_memory``
        """
        missing = {}
        for need in needs:
            if need not in memory.steps:
                missing.setdefault(need.company_id, {})[need] = True
        for company_id, group in missing.items():
            resolver = self._in_company(company_id)
            resolver._load({need.product_id for need in group}, memory)
            memory.steps.update(resolver._resolve_in_company(list(group), memory))
        return {need: memory.steps[need] for need in needs}

    def _in_company(self, company_id):
        """What is archived supplies nothing, whatever the caller wants to see."""
        return self.with_company(company_id).with_context(active_test=True)

    # What is loaded once

    def _forget_rules(self, model=False, names=()):
        """Ask rules anew, if what they say can have changed with these fields."""
        if not model or not CACHED_FIELDS[model].isdisjoint(names):
            self.env.registry.clear_cache()

    def _new_step_of_bom(self, need, memory):
        """The step of a bill of materials itself: made (or a kit) from ``bom_id``.

        Kept in the memory, so that this need is made from it whatever rules say.
        """
        resolver = self._in_company(need.company_id)
        resolver._load({need.product_id}, memory)
        bom = resolver._browse_bom(need.bom_id, memory)
        supply = {"phantom": "kit", "normal": "manufacture"}.get(bom.type, bom.type)
        memory.steps[need] = SupplyStep(
            need, supply=supply, bom_id=bom.id, delay=bom.produce_delay
        )

    def _load(self, product_ids, memory):
        """Read what is needed of these products and of all their components."""
        company = self.env.company
        known = memory.products.setdefault(company.id, {})
        new_ids = product_ids - known.keys()
        if not new_ids:
            return
        reached = self._prefetch(new_ids, memory) - known.keys()
        products = self.env["product.product"].browse(sorted(reached))
        self._load_category_routes(products, memory)
        for product in products:
            known[product.id] = product
            key = (company.id, product.id)
            memory.goods[key] = self._prepare_goods(product)
            memory.signatures[key] = self._get_signature(product, memory)
        kits = self.env["mrp.bom"]._bom_find(
            self._filter_kits(products), company_id=company.id, bom_type="phantom"
        )
        memory.kits.update(
            ((company.id, product.id), bom.id) for product, bom in kits.items()
        )

    def _filter_kits(self, products):
        """Those that some bill of materials makes a kit, of whatever company."""
        return products.filtered(
            lambda product: any(
                bom.type == "phantom" for bom in product.product_tmpl_id.bom_ids
            )
        )

    def _prefetch(self, product_ids, memory):
        """Read in one query each what the loops below ask record by record.

        :return: ids of these products and of all that their bills of materials lead to
        """
        found = self._search_closure(product_ids)
        templates = self._prefetch_goods(found)
        boms = fetch_lines(templates, "bom_ids", BOM_FIELDS)
        keep_lines(boms.product_tmpl_id, "product_variant_ids", found)
        memory.bom_ids += boms.ids
        memory.bills.update((bom.id, bom) for bom in boms)
        lines = fetch_lines(boms, "bom_line_ids", LINE_FIELDS)
        memory.line_ids += lines.ids
        fetch_lines(templates, "seller_ids")
        return product_ids | set(lines.product_id.ids)

    def _search_closure(self, product_ids):
        """These products and all that their bills of materials lead to.

        And the other variants of what is made: core asks which of them a bill of
        materials is for.
        """
        self.env["mrp.bom"].flush_model(["active", "product_tmpl_id"])
        self.env["mrp.bom.line"].flush_model(["bom_id", "product_id"])
        self.env["product.product"].flush_model(["product_tmpl_id"])
        reached = SQL(
            """(
            WITH RECURSIVE reached (product_id, product_tmpl_id, bom_id) AS (
                SELECT product.id, product.product_tmpl_id, bom.id
                  FROM product_product product
                  LEFT JOIN mrp_bom bom
                    ON bom.product_tmpl_id = product.product_tmpl_id AND bom.active
                 WHERE product.id IN %(ids)s
                UNION
                SELECT product.id, product.product_tmpl_id, bom.id
                  FROM reached
                  JOIN mrp_bom_line line ON line.bom_id = reached.bom_id
                  JOIN product_product product ON product.id = line.product_id
                  LEFT JOIN mrp_bom bom
                    ON bom.product_tmpl_id = product.product_tmpl_id AND bom.active
            )
            SELECT product_id FROM reached
            UNION
            SELECT variant.id
              FROM reached
              JOIN product_product variant
                ON variant.product_tmpl_id = reached.product_tmpl_id
             WHERE reached.bom_id IS NOT NULL
            )""",
            ids=tuple(product_ids),
        )
        products = self.env["product.product"].with_context(active_test=False)
        found = products.search_fetch([("id", "in", reached)], PRODUCT_FIELDS)
        return found.with_env(self.env)

    def _prefetch_goods(self, products):
        """Read what products and their templates say; returns the templates."""
        products.fetch(PRODUCT_FIELDS)
        templates = products.product_tmpl_id
        templates.fetch(self._get_template_fields())
        return templates

    def _get_template_fields(self):
        """Names of the fields that are read of all templates at once.

        Override to add what is asked of each of them later.
        """
        return TEMPLATE_FIELDS

    def _prepare_goods(self, product):
        template = product.product_tmpl_id
        return SupplyGoods(
            template.type,
            template.is_storable,
            product.active,
            template.uom_id.id,
            template.property_stock_production.id,
        )

    def _load_category_routes(self, products, memory):
        memory.category_routes.update(
            (category.id, tuple(category.total_route_ids.ids))
            for category in products.product_tmpl_id.categ_id
        )

    def _get_signatures(self, products):
        """Return {product: what core's search for a rule depends on}."""
        # Without a day: nothing here depends on it, and its time zone has to be read.
        memory = SupplyMemory(today=False)
        self._load_category_routes(products, memory)
        return {product: self._get_signature(product, memory) for product in products}

    def _get_signature(self, product, memory):
        """What core's search for a rule depends on, of a product.

        Products with the same signature get the same rule. Override together with
        ``stock.rule._filter_warehouse_routes``.
        """
        template = product.product_tmpl_id
        return (
            tuple(template.route_ids.ids),
            memory.category_routes.get(template.categ_id.id, ()),
            any(bom.type == "normal" for bom in template.bom_ids),
            bool(template.seller_ids),
        )

    # One batch

    def _resolve_in_company(self, needs, memory):
        """Return {need: step} for needs of the company of the environment."""
        company_id = self.env.company.id
        products = memory.products[company_id]
        steps = {}
        ordered = {}
        for need in needs:
            key = (company_id, need.product_id)
            kit_id = memory.kits.get(key)
            if memory.goods[key].type != "consu":
                steps[need] = SupplyStep(need, supply="service")
            elif kit_id:
                steps[need] = SupplyStep(need, supply="kit", bom_id=kit_id)
            else:
                product = products[need.product_id]
                ordered[need] = self._get_way(need, product, memory)
        ends = self._get_ends(ordered, memory)
        for need, way in ordered.items():
            steps[need] = self._prepare_step(need, way, ends[need])
        return steps

    def _prepare_step(self, need, way, end):
        place = way.place
        last = way.moves[-1] if way.moves else False
        return SupplyStep(
            need,
            way.moves,
            way.is_demand,
            last.procure_method if last else "make_to_order",
            last.source_id if last else False,
            way.warehouse_id,
            place and place._replace(product_id=need.product_id, date=need.date),
            **end,
        )

    def _get_way(self, need, product, memory):
        """What rules say of the need: the same for all products of one signature."""
        signature = memory.signatures[need.company_id, need.product_id]
        place = need._replace(product_id=0, bom_id=False, option_ids=(), date=False)
        key = (signature, place)
        if key not in memory.ways:
            # A package type can change without anything else that is watched.
            find = self._find_way if place.packaging_id else self._find_way_cached
            memory.ways[key] = find(signature, place, product)
        return memory.ways[key]

    @tools.ormcache("signature", "place")
    def _find_way_cached(self, signature, place, product):
        """No query while rules and routes stay as they are, see ``CACHED_FIELDS``."""
        return self._find_way(signature, place, product)

    def _find_way(self, signature, place, product):
        moves = []
        sources = set()
        while True:
            rule = self._find_rule(place, product)
            if not place.source_id and rule.action not in PULL_ACTIONS:
                return self._new_way(moves, False, False, rule)
            source_id = place.source_id or rule.location_src_id.id
            if not source_id or source_id in sources:
                problem = "loop" if source_id else "no_rule"
                return self._new_way(moves, False, False, rule.browse(), problem)
            sources.add(source_id)
            method = rule.procure_method or "make_to_stock"
            moves.append(SupplyMove(rule.id, source_id, place.location_id, method))
            is_demand = self._leaves_stock(source_id, place.location_id)
            place = self._get_place_before(place, source_id, rule)
            if is_demand or method == "make_to_stock":
                rule = self._find_rule(place, product)
                return self._new_way(moves, is_demand, place, rule)

    def _new_way(self, moves, is_demand, place, rule, problem=False):
        source = self.env["stock.location"].browse(moves[-1].source_id if moves else ())
        return SupplyWay(
            tuple(moves),
            is_demand,
            place,
            source.warehouse_id.id,
            rule.id,
            rule.action,
            rule.picking_type_id.id,
            problem,
        )

    def _get_place_before(self, place, source_id, rule):
        """The need at the source of a move, with what core hands to the next rule."""
        source = self.env["stock.location"].browse(source_id)
        warehouse = rule.warehouse_id or rule.picking_type_id.warehouse_id
        if place.source_id:
            warehouse = warehouse.browse(place.warehouse_id or ())
        elif not source.warehouse_id:
            warehouse = rule.route_id.supplier_wh_id
        company = rule.company_id or source.company_id
        return place._replace(
            location_id=source_id,
            source_id=False,
            warehouse_id=warehouse.id,
            company_id=company.id or place.company_id,
            of_order=False,
        )

    def _leaves_stock(self, source_id, destination_id):
        """As ``stock.move._leaves_stock``."""
        source = self.env["stock.location"].browse(source_id)
        destination = source.browse(destination_id)
        stock = source.warehouse_id.lot_stock_id
        return bool(
            stock
            and source.usage == "internal"
            and source._child_of(stock)
            and not (destination and destination._child_of(stock))
        )

    # Core's choosers

    def _find_rule(self, place, product):
        """The rule core finds for a need."""
        if place.source_id:
            return self._search_component_rule(place, product)
        return self._search_need_rule(place, product)

    def _search_need_rule(self, place, product):
        location = self.env["stock.location"].browse(place.location_id)
        return self.env["stock.rule"]._get_rule(
            product, location, self._prepare_rule_values(place)
        )

    def _prepare_rule_values(self, place):
        """The values of a procurement, as far as the search for a rule reads them."""
        routes = self.env["stock.route"].browse(place.route_ids)
        if "buy" in routes.rule_ids.mapped("action"):
            # As core does before it searches: the goods have to be received.
            warehouses = self.env["stock.warehouse"].search(
                [("company_id", "=", place.company_id)]
            )
            routes |= warehouses.reception_route_id
        return {
            "warehouse_id": self.env["stock.warehouse"].browse(
                place.warehouse_id or ()
            ),
            "company_id": self._get_rule_company(place),
            "route_ids": routes,
            "packaging_uom_id": self.env["uom.uom"].browse(place.packaging_id or ()),
        }

    def _get_rule_company(self, place):
        """Whose rules core asks for: without a company, as in transit, all of them."""
        if place.of_order:
            return self.env["res.company"].browse(place.company_id)
        return self.env["stock.location"].browse(place.location_id).company_id

    def _search_component_rule(self, place, product):
        """As ``stock.move._adjust_procure_method`` searches for a component."""
        Rule = self.env["stock.rule"]
        source = self.env["stock.location"].browse(place.source_id)
        warehouse = self.env["stock.warehouse"].browse(place.warehouse_id or ())
        packaging = self.env["uom.uom"]
        while source:
            domain = [
                ("location_src_id", "=", source.id),
                ("location_dest_id", "=", place.location_id),
                ("action", "!=", "push"),
            ]
            if rule := Rule._search_rule(False, packaging, product, warehouse, domain):
                return rule
            source = source.location_id
        return Rule

    def _get_ends(self, ways, memory):
        """Return {need: how its source is supplied}, as values of ``SupplyStep``."""
        self._find_boms(ways, memory)
        bought = [
            (need.product_id, need.date or memory.today)
            for need, way in ways.items()
            if way.action == "buy" and not self._is_elsewhere(way)
        ]
        self._find_vendors(bought, memory)
        self._find_subcontracted(bought, memory)
        return {need: self._get_end(need, way, memory) for need, way in ways.items()}

    def _get_end(self, need, way, memory):
        end = {"supply_rule_id": way.rule_id, "picking_type_id": way.picking_type_id}
        if way.problem:
            return {"problem": way.problem}
        if self._is_elsewhere(way):
            # Its company has its own bills of materials, vendors and policies.
            return {**end, "supply": "transfer"}
        if way.action == "manufacture":
            return {**end, **self._get_made_end(need, way, memory)}
        if way.action == "buy":
            return {**end, **self._get_bought_end(need, memory)}
        if way.action in PULL_ACTIONS:
            return {**end, "supply": "transfer"}
        return {"problem": "no_rule"}

    def _is_elsewhere(self, way):
        """Whether another company supplies the place where the moves begin."""
        return bool(
            way.rule_id and way.moves and way.place.company_id != self.env.company.id
        )

    def _get_made_end(self, need, way, memory):
        bom_id = need.bom_id or memory.boms[self._get_bom_key(need, way)]
        bom = self._browse_bom(bom_id, memory)
        if not bom:
            return {"problem": "no_bom"}
        return {"supply": "manufacture", "bom_id": bom.id, "delay": bom.produce_delay}

    def _get_bought_end(self, need, memory):
        key = (self.env.company.id, need.product_id, need.date or memory.today)
        vendor_line = memory.vendors[key]
        if not vendor_line:
            product = memory.products[self.env.company.id][need.product_id]
            has_vendor = product._prepare_sellers()
            return {"problem": "no_valid_price" if has_vendor else "no_vendor"}
        bom_id = memory.subcontracted.get(key)
        return {
            "supply": "subcontract" if bom_id else "buy",
            "bom_id": bom_id or False,
            "vendor_line_id": vendor_line.id,
            "delay": vendor_line.delay,
        }

    def _get_bom_key(self, need, way):
        return (self.env.company.id, way.picking_type_id, need.product_id)

    def _find_boms(self, ways, memory):
        """Find what to make from, as ``stock.rule._get_matching_bom`` does."""
        missing = {}
        for need, way in ways.items():
            if way.action == "manufacture" and not (
                need.bom_id or self._is_elsewhere(way)
            ):
                key = self._get_bom_key(need, way)
                if key not in memory.boms:
                    missing.setdefault(way.picking_type_id, []).append(key)
        for picking_type_id, keys in missing.items():
            picking_type = self.env["stock.picking.type"].browse(picking_type_id or ())
            # Of all products: the next levels ask for theirs.
            made = self._get_made_ids(memory)
            found = self._find_normal_boms(picking_type, made)
            if others := {key[-1] for key in keys} - found.keys():
                found.update(self._find_normal_boms(False, others))
            memory.boms.update((key, found.get(key[-1], False)) for key in keys)
            memory.boms.update(
                ((*keys[0][:2], product_id), bom_id)
                for product_id, bom_id in found.items()
            )

    def _get_made_ids(self, memory):
        """Products that have a bill of materials to make them from."""
        company_id = self.env.company.id
        return [
            product_id
            for product_id in memory.products[company_id]
            if memory.signatures[company_id, product_id][2]
        ]

    def _find_normal_boms(self, picking_type, product_ids):
        boms = self.env["mrp.bom"]._bom_find(
            self.env["product.product"].browse(product_ids),
            picking_type=picking_type,
            company_id=self.env.company.id,
            bom_type="normal",
        )
        return {product.id: bom.id for product, bom in boms.items()}

    def _find_vendors(self, bought, memory):
        """Fill ``memory.vendors``: {(company id, product id, date): vendor line}."""
        for product_id, date in bought:
            key = (self.env.company.id, product_id, date)
            if key not in memory.vendors:
                product = memory.products[self.env.company.id][product_id]
                memory.vendors[key] = product._select_seller(quantity=None, date=date)

    def _find_subcontracted(self, bought, memory):
        """Fill ``memory.subcontracted``: the bill of materials of the same keys.

        Override where there are subcontractors; vendors are found before.

        :param bought: list of (product id, date)
        """

    # The next level

    def _get_components(self, steps, memory):
        """Return {step: ``SupplyComponent``s} of the steps that have components.

        Of a kit: its lines in its place; a component that is a kit has its own step.
        """
        asked = {}
        for step in steps:
            if step.supply in WITH_COMPONENTS and step.bom_id:
                asked.setdefault(step.need.company_id, []).append(step)
        found = {}
        for company_id, group in asked.items():
            resolver = self._in_company(company_id)
            resolver._prefetch_choices(memory)
            for step in group:
                found[step] = resolver._get_step_components(step, memory)
            components = (part for step in group for part in found[step])
            resolver._load({part.need.product_id for part in components}, memory)
        return found

    def _get_step_components(self, step, memory):
        # All fields but the product, which comes first.
        _none, *rest = self._prepare_component_need(step, memory)
        return tuple(
            SupplyComponent(
                line.id, SupplyNeed(line.product_id, *rest), line.unit_id, line.policy
            )
            for line in self._get_lines(step, memory)
        )

    def _prefetch_choices(self, memory):
        """Read what tells which lines count, for all that was loaded since."""
        loaded = {
            "product.product": memory.products[self.env.company.id],
            "mrp.bom.line": memory.line_ids,
        }
        for model, ids in loaded.items():
            new_ids = [id_ for id_ in ids if (model, id_) not in memory.chosen]
            memory.chosen.update((model, id_) for id_ in new_ids)
            self.env[model].browse(new_ids).fetch(CHOICE_FIELDS[model])

    def _get_lines(self, step, memory):
        """The ``SupplyLine``s that count for the product of a step."""
        need = step.need
        key = (step.bom_id, need.product_id, need.option_ids)
        if key not in memory.lines:
            product = memory.products[self.env.company.id][need.product_id]
            options = self.env["product.template.attribute.value"].browse(
                need.option_ids
            )
            memory.lines[key] = tuple(
                SupplyLine(
                    line.id,
                    line.product_id.id,
                    line.product_uom_id.id,
                    line.supply_policy,
                )
                for line in self._browse_bom(step.bom_id, memory).bom_line_ids
                if not line._skip_bom_line(product, options)
            )
        return memory.lines[key]

    def _browse_bom(self, bom_id, memory):
        """The bill of materials; what is read of it is read of all at once."""
        if bom_id not in memory.bills:
            memory.bills[bom_id] = self.env["mrp.bom"].browse(bom_id or ())
        return memory.bills[bom_id]

    def _prepare_component_need(self, step, memory):
        """The need of any component of a step; the product is filled in later."""
        if step.supply == "kit":
            return step.need._replace(bom_id=False)
        bom = self._browse_bom(step.bom_id, memory)
        source_id, warehouse_id = self._get_component_source(
            bom.picking_type_id.id or step.picking_type_id, step.need.warehouse_id
        )
        return self._new_component_need(step, source_id, warehouse_id, memory)

    @tools.ormcache("picking_type_id", "warehouse_id")
    def _get_component_source(self, picking_type_id, warehouse_id):
        """Ids of the location components are taken from and of its warehouse.

        See ``CACHED_FIELDS``.
        """
        picking_type = self.env["stock.picking.type"].browse(picking_type_id or ())
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        picking_type = picking_type or warehouse.manu_type_id
        source = picking_type.default_location_src_id
        return source.id, source.warehouse_id.id

    def _new_component_need(self, step, source_id, warehouse_id, memory):
        company_id = self.env.company.id
        date = step.need.date and step.need.date - timedelta(days=step.delay)
        return SupplyNeed(
            product_id=step.need.product_id,
            location_id=memory.goods[company_id, step.need.product_id].production_id,
            company_id=company_id,
            warehouse_id=warehouse_id,
            source_id=source_id,
            date=bool(date and date > memory.today) and date,
        )
