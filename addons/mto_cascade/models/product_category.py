from odoo import fields, models

from ..engine import PolicySource
from .supply_words import SUPPLY_POLICIES


class ProductCategory(models.Model):
    _inherit = "product.category"

    supply_policy = fields.Selection(
        selection=SUPPLY_POLICIES,
        company_dependent=True,
        # Read with the other columns: a demand asks for it wherever it reads them.
        prefetch=True,
        help="How the products of this category are supplied, unless the product says "
        "or a cascade rule says otherwise. Inherit: the parent category decides; at "
        "the top, the warehouse, the choice of the company, and last Odoo's routes.",
    )

    def _get_supply_policy_sources(self):
        """Return {category id: policy sources of the category and its parents}.

        Nearest first, for the company of the environment.
        """
        chains = {category.id: category._get_ids_with_parents() for category in self}
        ancestors = self.browse({id_ for chain in chains.values() for id_ in chain})
        source = {
            category.id: PolicySource(
                "category", category.supply_policy, category.id, category.name
            )
            for category in ancestors
        }
        return {
            category_id: [source[id_] for id_ in reversed(chain)]
            for category_id, chain in chains.items()
        }

    def _get_ids_with_parents(self):
        """Ids from the top down to the category itself."""
        return [int(part) for part in (self.parent_path or "").split("/")[:-1]]

    def _get_names_with_parents(self):
        """Return {id: name} of the category and its parents."""
        ancestors = self.browse(self._get_ids_with_parents())
        return {category.id: category.name for category in ancestors}
