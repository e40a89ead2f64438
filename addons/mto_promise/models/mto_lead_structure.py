from dataclasses import dataclass, replace
from datetime import timedelta

from odoo import fields, models

from odoo.addons.mto_cascade.models.mto_supply_check import PathItem

from ..engine.stocking import StockNode, StockStructure

# Sales of this many days tell what to expect.
SALES_DAYS = 365
# What can lie in stock as a part of something else.
STOCKED_KINDS = ("manufacture", "buy", "subcontract", "transfer")


@dataclass(frozen=True)
class LeadItem:
    """A node of the structure beside its ``StockNode``: what to tell of it; ids only.

    ``supply``: as ``SupplyStep.supply``. ``level``: below the sold product, of the
    shortest way to it; a kit and its components are on one level.
    """

    product_id: int
    supply: str | bool
    level: int
    vendor_id: int | bool = False
    problem: str | bool = False


@dataclass(frozen=True)
class LeadStructure:
    """What products are made of, how long each step takes and what lies in stock.

    ``structure``: of the engine; its keys are those of ``items``. ``roots``: {product:
    key}.
    """

    structure: StockStructure
    items: dict
    roots: dict

    def get_full_waits(self):
        """Return {key: days} as if nothing were in stock: clock and buffer together."""
        nodes = {
            key: replace(node, is_buffered=False)
            for key, node in self.structure.nodes.items()
        }
        demands = dict.fromkeys(self.structure.roots, 0.0)
        return StockStructure(nodes, demands, {}).get_waits()


