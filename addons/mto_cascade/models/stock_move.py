import json
from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..access import check_sees_supply
from ..engine import (
    MAKE_TO_ORDER,
    MAKE_TO_STOCK,
    STOCK_THEN_ORDER,
    CoreAnswer,
    SupplyDecision,
    decide,
)
from ..marks import LINKING_LATER, is_marked
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
        For employees with read access to the moves.

        :return: one dictionary per move, in the order of ``self``, with the keys of
            ``product.product.get_supply_decision``; ``model`` is 'stock.move'. A move
            that takes nothing out of a warehouse's stock has ``level`` 'core'.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a move may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
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
        # Core reserves for them before it orders: others may lack what was theirs.
        reserved = self.filtered(
            lambda m: m.procure_method == "make_to_order" and m.quantity
        )
        res = super()._run_procurement(old_qties)
        self._link_supply(before)
        if reserved:
            reserved.exists()._restore_shares()
        return res

    def _should_assign_at_confirm(self):
        """Stock first reserves its part itself, less what older demands will take."""
        return not self._is_stock_first_demand() and super()._should_assign_at_confirm()

    def _action_assign(self, force_qty=False):
        if not force_qty and is_marked(self.env, LINKING_LATER):
            # They take their share of the stock in their turn.
            self -= self.filtered(lambda m: m._is_stock_first_demand())
        self._claim_stock_in_use()
        if not force_qty:
            self._reserve_unordered_first()
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
