from odoo import api, models
from odoo.tools import SQL


class ReadinessCheck(models.Model):
    _inherit = "readiness.check"

    @api.model
    def _get_make_to_order_sql(self, company):
        """Those by a policy too: of the product, or of its category or a parent."""
        by_route = super()._get_make_to_order_sql(company)
        templates = self.env["product.template"].with_company(company)
        policy = templates._field_to_sql("t", "supply_policy")
        categories = self.env["product.category"].with_company(company)
        return SQL(
            """(%s) UNION
            SELECT t.id FROM product_template t
             WHERE t.active AND t.type = 'consu'
               AND (t.company_id IS NULL OR t.company_id = %s)
               AND (%s = 'make_to_order'
                    OR coalesce(%s, 'inherit') = 'inherit' AND t.categ_id IN (
                       SELECT c.id FROM product_category c
                         JOIN product_category a
                           ON c.parent_path LIKE a.parent_path || '%%'
                        WHERE %s = 'make_to_order'))""",
            by_route,
            company.id,
            policy,
            policy,
            categories._field_to_sql("a", "supply_policy"),
        )
