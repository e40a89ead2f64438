from odoo import api, models

from ..engine import VendorTerms, quantity_to_order


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    @api.model
    def _get_purchase_quantity(self, product, required, **offer):
        """(price, quantity) at which a vendor covers ``required`` of ``product``.

        :param offer: as of ``_get_vendor_offer``
        """
        return self._get_vendor_offer(
            product, lambda terms: quantity_to_order(required, terms), **offer
        )

    @api.model
    def _get_vendor_offer(
        self, product, get_quantity, *, partner, date, uom, forced=False
    ):
        """Which of a vendor's prices a need reaches, and how much that is.

        Core's choice of the price depends on the quantity, and the quantity on what
        that price asks for: the two are settled in turn.

        :param get_quantity: function of the ``VendorTerms`` that returns a quantity
        :param uom: unit of the order line, where ``forced`` or without a price
        :return: (price or an empty record, quantity in the product's unit)
        """
        params = {"force_uom": forced}
        price = self._get_lowest_price(product, partner, date, params)
        quantity = get_quantity(VendorTerms())
        # Three turns: a pack reaches a break, and the break can have its own pack.
        for _turn in range(3):
            reached = product._select_seller(
                partner_id=partner,
                quantity=quantity,
                date=date,
                uom_id=product.uom_id,
                params=params,
            )
            price = reached or price
            unit = uom if forced or not price else price.product_uom_id
            settled = get_quantity(price._get_vendor_terms(product, unit))
            if reached and settled == quantity:
                break
            quantity = settled
        return price, quantity

    @api.model
    def _get_lowest_price(self, product, partner, date, params=False):
        """The price with the smallest minimum, of ``partner`` or of the first vendor.

        It is what a need below all minimums is ordered at. Empty if none is valid.
        """
        prices = product._get_filtered_sellers(
            partner_id=partner, quantity=None, date=date, params=params
        )
        return prices.filtered(
            lambda price: price.partner_id == prices[:1].partner_id
        ).sorted(lambda price: price._get_minimum(product))[:1]

    def _get_vendor_terms(self, product, uom):
        """What this price asks for when ``product`` is ordered in ``uom``.

        Without a price only the unit tells which quantities can be ordered.

        :return: ``VendorTerms`` in the product's unit
        """
        unit = self.product_uom_id or uom
        if unit._is_pack_of(product.uom_id):
            step = unit._compute_quantity(1, product.uom_id, round=False)
        else:
            step = uom._compute_quantity(uom.rounding, product.uom_id, round=False)
        return VendorTerms(minimum=self._get_minimum(product), step=step)

    def _get_minimum(self, product):
        """The minimum quantity of this price, in the product's unit."""
        return self.product_uom_id._compute_quantity(
            self.min_qty, product.uom_id, round=False
        )
