from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _has_sales_tax(self):
        """Whether the company, or the one it is a branch of, has a tax to sell with."""
        domain = [
            ("type_tax_use", "=", "sale"),
            ("company_id", "in", self.parent_ids.ids),
        ]
        return bool(self.env["account.tax"].sudo().search_count(domain, limit=1))
