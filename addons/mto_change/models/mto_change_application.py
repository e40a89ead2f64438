from odoo import Command, models

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED, REQUESTED
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION

APPLYING = "mto_change_applying"


class MtoChangeApplication(models.AbstractModel):
    """Writes a plan of ``mto.change``: every document gets the quantity it names.

    Core, or mto_cascade, may have written some of it on the way: targets are absolute.
    Callers have checked who asks: whoever may change an order changes what supplies it.
    """

    _name = "mto.change.application"
    _description = "Application of a Change"

    def _apply(self, plan, choices=None):
        """Write the plan after the demand itself was changed; tell what is left over.

        :param dict choices: {key: 'reduce', ...} of what a person decided, see
            ``sale.order.apply_change``
        """
        self = self.sudo().with_context(**{APPLYING: MARK, "skip_activity": True})
        self._follow_merged(plan)
        targets = self._get_targets(plan)
        neighbours = self._get_neighbours(plan).exists()
        ordered = self.env["mto.change.resupply"]._filter_ordered(neighbours)
        self._change_productions(targets)
        self._change_moves(targets)
        self._change_lines(plan, targets)
        self._link_passed(plan)
        self._heal(neighbours, ordered, self._get_waiting(plan))
        choices = choices or {}
        self._reduce_started(plan, choices)
        issues = self.env["mto.change.issue"]
        issues._settle_lost(
            self.env[MOVE].browse(key[1] for key in plan.nodes if key[0] == MOVE)
        )
        issues._settle_passed(plan)
        issues._report(plan, choices)

    def _get_targets(self, plan):
        """{model: [(record, its quantity then, what it gives up)]}, top down."""
        targets = {MOVE: [], PRODUCTION: [], LINE: []}
        for key in sorted(plan.impact.less, key=lambda k: plan.levels.get(k, 0)):
            if key[0] in targets and key not in plan.start:
                targets[key[0]].append(key)
        return {
            model: [
                (record, plan.get_after(key), plan.impact.less[key])
                # Browsed together: what one of them reads is read for all.
                for record, key in zip(
                    self.env[model].browse(key[1] for key in keys), keys, strict=True
                )
            ]
            for model, keys in targets.items()
        }

    def _get_neighbours(self, plan):
        """Open demands whose supply changes: their links are looked at afterwards."""
        touched = set(plan.impact.less) | {
            key for link in plan.impact.passed for key in link
        }
        demands = {peg.demand for peg in plan.pegs if peg.supply in touched} | touched
        return self.env[MOVE].browse(
            sorted(res_id for model, res_id in demands if model == MOVE)
        )

    # Manufacturing orders

    def _change_productions(self, targets):
        ended = self.env[PRODUCTION].concat(
            *(
                production
                for production, quantity, _less in targets[PRODUCTION]
                if production.product_uom_id.compare(quantity, 0) <= 0
            )
        )
        ended = ended.filtered(lambda mo: mo.state not in CLOSED)
        if ended:
            self._unlink_components(ended)
            ended.action_cancel()
        for production, quantity, _less in targets[PRODUCTION]:
            if production not in ended and production.state not in CLOSED:
                self._reduce_production(production, quantity)

    def _unlink_components(self, productions):
        """Let go of what supplies orders that are cancelled, all at once.

        Cancelling does it in the end, after having taken each component from what
        supplies it, one by one.
        """
        # Each of these would be read by order.
        productions.move_raw_ids.fetch(["created_purchase_line_ids"])
        moves = productions.move_raw_ids | productions.move_finished_ids
        moves.fetch(["analytic_account_line_ids"])
        components = productions.move_raw_ids.filtered(lambda m: m.state not in CLOSED)
        components.write(
            {"move_orig_ids": [Command.clear()], "procure_method": "make_to_stock"}
        )

    def _reduce_production(self, production, quantity):
        """Make ``quantity``, in the product's unit, unless it is less already."""
        unit = production.product_id.uom_id
        if unit.compare(production.product_uom_qty, quantity) <= 0:
            return
        self.env["change.production.qty"].create(
            {
                "mo_id": production.id,
                "product_qty": unit._compute_quantity(
                    quantity, production.product_uom_id, rounding_method="HALF-UP"
                ),
            }
        ).change_prod_qty()

    def _reduce_started(self, plan, choices):
        """Make less of started work where somebody decided so."""
        for key, action in choices.items():
            surplus = plan.impact.surplus.get(key)
            if action == "reduce" and surplus and key[0] == PRODUCTION:
                production = self.env[PRODUCTION].browse(key[1])
                self._make_less(production, surplus)

    def _make_less(self, production, surplus):
        """Make ``surplus`` less of started work, but no less than is made already."""
        unit = production.product_id.uom_id
        made = production.product_uom_id._compute_quantity(
            self._get_made(production), unit
        )
        rest = max(production.product_uom_qty - surplus, made)
        less = production.product_uom_qty - rest
        if unit.compare(rest, 0) <= 0 and production._is_not_started():
            # What is left of started work, and nobody needs it.
            production.with_context(**{APPLYING: False}).action_cancel()
        elif unit.compare(less, 0) > 0 and unit.compare(rest, 0) > 0:
            below = self.env["mto.change"]._plan_productions({production: less})
            self._reduce_production(production, rest)
            self._apply(below)

    def _get_made(self, production):
        """How much is made, in the unit of the order.

        Starting a step already sets what is in work to all of the order; what the
        steps have finished is made.
        """
        if production.workorder_ids:
            return max(production.workorder_ids.mapped("qty_produced"))
        return production.qty_producing

    # Transfers

    def _change_moves(self, targets):
        there = set(self.env[MOVE].concat(*(m for m, _q, _l in targets[MOVE])).exists())
        moves = [
            (move, quantity)
            for move, quantity, _less in targets[MOVE]
            if move in there
            and move.state not in CLOSED
            and not move.raw_material_production_id
        ]
        ended = []
        for move, quantity in moves:
            unit = move.product_id.uom_id
            if unit.compare(quantity, 0) <= 0:
                ended.append(move)
            elif unit.compare(move.product_qty, quantity) > 0:
                move.product_uom_qty = unit._compute_quantity(
                    quantity, move.product_uom, rounding_method="HALF-UP"
                )
        self.env[MOVE].concat(*ended)._action_cancel()

    # Requests for quotation

    def _change_lines(self, plan, targets):
        lines = self.env[LINE].concat(*(line for line, _q, _less in targets[LINE]))
        there = lines.exists().filtered(lambda line: line.state in REQUESTED)
        quantities = {}
        for line, quantity, less in targets[LINE]:
            if line in there:
                if required := plan.required[LINE, line.id]:
                    # In packs: what is asked for tells what was taken back already.
                    quantities[line] = line.required_qty - required + less
                else:
                    quantities[line] = line._get_requested_quantity() - quantity
        self._request_less(there, quantities)

    def _request_less(self, lines, quantities):
        """Ask for less; what asks for nothing any more goes.

        :param lines: of requests for quotation
        :param dict quantities: {line: quantity in the product's unit}
        """
        values = lines._get_less_values(quantities)
        # A draft asks for nothing any more: its vendor need not hear of it.
        empty = lines.filtered(
            lambda line: line.state == "draft"
            and line.product_uom_id.is_zero(
                values.get(line, {}).get("product_qty", line.product_qty)
            )
        )
        lines._write_less({k: v for k, v in values.items() if k not in empty})
        self._remove_lines(empty)

    def _remove_lines(self, lines):
        orders = lines.order_id
        lines._let_go()
        lines.unlink()
        done_with = orders.filtered(
            lambda order: not order.order_line.filtered("product_id")
        )
        if done_with:
            done_with.button_cancel()

    # Links

    def _follow_merged(self, plan):
        """Core merges deliveries of a line: the one that stays takes what is left."""
        passed = {}
        for (supply, demand), quantity in plan.impact.passed.items():
            if heir := self._get_heir(plan, demand):
                passed[supply, heir] = passed.get((supply, heir), 0.0) + quantity
        plan.impact.passed = passed

    def _get_heir(self, plan, demand):
        if self.env[MOVE].browse(demand[1]).exists():
            return demand
        lines = {peg.demand for peg in plan.pegs if peg.supply == demand}
        pool = plan.nodes[demand].pool
        deliveries = [
            peg.supply[1]
            for peg in plan.pegs
            if peg.demand in lines and plan.nodes[peg.supply].pool == pool
        ]
        still_open = self.env[MOVE].browse(deliveries).exists()
        still_open = still_open.filtered(lambda m: m.state not in CLOSED)[:1]
        return (MOVE, still_open.id) if still_open else None

    def _link_passed(self, plan):
        network = self.env["mto.supply.network"]
        for (supply, demand), quantity in plan.impact.passed.items():
            move = self.env[MOVE].browse(demand[1])
            if plan.nodes[supply].sharers:
                # It has arrived, and lies there for whoever takes it first.
                move._reserve_from_stock(quantity)
                move._recompute_state()
                continue
            for output in self._get_outputs(supply):
                if output not in move.move_orig_ids:
                    network._link(output, move)

    def _get_outputs(self, key):
        record = self.env[key[0]].browse(key[1])
        if record._name == PRODUCTION:
            return record.move_finished_ids.filtered(
                lambda m: m.product_id == record.product_id and m.state not in CLOSED
            )
        return record

    def _get_waiting(self, plan):
        """Demands that manufacturing orders serve that a person changed."""
        return self.env[MOVE].browse(
            {
                peg.demand[1]
                for peg in plan.pegs
                if peg.supply[0] == PRODUCTION
                and peg.supply in plan.start
                and peg.demand[0] == MOVE
            }
        )

    def _heal(self, demands, ordered, waiting):
        """Whoever shares what was changed keeps its supply linked, and made to order.

        Core takes a demand from stock once the last open of its orders is cancelled.

        :param waiting: who waits for what a person does not make; before it is ordered
            again, ``mto.change.resupply`` asks
        """
        demands = demands.exists().filtered(lambda m: m.state not in (*CLOSED, "draft"))
        if demands:
            self.env["mto.change.resupply"]._wait_for_supply(ordered & demands)
            self.env["mto.supply.network"]._relink_neighbours(demands)
            asked = (demands & waiting).filtered(lambda m: m._is_stock_first_demand())
            (demands - asked)._link_supply()
