from odoo import api, models
from odoo.exceptions import AccessError

from .mto_production_plan import COST_GROUP


class SaleOrderLine(models.Model):
    """What an order line was to bring, and what it brings."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.state == "sale" and line.product_id)
        if late:
            self.env["mto.planned.cost"]._keep_later(late)
        return lines

    @api.readonly
    def get_order_result(self, date=False):
        """What each line costs and brings: planned, and as it stands on a day.

        All amounts are in the currency of the line's company, without taxes. Costs of
        a shared document count with the part that serves the line. Needs read access
        to the lines and the group that sees costs.

        :param str date: 'YYYY-MM-DD', the last day that counts, as at a month's end;
            everything until now without it. Who serves whom is always as it is now.
        :return: one dictionary per record, in the order of ``self``:

            - ``id``, ``model``, ``name``, ``order``, ``product``, ``currency``,
              ``date`` (as asked, False without)
            - ``quantity`` (sold), ``actual_quantity`` (made or received for it, or
              taken from stock) and ``invoiced_quantity``, in the product's unit ``uom``
            - ``sold``: its price; ``invoiced``: what posted invoices say, less credit
              notes
            - ``planned_cost``: when the order was confirmed; ``planned_on``: when that
              was kept (UTC), False where it was not and is computed now
            - ``actual_cost``: of what was finished or received for it: consumption and
              work of its manufacturing orders, value of its receipts and of what it
              took from stock
            - ``wip_cost``: consumption and work so far of manufacturing orders that
              serve it, at any level, and are not done
            - ``committed_cost``: ordered from vendors for it, and not received
            - ``planned_margin``: ``sold`` less ``planned_cost``
            - ``actual_margin``: ``invoiced`` less what the invoiced quantity cost, at
              the actual cost of a piece so far
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: without the group, or if a line may not be
            read
        """
        self.check_access("read")
        if not self.env.user.has_group(COST_GROUP):
            raise AccessError(
                self.env._('Only people of the group "See Costs of Supply" see this.')
            )
        # Checked above: what serves the line, and what it costs, go with the line.
        return self.env["mto.order.result"].sudo()._get_results(self.sudo(), date)
