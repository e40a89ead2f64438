from odoo import models


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    def do_scrap(self):
        """Scrap for a closed order is refused before anything moves."""
        self.production_id.sudo()._refuse_when_closed()
        return super().do_scrap()
