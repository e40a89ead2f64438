from odoo import models


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "rollout.locked"]

    _locked_states = frozenset({"confirmed", "progress", "to_close", "done"})

    def action_confirm(self):
        """A site that is not live starts nothing, where a lock is on."""
        self._check_site_live()
        return super().action_confirm()

    def _button_mark_done_sanity_checks(self):
        """What was confirmed before the lock was switched on waits as well."""
        self._check_site_live()
        return super()._button_mark_done_sanity_checks()
