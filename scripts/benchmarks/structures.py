"""Generated products, bills of materials and orders of a named size.

A size reads "L3 B3 S2 N10": bills of materials on 3 levels, 3 components each, 2 of
them assemblies (the rest, and all on the last level, are bought parts), 10 order
lines. By default every line sells a product of its own that shares nothing with the
others; "leafpool" at the end takes the parts from 60 common ones, "shared" lets all
lines sell the same product. Each bill of materials has 2 operations; 5 vendors sell
the parts.
"""

import re
from dataclasses import dataclass, field

KINDS = ("distinct", "leafpool", "shared")
LEAVES_IN_POOL = 60
VENDORS = 5
OPERATIONS = 2
QUANTITY = 2  # of each order line

# How demands are supplied: by stock Odoo's routes or by our policies.
MTO = "mto"
MTS_ELSE_MTO = "mts_else_mto"
POLICY = "make_to_order"
STOCK_FIRST = "stock_then_order"
FROM_STOCK = "none"

_SIZE = re.compile(r"L(\d+)\s*B(\d+)\s*S(\d+)\s*N(\d+)\s*(\w*)")


@dataclass
class Node:
    """A product of a structure; without children it is bought."""

    name: str
    children: list = field(default_factory=list)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Structure:
    """What a size says."""

    levels: int
    components: int
    assemblies: int
    lines: int
    kind: str = "distinct"

    @classmethod
    def parse(cls, size):
        """Return the structure of a size.

        :raise ValueError: where it is not one
        """
        found = _SIZE.fullmatch(size.strip())
        kind = found and (found[5] or "distinct")
        if not found or kind not in KINDS or int(found[3]) > int(found[2]):
            raise ValueError(
                f"{size}: give a size such as 'L3 B3 S2 N10' or 'L3 B3 S2 N10 shared'"
            )
        return cls(*(int(number) for number in found.groups()[:4]), kind)

    def __str__(self):
        size = f"L{self.levels} B{self.components} S{self.assemblies} N{self.lines}"
        return size if self.kind == "distinct" else f"{size} {self.kind}"

    def trees(self, prefix="P"):
        """Return the tree of each product that is sold (one for "shared")."""
        count = 1 if self.kind == "shared" else self.lines
        names = _LeafNames(self.kind == "leafpool", prefix)
        return [self._tree(f"{prefix}{number}", 1, names) for number in range(count)]

    def _tree(self, name, level, leaves):
        node = Node(name)
        assemblies = self.assemblies if level < self.levels else 0
        for number in range(self.components):
            child = f"{name}.{number}"
            if number < assemblies:
                node.children.append(self._tree(child, level + 1, leaves))
            else:
                node.children.append(Node(leaves.name(child)))
        return node


class _LeafNames:
    """Gives parts their own names, or those of the pool in turn."""

    def __init__(self, pooled, prefix):
        self.pooled = pooled
        self.prefix = prefix
        self.count = 0

    def name(self, own):
        if not self.pooled:
            return own
        self.count += 1
        return f"{self.prefix}-leaf{self.count % LEAVES_IN_POOL}"


class Factory:
    """Makes products and orders in a database."""

    def __init__(self, env, supply):
        """:param supply: how all demands are supplied, one of the constants above"""
        self.env = env
        self.supply = supply
        self.vendors = env["res.partner"].create(
            [{"name": f"Vendor {number}"} for number in range(VENDORS)]
        )
        self.customer = env["res.partner"].create({"name": "Customer"})
        self.work_centres = env["mrp.workcenter"].create(
            [{"name": f"Work Centre {number}"} for number in range(OPERATIONS)]
        )
        self.route = env.ref("stock.route_warehouse0_mto")
        if supply in (MTO, MTS_ELSE_MTO):
            self.route.active = True
        if supply == MTS_ELSE_MTO:
            self.route.rule_ids.procure_method = MTS_ELSE_MTO

    def build(self, structure, prefix="P"):
        """Make the products and bills of materials; return the products to sell."""
        trees = structure.trees(prefix)
        nodes = {node.name: node for tree in trees for node in tree.walk()}
        records = self.env["product.product"].create(
            [
                self._product_values(node, number)
                for number, node in enumerate(nodes.values())
            ]
        )
        products = dict(zip(nodes, records, strict=True))
        self.env["mrp.bom"].create(
            [
                self._bom_values(node, products)
                for node in nodes.values()
                if node.children
            ]
        )
        return records.browse([products[tree.name].id for tree in trees])

    def order(self, products, lines=None):
        """Make a quotation with a line per product, or `lines` lines of the first."""
        sold = list(products) * (lines if lines and len(products) == 1 else 1)
        return self.env["sale.order"].create(self.order_values(sold))

    def order_values(self, products):
        """Return the values of a quotation with a line per product."""
        from odoo import Command

        return {
            "partner_id": self.customer.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": QUANTITY})
                for product in products
            ],
        }

    def products(self, count, prefix="S", **values):
        """Make products that are neither made nor bought."""
        return self.env["product.product"].create(
            [
                {"name": f"{prefix}{number}", **self._supply_values(), **values}
                for number in range(count)
            ]
        )

    def add_stock(self, products, quantity):
        """Put a quantity of each product into the warehouse."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        for product in products:
            self.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, quantity
            )

    def _supply_values(self):
        values = {"is_storable": True}
        if self.supply in (MTO, MTS_ELSE_MTO):
            values["route_ids"] = self.route.ids
        elif self.supply != FROM_STOCK:
            values["supply_policy"] = self.supply
        return values

    def _product_values(self, node, number):
        from odoo import Command

        values = {"name": node.name, **self._supply_values()}
        if not node.children:
            vendor = self.vendors[number % VENDORS]
            seller = {"partner_id": vendor.id, "delay": 2, "price": 10.0}
            values["seller_ids"] = [Command.create(seller)]
        return values

    def _bom_values(self, node, products):
        from odoo import Command

        return {
            "product_tmpl_id": products[node.name].product_tmpl_id.id,
            "product_qty": 1,
            "produce_delay": 1,
            "bom_line_ids": [
                Command.create({"product_id": products[child.name].id})
                for child in node.children
            ],
            "operation_ids": [
                Command.create({"name": centre.name, "workcenter_id": centre.id})
                for centre in self.work_centres
            ],
        }
