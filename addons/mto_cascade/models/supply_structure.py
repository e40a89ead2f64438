from dataclasses import dataclass, field

from odoo import models

from ..engine import MAKE_TO_STOCK
from .supply_policy import SupplyDemand

# What is opened to see its components, and the type of its bill of materials.
BOM_TYPES = {"make": "normal", "kit": "phantom", "subcontract": "subcontract"}
# A structure is shown to people. Deeper and wider than this nobody reads.
MAX_LEVELS = 40
MAX_NODES = 3000


@dataclass(eq=False)
class StructureNode:
    """A product in the structure of a sold product, with the decision of its demand.

    ``level``: below the sold product; the components of a kit have the level of the
    kit. ``quantity``: in the unit of the product, for one sold product. ``answer``: see
    ``product.product.get_supply_decision``. ``not_needed``: name of the product above
    that comes from stock, so that this one is not ordered; False where it may be.
    ``is_made``: it is made whatever its demand is served from, as the product of a bill
    of materials that somebody looks at. ``cut_off``: there is more below, not shown.
    """

    product: models.Model
    company: models.Model
    warehouse: models.Model
    order_line: models.Model
    bom_line: models.Model
    level: int = 0
    quantity: float = 1.0
    parent: "StructureNode | None" = None
    demand: SupplyDemand | None = None
    answer: dict = field(default_factory=dict)
    bom: models.Model | None = None
    not_needed: str | bool = False
    is_made: bool = False
    cut_off: bool = False
    children: list = field(default_factory=list)

    @property
    def path(self):
        """Nodes from the sold product down to this one."""
        return [*(self.parent.path if self.parent else ()), self]

    @property
    def stops_at(self):
        """Name of what comes from stock here or above, or False."""
        is_open = self.is_made or self.answer["supply"] == "kit"
        if self.not_needed or is_open or self.answer["policy"] != MAKE_TO_STOCK:
            return self.not_needed
        return self.product.display_name


class SupplyStructure(models.AbstractModel):
    _name = "mto.supply.structure"
    _description = "Supply of a Product and of All Below It"

    def _get_trees(self, roots):
        """Decide the demands of whole structures, a level of all of them at a time.

        :param roots: list of ``StructureNode`` of level 0, readable (sudo)
        :return: the same nodes with ``answer`` and ``children``
        """
        level, left = list(roots), MAX_NODES - len(roots)
        for _depth in range(MAX_LEVELS):
            if not level:
                break
            self._load_answers(level)
            below = []
            for node, children in self._get_children(level).items():
                if len(below) + len(children) > left:
                    node.cut_off = True
                    continue
                node.children = children
                below += children
            left -= len(below)
            level = below
        self._load_answers(level)
        for node in level:
            node.cut_off = True
        return roots

    def _prepare_root(self, product, warehouse, order_line=None):
        """A node for a product that is or may be sold from ``warehouse``."""
        line = order_line or self.env["sale.order.line"]
        return StructureNode(
            product=product,
            company=warehouse.company_id or self.env.company,
            warehouse=warehouse,
            order_line=line,
            bom_line=self.env["mrp.bom.line"],
            quantity=line._get_quantity_in_product_unit() if line else 1.0,
        )

    def _load_answers(self, nodes):
        """Fill ``demand``, ``answer`` and ``not_needed`` of the nodes, in batch."""
        for node in nodes:
            node.demand = self._prepare_demand(node)
            node.not_needed = node.parent.stops_at if node.parent else False
        products = [n for n in nodes if not n.parent and not n.order_line]
        for warehouse, group in _group(products, lambda node: node.warehouse).items():
            answers = self._get_products(group)._get_supply_decisions(warehouse)
            by_product = {answer["id"]: answer for answer in answers}
            for node in group:
                node.answer = by_product[node.product.id]
        self._load_demand_answers([node for node in nodes if not node.answer])

    def _load_demand_answers(self, nodes):
        """Of components and of order lines."""
        cores = self._get_core_answers(nodes)
        answers = self.env["mto.supply.policy"]._get_answers(
            [(node.product, node.demand, cores[node]) for node in nodes]
        )
        for node, answer in zip(nodes, answers, strict=True):
            node.answer = answer

    def _prepare_demand(self, node):
        unknown = () if node.order_line else ("customer", "customer_tag", "quantity")
        return SupplyDemand(
            product=node.product.with_company(node.company),
            company=node.company,
            warehouse=node.warehouse,
            order_line=node.order_line,
            bom_line=node.bom_line,
            levels=(node.level, node.level),
            specification=bool(node.order_line)
            and node.level == 0
            and node.order_line._get_specification_key(),
            unknown=frozenset(unknown),
        )

    def _get_core_answers(self, nodes):
        """Return {node: what core's rule search says}, in batch."""
        below, sold = {}, {}
        for node in nodes:
            routes = node.order_line.route_ids
            if node.parent:
                below.setdefault(node.warehouse, []).append(node)
            else:
                sold.setdefault((node.warehouse, routes), []).append(node)
        result = {}
        for warehouse, group in below.items():
            cores = self._get_products(group)._get_core_component_answers(warehouse)
            result.update((node, cores[node.product.id]) for node in group)
        for (warehouse, routes), group in sold.items():
            cores = self._get_products(group)._get_core_answers(warehouse, routes)
            result.update((node, cores[node.product.id]) for node in group)
        return result

    def _get_children(self, nodes):
        """Return {node: nodes of its components}, for those that are made or a kit.

        What another location sends is made there and not looked into. A product below
        itself is not opened again.
        """
        opened = [
            node
            for node in nodes
            if node.answer["supply"] in BOM_TYPES
            and node.product not in [above.product for above in node.path[:-1]]
        ]
        self._load_boms(opened)
        return {
            node: [
                self._prepare_child(node, line)
                for line in node.bom.bom_line_ids
                if not line._skip_bom_line(node.product)
            ]
            for node in opened
            if node.bom
        }

    def _load_boms(self, nodes):
        """Fill ``bom`` with what core would choose, once per warehouse and type."""
        groups = _group(nodes, lambda node: (node.warehouse, node.answer["supply"]))
        for (warehouse, supply), group in groups.items():
            company = group[0].company
            boms = self.env["mrp.bom"]._bom_find(
                self._get_products(group).with_company(company),
                picking_type=warehouse.manu_type_id if supply == "make" else None,
                company_id=company.id,
                bom_type=BOM_TYPES[supply],
            )
            for node in group:
                node.bom = boms[node.product]

    def _prepare_child(self, node, line):
        factor = node.bom.product_uom_id._compute_quantity(
            node.bom.product_qty, node.product.uom_id, round=False
        )
        quantity = line.product_uom_id._compute_quantity(
            line.product_qty, line.product_id.uom_id, round=False
        )
        return StructureNode(
            product=line.product_id,
            company=node.company,
            warehouse=node.warehouse,
            order_line=node.order_line,
            bom_line=line,
            level=node.level + (node.bom.type != "phantom"),
            quantity=node.quantity * quantity / (factor or 1.0),
            parent=node,
        )

    def _get_products(self, nodes):
        return self.env["product.product"].union(*(node.product for node in nodes))


def _group(nodes, key):
    groups = {}
    for node in nodes:
        groups.setdefault(key(node), []).append(node)
    return groups
