from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "rollout.locked"]

    _locked_states = frozenset({"posted"})

    def _post(self, soft=True):
        """A site that is not live posts no invoices, where a lock is on."""
        self._check_site_live()
        return super()._post(soft=soft)

    def _check_site_live(self):
        """Entries that are no invoices are not held."""
        invoices = self.filtered(lambda move: move.is_invoice(include_receipts=True))
        return super(AccountMove, invoices)._check_site_live()
