import json
from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine import (
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    STOCK_THEN_ORDER,
    CoreAnswer,
    SupplyDecision,
    decide,
)
from .mto_supply_network import CLOSED
from .supply_policy import SupplyDemand
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
    supply_rule_id = fields.Many2one(
        "mto.supply.rule",
        "Cascade Rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The cascade rule this demand was decided by.",
    )
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
    is_surplus = fields.Boolean(
        "Ordered for Stock",
        readonly=True,
        copy=False,
        help="What was bought beyond the demands: by the vendor's minimum or packs, or "
        "because the buyer wanted more.",
    )

    @api.depends("supply_policy", "supply_reason")
    @api.depends_context("lang")
    def _compute_supply_explanation(self):
        shared = self._filter_shared_productions()
        for move in self:
            move.supply_explanation = move.supply_policy and move._add_shared_words(
                supply_sentence(move.env, move.supply_policy, move.supply_reason or {}),
                shared,
            )

    def _filter_shared_productions(self):
        """Manufacturing orders of the moves that serve more than one order line."""
        # Whose orders they are is not told, only that there are others.
        productions = self.sudo()._get_consuming_production()
        return productions.filtered(
            lambda order: len(order.move_finished_ids.move_dest_ids.demand_line_id) > 1
        )

    def _get_consuming_production(self):
        """The manufacturing orders that use the goods, also where they are picked."""
        return (
            self.raw_material_production_id
            | self.move_dest_ids.raw_material_production_id
        )

    def _add_shared_words(self, sentence, shared):
        if not (
            self.demand_line_id and self.sudo()._get_consuming_production() & shared
        ):
            return sentence
        return self.env._(
            "%(sentence)s. Decided for the first of several order lines that share "
            "the manufacturing order",
            sentence=sentence,
        )

    @api.readonly
    def get_supply_decision(self):
        """How each demand is supplied, and why.

        What was decided when it was confirmed; what would be decided now for a draft.
        Needs read access to the moves only.

        :return: one dictionary per move, in the order of ``self``, with the keys of
            ``product.product.get_supply_decision``; ``model`` is 'stock.move'. A move
            that takes nothing out of a warehouse's stock has ``level`` 'core'.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a move may not be read
        """
        self.check_access("read")
        # The words name rules and how the product is replenished; nothing else of
        # orders, vendors and bills of materials is handed out.
        return self.sudo()._get_supply_answers()

    def _get_supply_answers(self):
        """Same as ``get_supply_decision``, for moves the caller may read (sudo)."""
        Policy = self.env["mto.supply.policy"]
        demands = {move: move._prepare_supply_demand() for move in self}
        undecided = self.filtered(
            lambda move: move.state == "draft" and move._is_supply_demand()
        )
        decisions = Policy._get_decisions([demands[move] for move in undecided])
        Policy._load_supply_kinds(list(demands.values()))
        shared = self._filter_shared_productions()
        answers = []
        for move, demand in demands.items():
            decision = decisions.get(demand) or move._get_kept_decision()
            if not decision.by_policy:
                decision = decide((), move._get_kept_core_answer())
            answer = Policy._prepare_answer(move, demand, decision)
            answer["explanation"] = move._add_shared_words(
                answer["explanation"], shared
            )
            answers.append(answer)
        return answers

    def _get_kept_decision(self):
        """The policy's decision that the move carries."""
        self.ensure_one()
        reason = self.supply_reason or {}
        if not self.supply_policy:
            return SupplyDecision(False, "core")
        level = reason.get("code", "").removesuffix("_policy") or "core"
        return SupplyDecision(self.supply_policy, level, reason)

    def _get_kept_core_answer(self):
        """What core decided, as the move keeps it."""
        self.ensure_one()
        method = self.procure_method
        if method == "make_to_stock" and self.rule_id.procure_method == "mts_else_mto":
            method = "mts_else_mto"
        return CoreAnswer(method, self.rule_id.route_id.name or "")

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

    def _filter_undecided(self):
        """Without the components that were decided a moment ago.

        Core asks for the procurement method of a component right before it confirms it.
        """
        return self.filtered(
            lambda move: not (
                move.state == "draft"
                and move.raw_material_production_id
                and move.supply_policy
            )
        )

    def _set_supply_decision(self):
        decisions = {}
        move_ids = defaultdict(list)
        for move, decision in self._get_policy_decisions().items():
            if decision.by_policy:
                move._check_unit_of_demand()
            # Moves of one decision share their reason, facts included.
            key = (decision.policy, json.dumps(decision.reason, sort_keys=True))
            decisions[key] = decision
            move_ids[key].append(move.id)
        for key, ids in move_ids.items():
            self.browse(ids)._write_supply_decision(decisions[key])

    def _check_unit_of_demand(self):
        """Refuse a demand that cannot be counted in the unit of its product.

        Odoo converts by the factors of the two units, whatever they measure.
        """
        self.ensure_one()
        unit, counted_in = self.product_id.uom_id, self.product_uom
        if counted_in != unit and not counted_in._has_common_reference(unit):
            raise UserError(
                self.env._(
                    "%(product)s is counted in %(unit)s, but %(quantity)s %(other)s of "
                    "it are needed. Correct the unit on the order or in the bill of "
                    "materials.",
                    product=self.product_id.display_name,
                    unit=unit.name,
                    quantity=self.product_uom_qty,
                    other=counted_in.name,
                )
            )

    def _get_policy_decisions(self):
        """Return {move: decision of the policies}, in batch."""
        # Whoever confirms may lack access to the order, the bill of materials or the
        # vendors that decide; only the decision is used.
        demands = [move._prepare_supply_demand() for move in self.sudo()]
        decisions = self.env["mto.supply.policy"].sudo()._get_decisions(demands)
        return {
            move: decisions[demand] for move, demand in zip(self, demands, strict=True)
        }

    def _prepare_supply_demand(self):
        self.ensure_one()
        return SupplyDemand(
            product=self.product_id.with_company(self.company_id),
            company=self.company_id,
            warehouse=self.location_id.warehouse_id,
            order_line=self.demand_line_id,
            bom_line=self.bom_line_id,
            levels=(self.demand_level, self.demand_level),
            of_order=bool(self.demand_line_id),
            specification=self.specification_key,
        )

    def _write_supply_decision(self, decision):
        """Write one decision on all moves of ``self``, only where it changes something.

        A move that inherits gets no value: it stays the move that core made.
        """
        if not decision.by_policy:
            if stale := self.filtered("supply_policy"):
                stale.write(
                    {
                        "supply_policy": False,
                        "supply_reason": False,
                        "supply_rule_id": False,
                    }
                )
            return
        is_rule = decision.level == "rule"
        vals = {
            "supply_policy": decision.policy,
            "supply_reason": decision.reason,
            "supply_rule_id": is_rule and decision.reason["record_id"],
            "procure_method": decision.procure_method,
        }
        self.filtered(
            lambda move: any(
                (move[name].id if name == "supply_rule_id" else move[name]) != value
                for name, value in vals.items()
            )
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
            "supply_rule_id": self.supply_rule_id.id,
            "procure_method": self.procure_method,
        }

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

    @api.model_create_multi
    def create(self, vals_list):
        """A component added by hand serves whom its manufacturing order serves."""
        moves = super().create(vals_list)
        added = moves.filtered(
            lambda move: (
                not move.demand_line_id
                and move.raw_material_production_id.demand_line_id
            )
        )
        for production, components in added.grouped(
            "raw_material_production_id"
        ).items():
            components.write(production._prepare_demand_values())
        return moves

    def _adjust_procure_method(self, picking_type_code=False):
        res = super()._adjust_procure_method(picking_type_code=picking_type_code)
        self._decide_supply()
        return res

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        if not create_proc:
            self._drop_unordered_decision()
            return super()._action_confirm(merge, merge_into, create_proc)
        self._filter_undecided()._decide_supply()
        before = self._get_stock_first_relatives(merge)._get_demanded_quantities()
        self._follow_raised_demand()
        moves = super()._action_confirm(merge, merge_into, create_proc)
        moves._link_supply(before)
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
                "supply_rule_id": False,
                "procure_method": "make_to_stock",
            }
        )

    def _run_procurement(self, old_qties=False):
        # Core has written the new quantities already and tells the old ones.
        before = self.filtered(
            lambda m: m.supply_policy == STOCK_THEN_ORDER
        )._get_demanded_quantities(old_qties or {})
        res = super()._run_procurement(old_qties)
        self._link_supply(before)
        return res

    def _should_assign_at_confirm(self):
        """Stock first reserves its part itself, less what older demands will take."""
        return not self._is_stock_first_demand() and super()._should_assign_at_confirm()

    def _action_assign(self, force_qty=False):
        if not force_qty and self.env.context.get("mto_cascade_link_later"):
            # They take their share of the stock in their turn.
            self -= self.filtered(lambda m: m._is_stock_first_demand())
        self._claim_stock_in_use()
        res = super()._action_assign(force_qty=force_qty)
        if not force_qty:
            self._reserve_part_from_stock()
            self._reserve_arrived()
            self._restore_shares()
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
        if self.supply_policy:
            # The vendor's minimum and packs shape what a policy orders.
            values["ordered_by_policy"] = True
        return values

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """Demands decided differently stay apart, also where both take from stock."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "supply_policy",
            "is_surplus",
            "specification_key",
        ]

    @api.model
    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        """A reduction belongs to its order line, also if that was specified anew."""
        return [
            *super()._prepare_merge_negative_moves_excluded_distinct_fields(),
            "specification_key",
        ]

    def _prepare_move_split_vals(self, qty):
        return {
            **super()._prepare_move_split_vals(qty),
            "is_surplus": self.is_surplus,
            **self._prepare_carried_values(),
        }

    def _get_backorder_move_vals(self):
        return {
            **super()._get_backorder_move_vals(),
            **self._prepare_carried_values(),
        }

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        """The components of a kit have the level of the kit."""
        return {
            **super()._prepare_phantom_move_values(
                bom_line, product_qty, quantity_done
            ),
            **self._prepare_demand_values(),
        }

    def _prepare_demand_values(self):
        """Whose demand this is, as values of a move or a procurement."""
        self.ensure_one()
        return {
            name: self[name].id if self._fields[name].relational else self[name]
            for name in self.env["mrp.production"]._get_demand_fields()
        }

    def _prepare_carried_values(self):
        """What a part that is split off inherits; its supply is already ordered.

        Core drops the link to a request for quotation where it splits a component.
        """
        self.ensure_one()
        vals = self._prepare_demand_values()
        if self.supply_policy:
            vals["supply_policy"] = self.supply_policy
            vals["supply_reason"] = self.supply_reason
            vals["supply_rule_id"] = self.supply_rule_id.id
        if self.created_purchase_line_ids:
            vals["created_purchase_line_ids"] = [
                Command.set(self.created_purchase_line_ids.ids)
            ]
        return vals

    # Linking

    def _link_supply(self, before=None):
        """Make sure that supply is linked to every demand in ``self``.

        A demand made to order that Odoo left without its supply gets the link. A
        demand that uses stock first reserves what is free, is linked with what arrives
        in time for nobody else, and orders the rest. Called once per confirmation, for
        all its moves; no query per move.

        :param dict before: {move id: quantity in the product's unit} of stock-first
            demands that may have shrunk: what they no longer need is given back
        """
        if self.env.context.get("mto_cascade_link_later"):
            return
        self._relink_stranded()
        demands = self.exists().filtered(lambda m: m._is_stock_first_demand())
        if before:
            former = self.browse(before).exists()
            former._give_back_supply(before)
            demands |= former.filtered(lambda m: m._is_stock_first_demand())
        demands._supply_from_stock_first()

    def _relink_stranded(self):
        """Link the make-to-order demands in ``self`` that lack supply.

        :return: {move: quantity no supply was found for, in the product's unit}
        """
        network = self.env["mto.supply.network"]
        stranded = network._find_stranded(self)
        if not stranded:
            return {}
        linked = network._relink(stranded)
        linked._reserve_linked()
        return network._find_stranded(self.browse([move.id for move in stranded]))

    def _reserve_linked(self):
        """Reserve what lies on the shelf of the supply that was just linked."""
        self._recompute_state()
        self.filtered(lambda m: m._has_arrived_supply())._action_assign()

    def _waits_for_supply(self):
        """Whether only linked supply can cover the move, and has not yet."""
        self.ensure_one()
        return (
            self.procure_method == "make_to_order"
            and self.state in ("waiting", "confirmed", "partially_available")
            and self.location_id.usage in ("internal", "transit")
            and not self.picked
            and not self.origin_returned_move_id
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
        )

    def _has_lost_supply(self):
        """Whether somebody cancelled what was made or bought for the demand.

        Odoo waits for stock then.
        """
        self.ensure_one()
        return (
            self.supply_policy == MAKE_TO_ORDER
            and self.procure_method == "make_to_stock"
            and self.state in ("waiting", "confirmed", "partially_available")
            and not self.picked
        )

    def _may_be_stranded(self):
        """Whether the linked supply may be too small for all that it serves."""
        self.ensure_one()
        linked = self._get_linked_quantity()
        return self.product_id.uom_id.compare(linked, self.product_qty) < 0

    def _read_shared_supply(self):
        """Read at once whom the supply of the moves serves."""
        moves = self.sudo()
        return (
            moves.move_orig_ids.move_dest_ids
            | moves.created_purchase_line_ids.move_dest_ids
        )

    def _get_linked_quantity(self):
        """What is linked less what all others need that it serves, at least.

        In the product's unit.
        """
        self.ensure_one()
        move = self.sudo()
        origins = move.move_orig_ids.filtered(lambda m: m.state != "cancel")
        # A linked request for quotation follows the demand; a purchase is a receipt.
        lines = move.created_purchase_line_ids
        others = (origins.move_dest_ids | lines.move_dest_ids).filtered(
            lambda m: m != move and m.state != "cancel"
        )
        return (
            sum(origin._get_demanded_quantity() for origin in origins)
            + sum(line._get_requested_quantity() for line in lines)
            - sum(other._get_demanded_quantity() for other in others)
        )

    def _shares_supply(self):
        """Whether the linked supply serves other demands too."""
        self.ensure_one()
        return len(self._read_shared_supply()) > 1

    def _get_taken_quantity(self):
        """Quantity moved or reserved, in the product's unit."""
        self.ensure_one()
        if self.state == "done":
            return self._get_demanded_quantity()
        return self.product_qty - self._get_unreserved_quantity()

    def _get_demanded_quantity(self):
        """Quantity asked for, or moved when done, in the product's unit."""
        self.ensure_one()
        if self.state == "done":
            return self._to_product_uom(self.quantity)
        return self.product_qty

    def _get_unreserved_quantity(self):
        """Quantity asked for and not reserved, in the product's unit."""
        self.ensure_one()
        if self._should_bypass_reservation():
            return self.product_qty
        return max(self.product_qty - self._get_reserved_quantity(), 0.0)

    def _takes_from_stock(self):
        """Whether the move will take goods that lie in stock, reserved or not."""
        self.ensure_one()
        if not self._leaves_stock() or self._should_bypass_reservation():
            return False
        if not self.move_orig_ids or self.supply_policy == STOCK_THEN_ORDER:
            return self.procure_method == "make_to_stock"
        return self._has_arrived_supply()

    def _has_arrived_supply(self):
        self.ensure_one()
        return any(origin.state == "done" for origin in self.move_orig_ids)

    def _arrives_at(self, location):
        """Whether the goods reach ``location``, maybe after more steps."""
        self.ensure_one()
        return (self.location_final_id or self.location_dest_id)._child_of(
            location
        ) or self.location_dest_id._child_of(location)

    # Stock first, then order

    def _is_stock_first_demand(self):
        """Whether the move is an open demand on stock that orders what is missing."""
        self.ensure_one()
        return (
            self.supply_policy == STOCK_THEN_ORDER
            and self._is_waiting_for_goods()
            and not self.picked
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
            and self._leaves_stock()
        )

    def _is_waiting_for_goods(self):
        self.ensure_one()
        if self.state == "assigned":
            # Goods whose stock is not kept are always there, and ordered all the same.
            return self._should_bypass_reservation()
        return self.state in ("confirmed", "waiting", "partially_available")

    def _supply_from_stock_first(self):
        """Reserve what is free, link what arrives in time, order what is missing."""
        demands = self.sorted("id")
        if not demands:
            return
        demands._claim_stock()
        network = self.env["mto.supply.network"]
        shares = network._share_free(demands)
        for move, part in shares.items():
            move._reserve_from_stock(part.from_stock)
            for supply, quantity in part.arrivals:
                network._link(supply, move)
                if supply._name == "purchase.order.line":
                    supply._take_surplus(quantity)
        demands._recompute_state()
        procurements = [
            move._prepare_missing_procurement(part.missing)
            for move, part in shares.items()
            if move.product_id.uom_id.compare(part.missing, 0) > 0
        ]
        self._run_supply(procurements)
        if procurements:
            demands._relink_uncovered()

    def _relink_uncovered(self):
        """Link the demands whose missing part Odoo added to an existing order."""
        network = self.env["mto.supply.network"]
        network._relink(network._find_uncovered(self))

    def _run_supply(self, procurements):
        # Core sets 'no_procurement' where it merges a component that was added to a
        # running order. The orders made here must order their own components.
        if procurements:
            self.env["stock.rule"].with_context(no_procurement=False).run(
                procurements,
                raise_user_error=not self.env.context.get("from_orderpoint"),
            )

    def _reserve_from_stock(self, quantity):
        """Reserve up to ``quantity`` (in the product's unit) of free stock."""
        self.ensure_one()
        if self.product_id.uom_id.compare(quantity, 0) <= 0:
            return
        self.with_context(mto_cascade_exact_quantity=True)._update_reserved_quantity(
            quantity, self.location_id, strict=False
        )
        if production := self.raw_material_production_id:
            # As core does where it reserves components.
            self.move_line_ids.write(
                {"production_id": production.id, "workorder_id": self.workorder_id.id}
            )
        self.move_line_ids._apply_putaway_strategy()

    def _reserve_part_from_stock(self):
        """Reserve the part that no open supply is ordered for.

        Core reserves a demand with linked supply out of that supply only, and one that
        is counted in dozens only in hundredths of a dozen.
        """
        demands = self.filtered(
            lambda m: (
                m._is_stock_first_demand()
                and (m.move_orig_ids or m.product_uom != m.product_id.uom_id)
                and not m._should_bypass_reservation()
            )
        )
        if not demands:
            return
        flow = self.env["mto.supply.network"]._load_open(demands).solve()
        for move in demands:
            move._reserve_from_stock(flow.missing(move.id))
        demands._recompute_state()

    def _reserve_arrived(self):
        """Reserve for demands made to order what arrived for them and is free.

        Core counts what another demand of the same supply took from stock as taken
        from that supply.
        """
        demands = self.filtered(
            lambda m: (
                m._waits_for_supply()
                and not m._should_bypass_reservation()
                and m._has_arrived_supply()
            )
        )
        demands._read_shared_supply()
        demands = demands.filtered(lambda m: m._shares_supply())
        if not demands:
            return
        flow = self.env["mto.supply.network"]._load_waiting(demands).solve()
        for move in demands:
            arrived = move.move_orig_ids.filtered(lambda m: m.state == "done")
            move._reserve_from_stock(
                sum(
                    flow.quantities.get((("move", origin.id), move.id), 0.0)
                    for origin in arrived
                )
            )
        demands._recompute_state()

    def _restore_shares(self):
        """Link again who lost a share of its supply to a reservation."""
        linked = self.filtered(
            lambda m: (
                m.supply_policy == STOCK_THEN_ORDER
                or m.procure_method == "make_to_order"
            )
        )
        linked._read_shared_supply()
        shared = linked.filtered(lambda m: m._shares_supply())
        if shared:
            self.env["mto.supply.network"]._relink_neighbours(shared)

    def _claim_stock(self):
        """Let no other transaction promise the same goods: it waits, then retries."""
        self.env["mto.supply.claim"]._claim(self.product_id)

    def _claim_stock_in_use(self):
        """The same for demands that Odoo reserves, where policies are in use."""
        products = self.filtered(
            lambda m: (
                m.state in ("confirmed", "waiting", "partially_available")
                and not m._should_bypass_reservation()
            )
        ).product_id
        self.env["mto.supply.claim"]._claim_in_use(products)

    def _get_stock_first_relatives(self, merge):
        """Confirmed stock-first demands that a negative move in ``self`` can reduce."""
        reductions = self.filtered(
            lambda m: (
                m.state == "draft"
                and m.supply_policy == STOCK_THEN_ORDER
                and m._is_negative_demand()
            )
        )
        if not merge or not reductions:
            return self.browse()
        return reductions._get_siblings().filtered(
            lambda m: m._is_stock_first_demand() or m.state == "assigned"
        )

    def _get_siblings(self):
        """Other moves for the same order line, or for the same next step."""
        return (self.sale_line_id.move_ids | self.move_dest_ids.move_orig_ids).filtered(
            lambda m: m.product_id in self.product_id
        ) - self

    def _follow_raised_demand(self):
        """Let a growth carry the supply links of the demand that it raises.

        Core merges two moves only if they have the same.
        """
        for move in self:
            if (
                move.state != "draft"
                or move.supply_policy != STOCK_THEN_ORDER
                or move._is_negative_demand()
            ):
                continue
            raised = move._get_siblings().filtered(
                lambda m, move=move: (
                    m.supply_policy == STOCK_THEN_ORDER
                    and m.state not in ("draft", "done", "cancel")
                    and m.location_id == move.location_id
                    and m.product_id == move.product_id
                )
            )[:1]
            if raised:
                move.write(
                    {
                        "created_production_id": raised.created_production_id.id,
                        "created_purchase_line_ids": [
                            Command.set(raised.sudo().created_purchase_line_ids.ids)
                        ],
                    }
                )

    def _get_demanded_quantities(self, demanded=None):
        """Return {move id: demanded quantity in the product's unit}.

        :param dict demanded: {move id: quantity in the move's unit} where it differs
            from what the move says
        """
        return {
            move.id: move._to_product_uom(
                (demanded or {}).get(move.id, move.product_uom_qty)
            )
            for move in self
        }

    def _give_back_supply(self, before):
        """Order less for the demands that shrank, of what nobody else is linked to.

        Requests for quotation and transfers follow; what is made or ordered stays.
        """
        shrunk = {
            move: less
            for move in self
            if (less := before[move.id] - move._get_open_quantity())
            and move.product_id.uom_id.compare(less, 0) > 0
        }
        if not shrunk:
            return
        reduction = self.env["mto.supply.reduction"]
        procurements = []
        for move, less in shrunk.items():
            lines = move.sudo().created_purchase_line_ids
            less = reduction._order_less((self.browse(), lines), less)
            spare = min(less, move._get_spare_transfers())
            if move.product_id.uom_id.compare(spare, 0) > 0:
                procurements.append(move._prepare_missing_procurement(-spare))
        self._run_supply(procurements)

    def _get_spare_transfers(self):
        """What is brought from another place for this demand and nobody needs."""
        self.ensure_one()
        transfers = self.move_orig_ids.filtered(
            lambda m: m.state not in CLOSED and m._is_pulled()
        )
        if not transfers:
            return 0.0
        lines = self.env["purchase.order.line"]
        flow = self.env["mto.supply.reduction"]._get_open_flow(transfers, lines)
        return sum(flow.left(("move", move.id)) for move in transfers)

    def _get_open_quantity(self):
        self.ensure_one()
        return 0.0 if self.state in ("done", "cancel") else self.product_qty

    def _get_supply_pool(self):
        self.ensure_one()
        return (self.product_id, self.location_id)

    # Demands that lost their supply

    is_stranded = fields.Boolean(
        "Without Supply",
        compute="_compute_stranded",
        search="_search_is_stranded",
        compute_sudo=True,
        help="Neither reserved goods nor linked supply covers this demand. It would "
        "wait for ever.",
    )
    stranded_qty = fields.Float(
        "Without Supply (Quantity)",
        compute="_compute_stranded",
        compute_sudo=True,
        digits="Product Unit",
        help="The part without supply, in the unit of the product.",
    )

    @api.depends("state", "procure_method", "product_uom_qty", "quantity")
    @api.depends("move_orig_ids.state", "created_purchase_line_ids.state")
    def _compute_stranded(self):
        # What else the supply serves is not among the dependencies: read anew.
        missing = self.env["mto.supply.network"]._find_uncovered(self)
        for move in self:
            move.stranded_qty = missing.get(move, 0.0)
            move.is_stranded = move in missing

    def _search_is_stranded(self, operator, value):
        if operator != "in":
            return NotImplemented
        stranded = self.env["mto.supply.repair"]._search_stranded()
        return [("id", "in", stranded.ids)]

    def repair_mto_links(self):
        """Link demands that wait for ever with supply of their own order.

        What has no supply that could be linked is taken from stock as far as goods are
        free there. Nothing is ordered. Repeated, it changes nothing more. For
        manufacturing and inventory administrators.

        Examines the demands in ``self``, or all of the allowed companies if it is
        empty.

        :return: one dictionary per demand that lacks supply:

            - ``id``, ``model`` ('stock.move'), ``product_id``
            - ``missing_before``, ``missing_after``: quantities without supply, in
              the unit of the product, ``uom`` its name
            - ``status``: 'linked', 'from_stock' (at least a part of it) or
              'no_supply' (something is still missing)
            - ``supplies``: what is linked now: 'stock.move,12',
              'purchase.order.line,7'
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: for other users, and if a move may not be
            read
        """
        return self.env["mto.supply.repair"]._repair(self)

    def action_repair_mto_links(self):
        """Same for a person: tells in a message how many demands were repaired."""
        return self.env["mto.supply.repair"]._tell(self.repair_mto_links())

    # Free stock for a demand that is made to order

    def _may_use_free_stock(self):
        """Whether the move is made for an order line, and stock would do as well."""
        self.ensure_one()
        return (
            self.procure_method == "make_to_order"
            and bool(self.demand_line_id)
            and self.demand_level == 0
            and not self.specification_key
            and self._is_waiting_for_goods()
            and not self.picked
            and not self._should_bypass_reservation()
            and self._leaves_stock()
        )

    def _use_free_stock(self):
        """Take what is free from stock now, and order as much less.

        What is started, or ordered from a vendor, stays and goes to stock. Callers
        have checked who asks.
        """
        demands = self.filtered(lambda m: m._may_use_free_stock()).sorted("id")
        demands._claim_stock()
        free = self.env["mto.supply.network"]._get_free(demands)
        reduction = self.env["mto.supply.reduction"]
        for move, quantity in free.items():
            if move.product_id.uom_id.compare(quantity, 0) <= 0:
                continue
            move._take_from_free_stock(quantity)
            reduction._order_less(
                (move.move_orig_ids, move.sudo().created_purchase_line_ids), quantity
            )
        demands._recompute_state()

    def _take_from_free_stock(self, quantity):
        """Reserve free stock; from now on the demand uses stock first."""
        self.ensure_one()
        self.write(
            {
                "supply_policy": STOCK_THEN_ORDER,
                "supply_reason": {
                    "code": "free_stock",
                    "record_id": self.env.uid,
                    "name": self.env.user.name,
                },
                "supply_rule_id": False,
                "procure_method": "make_to_stock",
            }
        )
        self._reserve_from_stock(quantity)

    def _prepare_missing_procurement(self, quantity):
        """Procurement of a missing quantity, with the values core gives a demand.

        In the unit of the product: one piece of a dozen has no exact number of dozens.
        """
        self.ensure_one()
        values = self._prepare_procurement_values()
        values["move_dest_ids"] = self
        values["partner_id"] = self._get_partner_id()
        # Not skipped: this is what the policy orders.
        values.pop("supply_policy", None)
        return self.env["stock.rule"].Procurement(
            self.product_id,
            self.product_id.uom_id.round(quantity),
            self.product_id.uom_id,
            self.location_id,
            self.rule_id.name or "/",
            self._prepare_procurement_origin(),
            self.company_id,
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
