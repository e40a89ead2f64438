from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "rollout.frozen"]

    _frozen_area = "accounts"
    # Where the accounts come from; Odoo's valuation of stock has some of them.
    _frozen_fields = (
        "property_account_income_categ_id",
        "property_account_expense_categ_id",
        "property_cost_method",
        "property_price_difference_account_id",
        "property_stock_journal",
        "property_stock_valuation_account_id",
        "property_valuation",
    )

    def _get_frozen_company(self):
        """Accounts of a category are those of a company each."""
        return self.env.company
