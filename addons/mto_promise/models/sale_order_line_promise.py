from odoo import models

from ..engine import PromiseDemand


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_promises(self):
        """Return {line: ``Promise``}: when each line can be had, and why not before.

        Of lines with goods that are not confirmed yet; the lines of one order share one
        stock, in the order of the order. They may be unsaved. Needs read access to the
        lines only, which callers have checked; nothing is written.
        """
        lines = self._filter_promisable().sorted(
            lambda line: (line.sequence, line._origin.id or float("inf"))
        )
        demands = [line._prepare_promise_demand() for line in lines]
        by_key = dict(zip(demands, lines, strict=True))
        found = self.env["mto.promise"]._get_promises(
            demands, {demand.key: line for demand, line in by_key.items()}
        )
        return {line: found[demand.key] for demand, line in by_key.items()}

    def _filter_promisable(self):
        return self.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and line.product_uom_qty > 0
                and line.state not in ("sale", "cancel")
            )
        )

    def _prepare_promise_demand(self):
        self.ensure_one()
        return PromiseDemand(
            key=self,
            product_id=self.product_id.id,
            quantity=self._get_quantity_in_product_unit(),
            warehouse_id=self.warehouse_id.id,
            company_id=(self.company_id or self.env.company).id,
            wanted=self.wanted_date or self.order_id.commitment_date or None,
            line_id=self._origin.id,
            start=self._get_start_moment() or None,
            group=self.order_id,
        )
