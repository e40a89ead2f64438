from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _filter_subcontracted(self):
        found = self.env["mrp.bom"]._bom_find(
            self, company_id=self.env.company.id, bom_type="subcontract"
        )
        return super()._filter_subcontracted() | self.filtered(
            lambda product: (
                product.seller_ids.partner_id & found[product].subcontractor_ids
            )
        )
