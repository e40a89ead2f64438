from odoo import api, models

from ..engine import MAKE_TO_STOCK, STOCK_THEN_ORDER


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def run(self, procurements, raise_user_error=True):
        """An order made by policy orders its own components in turn.

        Core adds 'no_procurement' to the context to merge a component that was added
        to a running order, and it would reach the orders made for that component.
        """
        if self.env.context.get("no_procurement") and any(
            procurement.values["move_dest_ids"].filtered("supply_policy")
            for procurement in procurements
            if procurement.values.get("move_dest_ids")
        ):
            self = self.with_context(no_procurement=False)
        return super().run(procurements, raise_user_error=raise_user_error)

    @api.model
    def _skip_procurement(self, procurement):
        """Skip what a rule would order for a demand whose policy says otherwise.

        A rule that takes from stock and orders the rest asks for it whatever the
        procurement method of the demand. Make to stock orders nothing; stock first
        orders the missing quantity itself (``stock.move._order_missing_supply``).
        """
        policy = procurement.values.get("supply_policy")
        if policy in (MAKE_TO_STOCK, STOCK_THEN_ORDER):
            return True
        return super()._skip_procurement(procurement)

    def _get_custom_move_fields(self):
        return [
            *super()._get_custom_move_fields(),
            *self.env["mrp.production"]._get_demand_fields(),
        ]

    def _prepare_mo_vals(self, *args, **kwargs):
        values = args[7] if len(args) > 7 else kwargs["values"]
        return {
            **super()._prepare_mo_vals(*args, **kwargs),
            **{
                name: values[name]
                for name in self.env["mrp.production"]._get_demand_fields()
                if name in values
            },
        }
