"""The complete-path check: is everything there that an order would need to be supplied?

One batch for all order lines or products that are asked for: levels are resolved and
decided together (``mto.supply.resolver``, ``mto.supply.policy``), what is wrong is
found in the graph (``engine/paths.py``), and words are made for what is told only.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import models
from odoo.tools.misc import format_date

from ..engine import (
    DEPTH_LIMIT,
    LOOP,
    MAKE_TO_STOCK,
    PathGraph,
    PathNode,
    PathProblem,
)
from .mto_supply_resolver import SupplyNeed
from .supply_policy import SupplyDemand

# Closed vocabulary, with the label of each.
PROBLEMS = [
    ("no_bom", "No bill of materials"),
    ("no_vendor", "No vendor"),
    ("no_valid_price", "Vendor prices not valid"),
    ("no_rule", "No rule"),
    ("archived_component", "Archived"),
    (LOOP, "Loop"),
    ("no_common_unit", "Units that cannot be converted"),
    ("not_replenished", "Stock that nothing replenishes"),
    ("no_lead_time", "No lead time"),
    (DEPTH_LIMIT, "Too many levels"),
]
# These make dates too early, but everything needed is ordered.
ADVICE = {"no_lead_time"}
# How many problems of one line or product are told, and how much advice; of the rest
# the number is.
TOLD = 5
# And of all lines of a quotation.
TOLD_TOGETHER = 10

# How the resolver's ways of supply are called where a policy asks for them.
SUPPLY_KINDS = {"manufacture": "make", "no_bom": "make", "no_valid_price": "buy"}
TAKES_TIME = ("manufacture", "buy", "subcontract")


def get_serious(answer):
    """The problems of an answer for which something needed is not ordered or found."""
    return [problem for problem in answer["problems"] if problem["code"] not in ADVICE]


def get_sentence(problem):
    """'Cargo bike > Wheel > Rim: no vendor valid on 12 March'"""
    return f"{' > '.join(problem['path'])}: {problem['message']}"


def tell_problems(env, answer):
    """The problems of an answer in words, a line each; False without problems."""
    serious = get_serious(answer)
    told = [get_sentence(problem) for problem in serious[:TOLD_TOGETHER]]
    if more := len(serious) - len(told) + answer["more"]:
        told.append(env._("and %(count)s more", count=more))
    early = [p["path"][-1] for p in answer["problems"] if p["code"] in ADVICE]
    if early:
        told.append(
            env._(
                "Lead times of 0 days, so dates are too early: %(names)s",
                names=", ".join(dict.fromkeys(early)),
            )
        )
    return "\n".join(told) or False


class PathItem(NamedTuple):
    """A need where it is in the path; equal ones are one node.

    ``level``: below the sold product, counted only as far as a rule asks for it.
    ``bom_line_id``, ``order_line``: where they decide or are wrong, else False; the
    order line is a record, which an unsaved one has instead of an id.
    ``is_restock``: replenishes the stock that a component is taken from.
    """

    need: SupplyNeed
    level: int = 0
    bom_line_id: int | bool = False
    order_line: object = False
    is_restock: bool = False


@dataclass(eq=False)
class PathMemory:
    """What one batch knows beside the resolver's memory.

    ``deepest``: the level from which on no rule tells levels apart. ``by_order``:
    whether rules ask for things of the order.
    """

    resolver: object
    deepest: int = 1
    by_order: bool = False
    nodes: dict = field(default_factory=dict)
    restocks: dict = field(default_factory=dict)
    asked: set = field(default_factory=set)
    wrong_units: dict = field(default_factory=dict)


class SupplyCheck(models.AbstractModel):
    _name = "mto.supply.check"
    _description = "Complete-Path Check"

    # What is asked

    def _get_line_problems(self, lines, told=TOLD, known=None):
        """Return {order line: {"problems": [...], "more": n}}, see ``_get_problems``.

        Lines without goods have none. The lines may be unsaved.
        """
        items = {}
        for line in lines:
            if line.product_id.type == "consu" and line.product_uom_qty > 0:
                items[line] = PathItem(line._prepare_supply_need(), 0, False, line)
        return self._get_problems(items, told, lines.company_id, known)

    def _get_product_problems(self, products, warehouse, told=TOLD, known=None):
        """Return {product: {"problems": [...], "more": n}}: each if it were sold."""
        company = warehouse.company_id or self.env.company
        self.env["mto.supply.resolver"]._prefetch_goods(products)
        goods = products.filtered(lambda p: p.product_tmpl_id.type == "consu")
        needs = goods._prepare_supply_needs(company, warehouse)
        items = {
            product: PathItem(need) for product, need in zip(goods, needs, strict=True)
        }
        return self._get_problems(items, told, company, known)

    def _get_bom_problems(self, boms, warehouse, told=TOLD, known=None):
        """Return {(bill, product): {"problems": [...], "more": n}} of its products.

        What is made from it, whatever supplies the product when it is sold.
        """
        company = warehouse.company_id or self.env.company
        made = [
            (bom, product)
            for bom in boms
            for product in bom.product_id or bom.product_tmpl_id.product_variant_ids
        ]
        products = self.env["product.product"].union(*(item[1] for item in made))
        needs = dict(
            zip(
                products,
                products._prepare_supply_needs(company, warehouse),
                strict=True,
            )
        )
        items = {
            (bom, product): PathItem(needs[product]._replace(bom_id=bom.id))
            for bom, product in made
        }
        return self._get_problems(items, told, company, known)

    def _get_problems(self, items, told, companies, known=None):
        """Return {key: {"problems": [dictionary], "more": n}}.

        A problem has ``path`` and ``product_ids``: names and ids of the products from
        the top to where it is wrong. ``code``: one of PROBLEMS.
        ``message``: what is wrong there, in the language of the user. ``more``: how
        many problems there are beside those told. Needs sudo: vendors, rules and bills
        of materials are read, their names and prices never told.

        :param items: {key: ``PathItem``}
        :param known: the resolver's memory, where it has read of them already
        """
        reports = self._find_problems(items, told, companies, known)
        names = self._get_names(reports.values())
        return {
            key: {
                "problems": [
                    {
                        "path": [names[label] for label in finding.labels],
                        "product_ids": list(finding.labels),
                        "code": finding.problem.code,
                        "message": self._get_message(finding.problem, names),
                    }
                    for finding in report.findings
                ],
                "more": report.more,
            }
            for key, report in reports.items()
        }

    def _find_problems(self, items, told, companies, known=None):
        """Return {key: report of the engine}."""
        memory = self._new_memory(companies, known)
        for item in items.values():
            if item.need.bom_id:
                resolver = self.env["mto.supply.resolver"]
                resolver._new_step_of_bom(item.need, memory.resolver)
        self._build_graph(items.values(), memory)
        limit = max(companies.mapped("supply_depth_limit"), default=0)
        graph = PathGraph(memory.nodes, limit)
        return {key: graph.report(item, told) for key, item in items.items()}

    def _new_memory(self, companies, known=None):
        Rule = self.env["mto.supply.rule"]
        rules = [
            rule for company in companies for rule in Rule._get_engine_rules(company.id)
        ]
        levels = [
            level + 1
            for rule in rules
            for level in (rule.level_from, rule.level_to)
            if level is not None
        ]
        return PathMemory(
            known or self.env["mto.supply.resolver"]._new_memory(),
            max(levels, default=1),
            any(
                rule.needs & {"customer", "customer_tag", "quantity"} for rule in rules
            ),
        )

    # The graph

    def _build_graph(self, items, memory):
        """Add the nodes of all items and of all that is below them."""
        Resolver = self.env["mto.supply.resolver"]
        todo = list(dict.fromkeys(items))
        while todo:
            needs = [item.need for item in todo]
            steps = Resolver._resolve(needs, memory.resolver)
            ordered = self._get_ordered(todo, steps, memory)
            below = Resolver._get_components(
                (steps[item.need] for item in todo if ordered[item]), memory.resolver
            )
            self._load_restocks(memory)
            found = {}
            for item in todo:
                step = steps[item.need]
                node = PathNode(item.need.product_id)
                memory.nodes[item] = node
                self._fill_node(item, step, ordered[item], below, node, memory)
                found.update(dict.fromkeys(node.below))
            todo = [item for item in found if item not in memory.nodes]

    def _fill_node(self, item, step, is_ordered, below, node, memory):
        if item.is_restock:
            if step.problem:
                node.problems.append(self._get_step_problem(step, memory))
            return
        goods = memory.resolver.goods[item.need.company_id, item.need.product_id]
        if not goods.active:
            node.problems.append(PathProblem("archived_component"))
        if problem := self._get_unit_problem(item, goods, memory):
            node.problems.append(problem)
        if is_ordered:
            self._fill_ordered(item, step, goods, below, node, memory)
        elif item.level and goods.is_storable:
            self._fill_stocked(item, step, node, memory)

    def _fill_ordered(self, item, step, goods, below, node, memory):
        if step.problem:
            node.problems.append(self._get_step_problem(step, memory))
        elif step.supply in TAKES_TIME:
            node.problems += self._get_supply_problems(step, goods, memory)
        if step.supply == "transfer":
            node.below[item._replace(need=step.replenishment)] = 0
        if step in below:
            levels = 0 if step.supply == "kit" else 1
            items = self._get_items_below(item, below[step], levels, memory)
            node.below.update(dict.fromkeys(items, levels))

    def _fill_stocked(self, item, step, node, memory):
        """A component from stock: its stock must be replenished by somebody."""
        warehouse_id = step.source_warehouse_id
        if not warehouse_id:
            return  # at a subcontractor: what he has is his business
        route_ids = memory.restocks.get((item.need.product_id, warehouse_id))
        if route_ids is not None:
            need = step.replenishment._replace(route_ids=route_ids)
            node.below[PathItem(need, is_restock=True)] = 0
        elif step.problem:
            node.problems.append(self._get_step_problem(step, memory))
        else:
            data = {"location": step.source_id}
            node.problems.append(PathProblem("not_replenished", data))

    def _get_items_below(self, item, components, levels, memory):
        level = min(item.level + levels, memory.deepest)
        order_line = self._get_order_line_below(item, memory)
        goods = memory.resolver.goods
        for component in components:
            need = component.need
            counted_in = goods[need.company_id, need.product_id].unit_id
            matters = (component.policy or "inherit") != "inherit"
            matters = matters or self._has_wrong_unit(
                component.unit_id, counted_in, memory
            )
            yield PathItem(need, level, matters and component.bom_line_id, order_line)

    def _get_order_line_below(self, item, memory):
        """The order line, where it can decide below the product that it sells."""
        line = item.order_line
        matters = line and (memory.by_order or line._decides_supply((1, 1)))
        return matters and line

    def _get_order_line(self, item):
        return item.order_line or self.env["sale.order.line"]

    def _load_restocks(self, memory):
        """Read which products reordering rules replenish, for those loaded since."""
        for company_id, products in memory.resolver.products.items():
            new_ids = [id_ for id_ in products if (company_id, id_) not in memory.asked]
            if not new_ids:
                continue
            memory.asked.update((company_id, id_) for id_ in new_ids)
            for product, warehouse, route in self.env[
                "stock.warehouse.orderpoint"
            ]._read_group(
                # Of all companies: another one may supply the place.
                [("product_id", "in", new_ids)],
                ["product_id", "warehouse_id", "route_id"],
            ):
                memory.restocks[product.id, warehouse.id] = tuple(route.ids)

    # Whether it is ordered

    def _get_ordered(self, items, steps, memory):
        """Return {item: whether it is ordered, not taken from stock}."""
        demands = {}
        for item in items:
            step = steps[item.need]
            if step.is_demand and not item.is_restock:
                demands[item] = self._prepare_demand(item, step, memory)
        decisions = self.env["mto.supply.policy"]._get_decisions(list(demands.values()))
        ordered = {}
        for item in items:
            step = steps[item.need]
            decision = decisions.get(demands.get(item))
            if decision and decision.by_policy:
                # What depends on the order may be ordered: the path must be there.
                ordered[item] = decision.policy != MAKE_TO_STOCK
            else:
                ordered[item] = step.procure_method != MAKE_TO_STOCK
        return ordered

    def _prepare_demand(self, item, step, memory):
        need = step.need
        # Of the company whose stock it leaves, which may be another one.
        company_id = (step.replenishment or need).company_id
        order_line = self._get_order_line(item)
        unknown = frozenset({"customer", "customer_tag", "quantity"})
        return SupplyDemand(
            product=memory.resolver.products[need.company_id][need.product_id],
            company=self.env["res.company"].browse(company_id),
            warehouse=self.env["stock.warehouse"].browse(step.source_warehouse_id),
            order_line=order_line,
            bom_line=self.env["mrp.bom.line"].browse(item.bom_line_id or ()),
            levels=(item.level, item.level),
            specification=bool(order_line)
            and not item.level
            and order_line._get_specification_key(),
            unknown=frozenset() if order_line else unknown,
            supply=self._get_supply_kind(step, memory),
        )

    def _get_supply_kind(self, step, memory):
        """As ``product.product._get_supply_kinds``."""
        if step.supply or step.problem in SUPPLY_KINDS:
            return SUPPLY_KINDS.get(step.supply or step.problem, step.supply)
        key = (step.need.company_id, step.need.product_id)
        _routes, _category, has_bom, has_vendor = memory.resolver.signatures[key][:4]
        return "no_rule" if has_bom or has_vendor else "none"

    # What is wrong

    def _get_step_problem(self, step, memory):
        """Why it cannot be ordered, by the cause a person can do something about."""
        code = step.problem
        data = {}
        if code == "no_rule" and self._get_supply_kind(step, memory) == "none":
            product = memory.resolver.products[step.need.company_id][
                step.need.product_id
            ]
            code = "no_vendor" if product.purchase_ok else "no_bom"
            data["neither"] = True
        elif code == "no_rule":
            data["location"] = step.source_id or step.need.location_id
        elif code == "no_valid_price":
            data["date"] = step.need.date or memory.resolver.today
        return PathProblem(code, data)

    def _get_unit_problem(self, item, goods, memory):
        """A line that counts the product in a unit which is no unit of its."""
        if item.bom_line_id:
            line = self.env["mrp.bom.line"].browse(item.bom_line_id)
        elif item.order_line and not item.level:
            line = item.order_line
        else:
            return False
        return self._prepare_unit_problem(line.product_uom_id, goods, memory)

    def _get_supply_problems(self, step, goods, memory):
        problems = []
        bom = self.env["mto.supply.resolver"]._browse_bom(step.bom_id, memory.resolver)
        vendor_line = self.env["product.supplierinfo"].browse(step.vendor_line_id or ())
        for unit in (bom.product_uom_id, vendor_line.product_uom_id):
            if problem := self._prepare_unit_problem(unit, goods, memory):
                problems.append(problem)
        if not step.delay:
            data = {"supply": step.supply}
            problems.append(PathProblem("no_lead_time", data, is_advice=True))
        return problems

    def _prepare_unit_problem(self, unit, goods, memory):
        unit_id = unit._origin.id
        if not self._has_wrong_unit(unit_id, goods.unit_id, memory):
            return False
        data = {"unit": unit_id, "of": goods.unit_id}
        return PathProblem("no_common_unit", data)

    def _has_wrong_unit(self, unit_id, counted_in, memory):
        if not unit_id or unit_id == counted_in:
            return False
        key = (unit_id, counted_in)
        if key not in memory.wrong_units:
            unit, other = self.env["uom.uom"].browse(key)
            memory.wrong_units[key] = not unit._has_common_reference(other)
        return memory.wrong_units[key]

    # Words

    def _get_names(self, reports):
        """Return {product id: name} of all that is told."""
        ids = {
            label
            for report in reports
            for finding in report.findings
            for label in finding.labels
        }
        products = self.env["product.product"].browse(ids)
        named = products.with_context(display_default_code=False)
        return {product.id: product.display_name for product in named}

    def _get_message(self, problem, names):
        data = problem.data
        match problem.code:
            case "no_bom":
                if data.get("neither"):
                    return self.env._("no bill of materials to make it, and no vendor")
                return self.env._("no bill of materials")
            case "no_vendor":
                if data.get("neither"):
                    return self.env._("no vendor, and no bill of materials to make it")
                return self.env._("no vendor")
            case "no_valid_price":
                return self.env._(
                    "no vendor valid on %(date)s", date=self._format_day(data["date"])
                )
            case "no_rule":
                return self.env._(
                    "no rule brings it to %(location)s",
                    location=self._get_location_name(data),
                )
            case "archived_component":
                return self.env._("archived")
            case "loop":
                return self.env._("the path leads back to it")
            case "no_common_unit":
                units = self.env["uom.uom"].browse([data["unit"], data["of"]])
                return self.env._(
                    "needed in %(unit)s, but counted in %(other)s",
                    unit=units[0].name,
                    other=units[1].name,
                )
            case "not_replenished":
                return self.env._(
                    "taken from %(location)s, which nothing replenishes",
                    location=self._get_location_name(data),
                )
            case "no_lead_time":
                if data["supply"] == "manufacture":
                    return self.env._("its manufacturing lead time is 0 days")
                return self.env._("the lead time of its vendor is 0 days")
            case "depth_limit":
                return self.env._(
                    "deeper than %(limit)s levels",
                    limit=data["limit"],
                )
        return problem.code

    def _get_location_name(self, data):
        location = self.env["stock.location"].browse(data.get("location") or ())
        return location.display_name or ""

    def _format_day(self, date):
        """'12 March', with the year if it is another one."""
        this_year = (
            date.year == self.env["mto.supply.resolver"]._new_memory().today.year
        )
        pattern = "d MMMM" if this_year else "d MMMM y"
        return format_date(self.env, date, date_format=pattern)
