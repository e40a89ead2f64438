from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    supply_policy_summary = fields.Char(
        string="Products by Policy",
        compute="_compute_supply_policy_summary",
        help="How many goods of this company carry each supply policy of their own.",
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
