from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RolloutSite(models.Model):
    _inherit = "rollout.site"

    warehouse_ids = fields.Many2many(
        comodel_name="stock.warehouse",
        string="Warehouses",
        domain="[('company_id', '=', company_id)]",
        help="What readiness checks of this site look at; all of the company if empty.",
    )

    @api.constrains("warehouse_ids", "company_id")
    def _check_warehouses(self):
        for site in self:
            others = site.warehouse_ids.filtered(
                lambda warehouse, site=site: warehouse.company_id != site.company_id
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s belongs to another company than %(site)s.",
                        warehouse=others[0].name,
                        site=site.name,
                    )
                )
