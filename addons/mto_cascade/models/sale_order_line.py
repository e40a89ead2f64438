from odoo import api, models

from ..engine import MAKE_TO_ORDER, decide


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("product_id.supply_policy", "product_id.categ_id.supply_policy")
    def _compute_is_mto(self):
        """A line follows the policy of its product, where one is set."""
        super()._compute_is_mto()
        for company, lines in self.grouped("company_id").items():
            products = lines.product_id
            sources = products._get_supply_policy_sources(company)
            decisions = {id_: decide(chain) for id_, chain in sources.items()}
            for line in lines.filtered("display_qty_widget"):
                decision = decisions[line.product_id.id]
                if decision.by_policy and line._is_delivered_from_stock():
                    line.is_mto = decision.policy == MAKE_TO_ORDER

    def _is_delivered_from_stock(self):
        """Whether our stock delivers: a line shipped by the vendor has no policy."""
        self.ensure_one()
        routes = self.route_ids or (
            self.product_id.route_ids | self.product_id.categ_id.total_route_ids
        )
        return "supplier" not in routes.rule_ids.location_src_id.mapped("usage")

    def _prepare_procurement_values(self):
        """Say for whom goods are ordered; moves carry it down to the last component."""
        values = super()._prepare_procurement_values()
        values.update(
            demand_line_id=self.id,
            demand_level=0,
            demand_user_id=self.env.uid,
        )
        return values
