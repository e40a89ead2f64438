from collections import Counter, defaultdict

from odoo import models

from ..cascade import MustGoInTurn, current, get_policies


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        moves = super()._action_confirm(merge, merge_into, create_proc)
        cascade = current(self.env)
        if cascade and not cascade.alone:
            cascade.link_later(moves)
            if create_proc:
                cascade.claim_later(moves._filter_claims())
        return moves

    def _run_procurement(self, old_qties=False):
        """A demand that grew reserves and claims more, when all that is asked for is."""
        cascade = current(self.env)
        if not cascade or cascade.alone:
            return super()._run_procurement(old_qties)
        cascade.grown |= set(self.product_id.ids)
        cascade.assigns_later = True
        try:
            res = super()._run_procurement(old_qties)
        finally:
            cascade.assigns_later = False
        cascade.claim_raised_later(self._filter_claims())
        cascade.link_later(self)
        return res

    def _action_assign(self, force_qty=False):
        cascade = current(self.env)
        if not cascade or force_qty or not cascade.take_assignment():
            return super()._action_assign(force_qty=force_qty)
        cascade.reserve_raised_later(self - self._filter_claims())
        return None

    def _prepare_joined_copy(self, quantity):
        """Return what a finished move becomes that is copied and joined with its copy.

        Core copies what an order makes more, and joins the copy when it is confirmed.
        Nothing where it would not be joined, or not be certain what comes of it.
        """
        self.ensure_one()
        order = self.production_id
        if (
            self.rule_id
            or self.move_orig_ids
            or self.never_product_template_attribute_value_ids
        ):
            return {}
        if len(order.move_finished_ids.filtered(self._may_join)) > 1:
            return {}
        copy = self.new(
            {
                **self.copy_data({"product_uom_qty": quantity})[0],
                # As core's `create` for what an order makes.
                "origin": order._get_origin(),
                "propagate_cancel": order.propagate_cancel,
                "production_group_id": order.production_group_id.id,
                "location_id": order.production_location_id.id,
                "date": order.date_finished,
                "date_deadline": order.date_deadline,
                "state": "confirmed",
            }
        )
        key = self._merge_move_itemgetter(self._prepare_merge_moves_distinct_fields())
        if key(copy) != key(self):
            return {}
        vals = self.concat(copy)._merge_moves_fields()
        links = {name: vals.pop(name) for name in ("move_dest_ids", "move_orig_ids")}
        added = {command[1] for name in links for command in links[name]}
        if added - {*self.move_dest_ids.ids, *self.move_orig_ids.ids}:
            return {}
        if any(isinstance(value, (list, dict)) for value in vals.values()):
            return {}
        return vals

    def _may_join(self, move):
        return move.product_id == self.product_id and move.state not in (
            "done",
            "cancel",
            "draft",
        )

    def _fill_lines_at_once(self):
        """Let what orders make fill the lines that it has; core does it line by line.

        As core's `_action_assign`, for moves that take nothing from stock.
        """
        lines = defaultdict(list)
        for move in self:
            if (
                move.picked
                or move.state not in ("confirmed", "partially_available")
                or move.move_orig_ids
                or move.product_id.tracking != "none"
                or not move._should_bypass_reservation()
            ):
                continue
            missing = move.product_uom_qty - move.quantity
            line = move.move_line_ids
            if (
                len(line) == 1
                and move.product_uom.compare(missing, 0) > 0
                and line.product_uom_id == move.product_uom
                and line.location_id == move.location_id
                and line.location_dest_id == move.location_dest_id
                and line.picking_id == move.picking_id
                and not line.picked
                and not (line.lot_id or line.owner_id)
                and not (line.package_id or line.result_package_id)
            ):
                unit = move.product_id.uom_id
                missing = move.product_uom._compute_quantity(
                    missing, unit, rounding_method="HALF-UP"
                )
                missing = unit._compute_quantity(
                    missing, move.product_uom, rounding_method="HALF-UP"
                )
                lines[line.quantity + missing].append(line.id)
        for quantity, ids in lines.items():
            self.move_line_ids.browse(ids).write({"quantity": quantity})

    def _filter_claims(self):
        """Those that take from stock and order the rest by policy (mto_cascade)."""
        policies = get_policies(self.env)
        return self.browse() if policies is None else policies._filter_stock_first(self)

    def _prepare_procurement_qty(self):
        """What stock does not have is ordered: only where it is clear what it has."""
        cascade = current(self.env)
        if cascade and cascade.shares_stock and not cascade.alone:
            self.env["mto.batch.claim"]._check_free(cascade, self)
        return super()._prepare_procurement_qty()

    def _key_assign_picking(self):
        """Keep the transfers of different orders apart: core makes them in turn."""
        key = super()._key_assign_picking()
        cascade = current(self.env)
        if cascade and cascade.is_pulling:
            return (*key, self.production_group_id)
        if cascade and cascade.joins_transfers:
            return tuple(part for part in key if part != self.created_production_id)
        return key

    def _assign_picking(self):
        """Put moves that core puts one by one into the same transfer there at once.

        It takes those with a manufacturing order of their own each for itself, but
        does not look at it when it searches the transfer.
        """
        cascade = current(self.env)
        if (
            not cascade
            or not cascade.resting
            or len({(move.origin, move.partner_id, move.company_id) for move in self})
            > 1
        ):
            return super()._assign_picking()
        cascade.joins_transfers = True
        try:
            return super()._assign_picking()
        finally:
            cascade.joins_transfers = False

    def _merge_moves(self, merge_into=False):
        """Join transfers when their supply is there: it decides which can be joined.

        Core has ordered their supply at this point.
        """
        cascade = current(self.env)
        if (
            not cascade
            or not cascade.is_pulling
            or any(m.product_uom.compare(m.product_uom_qty, 0) < 0 for m in self)
        ):
            return super()._merge_moves(merge_into=merge_into)
        if cascade.grown and get_policies(self.env) is not None:
            # It links what grew in between, and that decides what can be joined.
            raise MustGoInTurn
        # What takes from stock has no supply yet: core has joined it by now.
        first = self._filter_claims()
        merged = super(StockMove, first)._merge_moves(merge_into=merge_into)
        rest = self - first
        cascade.merge_later(rest, merge_into)
        return merged | rest

    def _merge_alike(self):
        """Join moves with others of their transfers; most have none that is alike."""
        alike = Counter(
            (move.production_group_id.id, move.product_id.id)
            for move in self.picking_id.move_ids
        )
        found = self.filtered(
            lambda m: alike[m.production_group_id.id, m.product_id.id] > 1
        )
        if found:
            found._merge_moves()

    def _should_assign_at_confirm(self):
        """Reserve when everything below is done, in the order in which core would."""
        if not super()._should_assign_at_confirm():
            return False
        cascade = current(self.env)
        if not cascade or cascade.alone:
            return True
        cascade.reserve_later(self)
        return False

    def _trigger_scheduler(self):
        """Look for the reordering rules of all moves at once, when all are confirmed.

        Core searches them move by move; most products have none.
        """
        cascade = current(self.env)
        if cascade is None or not self:
            return super()._trigger_scheduler()
        if not cascade.alone and cascade.knows(self.product_id.ids):
            if cascade.replenished & set(self.product_id.ids):
                cascade.trigger_later(self)
            return None
        products = self.env["stock.warehouse.orderpoint"]._read_group(
            [("product_id", "in", self.product_id.ids), ("trigger", "=", "auto")],
            ["product_id"],
        )
        ruled = {product.id for [product] in products}
        moves = self.filtered(lambda move: move.product_id.id in ruled)
        return super(StockMove, moves)._trigger_scheduler()

    def _update_orderpoints(self):
        """Look for reordering rules only where there are some."""
        cascade = current(self.env)
        if not cascade:
            return super()._update_orderpoints()
        key = "_update_orderpoints"
        if key not in cascade.found:
            groups = (
                self.env["stock.warehouse.orderpoint"]
                .sudo()
                .with_context(active_test=False)
                ._read_group([("product_id", "in", cascade.products)], ["product_id"])
            )
            cascade.found[key] = {product.id for [product] in groups}
        ruled = cascade.found[key]
        moves = self.filtered(
            lambda m: m.product_id.id in ruled or not cascade.knows(m.product_id.ids)
        )
        return super(StockMove, moves)._update_orderpoints()
