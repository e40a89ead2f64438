from odoo import models

from odoo.addons.mto_cascade.marks import is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

# Set where manufacturing orders are stopped: Odoo stops their transfers with them.
STOPPING = "mto_change_stopping"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_cancel(self):
        """What a confirmed purchase brings still comes, whoever needs it no more."""
        if not is_marked(self.env, STOPPING):
            return super().action_cancel()
        return super(StockPicking, self - self._get_bought()).action_cancel()

    def _get_bought(self):
        """Transfers of what was bought, until it is in stock."""
        # Who stops production need not see purchases.
        moves = self.sudo().move_ids.filtered(
            lambda m: m.state not in CLOSED and m._brings_bought()
        )
        return moves.picking_id.with_env(self.env)
