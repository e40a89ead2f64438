from odoo import models


class MtoSupplyNetwork(models.AbstractModel):
    _inherit = "mto.supply.network"

    def _make_network(self, needs, capacities, demands):
        """What somebody decided to give to a demand is not open to others."""
        network = super()._make_network(needs, capacities, demands)
        network.given = [
            (move.id, [_to_network_key(key) for key in supplies], quantity)
            for move, supplies, quantity in self.env["mto.peg.override"]._get_given(
                demands
            )
        ]
        return network


def _to_network_key(key):
    model, res_id = key
    return ("move" if model == "stock.move" else "line", res_id)
