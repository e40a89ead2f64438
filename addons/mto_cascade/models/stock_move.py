from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import (
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    STOCK_THEN_ORDER,
    DemandChange,
    decide,
    quantities_to_order,
)
from .supply_words import DEMAND_POLICIES, supply_sentence


class StockMove(models.Model):
    _inherit = "stock.move"

    supply_policy = fields.Selection(
        selection=DEMAND_POLICIES,
        readonly=True,
        copy=False,
        help="The policy this demand was decided by; empty when Odoo's routes decided.",
    )
    supply_reason = fields.Json(readonly=True, copy=False)
    supply_explanation = fields.Char(
        string="Supplied", compute="_compute_supply_explanation"
    )

    # The demand at the top of the cascade, see ``mrp.production``. Not copied: a
    # return or a duplicated transfer serves nobody; what is split off does.
    demand_line_id = fields.Many2one(
        "sale.order.line",
        "Sales Order Line Served",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The order line at the top of the cascade that this demand belongs to.",
    )
    demand_level = fields.Integer(
        "Level below the Sold Product", readonly=True, copy=False
    )
    demand_user_id = fields.Many2one(
        "res.users", "Asked for by", readonly=True, copy=False
    )
    specification_key = fields.Char(readonly=True, copy=False)

    @api.depends("supply_policy", "supply_reason")
    @api.depends_context("lang")
    def _compute_supply_explanation(self):
        for move in self:
            move.supply_explanation = move.supply_policy and supply_sentence(
                move.env, move.supply_policy, move.supply_reason or {}
            )

    # Deciding

    def _decide_supply(self):
        """Decide how the demands in ``self`` are supplied, and keep the reason.

        Sets the procurement method of each draft demand that a policy decides, and of
        confirmed ones the method that was decided when they were drafts. Moves that
        inherit are left as core made them. Set-based: no query per move.
        """
        drafts = self.filtered(lambda move: move.state == "draft")
        reductions = drafts.filtered(lambda move: move._is_negative_demand())
        demands = (drafts - reductions).filtered(lambda move: move._is_supply_demand())
        demands._set_supply_decision()
        reductions._follow_reduced_demand()
        (self - drafts)._keep_supply_decision()

    def _set_supply_decision(self):
        sources = self._get_supply_policy_sources()
        decisions = {}
        move_ids = defaultdict(list)
        for move in self:
            decision = decide(sources[move.id])
            key = (decision.policy, decision.level, decision.reason.get("record_id"))
            decisions[key] = decision
            move_ids[key].append(move.id)
        for key, ids in move_ids.items():
            self.browse(ids)._write_supply_decision(decisions[key])

    def _write_supply_decision(self, decision):
        """Write one decision on all moves of ``self``, only where it changes something.

        A move that inherits gets no value: it stays the move that core made.
        """
        if not decision.by_policy:
            if stale := self.filtered("supply_policy"):
                stale.write({"supply_policy": False, "supply_reason": False})
            return
        vals = {
            "supply_policy": decision.policy,
            "supply_reason": decision.reason,
            "procure_method": decision.procure_method,
        }
        self.filtered(
            lambda move: any(move[name] != value for name, value in vals.items())
        ).write(vals)

    def _keep_supply_decision(self):
        """Apply what was decided to moves whose method core has just searched again."""
        for policy, moves in self.grouped("supply_policy").items():
            if not policy:
                continue
            method = "make_to_order" if policy == MAKE_TO_ORDER else "make_to_stock"
            moves.filtered(lambda m, method=method: m.procure_method != method).write(
                {"procure_method": method}
            )

    def _follow_reduced_demand(self):
        """Decide negative moves as the open demand that they reduce.

        Core merges a negative move only with moves of the same procurement method and
        makes a return of it otherwise, so a policy changed since must not decide here.
        """
        for move in self:
            reduced = (
                move.sale_line_id.move_ids | move.move_dest_ids.move_orig_ids
            ).filtered(lambda other, move=move: other._is_reduced_by(move))[:1]
            if reduced:
                move.write(reduced._prepare_supply_decision_values())

    def _is_reduced_by(self, move):
        self.ensure_one()
        return (
            self.supply_policy
            and self.state not in ("draft", "done", "cancel")
            and self.product_id == move.product_id
            and self.location_id == move.location_id
            and not self._is_negative_demand()
        )

    def _prepare_supply_decision_values(self):
        self.ensure_one()
        return {
            "supply_policy": self.supply_policy,
            "supply_reason": self.supply_reason,
            "procure_method": self.procure_method,
        }

    def _get_supply_policy_sources(self):
        """Return {move id: policy sources, strongest first}.

        Override to add a level that depends on the demand. No query per move.
        """
        result = {}
        for company, moves in self.grouped("company_id").items():
            by_product = moves.product_id._get_supply_policy_sources(company)
            result.update((move.id, by_product[move.product_id.id]) for move in moves)
        return result

    def _is_supply_demand(self):
        """Whether the move takes goods out of a warehouse's stock for a demand.

        Not: receipts, putaway, pushed transfers, returns, what already has its supply
        linked, what is already picked, and transfers that a person made by hand.
        """
        self.ensure_one()
        return (
            (self._is_pulled() or self.raw_material_production_id)
            and not self.origin_returned_move_id
            and not self.picked
            and (self.raw_material_production_id or not self.move_orig_ids)
            and self._leaves_stock()
        )

    def _is_pulled(self):
        self.ensure_one()
        return self.rule_id.action in ("pull", "pull_push")

    def _leaves_stock(self):
        """From the stock of a warehouse, to somewhere outside of it."""
        self.ensure_one()
        stock = self.location_id.warehouse_id.lot_stock_id
        return bool(
            stock
            and self.location_id.usage == "internal"
            and self.location_id.parent_path.startswith(stock.parent_path)
            and not self.location_dest_id.parent_path.startswith(stock.parent_path)
        )

    def _is_negative_demand(self):
        self.ensure_one()
        return self.product_uom.compare(self.product_uom_qty, 0) < 0

    # Where core asks

    def _adjust_procure_method(self, picking_type_code=False):
        res = super()._adjust_procure_method(picking_type_code=picking_type_code)
        self._decide_supply()
        return res

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        if not create_proc:
            self._drop_unordered_decision()
            return super()._action_confirm(merge, merge_into, create_proc)
        self._decide_supply()
        before = self._get_confirmed_stock_first(merge)._get_stock_first_state()
        moves = super()._action_confirm(merge, merge_into, create_proc)
        moves._order_missing_supply(before)
        return moves

    def _drop_unordered_decision(self):
        """Take from stock what would wait for a supply that nobody orders.

        Components of a manufacturing order that is confirmed without procurements.
        """
        self.filtered(
            lambda move: (
                move.state == "draft"
                and move.raw_material_production_id
                and move.supply_policy == MAKE_TO_ORDER
                and not move.move_orig_ids
            )
        ).write(
            {
                "supply_policy": False,
                "supply_reason": False,
                "procure_method": "make_to_stock",
            }
        )

    def _run_procurement(self, old_qties=False):
        # Core has written the new quantities already and tells the old ones.
        before = self._get_stock_first_state(old_qties or {})
        res = super()._run_procurement(old_qties)
        self._order_missing_supply(before)
        return res

    def _prepare_procurement_qty(self):
        """A demand made to order orders all of it, also where its rule uses stock."""
        return [
            move.product_uom_qty if move.supply_policy == MAKE_TO_ORDER else quantity
            for move, quantity in zip(
                self, super()._prepare_procurement_qty(), strict=True
            )
        ]

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.demand_line_id:
            values.update(self._prepare_demand_values())
        if self.supply_policy in (MAKE_TO_STOCK, STOCK_THEN_ORDER):
            values["supply_policy"] = self.supply_policy
        return values

    def _prepare_move_split_vals(self, qty):
        return {
            **super()._prepare_move_split_vals(qty),
            **self._prepare_demand_values(),
            **self._prepare_carried_decision(),
        }

    def _get_backorder_move_vals(self):
        return {
            **super()._get_backorder_move_vals(),
            **self._prepare_demand_values(),
            **self._prepare_carried_decision(),
        }

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        """The components of a kit have the level of the kit."""
        return {
            **super()._prepare_phantom_move_values(bom_line, product_qty, quantity_done),
            **self._prepare_demand_values(),
        }

    def _prepare_demand_values(self):
        """Whose demand this is, as values of a move or a procurement."""
        self.ensure_one()
        return {
            name: self[name].id if self._fields[name].relational else self[name]
            for name in self.env["mrp.production"]._get_demand_fields()
        }

    def _prepare_carried_decision(self):
        """What a part that is split off inherits; its supply is already ordered."""
        self.ensure_one()
        if not self.supply_policy:
            return {}
        return {
            "supply_policy": self.supply_policy,
            "supply_reason": self.supply_reason,
        }

    # Stock first, then order

    def _get_confirmed_stock_first(self, merge):
        """Confirmed demands that the moves in ``self`` are or can be merged into."""
        confirmed = self.filtered(lambda move: move.state != "draft")
        stock_first = self.filtered(lambda m: m.supply_policy == STOCK_THEN_ORDER)
        # The components of a kit, added to a running order, are decided only while
        # core confirms.
        components = self.filtered("raw_material_production_id").product_id
        if not merge or not (stock_first or any(components.mapped("is_kits"))):
            return confirmed
        related = Domain("reference_ids", "in", self.reference_ids.ids)
        if unreferenced := stock_first.filtered(lambda m: not m.reference_ids):
            related |= Domain("reference_ids", "=", False) & Domain(
                "product_id", "in", unreferenced.product_id.ids
            )
        return confirmed | self.search(
            Domain("supply_policy", "=", STOCK_THEN_ORDER)
            & Domain("state", "not in", ("draft", "done", "cancel"))
            & related
        )

    def _get_stock_first_state(self, demanded=None):
        """Demanded, reserved and free quantities of the stock-first demands, now.

        :param dict demanded: {move id: demanded quantity in the move's unit} where it
            differs from what the move says
        :return: {'moves': moves, 'quantities': {demand key: (demanded, reserved)},
            'free': {pool: free}}, in product units
        """
        moves = self.filtered(lambda m: m.supply_policy == STOCK_THEN_ORDER)
        return {
            "moves": moves,
            "quantities": moves._get_demand_quantities(demanded or {}),
            "free": moves._get_free_quantities(),
        }

    def _order_missing_supply(self, before):
        """Order for the stock-first demands in ``self`` what stock does not cover.

        :param dict before: state before the change, see ``_get_stock_first_state``
        """
        moves = self._get_changed_stock_first(before["moves"])
        if not moves:
            return
        quantities = quantities_to_order(
            moves._prepare_demand_changes(before["quantities"]),
            before["free"],
            moves._get_free_quantities(),
        )
        demands = moves.grouped(lambda move: move._get_demand_key())
        procurements = [
            demands[key]._prepare_missing_procurement(quantity)
            for key, quantity in quantities.items()
        ]
        # Core sets 'no_procurement' where it merges a component that was added to a
        # running order. The orders made here must order their own components.
        self.env["stock.rule"].with_context(no_procurement=False).run(
            procurements, raise_user_error=not self.env.context.get("from_orderpoint")
        )

    def _get_changed_stock_first(self, former):
        """The stock-first demands in ``self``, and those of ``former`` they belong to.

        Core may have kept either of two merged moves.
        """
        moves = self.filtered(
            lambda m: (
                m.supply_policy == STOCK_THEN_ORDER
                and m._leaves_stock()
                and not m.move_orig_ids
            )
        )
        if not moves:
            return moves
        keys = {move._get_demand_key() for move in moves}
        return moves | former.exists().filtered(lambda m: m._get_demand_key() in keys)

    def _prepare_demand_changes(self, before):
        """The changes of demand, from the quantities ``before`` to now."""
        now = self._get_demand_quantities({})
        untracked = {
            move._get_demand_key(): move._should_bypass_reservation() for move in self
        }
        changes = []
        for key, (demanded, reserved) in now.items():
            demanded_before, reserved_before = before.get(key, (0.0, 0.0))
            changes.append(
                DemandChange(
                    key=key,
                    pool=key[0],
                    before=demanded_before,
                    after=demanded,
                    reserved_before=reserved_before,
                    reserved_after=reserved,
                    untracked=untracked[key],
                )
            )
        return changes

    def _get_demand_quantities(self, demanded):
        """Return {demand key: (demanded, reserved)} in product units.

        Done and cancelled moves count for nothing, but keep their key.
        """
        result = defaultdict(lambda: (0.0, 0.0))
        for move in self:
            key = move._get_demand_key()
            total, reserved = result[key]
            if move.state not in ("done", "cancel"):
                quantity = demanded.get(move.id, move.product_uom_qty)
                total += move._to_product_uom(quantity)
                reserved += move._get_reserved_quantity()
            result[key] = (total, reserved)
        return dict(result)

    def _get_demand_key(self):
        """Moves that core can merge with each other share their key."""
        self.ensure_one()
        return (
            self._get_supply_pool(),
            self.sale_line_id,
            self.raw_material_production_id,
            self.production_group_id,
        )

    def _get_supply_pool(self):
        self.ensure_one()
        return (self.product_id, self.location_id)

    def _get_free_quantities(self):
        """Return {(product, location): free quantity in the product's unit}.

        Free as core means it: on hand and not reserved, at the location and below.
        """
        result = {}
        for location, moves in self.grouped("location_id").items():
            products = moves.product_id.with_context(location=location.id)
            for move_product, product in zip(moves.product_id, products, strict=True):
                result[(move_product, location)] = product.free_qty
        return result

    def _prepare_missing_procurement(self, quantity):
        """Procurement of a missing quantity, with the values core gives a demand.

        In the unit of the product: one piece of a dozen has no exact number of dozens.
        """
        move = self.sorted(lambda m: (m.state not in ("done", "cancel"), m.id))[-1:]
        values = move._prepare_procurement_values()
        values["reference_ids"] = self.reference_ids
        # Not skipped: this is what the policy orders.
        values.pop("supply_policy", None)
        return self.env["stock.rule"].Procurement(
            move.product_id,
            move.product_id.uom_id.round(quantity),
            move.product_id.uom_id,
            move.location_id,
            move.rule_id.name or "/",
            move._prepare_procurement_origin(),
            move.company_id,
            values,
        )

    def _get_reserved_quantity(self):
        """In the product's unit, as its lines keep it.

        The quantity of the move is rounded to its own unit: 23 pieces are 1.92 dozen.
        """
        self.ensure_one()
        return sum(self.move_line_ids.mapped("quantity_product_uom"))

    def _to_product_uom(self, quantity):
        self.ensure_one()
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
