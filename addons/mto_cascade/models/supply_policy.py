from dataclasses import dataclass, field

from odoo import models

from ..engine import (
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    POLICIES,
    STOCK_THEN_ORDER,
    SUPPLIED,
    PolicySource,
    decide,
    decide_for_specification,
    preset_policy,
    takes_from_stock,
)
from .supply_words import supply_sentence


@dataclass(eq=False)
class SupplyDemand:
    """A demand whose policy is asked: of a stock move, or of something that may come.

    ``order_line``: the sales order line it serves, empty where there is none.
    ``levels``: first and last level below the sold product, the last one None for any.
    ``of_order``: whether rules, warehouse and preset count; they speak of sales orders.
    ``unknown``: names of facts that nobody knows yet, see ``engine.Facts``.
    ``supply``: how the product is replenished; filled when a level needs it.
    """

    product: models.Model
    company: models.Model
    warehouse: models.Model
    order_line: models.Model
    bom_line: models.Model
    levels: tuple = (0, 0)
    of_order: bool = True
    specification: str | bool = False
    unknown: frozenset = field(default_factory=frozenset)
    supply: str | bool = False

    @property
    def is_sold_product(self):
        return self.levels == (0, 0)


class SupplyPolicy(models.AbstractModel):
    _name = "mto.supply.policy"
    _description = "Policy of a Demand"

    def _get_decisions(self, demands):
        """Return {demand: decision} of the policies, for all demands at once.

        :param demands: list of ``SupplyDemand``, their records readable (sudo): orders,
            vendors and costs decide for people too who may not read them, and only the
            decision is handed out
        """
        sources = self._get_sources(demands)
        decisions = {demand: decide(sources[demand]) for demand in demands}
        specified = [
            demand
            for demand, decision in decisions.items()
            if demand.specification
            and demand.is_sold_product
            and takes_from_stock(decision)
        ]
        for demand in self._filter_supplied(specified):
            decisions[demand] = decide_for_specification()
        for demand, decision in decisions.items():
            if decision.by_policy and demand.supply:
                decision.reason["supply"] = demand.supply
        return decisions

    def _get_sources(self, demands):
        """Return {demand: policy sources, strongest first}.

        A level is asked only for the demands that no stronger one decides, so the list
        ends with the level that decides.
        """
        sources = {demand: [] for demand in demands}
        undecided = demands
        for get_sources in self._get_levels():
            found = get_sources(undecided) if undecided else {}
            for demand, more in found.items():
                sources[demand] += more
            undecided = [
                demand
                for demand in undecided
                if not any(source.decides for source in found.get(demand, ()))
            ]
        return sources

    def _get_levels(self):
        """Methods that return {demand: policy sources}, the strongest level first.

        Override to add a level. Each is called once, with a list of demands.
        """
        return [
            self._get_order_line_sources,
            self._get_bom_line_sources,
            self._get_product_sources,
            self._get_rule_sources,
            self._get_category_sources,
            self._get_warehouse_sources,
            self._get_preset_sources,
        ]

    # Answers, see ``product.product.get_supply_decision``

    def _get_answers(self, asked):
        """Return one answer per (record, demand, core's answer), in order."""
        demands = [demand for _record, demand, _core in asked]
        decisions = self._get_decisions(demands)
        self._load_supply_kinds(demands)
        return [
            self._prepare_answer(
                record,
                demand,
                decisions[demand] if decisions[demand].by_policy else decide((), core),
            )
            for record, demand, core in asked
        ]

    def _prepare_answer(self, record, demand, decision):
        reason = decision.reason
        return {
            "id": record.id,
            "model": record._name,
            "uom": demand.product.uom_id.name,
            "company_id": demand.company.id,
            "warehouse_id": demand.warehouse.id,
            "policy": decision.policy,
            "procure_method": self._get_procure_method(decision),
            "level": decision.level,
            "reason": self._prepare_reason(reason),
            "supply": demand.supply,
            "can_be_supplied": demand.supply not in ("none", "no_rule"),
            "explanation": supply_sentence(
                self.env, decision.policy, reason, demand.supply
            ),
        }

    def _prepare_reason(self, reason):
        """What the API tells of a reason; all of it is needed for its sentence."""
        return {
            "code": reason["code"],
            "record_id": reason.get("record_id") or False,
            "name": reason.get("name") or reason.get("route") or False,
            "facts": reason.get("facts") or [],
        }

    def _get_procure_method(self, decision):
        if decision.by_policy:
            return decision.procure_method
        return "make_to_order" if decision.policy == MAKE_TO_ORDER else MAKE_TO_STOCK

    def _prepare_answer_without_product(self, company, warehouse):
        return {
            "uom": False,
            "company_id": company.id,
            "warehouse_id": warehouse.id,
            "policy": False,
            "procure_method": False,
            "level": "core",
            "reason": {
                "code": "no_product",
                "record_id": False,
                "name": False,
                "facts": [],
            },
            "supply": "service",
            "can_be_supplied": True,
            "explanation": self.env._("No product: there is nothing to supply."),
        }

    # The levels

    def _get_order_line_sources(self, demands):
        asked = [
            demand
            for demand in demands
            if demand.order_line and demand.order_line._decides_supply(demand.levels)
        ]
        # Below what is sold the line speaks of products that nobody looked at: what
        # cannot be ordered is left to the next level.
        sold = [demand for demand in asked if demand.is_sold_product]
        below = [demand for demand in asked if not demand.is_sold_product]
        stocked = [d for d in below if d.order_line.supply_policy == MAKE_TO_STOCK]
        ordered = [d for d in below if d.order_line.supply_policy != MAKE_TO_STOCK]
        return {
            demand: [
                PolicySource(
                    "order_line",
                    demand.order_line.supply_policy,
                    demand.order_line.id,
                    demand.order_line.order_id.name,
                )
            ]
            for demand in sold + stocked + self._filter_supplied(ordered)
        }

    def _get_bom_line_sources(self, demands):
        return {
            demand: [
                PolicySource(
                    "bom_line",
                    demand.bom_line.supply_policy,
                    demand.bom_line.id,
                    demand.bom_line.bom_id.product_tmpl_id.name,
                )
            ]
            for demand in demands
            if demand.bom_line.supply_policy
        }

    def _get_product_sources(self, demands):
        result = {}
        for company, group in _group_by_company(demands).items():
            products = self._get_products(group).with_company(company)
            sources = products._get_supply_policy_sources()
            result.update((demand, sources[demand.product.id]) for demand in group)
        return result

    def _get_rule_sources(self, demands):
        result = {}
        for company, group in _group_by_company(demands, of_order=True).items():
            Rule = self.env["mto.supply.rule"].with_company(company)
            for demand, match in Rule._find_rules(group).items():
                details = {
                    "facts": list(match.facts),
                    "result": match.rule.result,
                    "unknown": list(match.unknown),
                }
                result[demand] = [
                    PolicySource(
                        "rule", match.policy, match.rule.id, match.rule.name, details
                    )
                ]
        return result

    def _get_category_sources(self, demands):
        result = {}
        for company, group in _group_by_company(demands).items():
            categories = self._get_products(group).with_company(company).categ_id
            sources = categories._get_supply_policy_sources()
            result.update(
                (demand, sources.get(demand.product.categ_id.id, []))
                for demand in group
            )
        return result

    def _get_warehouse_sources(self, demands):
        asked = [
            demand
            for demand in demands
            if demand.of_order and demand.warehouse.supply_policy in POLICIES
        ]
        stocked = [d for d in asked if d.warehouse.supply_policy == MAKE_TO_STOCK]
        ordered = [
            demand
            for demand in asked
            if demand.warehouse.supply_policy != MAKE_TO_STOCK
            # What stock lacks is known only of goods whose stock is kept.
            and (
                demand.warehouse.supply_policy != STOCK_THEN_ORDER
                or demand.product.is_storable
            )
        ]
        return {
            demand: [
                PolicySource(
                    "warehouse",
                    demand.warehouse.supply_policy,
                    demand.warehouse.id,
                    demand.warehouse.name,
                )
            ]
            for demand in stocked + self._filter_supplied(ordered)
        }

    def _get_preset_sources(self, demands):
        asked = [d for d in demands if d.of_order and d.company.supply_preset]
        self._load_supply_kinds(asked)
        return {
            demand: [
                PolicySource(
                    "preset",
                    self._get_preset_policy(demand),
                    demand.company.id,
                    demand.company.name,
                    {"preset": demand.company.supply_preset},
                )
            ]
            for demand in asked
        }

    def _get_preset_policy(self, demand):
        return preset_policy(
            demand.company.supply_preset,
            demand.levels,
            demand.supply,
            is_assembly=bool(demand.product.bom_ids),
            is_stored=demand.product.is_storable,
        )

    # How the products are replenished

    def _filter_supplied(self, demands):
        """The demands for products that can be made, bought or brought at all."""
        self._load_supply_kinds(demands)
        return [demand for demand in demands if demand.supply in SUPPLIED]

    def _load_supply_kinds(self, demands):
        """Fill ``supply`` of the demands, once per warehouse and in batch."""
        groups = {}
        for demand in demands:
            if not demand.supply:
                groups.setdefault((demand.company, demand.warehouse), []).append(demand)
        for (company, warehouse), group in groups.items():
            products = self._get_products(group).with_company(company)
            kinds = products._get_supply_kinds(warehouse)
            for demand in group:
                demand.supply = kinds[demand.product.id]

    def _get_products(self, demands):
        return self.env["product.product"].union(*(d.product for d in demands))


def _group_by_company(demands, of_order=False):
    groups = {}
    for demand in demands:
        if demand.of_order or not of_order:
            groups.setdefault(demand.company, []).append(demand)
    return groups
