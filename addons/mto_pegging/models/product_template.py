from odoo import models


class ProductTemplate(models.Model):
    """For whom the variants of a product are needed."""

    _name = "product.template"
    _inherit = ["product.template", "mto.demand"]

    def _get_pegged_parts(self):
        parts = self.product_variant_ids._get_pegged_parts()
        return {
            template: {
                key: part
                for variant in template.product_variant_ids
                for key, part in parts[variant].items()
            }
            for template in self
        }

    def _get_pegged_records(self):
        return self.product_variant_ids._get_pegged_records()

    def _get_available_date(self, key, answer):
        return self.env["product.product"]._get_available_date(key, answer)
