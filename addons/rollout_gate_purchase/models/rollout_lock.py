from odoo import models


class RolloutLock(models.Model):
    _inherit = "rollout.lock"

    def _get_open_documents(self):
        waiting = [("state", "in", ("draft", "sent", "to approve"))]
        return [
            *super()._get_open_documents(),
            self._find_open("purchase.order", waiting),
        ]
