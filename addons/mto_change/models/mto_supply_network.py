from odoo import api, models

from odoo.addons.mto_cascade.marks import is_marked
from odoo.addons.mto_pegging.models.mto_pegging import MOVE

from .mto_change_application import APPLYING


class MtoSupplyNetwork(models.AbstractModel):
    _inherit = "mto.supply.network"

    @api.model
    def _load_open(self, demands, supplies=None):
        """While a change is applied, who lost supply does not take that of others.

        A person knows of it, and the change was settled without it.
        """
        network = super()._load_open(demands, supplies)
        if is_marked(self.env, APPLYING):
            others = self.env[MOVE].browse(network.needs) - demands
            for move in self.env["mto.change.issue"]._get_lost(others):
                network.needs[move.id] = network.needs.pop(move.id)
        return network
