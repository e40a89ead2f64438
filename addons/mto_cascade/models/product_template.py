from odoo import api, fields, models
from odoo.tools.misc import format_date

from .supply_words import SUPPLY_POLICIES


class ProductTemplate(models.Model):
    _inherit = "product.template"

    supply_policy = fields.Selection(
        selection=SUPPLY_POLICIES,
        company_dependent=True,
        # Read with the other columns: a demand asks for it wherever it reads them.
        prefetch=True,
        help="How a demand for this product is supplied.\n"
        "Make to order: made or bought for the order that needs it.\n"
        "Make to stock: taken from stock, whatever a route says.\n"
        "Stock first, then order: what is free in stock is used, the missing quantity "
        "is made or bought.\n"
        "Inherit: a cascade rule decides, then the category and its parents, the "
        "warehouse, the choice of the company, and last Odoo's routes.",
    )
    supply_explanation = fields.Char(
        string="Will be supplied",
        compute="_compute_supply_explanation",
        help="How the product is supplied when this company sells it, and why.",
    )

    lead_time_review_date = fields.Date(
        "Lead Times Reviewed on",
        company_dependent=True,
        readonly=True,
        copy=False,
        help="When somebody last looked at the lead times with the customer in mind.",
    )
    lead_time_review_uid = fields.Many2one(
        "res.users",
        "Lead Times Reviewed by",
        company_dependent=True,
        readonly=True,
        copy=False,
    )
    lead_time_review_days = fields.Integer(
        "Reviewed Customer Lead Time",
        company_dependent=True,
        readonly=True,
        copy=False,
        help="The customer lead time in days when the lead times were reviewed.",
    )
    lead_time_review = fields.Char(
        "Lead Times",
        compute="_compute_lead_time_review",
        help="Whether the lead times were reviewed, and still are what was reviewed.",
    )

    @api.depends(
        "sale_delay",
        "lead_time_review_date",
        "lead_time_review_uid",
        "lead_time_review_days",
    )
    @api.depends_context("company", "lang")
    def _compute_lead_time_review(self):
        for template in self:
            template.lead_time_review = template._get_lead_time_review()

    def _get_lead_time_review(self):
        self.ensure_one()
        if not self.lead_time_review_date:
            return self.env._("Never reviewed.")
        values = {
            "date": format_date(self.env, self.lead_time_review_date),
            # A colleague's name, also for who may not read users of other companies.
            "name": self.sudo().lead_time_review_uid.name or "",
            "days": self.lead_time_review_days,
            "now": self.sale_delay,
        }
        if self.lead_time_review_days == self.sale_delay:
            return self.env._("Reviewed on %(date)s by %(name)s.", **values)
        return self.env._(
            "Reviewed on %(date)s by %(name)s for %(days)s days; the customer lead "
            "time is %(now)s days now. Review again.",
            **values,
        )

    def _write_lead_time_review(self):
        """Write who reviewed the lead times, today, for which customer lead time."""
        today = fields.Date.context_today(self)
        for days, templates in self.grouped("sale_delay").items():
            templates.write(
                {
                    "lead_time_review_date": today,
                    "lead_time_review_uid": self.env.uid,
                    "lead_time_review_days": days,
                }
            )

    def action_supply_setup(self):
        """Open the assistant for these products."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mto_cascade.supply_setup_action_template"
            ),
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "dialog_size": "extra-large",
            },
        }

    supply_problem_message = fields.Text(
        compute="_compute_supply_problem_message",
        groups="base.group_user",
        help="What is missing to supply the product when it is sold, down to the last "
        "component.",
    )

    @api.depends(
        "supply_policy",
        "type",
        "categ_id.supply_policy",
        "route_ids",
        "seller_ids",
        "bom_ids.type",
    )
    @api.depends_context("company", "lang", "warehouse_id")
    def _compute_supply_explanation(self):
        # Read from saved records: rules and bills of materials are searched in the
        # database, an unsaved policy would give a sentence that mixes both.
        variants = self._origin.product_variant_ids
        words = {
            decision["id"]: decision["explanation"]
            for decision in variants._get_supply_decisions()
        }
        for template in self:
            sentences = {words[id_] for id_ in template._origin.product_variant_ids.ids}
            if len(sentences) > 1:
                template.supply_explanation = self.env._("Depends on the variant.")
            else:
                template.supply_explanation = next(iter(sentences), False)

    @api.depends("supply_policy", "type", "route_ids", "seller_ids", "bom_ids.type")
    @api.depends_context("company", "lang", "warehouse_id")
    def _compute_supply_problem_message(self):
        # All variants in one batch before they are asked one by one.
        self._origin.product_variant_ids.mapped("supply_problem_message")
        for template in self:
            variants = template._origin.product_variant_ids
            told = dict.fromkeys(variants.mapped("supply_problem_message"))
            template.supply_problem_message = (
                "\n".join(message for message in told if message) or False
            )

    def action_open_supply_problems(self):
        """Open the list of what is missing, for all variants of the products."""
        return self.product_variant_ids.action_open_supply_problems()
