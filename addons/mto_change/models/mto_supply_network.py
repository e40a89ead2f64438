from odoo import models

from odoo.addons.mto_cascade.marks import is_marked

from .stock_move import NETTING


class MtoSupplyNetwork(models.AbstractModel):
    _inherit = "mto.supply.network"

    def _relink_short(self, short, candidates, supplies=None):
        """What was just ordered is for whom it was ordered.

        Odoo adds it to an order that stands. Who lost a part of that before, says an
        open issue, is served last: he would take it for what he lost.
        """
        linked = super()._relink_short(short, candidates, supplies)
        if not short or not is_marked(self.env, NETTING):
            return linked
        others = self._get_neighbours(short, candidates)[0] - short
        lost = self.env["mto.change.issue"]._get_lost(others)
        if not lost:
            return linked
        loaded = self._load_waiting(short, candidates)
        for move in lost.filtered(lambda m: m.id in loaded.needs):
            loaded.needs[move.id] = loaded.needs.pop(move.id)
        possible = {
            (self._get_supply_key(record), move.id): (record, move)
            for move in short
            for record in self._sort_own_supply(candidates, move, supplies)
        }
        loaded.links += possible
        flow = loaded.solve()
        for link, (record, move) in possible.items():
            if flow.quantities.get(link):
                self._link(record, move)
                linked |= move
        return linked
