from odoo import models


class RolloutLock(models.Model):
    _inherit = "rollout.lock"

    def _get_open_documents(self):
        invoices = self.env["account.move"].get_invoice_types(include_receipts=True)
        waiting = [("state", "=", "draft"), ("move_type", "in", invoices)]
        return [
            *super()._get_open_documents(),
            self._find_open("account.move", waiting),
        ]
