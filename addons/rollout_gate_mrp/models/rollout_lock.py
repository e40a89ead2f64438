from odoo import models


class RolloutLock(models.Model):
    _inherit = "rollout.lock"

    def _get_open_documents(self):
        waiting = [("state", "not in", ("done", "cancel"))]
        return [
            *super()._get_open_documents(),
            self._find_open("mrp.production", waiting),
        ]
