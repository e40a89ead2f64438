from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductCategory(models.Model):
    _inherit = "product.category"

    target_wait_days = fields.Integer(
        "Target Wait",
        company_dependent=True,
        help="Days that a customer should wait at most for the products of this "
        "category. 0: as the parent category says. Products whose lead times cannot "
        "meet it are flagged.",
    )

    @api.constrains("target_wait_days")
    def _check_target_wait_days(self):
        if any(category.target_wait_days < 0 for category in self):
            raise ValidationError(
                self.env._("The target wait cannot be negative: enter 0 days or more.")
            )

    def _get_target_waits(self):
        """Return {category: days of it or of the nearest parent, or 0}, in batch."""
        chains = {category: category._get_ids_with_parents() for category in self}
        ancestors = self.browse({id_ for chain in chains.values() for id_ in chain})
        days = {category.id: category.target_wait_days for category in ancestors}
        return {
            category: next((days[id_] for id_ in reversed(chain) if days[id_]), 0)
            for category, chain in chains.items()
        }
