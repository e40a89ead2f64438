from odoo import models

from odoo.addons.mto_cascade.marks import LINKING_LATER, MARK, is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import MOVE

from .mto_change_application import APPLYING
from .stock_move import NETTING


class MtoChangeResupply(models.AbstractModel):
    """Supplies demands again whose supply somebody took away, or says so.

    Callers have checked who asks.
    """

    _name = "mto.change.resupply"
    _description = "Supply of Demands That Lost It"

    def _resupply(self, demands, ordered):
        """Give the demands what is left over of their order; order or report the rest.

        :param ordered: those that were made to order before; Odoo would take them from
            stock now, and say nothing
        """
        demands = (
            demands.sudo()
            .exists()
            .filtered(lambda m: m.state not in (*CLOSED, "draft") and m._leaves_stock())
        )
        missing = self._find_missing(demands)
        if not missing:
            return
        self._wait_for_supply(ordered.sudo() & demands.concat(*missing))
        self.env["mto.supply.network"].sudo()._relink(missing)
        stock_first = demands.filtered(lambda m: m._is_stock_first_demand())
        missing = self._find_missing(demands - stock_first)
        self._order_or_report(missing | stock_first._take_what_is_free())

    def _share_loss(self, demands):
        """Tell who lacks supply now that others took of what arrived.

        Core reserves all that arrives for one of those who share it, who may be the one
        that lost supply, says an open issue: others lack it then.
        """
        issues = self.env["mto.change.issue"]
        lost = issues._get_lost(demands.sudo())
        if not lost:
            return
        network = self.env["mto.supply.network"].sudo()
        flow = network._load_waiting(lost).solve()
        others = (network._get_neighbours(lost)[0] - lost).filtered(
            lambda m: m.state not in (*CLOSED, "draft")
        )
        self._order_or_report(
            {
                move: missing
                for move in others
                if (missing := flow.missing(move.id))
                and move.product_id.uom_id.compare(missing, 0) > 0
            }
        )
        issues._settle_lost(lost)

    def _resupply_lost_stock(self, lost):
        """Order again, or report, what demands lack since goods left the shelves.

        :param lost: done moves that took goods away: scrap, a count, a return
        """
        if not lost:
            return
        demands = self._find_hit(lost.sudo())
        # Core lets go of what is on its way for a demand whose reservation it takes.
        demands._relink_uncovered()
        stock_first = self._filter_stock_first(demands)
        missing = self._find_missing(demands - stock_first)
        self._order_or_report(missing | stock_first.sudo()._take_what_is_free())

    def _find_hit(self, lost):
        """Open demands that were ordered for, of the goods and where they lay."""
        change = self.env["mto.change"]
        places = {
            (m.product_id, m.company_id, m.location_id.warehouse_id) for m in lost
        }
        moves = self.env[MOVE].search(
            [
                ("product_id", "in", lost.product_id.ids),
                ("company_id", "in", lost.company_id.ids),
                ("state", "in", ("waiting", "confirmed", "partially_available")),
            ]
        )
        return moves.filtered(
            lambda m: change._may_take(m)
            and m.supply_policy != "make_to_stock"
            and (m.product_id, m.company_id, m.location_id.warehouse_id) in places
        )

    def _order_or_report(self, missing):
        again = {
            move: quantity
            for move, quantity in missing.items()
            if move.company_id.order_change_resupply
        }
        self._order_again(again)
        self.env["mto.change.issue"]._report_lost(
            {move: q for move, q in missing.items() if move not in again}
        )

    def _wait_for_supply(self, demands):
        """Demands made to order wait: what lies in stock is not theirs."""
        taken = demands.filtered(lambda m: m.procure_method == "make_to_stock")
        taken.write({"procure_method": "make_to_order"})
        taken._recompute_state()

    def _filter_ordered(self, demands):
        return demands.filtered(lambda m: m.procure_method == "make_to_order")

    def _find_missing(self, demands):
        """{move: quantity that is neither reserved nor on its way for it}"""
        demands = demands.filtered(lambda m: m.state not in (*CLOSED, "draft"))
        if not demands:
            return {}
        network = self.env["mto.supply.network"].sudo()
        flow = network._load_waiting(demands).solve()
        return {
            move: missing
            for move in demands
            if (missing := flow.missing(move.id))
            and move.product_id.uom_id.compare(missing, 0) > 0
        }

    def _find_lacking(self, demands):
        """As `_find_missing`, less what demands that use stock first find in stock."""
        stock_first = self._filter_stock_first(demands)
        missing = self._find_missing(demands - stock_first)
        if stock_first:
            network = self.env["mto.supply.network"].sudo()
            for move, share in network._share_free(stock_first).items():
                if move.product_id.uom_id.compare(share.missing, 0) > 0:
                    missing[move] = share.missing
        return missing

    def _filter_stock_first(self, demands):
        return demands.filtered(lambda m: m.supply_policy == "stock_then_order")

    def _order_again(self, missing):
        """Order the quantities for the demands, by their rules, linked with them.

        :param dict missing: {stock move: quantity in the product's unit}
        """
        if not missing:
            return
        moves = self.env[MOVE].sudo().concat(*missing)
        lacking = self._find_missing(self._find_lost_beside(moves))
        to_order = moves.filtered(lambda m: m.supply_policy != "stock_then_order")
        to_order.write({"procure_method": "make_to_order"})
        procurements = [
            move._prepare_missing_procurement(quantity)
            for move, quantity in missing.items()
        ]
        modes = {APPLYING: False, NETTING: MARK}
        moves.with_context(**modes)._run_supply(procurements)
        moves._take_own_surplus(missing, lacking)
        moves._relink_uncovered()
        moves._recompute_state()
        issues = self.env["mto.change.issue"]
        issues._settle(moves.reference_ids)
        issues._settle_lost(moves)

    def _find_lost_beside(self, moves):
        """Others who lost supply, says an open issue, of what may serve ``moves``."""
        network = self.env["mto.supply.network"].sudo()
        everybody = network._get_neighbours(moves, moves._find_own_supply(moves))[0]
        return self.env["mto.change.issue"]._get_lost(everybody - moves)

    def _get_served(self, productions):
        """Open demands that the manufacturing orders serve."""
        outputs = productions.sudo().move_finished_ids
        return (outputs.move_dest_ids | productions.sudo().move_dest_ids).filtered(
            lambda m: m.state not in CLOSED
        )

    def _get_served_by_lines(self, lines):
        lines = lines.sudo()
        return (lines.move_dest_ids | lines.move_ids.move_dest_ids).filtered(
            lambda m: m.state not in CLOSED
        )

    def _get_changed(self, records):
        """Those of the documents that the rules follow when a person changes them."""
        if is_marked(self.env, APPLYING) or is_marked(self.env, LINKING_LATER):
            # Part of a change of an order, or of a merge: that settles it.
            return records.browse()
        return records.filtered(lambda r: r.company_id.sudo().order_change_rules)
