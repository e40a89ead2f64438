from collections import defaultdict

from odoo import api, models

from ..cascade import current


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Look up all products of a confirmation at once, as soon as one is asked for.

        Bills of materials do not change while an order is being confirmed.
        """
        cascade = current(self.env)
        if cascade is None or not products.ids:
            return super()._bom_find(products, picking_type, company_id, bom_type)
        known = cascade.found.setdefault(
            (
                "_bom_find",
                self.env.uid,
                self.env.su,
                self.env.context.get("company_id"),
                tuple(self.env.context.get("allowed_company_ids") or ()),
                picking_type.id if picking_type else False,
                company_id,
                bom_type,
            ),
            {},
        )
        missing = [product.id for product in products if product.id not in known]
        if missing:
            asked = dict.fromkeys(
                [*missing, *(id_ for id_ in cascade.products if id_ not in known)]
            )
            asked = products.browse(asked)
            found = super()._bom_find(asked, picking_type, company_id, bom_type)
            for product in asked:
                bom = found.get(product)
                known[product.id] = bom.id if bom else False
        result = defaultdict(lambda: self.env["mrp.bom"])
        for product in products:
            if bom_id := known[product.id]:
                result[product] = self.browse(bom_id)
        return result

    def _bom_subcontract_find(self, product, *args, **kwargs):
        """Look only where there is something to find (with mrp_subcontracting)."""
        cascade = current(self.env)
        if cascade and product.ids and cascade.knows(product.ids):
            key = "_bom_subcontract_find"
            if key not in cascade.found:
                products = product.browse(cascade.products).sudo()
                boms = self.sudo().search(
                    [
                        ("product_tmpl_id", "in", products.product_tmpl_id.ids),
                        ("type", "=", "subcontract"),
                    ]
                )
                cascade.found[key] = set(boms.product_tmpl_id.ids)
            if not cascade.found[key] & set(product.sudo().product_tmpl_id.ids):
                return self.env["mrp.bom"]
        return super()._bom_subcontract_find(product, *args, **kwargs)
