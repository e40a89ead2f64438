from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.mto_cascade.models.supply_words import preset_choices


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
    portal_progress = fields.Boolean(
        related="company_id.portal_progress", readonly=False
    )
    supply_rule_count = fields.Integer(compute="_compute_supply_rule_count")
    supply_policy_summary = fields.Char(
        string="Products by Policy",
        compute="_compute_supply_policy_summary",
        help="How many goods of this company carry each supply policy of their own.",
    )

    recommended_settings = fields.Html(
        compute="_compute_recommended_settings", sanitize=False
    )
    has_recommended_settings = fields.Boolean(compute="_compute_recommended_settings")
    supply_category_today = fields.Char(compute="_compute_supply_today")
    supply_rule_today = fields.Char(compute="_compute_supply_today")
    supply_bom_line_today = fields.Char(compute="_compute_supply_today")
    supply_warehouse_today = fields.Char(compute="_compute_supply_today")

    @api.model
    def _selection_supply_preset(self):
        """Each choice with one sentence that says what will happen."""
        return [
            *preset_choices(self.env),
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

    # Each setting with one sentence before and one after

    @api.depends("company_id")
    def _compute_supply_today(self):
        for settings in self:
            for name, sentence in settings._get_supply_today().items():
                settings[name] = sentence

    def _get_supply_today(self):
        """Return {field: sentence} on what decides today."""
        self.ensure_one()
        # Only numbers, also for an administrator who is not a planner.
        env = self.sudo().with_company(self.company_id).env
        company = [("company_id", "in", (False, self.company_id.id))]
        chosen = [("supply_policy", "not in", (False, "inherit"))]
        return {
            "supply_category_today": self.env._(
                "Categories with a policy of their own: %(count)s",
                count=env["product.category"].search_count(chosen),
            ),
            "supply_rule_today": self.env._(
                "Active rules: %(count)s",
                count=self.supply_rule_count,
            ),
            "supply_bom_line_today": self.env._(
                "Components with a policy of their own: %(count)s",
                count=env["mrp.bom.line"].search_count([*company, *chosen]),
            ),
            "supply_warehouse_today": self.env._(
                "Warehouses with a policy of their own: %(count)s",
                count=env["stock.warehouse"].search_count([*company, *chosen]),
            ),
        }

    # Recommended settings

    def _get_recommended_settings(self):
        """What one click switches on. Override to add a setting of a module.

        :return: one dictionary per setting, in the order of the page:

            - ``title``: its name on the page
            - ``today``: one sentence on what happens as it is set now
            - ``then``: one sentence on what will happen
            - ``values``: {field of the company: value} that the click writes
        :rtype: list[dict]
        """
        self.ensure_one()
        preset = self.company_id.supply_preset
        sentences = dict(self._selection_supply_preset())
        return [
            {
                "title": self.env._("Supply of sales orders"),
                "today": sentences[preset]
                if preset
                else self.env._(
                    "Odoo's routes decide product by product; without a make-to-order "
                    "route everything comes from stock."
                ),
                "then": sentences["assemblies"],
                "values": {"supply_preset": "assemblies"},
            }
        ]

    @api.depends("company_id", "company_id.supply_preset")
    @api.depends_context("lang")
    def _compute_recommended_settings(self):
        for settings in self:
            recommended = settings._get_recommended_settings()
            for setting in recommended:
                setting["is_set"] = settings._is_set(setting)
            settings.has_recommended_settings = all(s["is_set"] for s in recommended)
            settings.recommended_settings = self.env["ir.qweb"]._render(
                "mto_suite.recommended_settings", {"recommended": recommended}
            )

    def _is_set(self, setting):
        company = self.company_id.sudo()
        return all(company[name] == value for name, value in setting["values"].items())

    def action_apply_recommended_settings(self):
        """Write the recommended settings of the company; for administrators.

        :return: action that opens the page again
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator changes settings."))
        for setting in self._get_recommended_settings():
            self.company_id.write(setting["values"])
        return self.env["ir.actions.act_window"]._for_xml_id(
            "mto_suite.res_config_settings_action"
        )
