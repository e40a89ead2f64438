from dataclasses import replace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..engine import COSTLY, STOCK_BELOW, Rule, find_rule, find_shadows
from .supply_words import DEMAND_POLICIES, rule_sentence

# As many levels as anybody counts by hand; deeper ones are met by an open end.
LEVELS = [("0", "0, the sold product"), *((str(n), str(n)) for n in range(1, 10))]
SUPPLY_KINDS = [
    ("make", "Made"),
    ("buy", "Bought"),
    ("subcontract", "Subcontracted"),
]


class MtoSupplyRule(models.Model):
    _name = "mto.supply.rule"
    _description = "Cascade Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="The first rule that holds decides, in this order."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Leave empty for a rule of all companies.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    level_from = fields.Selection(
        LEVELS,
        "From Level",
        help="Counted from the sold product, which is level 0; its components are "
        "level 1. The components of a kit have the level of the kit. Empty: from the "
        "sold product on.",
    )
    level_to = fields.Selection(
        LEVELS, "To Level", help="Empty: down to the last component."
    )
    supply = fields.Selection(
        SUPPLY_KINDS, "Made or Bought", help="How the product is replenished."
    )
    category_id = fields.Many2one(
        "product.category",
        "Product Category",
        ondelete="restrict",
        help="The product is in this category or one below it.",
    )
    vendor_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="restrict",
        help="The vendor that Odoo would ask first for the product.",
    )
    lead_time_min = fields.Integer(
        "Lead Time from",
        help="In days: the delivery lead time of the vendor or the manufacturing lead "
        "time of the bill of materials is at least this long. 0: any.",
    )
    # Cost is for planners: on the screen, in the sentence and in the reason.
    cost_min = fields.Monetary(
        "Unit Cost from",
        groups="mrp.group_mrp_manager",
        help="The cost of one unit is at least this much, in the currency of the "
        "company. 0: any.",
    )
    cost_max = fields.Monetary(
        "Unit Cost to",
        groups="mrp.group_mrp_manager",
        help="The cost of one unit is at most this much. 0: any.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        check_company=True,
        ondelete="restrict",
        help="The customer of the sales order, or the company the customer belongs to.",
    )
    partner_tag_id = fields.Many2one(
        "res.partner.category", "Customer Tag", ondelete="restrict"
    )
    quantity_min = fields.Float(
        "Ordered Quantity from",
        digits="Product Unit",
        help="Of the sales order line, in the unit of the sold product. 0: any.",
    )
    quantity_max = fields.Float(
        "Ordered Quantity to",
        digits="Product Unit",
        help="Of the sales order line, in the unit of the sold product. 0: any.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="restrict",
        help="The warehouse whose stock the demand is taken from.",
    )
    result = fields.Selection(
        [*DEMAND_POLICIES, (STOCK_BELOW, "From here down: stock")],
        required=True,
        default="stock_then_order",
        help="Make to order: made or bought for the order.\n"
        "Make to stock: taken from stock.\n"
        "Stock first, then order: what is free in stock is used, the missing quantity "
        "is made or bought.\n"
        "From here down: stock: the demand and all components below it come from "
        "stock, which reordering rules refill.",
    )
    summary = fields.Char(
        "In Words", compute="_compute_summary", help="What the rule says."
    )
    warning = fields.Char(
        compute="_compute_warning",
        help="Why the rule never holds, where that is certain.",
    )
    open_demand_count = fields.Integer(
        "Open Demands",
        compute="_compute_open_demand_count",
        help="Open demands that this rule decided; 0 also for a rule that never holds.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends(lambda self: self._get_condition_fields())
    @api.depends_context("lang", "uid")
    def _compute_summary(self):
        shows_cost = self.env.user.has_group("mrp.group_mrp_manager")
        for rule in self:
            rule.summary = rule_sentence(rule, shows_cost=shows_cost)

    @api.depends(
        lambda self: [
            *self._get_condition_fields(),
            "sequence",
            "active",
            "company_id",
        ]
    )
    @api.depends_context("lang")
    def _compute_warning(self):
        for company, rules in self.grouped("company_id").items():
            # Of what is saved: the order of the others is known only there.
            shadows = self._find_shadows(company)
            for rule in rules:
                shadow = shadows.get(rule._origin.id)
                rule.warning = shadow and self.env._(
                    "Never holds: rule '%(rule)s' before it takes all its demands.",
                    rule=shadow.name,
                )

    def _compute_open_demand_count(self):
        # Counted in the reader's companies; no transfer is shown to who may not see it.
        counts = dict(
            self.env["stock.move"]
            .sudo()
            ._read_group(
                self._get_open_demand_domain(), ["supply_rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.open_demand_count = counts.get(rule._origin, 0)

    @api.model
    def _get_condition_fields(self):
        return [
            "level_from",
            "level_to",
            "supply",
            "category_id",
            "vendor_id",
            "lead_time_min",
            "cost_min",
            "cost_max",
            "partner_id",
            "partner_tag_id",
            "quantity_min",
            "quantity_max",
            "warehouse_id",
            "result",
        ]

    @api.constrains("level_from", "level_to")
    def _check_levels(self):
        for rule in self:
            if (
                rule.level_from
                and rule.level_to
                and int(rule.level_from) > int(rule.level_to)
            ):
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s never holds: it starts at level %(first)s and "
                        "ends at level %(last)s.",
                        rule=rule.name,
                        first=rule.level_from,
                        last=rule.level_to,
                    )
                )

    @api.constrains(
        "cost_min", "cost_max", "quantity_min", "quantity_max", "lead_time_min"
    )
    def _check_ranges(self):
        for rule in self.sudo():  # cost is hidden from some who may write by code
            rule._check_range(rule.cost_min, rule.cost_max, self.env._("unit cost"))
            rule._check_range(
                rule.quantity_min, rule.quantity_max, self.env._("ordered quantity")
            )
            rule._check_range(rule.lead_time_min, 0, self.env._("lead time"))

    def _check_range(self, lowest, highest, what):
        self.ensure_one()
        if lowest < 0 or highest < 0:
            raise ValidationError(
                self.env._(
                    "Rule %(rule)s: the %(what)s cannot be negative.",
                    rule=self.name,
                    what=what,
                )
            )
        if highest and lowest > highest:
            raise ValidationError(
                self.env._(
                    "Rule %(rule)s never holds: the %(what)s is to be at least "
                    "%(lowest)s and at most %(highest)s.",
                    rule=self.name,
                    what=what,
                    lowest=lowest,
                    highest=highest,
                )
            )

    @api.constrains("supply", "vendor_id")
    def _check_vendor(self):
        for rule in self:
            if rule.vendor_id and rule.supply == "make":
                raise ValidationError(
                    self.env._(
                        "Rule %(rule)s never holds: a product that is made has no "
                        "vendor.",
                        rule=rule.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._forget_rules()
        return rules

    def write(self, vals):
        res = super().write(vals)
        self._forget_rules()
        return res

    def unlink(self):
        res = super().unlink()
        self._forget_rules()
        return res

    def _forget_rules(self):
        """What the engine reads, and what each rule says of the rules before it."""
        self.env.registry.clear_cache()
        self.invalidate_model(["warning"])

    def action_open_demands(self):
        """Open the demands that the rules in ``self`` decided and that are not done."""
        return {
            "name": self.env._("Open Demands"),
            "type": "ir.actions.act_window",
            "res_model": "stock.move",
            "view_mode": "list,form",
            "domain": self._get_open_demand_domain(),
        }

    def _get_open_demand_domain(self):
        return [
            ("supply_rule_id", "in", self.ids),
            ("state", "not in", ("done", "cancel")),
            ("company_id", "in", self.env.companies.ids),
        ]

    def action_test(self):
        """Open a dialog that tries the rules on a product or an order.

        Started from one rule, the dialog tells of this rule first.
        """
        return {
            "name": self.env._("Test the rules on..."),
            "type": "ir.actions.act_window",
            "res_model": "mto.supply.rule.test",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_rule_id": self.id if len(self) == 1 else False,
                "dialog_size": "extra-large",
            },
        }

    def _find_shadows(self, company):
        """Return {id of a rule of ``company`` that never holds: the engine's rule
        before it that takes its demands}.

        A rule of all companies is in the shadow of its like only.
        """
        rules = self._get_engine_rules(company.id)
        return find_shadows(rules, self._get_fact_parents(rules))

    def _get_fact_parents(self, rules):
        """What is named of a demand together with what the rules name.

        The categories above one, and the company that a person belongs to.
        """
        env = self.sudo().env  # names of nothing are told
        categories = env["product.category"].browse(
            {rule.category for rule in rules if rule.category}
        )
        people = env["res.partner"].browse(
            {id_ for rule in rules for id_ in (rule.vendor, rule.customer) if id_}
        )
        companies = {person.id: person.commercial_partner_id.ids for person in people}
        return {
            "category": {c.id: c._get_ids_with_parents() for c in categories},
            "vendor": companies,
            "customer": companies,
        }

    # Deciding

    def _find_rules(self, demands):
        """Return {demand: match} for the demands a rule decides, in env.company.

        What is costly to know of a product is asked only where all else holds.

        :param demands: list of ``SupplyDemand``
        """
        rules = self._get_engine_rules(self.env.company.id)
        if not rules or not demands:
            return {}
        Source = self.env["mto.supply.facts"]
        facts = {
            demand: known
            for demand, known in Source._get_document_facts(demands).items()
            if find_rule(rules, replace(known, unknown=known.unknown | COSTLY))
        }
        needed = frozenset().union(*(rule.needs for rule in rules))
        matches = {
            demand: find_rule(rules, known)
            for demand, known in Source._add_product_facts(facts, needed).items()
        }
        return {demand: match for demand, match in matches.items() if match}

    @api.model
    @tools.ormcache("company_id")
    def _get_engine_rules(self, company_id):
        """The rules of a company as the engine reads them; no query while none change.

        Rules decide for people too who may not read them.
        """
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search([("company_id", "in", (False, company_id))])
        )
        return tuple(rule._prepare_engine_rule() for rule in rules)

    def _prepare_engine_rule(self):
        self.ensure_one()
        return Rule(
            id=self.id,
            name=self.name,
            result=self.result,
            level_from=int(self.level_from) if self.level_from else None,
            level_to=int(self.level_to) if self.level_to else None,
            supply=self.supply,
            category=self.category_id.id,
            vendor=self.vendor_id.id,
            lead_time=self.lead_time_min,
            cost_from=self.cost_min,
            cost_to=self.cost_max,
            customer=self.partner_id.id,
            customer_tag=self.partner_tag_id.id,
            quantity_from=self.quantity_min,
            quantity_to=self.quantity_max,
            warehouse=self.warehouse_id.id,
        )
