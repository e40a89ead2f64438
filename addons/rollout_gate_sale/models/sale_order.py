from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "rollout.locked"]

    _locked_states = frozenset({"sale"})

    def _confirmation_error_message(self):
        """A site that is not live confirms no orders, where a lock is on."""
        return super()._confirmation_error_message() or self._get_lock_message()

    # A customer is not asked for what would be refused afterwards.

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._get_lock_message()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._get_lock_message()
