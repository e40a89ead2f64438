from collections import defaultdict
from itertools import zip_longest

from odoo import api, models
from odoo.fields import Command

from ..cascade import current

# What is done here for many orders at once, in core's order of steps.
_STEPS = {
    "change.production.qty": ("change_prod_qty", "_update_finished_moves"),
    "mrp.production": ("_update_raw_moves",),
}


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    @api.model_create_multi
    def create(self, vals_list):
        """Wait, while the wizards of a level are collected: they get rows at once."""
        cascade = current(self.env)
        if cascade and cascade.wizards is not None:
            return self.concat(*(self.new(vals) for vals in vals_list))
        return super().create(vals_list)

    def change_prod_qty(self):
        """Wait, while the wizards of a level are collected."""
        cascade = current(self.env)
        if cascade and cascade.wizards is not None:
            cascade.wizards.append(self)
            return {}
        return super().change_prod_qty()

    @api.model
    def _can_wait(self):
        """Whether the steps are core's: what another module adds to them must run."""
        return all(
            _is_core(self.env[model], name)
            for model, names in _STEPS.items()
            for name in names
        )

    @api.model
    def _change_at_once(self, cascade, found):
        """Do for many orders what `change_prod_qty` does for each.

        :param found: list of (rank of the call, wizard that has no row yet)
        """
        by_env = defaultdict(list)
        for rank, wizard in found:
            by_env[wizard.env].append((rank, wizard))
        for env, entries in by_env.items():
            wizards = env[self._name].create(
                [wizard._prepare_row() for _rank, wizard in entries]
            )
            wizards._change_many(cascade, [rank for rank, _wizard in entries])

    def _prepare_row(self):
        self.ensure_one()
        return self._convert_to_write({name: self[name] for name in self._cache})

    def _change_many(self, cascade, all_ranks):
        """Change those at once that are no drafts and have not been started.

        Others go core's way.

        :param all_ranks: list of the ranks of their calls
        """
        ranks = {}  # {production group: rank}
        chosen = {}  # {order: (rank, wizard)}
        for rank, wizard in zip(all_ranks, self, strict=True):
            order = wizard.mo_id
            if order in chosen:
                more = wizard.product_qty - order.product_qty
                chosen[order][1].product_qty += more
            else:
                chosen[order] = (rank, wizard)
        together = self.browse()
        for rank, wizard in chosen.values():
            group = wizard.mo_id.production_group_id.id
            if group and group not in ranks and wizard._is_not_started():
                ranks[group] = rank
                together |= wizard
        if together:
            with cascade.scopes(ranks):
                together._change_together()
        for rank, wizard in chosen.values():
            if wizard not in together:
                with cascade.scope(rank):
                    wizard.change_prod_qty()

    def _is_not_started(self):
        self.ensure_one()
        order = self.mo_id
        return (
            order.state == "confirmed"
            and order.product_uom_id.is_zero(order.qty_producing)
            and not {"progress", "done"} & set(order.workorder_ids.mapped("state"))
        )

    def _change_together(self):
        ratios = {w.mo_id: w.product_qty / w.mo_id.product_qty for w in self}
        self._raise_components(ratios)
        self._raise_products()
        for quantity, wizards in self.grouped("product_qty").items():
            wizards.mo_id.write({"product_qty": quantity})
        self._raise_workorders(ratios)
        self.mo_id.move_raw_ids._trigger_scheduler()

    # -- components

    def _raise_components(self, ratios):
        """Raise the components, then order what that takes.

        The first component of all orders, then the second: one order asks for one
        after the other.
        """
        components = self.mo_id.move_raw_ids
        waves = [_raised_components(order, ratios[order]) for order in self.mo_id]
        old = {move.id: move.product_uom_qty for wave in waves for move in wave}
        quantities = defaultdict(list)
        for move, quantity in (entry for wave in waves for entry in wave.items()):
            quantities[quantity].append(move.id)
        for quantity, ids in quantities.items():
            components.browse(ids).with_context(no_procurement=True).write(
                {"product_uom_qty": quantity}
            )
        for wave in zip_longest(*waves):
            moves = components.browse(move.id for move in wave if move)
            # What one of them needs to know is read for all that follow as well.
            moves = moves.with_prefetch(components.ids)
            self._describe_parts_of_kits(moves)
            moves._run_procurement({move.id: old[move.id] for move in moves})
        self._refer_components()

    def _describe_parts_of_kits(self, moves):
        """Read what a part of a kit is called, "Kit - 1/1", as one by one does.

        Core counts the parts among the moves that it computes the name of together, and
        a request that is called differently is another line.
        """
        parts = moves.filtered(lambda m: m.bom_line_id.bom_id.type == "phantom")
        moves.browse(parts.ids).mapped("description_picking")

    def _refer_components(self):
        for order in self.mo_id:
            for move in order.move_raw_ids:
                if (
                    move.state not in ("done", "cancel")
                    and move.reference_ids != order.reference_ids
                ):
                    move.reference_ids = [Command.set(order.reference_ids.ids)]

    # -- products

    def _raise_products(self):
        """As core's `_update_finished_moves`, which copies what somebody waits for."""
        values, raised = [], defaultdict(list)
        for wizard in self:
            difference = wizard.product_qty - wizard.mo_id.product_qty
            for move in wizard.mo_id.move_finished_ids:
                if move.state in ("done", "cancel"):
                    continue
                quantity = difference * move.unit_factor
                if not self._need_quantity_propagation(move, quantity):
                    vals = {"product_uom_qty": move.product_uom_qty + quantity}
                elif not (vals := move._prepare_joined_copy(quantity)):
                    values += move.with_context(active_test=False).copy_data(
                        {"product_uom_qty": quantity}
                    )
                    continue
                raised[tuple(sorted(vals.items()))].append(move.id)
        moves = self.mo_id.move_finished_ids
        for vals, ids in raised.items():
            moves.browse(ids).write(dict(vals))
        moves.create(values)._action_confirm()
        self.mo_id.move_finished_ids._fill_lines_at_once()
        self.mo_id.move_finished_ids._action_assign()

    # -- work orders

    def _raise_workorders(self, ratios):
        durations = defaultdict(list)
        for workorder in self.mo_id.workorder_ids:
            ratio = ratios[workorder.production_id]
            duration = workorder._get_duration_expected(ratio=ratio)
            durations[duration].append(workorder.id)
        for duration, ids in durations.items():
            self.mo_id.workorder_ids.browse(ids).write({"duration_expected": duration})
        for workorder, moves in self._get_moves_of_workorders().items():
            moves.write({"workorder_id": workorder.id})
            moves.move_line_ids.write({"workorder_id": workorder.id})

    def _get_moves_of_workorders(self):
        """Return {work order: moves that it takes}, of those that have another one.

        As core's `change_prod_qty`: the last operation takes what belongs to none.
        """
        found = {}
        for order in self.mo_id:
            last = order.workorder_ids[-1:]
            by_operation = {w.operation_id: w for w in order.workorder_ids}
            for move in order.move_raw_ids | order.move_finished_ids:
                takes = by_operation.get(move.operation_id)
                if move.raw_material_production_id:
                    if not move.operation_id:
                        takes = last
                    elif move.state in ("done", "cancel"):
                        takes = None
                if takes and move.workorder_id != takes:
                    found[takes] = found.get(takes, move.browse()) | move
        return found


def _raised_components(order, ratio):
    """Return {component: its new quantity}; as core's `_update_raw_moves`."""
    found = {}
    for move in order.move_raw_ids:
        if move.state not in ("done", "cancel"):
            quantity = move.product_uom.round(
                move.product_uom_qty * ratio, rounding_method="UP"
            )
            if quantity > 0:
                found[move] = quantity
    return found


def _is_core(model, name):
    """Whether a method is what it is in Odoo, but for what lets raises pass.

    An override says so with ``<method>.raises_at_once = True``: what it does to an
    order that a demand raises may be done to many of them, before they are raised.
    """
    ways = [vars(part)[name] for part in type(model).__mro__ if name in vars(part)]
    return all(
        way.__module__.startswith(("odoo.addons.mrp.", __name__))
        or getattr(way, "raises_at_once", False)
        for way in ways
    )
