from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.misc import format_amount


class MtoStockDecision(models.TransientModel):
    """Which parts to stock, so that customers wait no longer than they should.

    A table to tick, or the cheapest set for the target; nothing is written before it is
    applied. Waits and values are those of ``mto.lead.structure``.
    """

    _name = "mto.stock.decision"
    _description = "Which Parts to Stock"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        default=lambda self: self.env["product.product"]._get_supply_warehouse(),
        help="The warehouse that sells the products and would hold the parts.",
    )
    company_id = fields.Many2one(related="warehouse_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_ids = fields.One2many(
        "mto.stock.decision.product", "decision_id", "Products"
    )
    line_ids = fields.One2many("mto.stock.decision.line", "decision_id", "Parts")
    message = fields.Text(readonly=True)
    bound_message = fields.Char(readonly=True, groups="mto_cascade.group_supply_cost")
    is_refused = fields.Boolean(compute="_compute_is_refused")

    @api.depends_context("uid", "lang")
    def _compute_display_name(self):
        for decision in self:
            decision.display_name = self.env._("Which Parts to Stock")

    @api.depends_context("uid")
    def _compute_is_refused(self):
        for decision in self:
            decision.is_refused = not decision._may_apply()

    @api.model
    def _open_for(self, products):
        """Open the table for ``products``, ready to be ticked."""
        self.check_access("create")
        decision = self.create({})
        goods = products.filtered(lambda product: product.type == "consu")
        if not goods:
            raise UserError(
                self.env._("Choose at least one product that is made or bought.")
            )
        decision._load_products(goods)
        decision._load_lines()
        return decision._reopen()

    def _reopen(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    # The table

    def _load_products(self, products):
        # Sales of others count as well; a figure per product is told.
        Structure = self.env["mto.lead.structure"].sudo()
        warehouse = self.warehouse_id.sudo()
        demands = Structure._get_demands(products.sudo(), warehouse)
        templates = products.product_tmpl_id.with_company(self.company_id)
        targets = templates._get_target_waits()
        by_id = {product.id: demand for product, demand in demands.items()}
        self.product_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": product.id,
                        "target_days": targets[product.product_tmpl_id],
                        "monthly_demand": by_id.get(product.id, 0.0) * 365 / 12,
                    }
                )
                for product in products
            ),
        ]

    def _get_lead(self):
        """The structure with the demand that stands on the screen."""
        self.ensure_one()
        products = self.product_ids.product_id.sudo()
        demands = {
            line.product_id.sudo(): line.monthly_demand * 12 / 365
            for line in self.product_ids
        }
        Structure = self.env["mto.lead.structure"].sudo()
        return Structure._get_structure(products, self.warehouse_id.sudo(), demands)

    def _load_lines(self, ticked=()):
        """Fill the table anew; ``ticked``: ids of the parts to stock."""
        lead = self._get_lead()
        options = lead.structure.get_options()
        # Values are written for whoever may see them.
        self.sudo().line_ids = [
            Command.clear(),
            *(
                Command.create(self._prepare_line(option, number, ticked))
                for number, option in enumerate(options)
            ),
        ]
        waits = lead.structure.get_waits(ticked)
        before = lead.structure.get_waits()
        for line in self.product_ids:
            root = lead.roots.get(line.product_id.sudo())
            line.wait_days = before.get(root, 0.0)
            line.new_wait_days = waits.get(root, 0.0)

    def _prepare_line(self, option, number, ticked):
        holding = option.holding
        return {
            "sequence": number,
            "is_chosen": holding.part in ticked,
            "product_id": holding.part,
            "wait_days": option.before,
            "new_wait_days": option.after,
            "saved_days": option.saved,
            "lead_days": holding.days,
            "quantity": holding.quantity,
            "value": holding.value or 0.0,
            "is_value_known": holding.value is not None,
        }

    def _get_ticked(self):
        return self.line_ids.filtered("is_chosen").product_id

    def action_compute(self):
        """Compute the table anew with the warehouse, demands and ticks of the screen."""
        self.ensure_one()
        self._load_lines(self._get_ticked().ids)
        self.sudo().write({"message": False, "bound_message": False})
        return self._reopen()

    def action_choose(self):
        """Tick the cheapest set of parts with which each product meets its target.

        :raises odoo.exceptions.UserError: without any target
        """
        self.ensure_one()
        targets = {line: line.target_days for line in self.product_ids}
        if not any(targets.values()):
            raise UserError(
                self.env._(
                    "Enter a target wait in days for at least one product; it is kept "
                    "on the product or its category."
                )
            )
        lead = self._get_lead()
        roots = {line: lead.roots[line.product_id.sudo()] for line in targets}
        choice = lead.structure.choose(
            {roots[line]: days for line, days in targets.items() if days}
        )
        self._load_lines(choice.parts)
        self._tell_choice(choice, roots)
        return self._reopen()

    def _tell_choice(self, choice, roots):
        told = [
            self.env._(
                "%(product)s cannot be had before %(days)s days, whatever is stocked: "
                "its own work takes that long, or the cost of its parts is not known.",
                product=line.product_id.display_name,
                days=round(choice.unreachable[root]),
            )
            for line, root in roots.items()
            if root in choice.unreachable
        ]
        if not choice.parts and not told:
            told = [self.env._("Every product meets its target without more stock.")]
        self.message = "\n".join(told)
        # Whoever may not see costs gets the ticks without their value.
        self.sudo().bound_message = choice.parts and self._get_bound_message(choice)

    def _get_bound_message(self, choice):
        value = format_amount(self.env, choice.value, self.currency_id)
        if choice.is_exact:
            return self.env._(
                "The cheapest set: its stock holds about %(value)s.", value=value
            )
        return self.env._(
            "The best set found: its stock holds about %(value)s. No set that meets the "
            "targets holds less than %(bound)s.",
            value=value,
            bound=format_amount(self.env, choice.bound, self.currency_id),
        )

    # Applying

    def _may_apply(self):
        return self.env["stock.warehouse.orderpoint"].has_access("create") and self.env[
            "product.template"
        ].has_access("write")

    def action_apply(self):
        """Stock the ticked parts: a reordering rule each, and supply from stock.

        The supply policy of the part becomes *Make to stock* in the company; a
        reordering rule that is there keeps its quantities. The products get a note.

        :return: the action of the reordering rules
        :raises odoo.exceptions.UserError: when nothing is ticked
        :raises odoo.exceptions.AccessError: for who may not change products or rules
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Tick the parts that are to be stocked."))
        if not self._may_apply():
            raise AccessError(
                self.env._(
                    "You may not create reordering rules and change products. Ask "
                    "somebody with the rights Inventory: User and Products: Create."
                )
            )
        rules = self._create_reordering_rules(chosen)
        chosen._set_policies()
        return {
            "name": self.env._("Reordering Rules of Stocked Parts"),
            "type": "ir.actions.act_window",
            "res_model": "stock.warehouse.orderpoint",
            "view_mode": "list,form",
            "domain": [("id", "in", rules.ids)],
        }

    def _create_reordering_rules(self, chosen):
        """Return the rules of the parts: those that are there, and new ones."""
        Rule = self.env["stock.warehouse.orderpoint"]
        rules = Rule.search(
            [
                ("product_id", "in", chosen.product_id.ids),
                ("warehouse_id", "=", self.warehouse_id.id),
            ]
        )
        missing = chosen.filtered(lambda line: line.product_id not in rules.product_id)
        return rules | Rule.create(
            [line._prepare_reordering_rule() for line in missing]
        )


class MtoStockDecisionProduct(models.TransientModel):
    """A product that is sold, with how long its customers should wait."""

    _name = "mto.stock.decision.product"
    _description = "Product of a Stocking Decision"

    decision_id = fields.Many2one(
        "mto.stock.decision", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    monthly_demand = fields.Float(
        "Sold per Month",
        digits="Product Unit",
        help="In the unit of the product: what was sold in the last year, per month.",
    )
    wait_days = fields.Float("Wait Now", digits=(16, 0), readonly=True)
    target_days = fields.Integer(
        "Target Wait", help="Days that a customer should wait at most; 0: any."
    )
    new_wait_days = fields.Float(
        "Wait with the Ticked Parts", digits=(16, 0), readonly=True
    )

    _target_positive = models.Constraint(
        "CHECK (target_days >= 0 AND monthly_demand >= 0)",
        "Enter a target wait and a demand of 0 or more.",
    )


class MtoStockDecisionLine(models.TransientModel):
    """A part that could be stocked."""

    _name = "mto.stock.decision.line"
    _description = "Part of a Stocking Decision"
    _order = "sequence, id"

    decision_id = fields.Many2one(
        "mto.stock.decision", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="decision_id.currency_id")
    sequence = fields.Integer()
    is_chosen = fields.Boolean("Stock It")
    product_id = fields.Many2one("product.product", "Part", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    wait_days = fields.Float(
        "Wait Now",
        digits=(16, 0),
        readonly=True,
        help="The longest wait of the products that need this part.",
    )
    new_wait_days = fields.Float("Wait with It", digits=(16, 0), readonly=True)
    saved_days = fields.Float(
        "Days Saved",
        digits=(16, 0),
        readonly=True,
        help="Less to wait, of all products together, when this part alone is "
        "stocked. A part that saves nothing alone may with others.",
    )
    lead_days = fields.Float(
        "Its Own Wait",
        digits=(16, 0),
        readonly=True,
        help="Days until the part is there when all of it is made or bought.",
    )
    quantity = fields.Float(
        "Quantity Held",
        digits="Product Unit",
        readonly=True,
        help="Expected demand over its own wait, at least what one product needs; in "
        "the unit of the part.",
    )
    value = fields.Monetary(
        "Holds about",
        readonly=True,
        groups="mto_cascade.group_supply_cost",
        help="Quantity at the cost of the part.",
    )
    is_value_known = fields.Boolean(
        readonly=True, groups="mto_cascade.group_supply_cost"
    )

    def _prepare_reordering_rule(self):
        self.ensure_one()
        quantity = self.uom_id.round(self.quantity, rounding_method="UP")
        return {
            "product_id": self.product_id.id,
            "warehouse_id": self.decision_id.warehouse_id.id,
            "location_id": self.decision_id.warehouse_id.lot_stock_id.id,
            "product_min_qty": quantity,
            "product_max_qty": quantity,
        }

    def _set_policies(self):
        """From now on the parts come from stock, with the reason in their chatter."""
        for line in self:
            company = line.decision_id.company_id
            template = line.product_id.product_tmpl_id.with_company(company)
            if template.product_variant_count > 1:
                line.product_id.with_company(
                    company
                ).variant_supply_policy = "make_to_stock"
            else:
                template.supply_policy = "make_to_stock"
            template.message_post(body=line._get_note())

    def _get_note(self):
        return self.env._(
            "%(product)s is stocked: its supply policy is Make to stock, and a "
            "reordering rule refills it. The wait of the customer was %(before)s days; "
            "with this part in stock it is %(after)s days.",
            product=self.product_id.display_name,
            before=round(self.wait_days),
            after=round(self.new_wait_days),
        )
