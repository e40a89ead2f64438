from collections import defaultdict

from odoo import api, fields, models

from .mrp_production import CLOSED

# Orders that are told one by one; the others are counted.
NAMED = 3


class SaleOrder(models.Model):
    """Sales reads on the order what the workshop reads: can we start?"""

    _inherit = "sale.order"

    production_message = fields.Text(
        "Production",
        compute="_compute_production_message",
        help="Of each manufacturing order that makes what is sold and is not done: its "
        "status, what is missing, when that comes, and how much can start.",
    )

    @api.depends("state")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_production_message(self):
        confirmed = self._origin.filtered(lambda order: order.state == "sale")
        # Whoever may read the order is told how far it is: names of documents and
        # goods, no price.
        found = confirmed.sudo()._get_open_productions()
        productions = self.env["mrp.production"].sudo().union(*found.values())
        words = productions.env["mto.launch"]._get_words(productions)
        for order in self:
            order.production_message = words.of_order(
                found.get(order._origin.id, productions.browse())
            )

    def _get_open_productions(self):
        """{order id: manufacturing orders that make what it sells and are not done}.

        Those that were asked for by its lines, and those that serve them otherwise.
        Needs superuser.
        """
        found = defaultdict(self.env["mrp.production"].browse)
        productions = self.env["mrp.production"].search(
            [
                ("demand_line_id", "in", self.order_line.ids),
                ("demand_level", "=", 0),
                ("state", "not in", CLOSED),
            ]
        )
        for production in productions:
            found[production.demand_line_id.order_id.id] |= production
        rows = self.env["mto.demand.line"].search(
            [
                ("sale_line_id", "in", self.order_line.ids),
                ("production_id.state", "not in", CLOSED),
            ]
        )
        for row in rows:
            if row.production_id.product_id == row.sale_line_id.product_id:
                found[row.sale_line_id.order_id.id] |= row.production_id
        return found
