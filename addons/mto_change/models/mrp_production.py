from odoo import models

from odoo.addons.mto_cascade.marks import MARK, is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

from .mto_change_application import APPLYING
from .mto_change_structure import REASON
from .stock_move import NETTING
from .stock_picking import STOPPING


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _action_cancel(self):
        """What is below is stopped as well; who waited for it is supplied again."""
        resupply = self.env["mto.change.resupply"]
        changed = resupply._get_changed(
            self.filtered(lambda mo: mo.state not in CLOSED)
        )
        if not changed:
            modes = {STOPPING: MARK} if is_marked(self.env, APPLYING) else {}
            return super(MrpProduction, self.with_context(**modes))._action_cancel()
        served = resupply._get_served(changed)
        ordered = resupply._filter_ordered(served)
        # Orders of other departments: only what was ordered for these, by rule.
        plan = (
            self.env["mto.change"]
            .sudo()
            ._plan_productions({mo: mo._get_output_quantity() for mo in changed})
        )
        res = super(
            MrpProduction, self.with_context(**{APPLYING: MARK, STOPPING: MARK})
        )._action_cancel()
        self.env["mto.change.application"]._apply(plan)
        resupply._resupply(served, ordered)
        return res

    def _get_output_quantity(self):
        """What is still to come out of the order, in the unit of the product."""
        self.ensure_one()
        outputs = self.move_finished_ids.filtered(
            lambda m: m.product_id == self.product_id and m.state not in CLOSED
        )
        return sum(outputs.mapped("product_qty"))

    def button_mark_done(self):
        """What is closed short is missing somewhere, and needs less below."""
        resupply = self.env["mto.change.resupply"]
        short = resupply._get_changed(self._get_closed_short())
        served = resupply._get_served(short)
        ordered = resupply._filter_ordered(served)
        less = {mo: mo._get_short_quantity() for mo in short}
        plan = self.env["mto.change"].sudo()._plan_productions(less) if less else None
        res = super().button_mark_done()
        self.env["mto.change.issue"]._close_done(
            self.filtered(lambda mo: mo.state == "done")
        )
        if plan and all(mo.state == "done" for mo in short):
            self.env["mto.change.application"]._apply(plan)
            resupply._resupply(served, ordered)
        return res

    def _split_productions(self, *args, **kwargs):
        """What is to be decided about an order is decided about what is left of it."""
        productions = super()._split_productions(*args, **kwargs)
        if self.env["mto.change.resupply"]._get_changed(self):
            rests, split = {}, self.browse()
            for production in productions:
                # Each is followed by its backorders.
                split = production if production in self else split
                rests[split] = rests.get(split, self.browse()) | (production - split)
            self.env["mto.change.issue"]._move_on(rests)
        return productions

    def _get_closed_short(self):
        """Orders that are being closed with less than was asked for."""
        context = self.env.context
        if not context.get("skip_backorder"):
            return self.browse()
        kept = context.get("mo_ids_to_backorder") or []
        return self.filtered(
            lambda mo: mo.state not in CLOSED
            and mo.id not in kept
            and mo.product_uom_id.compare(mo._get_short_quantity(), 0) > 0
        )

    def _get_short_quantity(self):
        """What is missing if it is closed now, in the unit of the product."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            max(self.product_qty - self.qty_producing, 0.0), self.product_id.uom_id
        )

    # The structure

    def action_update_bom(self):
        """What supplied components that are not needed any more follows the rules."""
        asked = is_marked(self.env, NETTING)
        changed = self if asked else self.env["mto.change.resupply"]._get_changed(self)
        if not changed:
            return super().action_update_bom()
        structure = self.env["mto.change.structure"].sudo()
        kept = structure._read_change(changed.sudo(), follow=True)
        structure._give_up(changed.sudo())
        res = super(
            MrpProduction, self.with_context(**{NETTING: MARK})
        ).action_update_bom()
        structure._settle(changed)
        structure._keep_change(
            kept, "shown" if asked else "saved", self.env.context.get(REASON)
        )
        return res

    # Nobody is asked to do by hand what the rules do.

    def _log_downside_manufactured_quantity(self, moves_modification, cancel=False):
        if is_marked(self.env, APPLYING):
            return None
        return super()._log_downside_manufactured_quantity(
            moves_modification, cancel=cancel
        )

    def _log_manufacture_exception(self, documents, cancel=False):
        if is_marked(self.env, APPLYING):
            return None
        return super()._log_manufacture_exception(documents, cancel=cancel)
