from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.supply_words import preset_choices

# Who is led through the first steps; everybody else works with what they set up.
GUIDED_GROUPS = "base.group_system,mrp.group_mrp_manager"


class SupplyStart(models.TransientModel):
    _name = "mto.supply.start"
    _description = "First Steps of Make to Order"

    supply_preset = fields.Selection(
        selection="_selection_supply_preset",
        default=lambda self: self.env.company.supply_preset or "assemblies",
        required=True,
    )
    is_preset_chosen = fields.Boolean(compute="_compute_steps")
    is_setup_done = fields.Boolean(compute="_compute_steps")
    is_order_done = fields.Boolean(compute="_compute_steps")
    may_choose = fields.Boolean(compute="_compute_may_choose")

    @api.model
    def _selection_supply_preset(self):
        return preset_choices(self.env)

    @api.depends_context("lang")
    def _compute_display_name(self):
        for start in self:
            start.display_name = self.env._("Get Started")

    @api.depends_context("company")
    def _compute_steps(self):
        steps = self._get_steps()
        for start in self:
            start.is_preset_chosen = steps["preset"]
            start.is_setup_done = steps["setup"]
            start.is_order_done = steps["order"]

    @api.depends_context("uid")
    def _compute_may_choose(self):
        self.may_choose = self.env.user.has_group("base.group_system")

    @api.model
    def _get_steps(self):
        """Which of the first steps this company has taken.

        :return: {'preset': bool, 'setup': bool, 'order': bool}
        :rtype: dict
        """
        # Only whether there is something, whoever asks.
        env = self.sudo().with_company(self.env.company).env
        company = [("company_id", "in", (False, self.env.company.id))]
        chosen = [("supply_policy", "not in", (False, "inherit"))]
        reviewed = [("lead_time_review_date", "!=", False)]
        return {
            "preset": bool(self.env.company.sudo().supply_preset),
            "setup": any(
                bool(env[model].search_count(domain, limit=1))
                for model, domain in (
                    ("product.template", [*company, *chosen]),
                    ("product.template", [*company, *reviewed]),
                    ("product.category", chosen),
                    ("mto.supply.rule", company),
                )
            ),
            "order": bool(
                env["stock.move"].search_count(
                    [
                        ("company_id", "=", self.env.company.id),
                        ("demand_line_id", "!=", False),
                        ("supply_policy", "!=", False),
                    ],
                    limit=1,
                )
            ),
        }

    @api.model
    def _leads_user(self):
        """Whether the user is to be led: nothing is set up, and they may do it."""
        steps = self._get_steps()
        return not (steps["preset"] or steps["setup"]) and self.env.user.has_groups(
            GUIDED_GROUPS
        )

    def action_choose(self):
        """Make the choice that of the company; for administrators.

        :return: action that shows the steps again
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.ensure_one()
        if not self.may_choose:
            raise AccessError(
                self.env._("Only an administrator chooses for the whole company.")
            )
        self.env.company.supply_preset = self.supply_preset
        return self._reopen()

    def _reopen(self):
        return {
            "name": self.env._("Get Started"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "main",
        }

    def action_new_order(self):
        """Open a new quotation, to try on."""
        return {
            "name": self.env._("New Quotation"),
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "view_mode": "form",
        }

    @api.model
    def _get_landing_action(self, menu_name):
        """Return what an app opens with: the first steps, or the first of its menus.

        :param str menu_name: XML id of the app's menu
        """
        if self._leads_user():
            action = self.env.ref("mto_cascade.supply_start_action")
        else:
            action = self._get_first_menu_action(self.env.ref(menu_name))
        return action._get_action_dict()

    def _get_first_menu_action(self, root):
        """The first entry the user sees, as Odoo opens an app without an action."""
        menus = self.env["ir.ui.menu"].load_menus(False)
        pending = list(menus[root.id]["children"])
        while pending:
            menu = menus[pending.pop(0)]
            if menu["action_id"] and not menu["children"]:
                return self.env[menu["action_model"]].browse(menu["action_id"])
            pending = [*menu["children"], *pending]
        return self.env.ref("mto_cascade.supply_start_action")