class MtoLeadStructure(models.AbstractModel):
    """The customer's clock: who waits for what, as the lead times are set.

    Without regard to the stock of the day: what a customer waits for who orders when
    nothing happens to be free. Levels are resolved together, as ``mto.supply.check``.
    """

    _name = "mto.lead.structure"
    _description = "Lead Times of Structures"

    def _get_structure(self, products, warehouse, demands=None):
        """The structure of ``products`` sold from ``warehouse``, in one batch.

        A step takes the lead time of its vendor or bill of materials and the delays of
        the rules that move it; what is sold, the company's sales safety days as well.
        Needs sudo: vendors, rules and costs are read.

        :param demands: {product: expected demand per day}, else that of past sales
        :rtype: LeadStructure
        """
        company = warehouse.company_id
        Structure = self.with_company(company)
        memory = self.env["mto.supply.check"]._new_memory(company)
        # Of one set, so that they are read together wherever they come from.
        products = products.browse(products.ids)
        goods = products.filtered(lambda product: product.type == "consu")
        needs = goods._prepare_supply_needs(company, warehouse)
        roots = {
            product: PathItem(need) for product, need in zip(goods, needs, strict=True)
        }
        nodes, items = Structure._load(list(roots.values()), memory)
        demands = self._get_demands(goods, warehouse) if demands is None else demands
        structure = StockStructure(
            nodes,
            {root: demands.get(product, 0.0) for product, root in roots.items()},
            *Structure._get_unit_costs(items),
        )
        return LeadStructure(structure, items, roots)

    def _load(self, roots, memory):
        """Return ({key: StockNode}, {key: LeadItem}) of the roots and all below."""
        nodes, items = {}, {}
        todo, level = roots, 0
        while todo:
            below = self._load_level(todo, level, memory, nodes, items)
            todo, level = [key for key in below if key not in nodes], level + 1
        self._add_rule_delays(nodes, items, memory)
        return nodes, items

    def _load_level(self, keys, level, memory, nodes, items):
        """Fill the nodes of ``keys``; return the keys below them."""
        Resolver, Check = self.env["mto.supply.resolver"], self.env["mto.supply.check"]
        steps = Resolver._resolve([key.need for key in keys], memory.resolver)
        ordered = Check._get_ordered(keys, steps, memory)
        components = Resolver._get_components(
            [steps[key.need] for key in keys], memory.resolver
        )
        quantities = self._get_quantities(components)
        vendors = self._get_vendors(steps.values())
        found = {}
        for key in keys:
            step = steps[key.need]
            parts = components.get(step, ())
            below = self._get_below(key, step, parts, quantities, memory)
            nodes[key] = StockNode(
                self._get_part(key, level),
                step.delay,
                below,
                is_buffered=bool(level) and not ordered[key] and step.supply != "kit",
            )
            items[key] = LeadItem(
                step.need.product_id,
                step.supply,
                level,
                vendors.get(step.vendor_line_id, False),
                step.problem,
            )
            found.update(dict.fromkeys(below))
        return found

    def _get_part(self, key, level):
        """What is sold is no part of anything, whatever it is made of."""
        product_id = key.need.product_id
        return product_id if level else ("sold", product_id)

    def _get_vendors(self, steps):
        """Return {vendor line id: vendor id}."""
        ids = {step.vendor_line_id for step in steps if step.vendor_line_id}
        lines = self.env["product.supplierinfo"].browse(ids)
        return {line.id: line.partner_id.id for line in lines}

    def _get_below(self, key, step, components, quantities, memory):
        """Return {key of a component: quantity for one piece}."""
        if step.supply == "transfer":
            return {key._replace(need=step.replenishment): 1.0}
        levels = 0 if step.supply == "kit" else 1
        keys = self.env["mto.supply.check"]._get_items_below(
            key, components, levels, memory
        )
        below = {}
        for child, component in zip(keys, components, strict=True):
            quantity = quantities[step.need.product_id, component.bom_line_id]
            below[child] = below.get(child, 0.0) + quantity
        return below

    def _get_quantities(self, components):
        """Return {(product id, line id): of its component for one piece of it}.

        In the units of both products.
        """
        line_ids = {part.bom_line_id for parts in components.values() for part in parts}
        lines = {line.id: line for line in self.env["mrp.bom.line"].browse(line_ids)}
        product_ids = {step.need.product_id for step in components}
        products = self.env["product.product"].browse(product_ids)
        units = {product.id: product.uom_id for product in products}
        return {
            (step.need.product_id, part.bom_line_id): self._get_quantity(
                lines[part.bom_line_id], units[step.need.product_id]
            )
            for step, parts in components.items()
            for part in parts
        }

    def _get_quantity(self, line, unit):
        bom = line.bom_id
        made = bom.product_uom_id._compute_quantity(
            bom.product_qty, unit, round=False, raise_if_failure=False
        )
        used = line.product_uom_id._compute_quantity(
            line.product_qty,
            line.product_id.uom_id,
            round=False,
            raise_if_failure=False,
        )
        return used / made if made else used

    def _add_rule_delays(self, nodes, items, memory):
        """Moving takes time as well; what is sold, the company's safety days."""
        steps = memory.resolver.steps
        rules = self.env["stock.rule"].browse(
            {move.rule_id for key in nodes for move in steps[key.need].moves if move}
        )
        delays = {rule.id: rule.delay for rule in rules if rule}
        safety = self.env.company.security_lead
        for key, node in nodes.items():
            days = sum(delays.get(m.rule_id, 0) for m in steps[key.need].moves)
            days += 0 if items[key].level else safety
            if days:
                nodes[key] = replace(node, days=node.days + days)

    def _get_unit_costs(self, items):
        """Return ({product id: cost of one, None without}, ids that can be stocked)."""
        products = self.env["product.product"].browse(
            {item.product_id for item in items.values() if item.level}
        )
        kinds = {
            item.product_id
            for item in items.values()
            if item.level and item.supply in STOCKED_KINDS
        }
        products = products.with_company(self.env.company)
        costs = {product.id: product.standard_price or None for product in products}
        return costs, {p.id for p in products if p.id in kinds and p.is_storable}

    def _get_demands(self, products, warehouse):
        """Return {product: quantity sold per day, in its unit}, of confirmed orders."""
        since = fields.Datetime.now() - timedelta(days=SALES_DAYS)
        groups = self.env["sale.order.line"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("state", "=", "sale"),
                ("order_id.date_order", ">=", since),
                ("order_id.warehouse_id", "=", warehouse.id),
            ],
            ["product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )
        demands = {}
        for product, unit, quantity in groups:
            sold = unit._compute_quantity(quantity, product.uom_id, round=False)
            demands[product] = demands.get(product, 0.0) + sold / SALES_DAYS
        return demands
