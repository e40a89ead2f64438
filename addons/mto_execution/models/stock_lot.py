from odoo import api, fields, models

from .mto_inspection import WAITING


class StockLot(models.Model):
    """A lot is held until its inspections passed."""

    _inherit = "stock.lot"

    is_held = fields.Boolean(
        "On Hold",
        compute="_compute_is_held",
        search="_search_is_held",
        help="An inspection of it is open or failed: it is neither used nor delivered.",
    )

    def _compute_is_held(self):
        held = self._get_held()
        for lot in self:
            lot.is_held = lot._origin in held

    def _get_held(self):
        """Those of the lots that an inspection holds."""
        # Whoever handles the lot need not read inspections.
        found = self.env["mto.inspection"].sudo().search(self._get_held_domain())
        return self.browse(found.lot_id.ids) & self._origin

    @api.model
    def _get_held_domain(self):
        domain = [("holds", "=", True), ("state", "in", WAITING)]
        return [*domain, ("lot_id", "in", self.ids)] if self else domain

    def _search_is_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever handles the lot need not read inspections.
        found = (
            self.env["mto.inspection"].sudo().search(self.browse()._get_held_domain())
        )
        return [("id", "in" if True in value else "not in", found.lot_id.ids)]
