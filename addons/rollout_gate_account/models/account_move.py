from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "rollout.locked"]

    def _post(self, soft=True):
        """A site that is not live posts no invoices, where a lock is on."""
        self.filtered(
            lambda move: move.is_invoice(include_receipts=True)
        )._check_site_live()
        return super()._post(soft=soft)
