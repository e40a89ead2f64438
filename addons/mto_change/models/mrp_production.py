from odoo import models

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

from .mto_change_application import APPLYING
from .mto_change_issue import SURPLUS


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _action_cancel(self):
        """What is below is stopped as well; who waited for it is supplied again."""
        resupply = self.env["mto.change.resupply"]
        changed = resupply._get_changed(
            self.filtered(lambda mo: mo.state not in CLOSED)
        )
        if not changed:
            return super()._action_cancel()
        served = resupply._get_served(changed)
        ordered = resupply._filter_ordered(served)
        # Orders of other departments: only what was ordered for these, by rule.
        plan = (
            self.env["mto.change"]
            .sudo()
            ._plan_productions({mo: mo._get_output_quantity() for mo in changed})
        )
        res = super(
            MrpProduction, self.with_context(**{APPLYING: True})
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
        res = super().button_mark_done()
        done = self.filtered(lambda mo: mo.state == "done")
        if done:
            self.env["operation.exception"]._clear_exceptions(
                [f"{SURPLUS}{mo._name},{mo.id}" for mo in done],
                reason=self.env._("It is made: what nobody needs is in stock."),
            )
        return res

    # Nobody is asked to do by hand what the rules do.

    def _log_downside_manufactured_quantity(self, moves_modification, cancel=False):
        if self.env.context.get(APPLYING):
            return None
        return super()._log_downside_manufactured_quantity(
            moves_modification, cancel=cancel
        )

    def _log_manufacture_exception(self, documents, cancel=False):
        if self.env.context.get(APPLYING):
            return None
        return super()._log_manufacture_exception(documents, cancel=cancel)
