from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..engine import FAILS, try_rule
from ..models.supply_words import (
    fact_label,
    found_words,
    policy_label,
    wanted_words,
)

# Places that speak before any rule is asked.
STRONGER = ("specification", "order_line", "bom_line", "variant", "product")
# A test is read line by line.
MAX_DEMANDS = 200


class SupplyRuleTest(models.TransientModel):
    _name = "mto.supply.rule.test"
    _description = "Test of the Cascade Rules"

    rule_id = fields.Many2one("mto.supply.rule", readonly=True)
    subject = fields.Selection(
        [
            ("product", "A product, when it is sold"),
            ("bom", "A bill of materials, when its product is sold"),
            ("order", "A sales order"),
        ],
        "Test on",
        required=True,
        default="product",
    )
    product_id = fields.Many2one("product.product", domain=[("type", "=", "consu")])
    bom_id = fields.Many2one("mrp.bom", "Bill of Materials")
    order_id = fields.Many2one("sale.order", "Sales Order")
    order_line_id = fields.Many2one(
        "sale.order.line",
        domain="[('order_id', '=', order_id), ('product_id', '!=', False)]",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        default=lambda self: self.env["product.product"]._get_supply_warehouse(),
    )
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.onchange("order_id")
    def _onchange_order_id(self):
        if self.order_line_id.order_id != self.order_id:
            self.order_line_id = False

    @api.depends(
        "rule_id",
        "subject",
        "product_id",
        "bom_id",
        "order_id",
        "order_line_id",
        "warehouse_id",
    )
    @api.depends_context("uid", "lang", "company")
    def _compute_result(self):
        for test in self:
            demands = test._get_demands()
            test.result = demands and self.env["ir.qweb"]._render(
                "mto_cascade.supply_rule_test_result",
                {"demands": demands, "rule": test.rule_id, "limit": MAX_DEMANDS},
            )

    def _get_demands(self):
        """Return what each rule says of each demand of the subject, in words.

        :return: one dictionary per demand, the sold product first:

            - ``product``, ``level``, ``not_needed`` (name of what comes from stock
              above it, or False), ``explanation`` (of the decision)
            - ``stronger``: whether a place decided that comes before the rules
            - ``rule``: name of the rule that holds or may hold, or False
            - ``outcome``: 'holds', 'fails' or 'unknown': of the tested rule, or of all
              rules where none is tested
            - ``trials``: one dictionary per rule, in order, with ``name``, ``policy``,
              ``outcome``, ``asked`` (no earlier rule held), ``tested`` and
              ``conditions``: ``label``, ``wanted``, ``found``, ``outcome``
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if the subject may not be read
        """
        self.ensure_one()
        nodes = _flatten(self._get_nodes())[:MAX_DEMANDS]
        return self._prepare_demands(nodes) if nodes else []

    def _get_nodes(self):
        """Trees of the chosen product, bill of materials or order."""
        subject = self[f"{self.subject}_id"]
        subject.check_access("read")
        # What rules ask for may be closed to the reader of the subject: vendors of a
        # salesperson, for example. Only words are handed out.
        Structure = self.env["mto.supply.structure"].sudo()
        if self.subject == "order":
            lines = (self.order_line_id or self.order_id.order_line).sudo()
            roots = [
                Structure._prepare_root(line.product_id, line.warehouse_id, line)
                for line in lines
                if line.product_id.type == "consu" and line.warehouse_id
            ]
        else:
            bom = self.bom_id
            products = (
                self.product_id
                if self.subject == "product"
                else bom.product_id or bom.product_tmpl_id.product_variant_id
            )
            warehouse = self.warehouse_id or products._get_supply_warehouse()
            roots = [
                Structure._prepare_root(product.sudo(), warehouse.sudo())
                for product in products
            ]
            for root in roots:
                root.is_made = self.subject == "bom"
        return Structure._get_trees(roots)

    def _prepare_demands(self, nodes):
        rules = self._get_rules(nodes[0].company)
        facts = self._get_facts(nodes, rules)
        return [self._prepare_demand(node, rules, facts[node]) for node in nodes]

    def _get_rules(self, company):
        """The rules of a company as they are asked, and the tested one if archived."""
        rules = self.env["mto.supply.rule"]._get_engine_rules(company.id)
        if self.rule_id and self.rule_id.id not in {rule.id for rule in rules}:
            rules += (self.rule_id.sudo()._prepare_engine_rule(),)
        return rules

    def _get_facts(self, nodes, rules):
        Source = self.env["mto.supply.facts"].sudo()
        known = Source._get_document_facts([node.demand for node in nodes])
        needed = frozenset().union(*(rule.needs for rule in rules))
        facts = Source._add_product_facts(known, needed)
        return {node: facts[node.demand] for node in nodes}

    def _prepare_demand(self, node, rules, facts):
        trials = [try_rule(rule, facts) for rule in rules]
        first = next((trial for trial in trials if trial.outcome != FAILS), None)
        tested = next((t for t in trials if t.rule.id == self.rule_id.id), first)
        stronger = node.answer["level"] in STRONGER
        asked = trials.index(first) + 1 if first else len(trials)
        return {
            "product": node.product.display_name,
            "level": node.level,
            "depth": len(node.path) - 1,
            "not_needed": node.not_needed,
            "explanation": node.answer["explanation"],
            "stronger": stronger,
            "rule": first.rule.name if first and not stronger else False,
            "outcome": tested.outcome if tested else FAILS,
            "trials": [
                {
                    **self._prepare_trial(trial, node, facts),
                    "asked": index < asked and not stronger,
                    "decides": trial is first and not stronger,
                }
                for index, trial in enumerate(trials)
            ],
        }

    def _prepare_trial(self, trial, node, facts):
        rule = self.env["mto.supply.rule"].browse(trial.rule.id)
        shows_cost = self.env.user.has_group("mrp.group_mrp_manager")
        cost = shows_cost and formatLang(
            self.env, facts.unit_cost, currency_obj=node.company.currency_id
        )
        return {
            "name": trial.rule.name,
            "policy": policy_label(self.env, trial.rule.result),
            "outcome": trial.outcome,
            "tested": rule == self.rule_id,
            "conditions": [
                {
                    "label": fact_label(self.env, condition.fact),
                    "wanted": wanted_words(rule, condition.fact, shows_cost),
                    "found": found_words(self.env, condition.fact, facts, cost),
                    "outcome": condition.outcome,
                }
                for condition in trial.conditions
            ],
        }


def _flatten(nodes):
    """Nodes with all below them, as they are read from top to bottom."""
    return [found for node in nodes for found in (node, *_flatten(node.children))]
