from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal, PaymentPortal


class SupplyPortal(CustomerPortal):
    @http.route()
    def portal_order_page(self, order_id, access_token=None, **kwargs):
        """A link to pay does not offer to pay what cannot be supplied yet."""
        if kwargs.get("payment_amount") and _is_refused(self, order_id, access_token):
            kwargs["payment_amount"] = None
        return super().portal_order_page(order_id, access_token=access_token, **kwargs)


class SupplyPaymentPortal(PaymentPortal):
    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        """No payment is begun for what cannot be supplied yet."""
        if _is_refused(self, order_id, access_token):
            raise ValidationError(
                request.env._(
                    "This order cannot be paid yet: we are still checking how we can "
                    "deliver it."
                )
            )
        return super().portal_order_transaction(order_id, access_token, **kwargs)


def _is_refused(portal, order_id, access_token):
    """Whether the order cannot be supplied; core refuses who may not see it."""
    try:
        order = portal._document_check_access(
            "sale.order", order_id, access_token=access_token
        )
    except (AccessError, MissingError):
        return False
    return order._is_supply_refused()
