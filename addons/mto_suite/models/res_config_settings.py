from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    # A list of choices cannot be emptied again on the page: "none" is one of them.
    supply_preset = fields.Selection(
        selection="_selection_supply_preset",
        string="Supply of Sales Orders",
        compute="_compute_supply_preset",
        inverse="_inverse_supply_preset",
    )
    supply_check = fields.Selection(
        selection="_selection_supply_check",
        string="Incomplete Supply Paths",
        compute="_compute_supply_check",
        inverse="_inverse_supply_check",
    )
    supply_depth_limit = fields.Integer(
        related="company_id.supply_depth_limit", readonly=False
    )
    supply_rule_count = fields.Integer(compute="_compute_supply_rule_count")
    supply_policy_summary = fields.Char(
        string="Products by Policy",
        compute="_compute_supply_policy_summary",
        help="How many goods of this company carry each supply policy of their own.",
    )

    @api.model
    def _selection_supply_preset(self):
        """Each choice with one sentence that says what will happen."""
        return [
            (
                "assemblies",
                self.env._(
                    "Assemblies for the order, bought parts from stock first "
                    "(recommended). Each assembly is made for its customer; purchases "
                    "only fill what the shelf lacks."
                ),
            ),
            (
                "all",
                self.env._(
                    "Everything for the order. Every product and part is made or "
                    "bought for its customer; nothing waits on a shelf."
                ),
            ),
            (
                "sold_product",
                self.env._(
                    "Only the sold product for the order. Its components come from "
                    "the warehouse, which reordering rules refill."
                ),
            ),
            (
                "none",
                self.env._(
                    "No choice for all. Only the policies below decide, and last "
                    "Odoo's routes."
                ),
            ),
        ]

    @api.depends("company_id")
    def _compute_supply_preset(self):
        for settings in self:
            settings.supply_preset = settings.company_id.supply_preset or "none"

    def _inverse_supply_preset(self):
        for settings in self:
            preset = settings.supply_preset
            settings.company_id.supply_preset = preset != "none" and preset

    @api.model
    def _selection_supply_check(self):
        """Each choice with what happens before and after an order is confirmed."""
        return [
            (
                "warn",
                self.env._(
                    "Show. Before: the quotation, the product and the bill of "
                    "materials tell what is missing. After: the order can be confirmed "
                    "as in Odoo."
                ),
            ),
            (
                "block",
                self.env._(
                    "Refuse. Before: a customer cannot sign or pay the quotation. "
                    "After: it cannot be confirmed until each path is complete; what "
                    "was paid or signed already is confirmed and waits for its "
                    "salesperson."
                ),
            ),
        ]

    @api.depends("company_id")
    def _compute_supply_check(self):
        for settings in self:
            settings.supply_check = settings.company_id.supply_check or "warn"

    def _inverse_supply_check(self):
        for settings in self:
            settings.company_id.supply_check = settings.supply_check

    @api.depends("company_id")
    def _compute_supply_rule_count(self):
        for settings in self:
            # An administrator need not be a planner to see how many there are.
            Rule = self.env["mto.supply.rule"].sudo()
            settings.supply_rule_count = Rule.search_count(
                [("company_id", "in", (False, settings.company_id.id))]
            )

    @api.depends("company_id")
    def _compute_supply_policy_summary(self):
        for settings in self:
            counts = settings._get_supply_policy_counts()
            settings.supply_policy_summary = " · ".join(
                f"{label}: {count}" for label, count in counts.items()
            )

    def _get_supply_policy_counts(self):
        """Count the goods of the company by the policy set on the product itself.

        Goods are products that stock moves can carry (type ``consu``), shared ones
        included. Rights of the reader apply.

        :returns: number of product templates by the label of their policy, in the
            order of the selection; policies that no product carries count zero.
        :rtype: dict[str, int]
        """
        self.ensure_one()
        templates = self.env["product.template"].with_company(self.company_id)
        counts = dict(
            templates._read_group(
                [
                    ("type", "=", "consu"),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                ["supply_policy"],
                ["__count"],
            )
        )
        labels = templates._fields["supply_policy"]._description_selection(self.env)
        return {label: counts.get(policy, 0) for policy, label in labels}
