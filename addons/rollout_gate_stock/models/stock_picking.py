from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "rollout.locked"]

    _locked_states = frozenset({"done"})

    def _action_done(self):
        """A site that is not live transfers nothing, where a lock is on."""
        self._check_site_live()
        return super()._action_done()
