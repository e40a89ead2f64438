from odoo import models

from odoo.addons.mto_cascade.marks import MARK, Mark, is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED, REQUESTED
from odoo.addons.mto_pegging.models.mto_pegging import LINE

from .mto_change_application import APPLYING

# Set where an order that was changed orders again: take what is left over first.
NETTING = "mto_change_net"
# How much of what was picked its next step takes on, where that is not all.
TAKEN_ON = "mto_change_taken_on"


class StockMove(models.Model):
    _inherit = "stock.move"

    def _prepare_procurement_qty(self):
        """What is left over of the own order is taken before more is ordered."""
        quantities = super()._prepare_procurement_qty()
        if not is_marked(self.env, NETTING):
            return quantities
        needs = {
            move: move._to_product_uom(quantity)
            for move, quantity in zip(self, quantities, strict=True)
            if move.procure_method == "make_to_order"
            and move.product_uom.compare(quantity, 0) > 0
        }
        taken = self._take_own_surplus(needs)
        return [
            quantity - move._from_product_uom(taken[move])
            if move in taken
            else quantity
            for move, quantity in zip(self, quantities, strict=True)
        ]

    def _from_product_uom(self, quantity):
        self.ensure_one()
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom, rounding_method="HALF-UP"
        )

    def _take_own_surplus(self, needs, lacking=None):
        """Link demands with supply of their own order that has something left.

        :param dict needs: {move: quantity that is needed more, in the product's unit}
        :param dict lacking: the same of other demands, who get nothing of it
        :return: {move: quantity that was found}
        """
        moves = self.browse([move.id for move in needs]).sudo()
        if not moves:
            return {}
        network = self.env["mto.supply.network"].sudo()
        own = self._find_own_supply(moves)
        supplies = (
            own[0] | self._get_ordered_before(moves.move_orig_ids),
            own[1] | self._get_ordered_before(moves.created_purchase_line_ids),
        )
        if not (supplies[0] or supplies[1]):
            return {}
        left = self._get_left({**needs, **(lacking or {})}, supplies)
        free = self._get_free_arrivals(supplies[0], moves)
        taken = {}
        for move, need in needs.items():
            move = move.sudo()
            linked = [*move.move_orig_ids, *move.created_purchase_line_ids]
            for record in [*linked, *network._sort_own_supply(own, move)]:
                key = network._get_supply_key(record)
                part = min(left.get(key, 0.0), need - taken.get(move, 0.0))
                if record.state == "done":
                    part = min(part, free[move._get_supply_pool()])
                if move.product_id.uom_id.compare(part, 0) <= 0:
                    continue
                if record not in linked:
                    network._link(record, move)
                left[key] -= part
                taken[move] = taken.get(move, 0.0) + part
                if record.state == "done":
                    free[move._get_supply_pool()] -= part
        return taken

    def _get_left(self, needs, supplies):
        """{key of a supply: what is left when all have what they had before}

        The rest is for who needs more: without that, one of several who share a supply
        would be taken for the one that lacks.
        """
        network = self.env["mto.supply.network"].sudo()
        moves = self.browse([move.id for move in needs]).sudo()
        batches = supplies[0].filtered(
            lambda m: not m.move_dest_ids and m.production_id.bom_id.enable_batch_size
        )
        others = batches._get_demands_of_batches() - moves
        others |= network._get_neighbours(others | moves, supplies)[0].filtered(
            # What is being ordered for them is on the requests already.
            lambda m: m.state == "draft"
            and (m.procure_method == "make_to_order" or m.move_orig_ids & supplies[0])
        )
        others -= moves
        loaded = network._load_waiting(others | moves, supplies)
        others._add_supply((batches, self.env[LINE]), loaded)
        # What has arrived for them may be reserved for others, whose is to come.
        moves.filtered(lambda m: m.state != "draft")._add_supply(supplies, loaded)
        supplies[0]._add_owed(loaded)
        for move, need in needs.items():
            if move.id in loaded.needs:
                loaded.needs[move.id] = max(loaded.needs[move.id] - need, 0.0)
        flow = loaded.solve()
        return {
            key: flow.left(key) for key, _q, _s in network._get_capacities(supplies)
        }

    def _add_owed(self, loaded):
        """What was used before it came fills up the shelf first, when it comes."""
        network = self.env["mto.supply.network"].sudo()
        coming = self.filtered(lambda m: m.state not in CLOSED)
        used = coming.move_dest_ids.filtered(lambda m: m.state == "done")
        for (product, place), free in network._get_on_hand(used).items():
            if product.uom_id.compare(free, 0) < 0:
                key = ("owed", product, place)
                loaded.needs = {key: -free, **loaded.needs}
                loaded.links += [
                    (("move", supply.id), key)
                    for supply in coming
                    if supply.product_id == product and supply._arrives_at(place)
                ]

    def _get_demands_of_batches(self):
        """Whom the batches in ``self``, which are linked with nobody, are made for.

        Core links one batch with the demand that it makes several for; the others are
        linked at the end of the confirmation.
        """
        if not self:
            return self
        demands = self.search(
            [
                ("product_id", "in", self.product_id.ids),
                ("reference_ids", "in", self.reference_ids.ids),
                ("created_production_id", "!=", False),
                ("state", "not in", CLOSED),
                "|",
                ("procure_method", "=", "make_to_order"),
                ("supply_policy", "=", "stock_then_order"),
            ],
            order="id",
        )
        return demands - self.env["mto.change.issue"]._get_lost(demands)

    def _add_supply(self, supplies, loaded):
        """Let the demands have the supply, also while core is still creating them."""
        network = self.env["mto.supply.network"].sudo()
        for move in self:
            if move.state == "draft":
                loaded.needs[move.id] = move.product_qty
            own = [
                *move.move_orig_ids,
                *move.created_purchase_line_ids,
                *network._sort_own_supply(supplies, move),
            ]
            loaded.links += [
                (network._get_supply_key(supply), move.id) for supply in own
            ]

    def _get_free_arrivals(self, supplies, moves):
        """{pool: what is free in stock}: what has arrived may be gone again."""
        if not supplies.filtered(lambda m: m.state == "done"):
            return {}
        return self.env["mto.supply.network"].sudo()._get_on_hand(moves.sudo())

    def _find_own_supply(self, moves):
        """Supply of the orders' references; not what is being ordered right now."""
        network = self.env["mto.supply.network"].sudo()
        supplies, lines = network._search_own_supply(moves.sudo())
        return (
            self._get_ordered_before(supplies).filtered(
                lambda m: not m.origin_returned_move_id
            ),
            self._get_ordered_before(lines),
        )

    def _get_ordered_before(self, supplies):
        """Not what is being ordered right now: the demand for it does not count yet.

        What was there before may be linked already with a demand that takes of it now.
        """
        return supplies.filtered(
            lambda supply: (
                "draft" not in supply.move_dest_ids.mapped("state")
                or (supply._name == self._name and supply._brings_bought())
            )
        )

    def _run_procurement(self, old_qties=False):
        """A raised component uses up what is left over of its supply first."""
        if is_marked(self.env, NETTING):
            old_qties = {**(old_qties or {}), **self._get_covered_quantities(old_qties)}
        return super()._run_procurement(old_qties)

    def _get_covered_quantities(self, old_qties):
        """{move id: quantity that needs no order}, in the unit of the move."""
        raised = self.filtered(
            lambda m: m.procure_method == "make_to_order"
            and m.product_uom.compare(m.product_uom_qty, (old_qties or {}).get(m.id, 0))
            > 0
        )
        if not raised:
            return {}
        before = {move: (old_qties or {}).get(move.id, 0) for move in raised}
        taken = self._take_own_surplus(
            {
                move: move._to_product_uom(move.product_uom_qty - before[move])
                for move in raised
            }
        )
        return {
            move.id: before[move] + move._from_product_uom(taken.get(move, 0.0))
            for move in raised
        }

    def _action_assign(self, force_qty=False):
        """What a demand takes from the shelf instead is not requested any more.

        A change has settled what is requested, so nothing is taken instead of it.
        """
        settled = self.browse()
        if is_marked(self.env, APPLYING) and not force_qty:
            settled = self._get_settled_demands()
            self -= settled
        requested = self._get_requested_demands()
        reserved = {move: move._get_reserved_quantity() for move in requested}
        spare = requested._get_spare_requests()
        res = super()._action_assign(force_qty=force_qty)
        requested.filtered(
            lambda m: m.product_id.uom_id.compare(
                m._get_reserved_quantity(), reserved[m]
            )
            > 0
        )._request_less(spare)
        settled._reserve_unordered()
        return res

    def _get_settled_demands(self):
        """Demands that use stock first, and wait for requests for quotation alone."""
        return self.filtered(
            lambda m: m._is_stock_first_demand()
            and not m._should_bypass_reservation()
            and not m.move_orig_ids
            and m._has_open_supply()
        )

    def _get_requested_demands(self):
        """Demands that wait for requests for quotation, where the rules hold."""
        waiting = self.env["mto.change.resupply"]._get_changed(
            self.filtered(
                lambda m: m.state in ("waiting", "confirmed", "partially_available")
            )
        )
        # Who reserves need not see requests: only what is needed of them follows.
        return waiting.filtered(
            lambda m: any(
                line.state in REQUESTED for line in m.sudo().created_purchase_line_ids
            )
            and not m._should_bypass_reservation()
        )

    def _get_spare_requests(self):
        """{line of a request for the demands: what no demand needs of it}"""
        if not self:
            return {}
        network = self.env["mto.supply.network"].sudo()
        lines = self.sudo().created_purchase_line_ids.filtered(
            lambda line: line.state in REQUESTED
        )
        flow = network._load_waiting(self, (self.browse(), lines)).solve()
        return {line: flow.left(("line", line.id)) for line in lines}

    def _request_less(self, before):
        """Take back what was requested, and is not needed since goods were reserved.

        What a buyer asked for beyond the demands stays.

        :param dict before: what ``_get_spare_requests`` answered before
        """
        quantities = {}
        for moves in self.grouped("product_id").values():
            # Not what the demands have come to share since.
            spare = {
                line: quantity
                for line, quantity in moves._get_spare_requests().items()
                if line in before
            }
            less = sum(spare.values()) - sum(before[line] for line in spare)
            for line in reversed(spare):
                part = min(line._get_spare_quantity(spare[line]), less)
                if line.product_id.uom_id.compare(part, 0) > 0:
                    quantities[line] = part
                    less -= part
        if quantities:
            lines = self.env[LINE].union(*quantities).sudo()
            self.env["mto.change.application"]._request_less(lines, quantities)

    def _link_supply(self, before=None):
        """What was lost before is for a person to order again, not for a change.

        What a demand gives up was settled for the whole change: it is not given up by
        the demand itself, which knows nothing of the plan.
        """
        if not is_marked(self.env, APPLYING):
            return super()._link_supply(before)
        lost = self.env["mto.change.issue"]._get_lost(self.exists())
        return super(StockMove, self - lost)._link_supply()

    # What was bought

    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        """What a purchase line brings less is less of its receipt, whatever its day.

        Core dates a line anew that is lowered, and would send the goods back to the
        vendor, who is still to bring them.
        """
        fields = super()._prepare_merge_negative_moves_excluded_distinct_fields()
        if self and all(
            move.purchase_line_id and move.company_id.sudo().order_change_rules
            for move in self
        ):
            fields = [*fields, "date_deadline"]
        return fields

    # What was bought, in several steps

    def _brings_bought(self):
        """Whether a purchase brings the goods, or a step brings them to the shelf."""
        self.ensure_one()
        if self.env["mto.change"]._is_bought(self):
            return True
        place = self.location_final_id or self.location_dest_id
        shelf = place.warehouse_id.lot_stock_id
        return bool(
            shelf
            and self.move_orig_ids
            and self._arrives_at(shelf)
            and any(step._brings_bought() for step in self.move_orig_ids)
        )

    # On the way to the customer, in several steps

    def _get_picked(self):
        """Those that are done, and whose goods are not at the customer yet."""
        return self.filtered(
            lambda m: m.state == "done" and not m.location_dest_id._is_outgoing()
        )

    def _get_last_steps(self):
        """The farthest moves on the way of what was picked; returns are none."""
        last, steps = self.browse(), self
        while steps:
            steps = steps.move_dest_ids.filtered(
                lambda m: m.state != "cancel" and not m.origin_returned_move_id
            )
            last |= steps - steps._get_picked()
            steps = steps._get_picked()
        return last

    def _take_on(self, most):
        """Bring on what was picked, and whose next step was cancelled.

        :param most: in the product's unit, as is the answer: how much there was
        """
        taken = self.move_dest_ids.filtered(lambda m: m.state != "cancel")
        rest = self._get_demanded_quantity()
        rest -= sum(move._get_demanded_quantity() for move in taken)
        free = self.env["stock.quant"]._get_available_quantity(
            self.product_id, self.location_dest_id
        )
        rest = min(rest, free, most)
        if self.product_id.uom_id.compare(rest, 0) <= 0:
            return 0.0
        quantity = self._from_product_uom(rest)
        step = self.with_context(**{TAKEN_ON: Mark(quantity)})._push_apply()
        return rest if step else 0.0

    # What people in the warehouse do

    def _action_done(self, cancel_backorder=False):
        """What comes short, is not delivered any more or gets lost has consequences."""
        resupply = self.env["mto.change.resupply"]
        ended = (
            resupply._get_changed(self._get_ended())
            if cancel_backorder
            else self.browse()
        )
        plan = ended._plan_undelivered()
        ended._give_up_subcontracted()
        served = resupply._get_changed(ended.filtered("purchase_line_id").move_dest_ids)
        ordered = resupply._filter_ordered(served)
        res = super()._action_done(cancel_backorder=cancel_backorder)
        if plan:
            self.env["mto.change.application"]._apply(plan)
        if served:
            resupply._resupply(served, ordered)
        if res:
            resupply._resupply_lost_stock(resupply._get_changed(res._get_lost_goods()))
            resupply._share_loss(resupply._get_changed(res.move_dest_ids))
            self.env["mto.change.issue"]._close_received(res.purchase_line_id.order_id)
        return res

    def _get_ended(self):
        """Moves of transfers that are finished without bringing all."""
        return self.filtered(
            lambda m: m.picking_id
            and m.state not in CLOSED
            and m.product_uom.compare(m.quantity if m.picked else 0, m.product_uom_qty)
            < 0
        )

    def _plan_undelivered(self):
        """Plan of what customers do not get any more, None where they get all."""
        start = {
            (move._name, move.id): move._to_product_uom(
                move.product_uom_qty - (move.quantity if move.picked else 0)
            )
            for move in self.filtered("sale_line_id")
            if move.location_dest_id.usage == "customer"
        }
        if not start:
            return None
        moves = self.sudo().browse(res_id for _model, res_id in start)
        change = self.env["mto.change"].sudo()
        return change._plan(moves, lambda _graph: start, list(start), ())

    # What a subcontractor was lowered to, while a receipt was filled in

    def _give_up_subcontracted(self):
        """What was ordered for goods that a subcontractor does not bring any more."""
        held_back = self._get_held_back()
        if not held_back:
            return
        received = {mo: mo.product_qty for mo in held_back}
        self._change_subcontracted(held_back)
        plan = (
            self.env["mto.change"]
            .sudo()
            ._plan_productions(
                {
                    mo: mo.product_uom_id._compute_quantity(
                        mo.product_qty - quantity, mo.product_id.uom_id
                    )
                    for mo, quantity in received.items()
                }
            )
        )
        self._change_subcontracted(received)
        self.env["mto.change.application"]._apply(plan)

    def _get_held_back(self):
        """{subcontractor's order: what its receipt asks for}, where it makes less.

        What is below follows the receipt, see ``change.production.qty``.
        """
        if "is_subcontract" not in self._fields:
            return {}
        result = {}
        for move in self.sudo().filtered("is_subcontract"):
            order = move._get_subcontract_production()
            if len(order) != 1 or order.state in CLOSED:
                # With lots, core has one for each of them.
                continue
            unit = order.product_uom_id
            asked = move.product_id.uom_id._compute_quantity(move.product_qty, unit)
            if unit.compare(asked, order.product_qty) > 0:
                result[order] = asked
        return result

    def _change_subcontracted(self, quantities):
        """Set what the orders make, and order nothing more or less for it."""
        if not quantities:
            return
        modes = {APPLYING: MARK, "no_procurement": True, "skip_activity": True}
        self.env["change.production.qty"].sudo().with_context(**modes).create(
            [
                {"mo_id": order.id, "product_qty": quantity}
                for order, quantity in quantities.items()
            ]
        ).change_prod_qty()

    def _get_lost_goods(self):
        """Goods that left the shelves for nobody: scrapped, counted, returned."""
        return self.filtered(
            lambda m: m.state == "done"
            and m.location_id.usage == "internal"
            and m.location_dest_id.usage in ("inventory", "supplier")
        )

    def _action_cancel(self):
        """Who waited for a receipt that a person cancels is supplied again."""
        resupply = self.env["mto.change.resupply"]
        receipts = resupply._get_changed(
            self.filtered(lambda m: m.purchase_line_id and m.state not in CLOSED)
        )
        served = receipts.move_dest_ids
        ordered = resupply._filter_ordered(served)
        receipts._change_subcontracted(receipts._get_held_back())
        res = super()._action_cancel()
        if served:
            resupply._resupply(served, ordered)
        return res
