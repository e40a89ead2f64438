from odoo import models

from ..marks import is_marked

# Set while a manufacturing order is cancelled, with all that is moved for it.
STOPPING = "mto_change_stopping"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_cancel(self):
        """What was ordered from a vendor comes, also when its order is not made.

        Core cancels the receipts of the only manufacturing order of a purchase with it,
        and the vendor would not hear of it.
        """
        if is_marked(self.env, STOPPING):
            self -= self.filtered(lambda picking: picking.move_ids.purchase_line_id)
        return super().action_cancel()
