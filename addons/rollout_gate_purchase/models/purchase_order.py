from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "rollout.locked"]

    _locked_states = frozenset({"to approve", "purchase"})

    def _confirmation_error_message(self):
        """A site that is not live confirms no purchases, where a lock is on."""
        return super()._confirmation_error_message() or self._get_lock_message()

    def button_approve(self, force=False):
        self._check_site_live()
        return super().button_approve(force=force)
