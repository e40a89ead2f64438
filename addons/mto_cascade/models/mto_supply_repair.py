from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import split_every

from ..engine import MAKE_TO_ORDER, STOCK_THEN_ORDER

# Demands that are loaded with all that is linked to them at a time.
BATCH = 500


class MtoSupplyRepair(models.AbstractModel):
    """Finds demands that wait for ever, and links them with their supply.

    They come from before the installation, and from what a person or another program
    does behind Odoo's back.
    """

    _name = "mto.supply.repair"
    _description = "Repair of Supply Links"

    @api.model
    def _search_stranded(self):
        """All demands without supply in the allowed companies, the oldest first."""
        network = self.env["mto.supply.network"]
        stranded = self.env["stock.move"]
        for ids in split_every(BATCH, self._search_suspects().ids):
            stranded |= stranded.concat(*network._find_uncovered(stranded.browse(ids)))
        return stranded

    def _search_suspects(self):
        """Open demands that only linked supply can cover."""
        waits = Domain("procure_method", "=", "make_to_order") | Domain(
            "supply_policy", "in", (MAKE_TO_ORDER, STOCK_THEN_ORDER)
        )
        # Whose supply it is does not matter here; the list obeys the user's rights.
        return (
            self.env["stock.move"]
            .sudo()
            .search(
                waits
                & Domain("state", "in", ("waiting", "confirmed", "partially_available"))
                & Domain("company_id", "in", self.env.companies.ids)
                & Domain("location_id.usage", "in", ("internal", "transit")),
                order="id",
            )
        )

    @api.model
    def _repair(self, demands):
        """See ``stock.move.repair_mto_links``."""
        self._check_may_repair()
        demands.check_access("read")
        # Purchases and orders of other departments are linked, after the check.
        demands = demands.sudo() or self._search_stranded()
        result = []
        for ids in split_every(BATCH, demands.ids):
            result += self._repair_batch(demands.browse(ids))
        return result

    def _check_may_repair(self):
        user = self.env.user
        if not (
            user.has_group("mrp.group_mrp_manager")
            or user.has_group("stock.group_stock_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only a manufacturing or inventory administrator may repair the "
                    "links between demands and their supply."
                )
            )

    def _repair_batch(self, demands):
        network = self.env["mto.supply.network"]
        missing = network._find_uncovered(demands)
        if not missing:
            return []
        stranded = self.env["stock.move"].concat(*missing).sudo().sorted("id")
        stranded._claim_stock()
        network._relink(missing)._reserve_linked()
        taken = self._take_from_stock(network._find_uncovered(stranded))
        left = network._find_uncovered(stranded)
        return [
            self._prepare_answer(
                move, missing[move], left.get(move, 0.0), move in taken
            )
            for move in stranded
        ]

    def _take_from_stock(self, missing):
        """Reserve free goods for demands that nothing can be linked with.

        :return: the demands that got something
        """
        moves = self.env["stock.move"]
        demands = moves.concat(*missing).filtered(
            lambda m: not m.specification_key and not m._should_bypass_reservation()
        )
        taken = moves
        for move, free in self.env["mto.supply.network"]._get_free(demands).items():
            quantity = min(free, missing[move])
            if move.product_id.uom_id.compare(quantity, 0) > 0:
                move._take_from_free_stock(quantity)
                taken |= move
        taken._recompute_state()
        return taken

    def _prepare_answer(self, move, before, after, from_stock):
        lines = move.created_purchase_line_ids
        supplies = [*move.move_orig_ids, *lines]
        status = "from_stock" if from_stock else "linked"
        return {
            "id": move.id,
            "model": move._name,
            "product_id": move.product_id.id,
            "missing_before": before,
            "missing_after": after,
            "uom": move.product_id.uom_id.name,
            "status": "no_supply" if after else status,
            "supplies": [
                f"{record._name},{record.id}"
                for record in supplies
                if record.state != "cancel"
            ],
        }

    @api.model
    def _tell(self, answers):
        """Return the message that counts what ``_repair`` answered."""
        count = {
            status: sum(answer["status"] == status for answer in answers)
            for status in ("linked", "from_stock", "no_supply")
        }
        if answers:
            message = self.env._(
                "Linked with their supply: %(linked)s. Taken from stock: "
                "%(from_stock)s. Still without supply: %(no_supply)s.",
                **count,
            )
        else:
            message = self.env._("Every demand has its supply.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if count["no_supply"] else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
