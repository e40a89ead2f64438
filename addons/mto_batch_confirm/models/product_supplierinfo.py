from odoo import api, models

from ..cascade import current


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Answer from what was read for all products, where some vendors are asked for.

        Core names the product of each purchase line in the vendor's words.
        """
        cascade = current(self.env)
        asked = cascade and not (offset or limit or order) and _asked_for(domain)
        if not asked or not self.env.su:
            return super().search_fetch(domain, field_names, offset, limit, order)
        templates, partners = asked
        known = self._get_known_sellers(cascade)
        if not templates <= known.keys():
            return super().search_fetch(domain, field_names, offset, limit, order)
        found = [entry for template in templates for entry in known[template]]
        return self.browse(
            [id_ for _place, id_, partner in sorted(found) if partner in partners]
        )

    def _get_known_sellers(self, cascade):
        """Return {template id: [(place, id, partner id)]} of all that may be bought."""
        key = "product.supplierinfo.search_fetch"
        if key not in cascade.found:
            products = self.env["product.product"].browse(cascade.products)
            known = {template.id: [] for template in products.product_tmpl_id}
            sellers = self.search([("product_tmpl_id", "in", list(known))])
            for place, seller in enumerate(sellers):
                known[seller.product_tmpl_id.id].append(
                    (place, seller.id, seller.partner_id.id)
                )
            cascade.found[key] = known
        return cascade.found[key]


def _asked_for(domain):
    """Return the ids of (templates, partners) of a domain that asks for these only."""
    terms = list(domain)
    if (
        len(terms) == 2
        and all(isinstance(term, tuple) and term[1] == "in" for term in terms)
        and [term[0] for term in terms] == ["product_tmpl_id", "partner_id"]
    ):
        return set(terms[0][2]), set(terms[1][2])
    return None
