from odoo import models


class RolloutLock(models.Model):
    _inherit = "rollout.lock"

    def _get_open_documents(self):
        return [
            *super()._get_open_documents(),
            self._find_open("sale.order", [("state", "in", ("draft", "sent"))]),
        ]
